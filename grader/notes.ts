import type { TaskResult } from './result.ts'

/** What a student should know about how a task was graded, a line each, beside what is wrong with it. */
export function notesOn({
  status,
  score,
  maxScore,
  references,
}: Pick<TaskResult, 'status' | 'score' | 'maxScore'> & {
  /** Functions that the reference stood in for. */
  references: readonly string[]
}): string[] {
  return [
    ...(references.length > 0
      ? [`Graded with the reference for ${list(references)}, because yours is wrong or missing.`]
      : []),
    ...(status !== 'pass' && score > 0
      ? [`Partial credit: ${score} of ${maxScore} points for what is right.`]
      : []),
  ]
}

function list(names: readonly string[]): string {
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}` : names.join('')
}
