import { chmod, mkdir, mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defuse } from './defuse.ts'
import { exercises, maxScore, type Exercise } from './manifest/index.ts'
import { readPredictions, type Prediction } from './predictions.ts'
import type { ExerciseResult, Finding, SubmissionResult } from './result.ts'
import type { SpecRun } from './run/collector.ts'
import { SpecRunner } from './run/spec-runner.ts'
import { proveLauncher } from './sandbox/prove.ts'
import { buildRuntime } from './sandbox/runtime.ts'
import { stageSubmission } from './sandbox/stage.ts'
import type { Attachment } from './spec/attach.ts'
import { staticChecks } from './static-checks.ts'
import { judge, type Verdict } from './verdict.ts'

/** A folder to grade. */
export interface Submission {
  name: string
  folder: string
}

/** A grade, and what else the report shows, by exercise. */
export interface Graded {
  name: string
  result: SubmissionResult
  attachments: Map<string, Attachment[]>
  predictions: Map<string, Prediction[]>
}

/**
 * Grades submissions one after another: the kit's own specs, each submission in its own process, scores from the
 * manifest alone.
 * @param picturesOf the folder for a submission's pictures
 */
export async function* grade(
  submissions: readonly Submission[],
  picturesOf: (name: string) => string,
): AsyncGenerator<Graded> {
  const temporary = await realpath(await mkdtemp(join(tmpdir(), 'grade-')))
  await chmod(temporary, 0o755) // The sandbox may run as another user, who has to get in.
  try {
    const runtime = await buildRuntime(join(temporary, 'runtime'))
    const { wrappers, isolation } = await proveLauncher(runtime)
    if (!isolation.otherUser) await chmod(temporary, 0o700)
    const memo = join(temporary, 'memo')
    await mkdir(memo)
    const runner = await SpecRunner.open('exercises', exercises)
    try {
      for (const [i, { name, folder }] of submissions.entries()) {
        const stage = join(temporary, `${i}`)
        const sources = await stageSubmission(folder, stage, runtime.harness)
        const findings = await Promise.all(
          [...sources].map(([exercise, source]) => staticChecks(exercise, source)),
        )
        const subject = { kind: 'sandbox', stage, program: runtime.program, wrappers } as const
        await rm(picturesOf(name), { recursive: true, force: true }) // None from an earlier run.
        const run = await runner.run({ subject, pictures: picturesOf(name), memo })
        yield {
          name,
          result: score(run, findings.flat(), isolation),
          attachments: attachmentsOf(run),
          predictions: await predictionsIn(folder),
        }
        await rm(stage, { recursive: true })
      }
    } finally {
      await runner.close()
    }
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

function score(
  run: SpecRun,
  findings: Finding[],
  isolation: SubmissionResult['isolation'],
): SubmissionResult {
  const results = exercises.map((exercise) => scoreExercise(exercise, run))
  return {
    score: results.reduce((sum, exercise) => sum + exercise.score, 0),
    maxScore: maxScore(),
    exercises: results,
    findings: findings.map((finding) => ({ ...finding, message: defuse(finding.message) })),
    isolation,
  }
}

function scoreExercise({ id, title, tasks }: Exercise, run: SpecRun): ExerciseResult {
  const results = tasks.map((task) => {
    const specs = run.specs.filter((spec) => spec.exercise === id && spec.task === task.id)
    const { status, message, durationMs } = trusted(run, judge(task.id, specs))
    const points = status === 'pass' ? task.points : 0
    return {
      ...{ id: task.id, title: task.title, status, score: points, maxScore: task.points },
      ...{ message: defuse(message), durationMs },
    }
  })
  return {
    id,
    title,
    score: results.reduce((sum, task) => sum + task.score, 0),
    maxScore: maxScore(tasks),
    tasks: results,
  }
}

/** An error outside every spec means that the trusted side itself misbehaved: no pass counts then. */
function trusted({ problems }: SpecRun, verdict: Verdict): Verdict {
  if (problems.length === 0 || verdict.status !== 'pass') return verdict
  return { ...verdict, status: 'invalid', message: `The run cannot be trusted: ${problems[0]}` }
}

async function predictionsIn(folder: string): Promise<Graded['predictions']> {
  return new Map(
    await Promise.all(
      exercises.map(async (exercise) => [exercise.id, await readPredictions(folder, exercise)] as const),
    ),
  )
}

function attachmentsOf({ specs }: SpecRun): Map<string, Attachment[]> {
  return new Map(
    exercises.map(({ id }) => [
      id,
      specs.filter((spec) => spec.exercise === id).flatMap((spec) => spec.attachments),
    ]),
  )
}
