import type { Graded } from '#grader/grade.ts'
import type { SubmissionResult } from '#grader/result.ts'
import { invalidWarning, latenessLine, missingLine } from './feedback.ts'
import { oneLine } from './one-line.ts'

/** Grades for a terminal or a log: one line a task, one a submission. */
export function textReport({ name, result }: Graded, reportPath: string): string {
  const width = Math.max(...result.exercises.flatMap(({ tasks }) => tasks.map(({ title }) => title.length)))
  const lines = result.exercises.flatMap((exercise) => [
    `${exercise.title}: ${exercise.score}/${exercise.maxScore}`,
    ...indent(missingLine(exercise) ?? ''),
    ...exercise.tasks.flatMap((task) => [
      `  ${task.title.padEnd(width)}  ${task.status.padEnd(13)}  ${task.score}/${task.maxScore}`,
      ...(task.status === 'not-attempted' ? [] : indent(task.message)),
    ]),
  ])
  // What is still to do is in its task's row.
  const seen = result.findings.filter(({ rule }) => rule !== 'todo')
  const findings = seen.flatMap(({ file, line, message }) => [
    `  ${oneLine(file)}:${line}`,
    ...indent(message),
  ])
  return [
    ...lines,
    ...(findings.length > 0 ? ['Seen in the code:', ...findings] : []),
    ...isolationLine(result),
    ...warnings(result),
    `${oneLine(name)}: ${result.score}/${result.maxScore} points. Report: ${reportPath}`,
  ].join('\n')
}

/** One of a class: what its points alone do not say comes behind them. */
export function classLine({ name, result }: Graded): string {
  return [`${oneLine(name)}: ${result.score}/${result.maxScore} points.`, ...warnings(result)].join(' ')
}

function warnings(result: SubmissionResult): string[] {
  return [invalidWarning(result), latenessLine(result)].filter((line) => line !== null)
}

function indent(message: string): string[] {
  return message === '' ? [] : message.split('\n').map((line) => `      ${line}`)
}

/** The level, and which defences it lacks; nothing for a submission of which nothing ran. */
function isolationLine({ isolation }: SubmissionResult): string[] {
  const { level } = isolation
  if (level === undefined) return []
  const missing = Object.keys(isolation).filter((defence) => !isolation[defence])
  return [
    `Isolation: ${level}, ${missing.length > 0 ? `without ${missing.join(', ')}` : 'every defence held'}.`,
  ]
}
