import { defuse } from './defuse.ts'
import { exercises, maxScore, modulePath, visibilityOf, type Exercise, type Task } from './manifest/index.ts'
import { notesOn } from './notes.ts'
import { earnedPoints } from './partial-credit.ts'
import type { CheckResult, ExerciseResult, Finding, Isolation, SubmissionResult } from './result.ts'
import type { SpecResult, SpecRun } from './run/collector.ts'
import { judge, judgeSpec, type Verdict } from './verdict.ts'

/** Turns a run into a grade. Points come from the manifest alone; what a submission said is defused. */
export function score(run: SpecRun, findings: readonly Finding[], isolation: Isolation): SubmissionResult {
  const results = exercises.map((exercise) => scoreExercise(exercise, run))
  return {
    score: results.reduce((sum, exercise) => sum + exercise.score, 0),
    maxScore: maxScore(),
    exercises: results,
    findings: findings.map((finding) => ({ ...finding, message: defuse(finding.message) })),
    isolation,
  }
}

function scoreExercise(exercise: Exercise, run: SpecRun): ExerciseResult {
  const { id, title, tasks } = exercise
  const functionOf = (id: string) => tasks.find((task) => task.id === id)?.export ?? id
  const results = tasks.map((task) => {
    const specs = run.specs.filter((spec) => spec.exercise === id && spec.task === task.id)
    const verdict = trusted(run, judge(task.id, specs))
    const { status, durationMs } = verdict
    const points = run.problems.length === 0 ? earnedPoints(task, verdict, specs) : 0
    const references = referencesOf(specs)
    const swapped = references.map(functionOf)
    const notes = notesOn({ status, score: points, maxScore: task.points, references: swapped })
    const message = [verdict.message, ...notes].filter((line) => line !== '').join('\n')
    return {
      ...{ id: task.id, title: task.title, status, score: points, maxScore: task.points },
      ...{
        message: defuse(message),
        durationMs,
        ...(isMissing(verdict) && { missing: `exercises/${modulePath(exercise)}` }),
        checks: specs.map((spec) => checkOf(task, spec)),
        references,
        notes,
      },
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

function isMissing({ decidedBy }: Verdict): boolean {
  return decidedBy?.failure?.code === 'NO_FILE'
}

/** An error outside every spec means that the trusted side itself misbehaved: no pass counts then. */
function trusted({ problems }: SpecRun, verdict: Verdict): Verdict {
  if (problems.length === 0 || verdict.status !== 'pass') return verdict
  return { ...verdict, status: 'invalid', message: `The run cannot be trusted: ${problems[0]}` }
}

function checkOf(task: Task, spec: SpecResult): CheckResult {
  const { status, message } = judgeSpec(task.id, spec)
  return { title: spec.title, status, message: defuse(message), visibility: visibilityOf(task, spec.title) }
}

/** The tasks whose reference stood in for the student's function, in whichever spec. */
export function referencesOf(specs: readonly SpecResult[]): string[] {
  return [...new Set(specs.flatMap(({ references }) => references ?? []))]
}
