import { readFile } from 'node:fs/promises'
import { modulePath } from '#grader/manifest/index.ts'
import { explanation } from '#grader/learner/progress/rows.ts'
import { style } from '#grader/learner/progress/style.ts'
import type { Place } from './course.ts'
import { functionText } from './function-text.ts'
import { fileLink } from './link.ts'
import type { TaskState } from './task-states.ts'

/** One task as the student reads it: what it is, where, how it stands and why. */
export async function taskView({ exercise, task }: Place, state: TaskState): Promise<string[]> {
  const file = `exercises/${modulePath(exercise)}`
  const text = await readFile(file, 'utf8').catch(() => null)
  const found = text === null ? null : functionText(text, task.export)
  const where =
    text === null
      ? style.yellow(`${file} is gone. Put it back, or press r for the stub.`)
      : found
        ? `${fileLink(file, found.line)}  ${task.export}`
        : style.yellow(`${file} exports no function ${task.export}. Put it back, or press r for the stub.`)
  return [
    `${mark(state)} ${style.bold(task.title)}  ${style.dim(points(state, task.points))}`,
    `  ${where}`,
    '',
    ...(text === null ? [] : saying(exercise, state)).map((line) => (line === '' ? '' : `  ${line}`)),
    ...(isOpen(state) && found ? found.doc.map((line) => (line === '' ? '' : `  ${line}`)) : []),
  ]
}

/** One sign for each state, told apart without colours too. */
export function mark({ status }: TaskState): string {
  if (status === 'pass') return style.green('✓')
  if (status === 'not-attempted' || status === 'unchecked') return style.dim('·')
  return status === 'blocked' ? style.yellow('!') : style.red('✗')
}

function points({ status, score }: TaskState, most: number): string {
  if (status === 'pass' || score > 0) return `${score} of ${most} points`
  return most === 1 ? '1 point' : `${most} points`
}

function isOpen({ status }: TaskState): boolean {
  return status === 'not-attempted' || status === 'unchecked'
}

function saying(exercise: Place['exercise'], state: TaskState): string[] {
  const { status, judged } = state
  if (status === 'pass') return [style.green('It passes.'), ...(judged ? explanation(exercise, judged) : [])]
  if (isOpen(state)) return ['Still to write:', '']
  return judged ? explanation(exercise, judged) : []
}
