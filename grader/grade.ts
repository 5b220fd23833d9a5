import { chmod, mkdir, mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exercises } from './manifest/index.ts'
import { readPredictions, type Prediction } from './predictions.ts'
import type { SubmissionResult } from './result.ts'
import type { SpecRun } from './run/collector.ts'
import { SpecRunner } from './run/spec-runner.ts'
import { proveLauncher } from './sandbox/prove.ts'
import { buildRuntime } from './sandbox/runtime.ts'
import { stageSubmission } from './sandbox/stage.ts'
import { score } from './score.ts'
import type { Attachment } from './spec/attach.ts'
import { staticChecks } from './static-checks.ts'

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
