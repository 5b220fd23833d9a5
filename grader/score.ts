import { defuse } from './defuse.ts'
import { exercises, maxScore, type Exercise } from './manifest/index.ts'
import type { ExerciseResult, Finding, Isolation, SubmissionResult } from './result.ts'
import type { SpecRun } from './run/collector.ts'
import { judge, type Verdict } from './verdict.ts'

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
