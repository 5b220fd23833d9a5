import { relative } from 'node:path'
import { defuse } from '#grader/defuse.ts'
import { modulePath, type Exercise } from '#grader/manifest/index.ts'
import { notesOn } from '#grader/notes.ts'
import type { Attachment } from '#grader/spec/attach.ts'
import type { JudgedExercise, JudgedTask } from './judged.ts'
import { style } from './style.ts'

/** One exercise as the student reads it: a row a task, and under each wrong one what to look at. */
export function exerciseRows({ exercise, tasks }: JudgedExercise): string {
  const heading =
    style.bold(`${exercise.id.slice(0, 2)} ${exercise.title}`) + style.dim(` [${exercise.level}]`)
  const width = Math.max(...tasks.map(({ task }) => task.title.length), 0)
  const rows = tasks.flatMap((judged, i) => [row(judged, width), ...details(exercise, judged, tasks[i - 1])])
  return [heading, ...rows].join('\n')
}

function row({ task, status, score: earned }: JudgedTask, width: number): string {
  const title = task.title.padEnd(width)
  const score = `${earned}/${task.points}`
  if (status === 'pass') return `  ${style.green('✓ passed')}   ${title}  ${score}`
  if (status === 'not-attempted') return style.dim(`  · to do    ${title}  ${score}`)
  if (status === 'blocked') return `  ${style.yellow('· blocked')}  ${title}  ${score}`
  return `  ${style.red('✗ failed')}   ${title}  ${score}`
}

function details(exercise: Exercise, judged: JudgedTask, above: JudgedTask | undefined): string[] {
  // A module that does not load fails every task in the same words.
  const isRepeated = above && needsWords(judged) && needsWords(above) && judged.message === above.message
  return indent(isRepeated ? ['As above.'] : explanation(exercise, judged))
}

/** What there is to say about a task, a line each: what its spec expected, what it printed, how it was graded. */
export function explanation(exercise: Exercise, judged: JudgedTask): string[] {
  const { decidedBy, message } = judged
  const notes = notesOn({ ...judged, maxScore: judged.task.points })
  if (!needsWords(judged)) return notes
  const own = decidedBy?.failure?.frames.find(({ file }) => file === `exercises/${modulePath(exercise)}`)
  return [
    ...(decidedBy ? [style.dim(decidedBy.title)] : []),
    ...defuse(message).split('\n'),
    ...pictures(decidedBy?.attachments ?? []),
    ...notes,
    ...(own ? [`at ${own.file}:${own.line}`] : []),
    ...(decidedBy?.output ? ['It printed:', ...indent(defuse(decidedBy.output.trimEnd()).split('\n'))] : []),
  ]
}

/** Where what a spec drew of the failure lies: yours beside what was expected. */
function pictures(attachments: readonly Attachment[]): string[] {
  return attachments.flatMap((one) =>
    'file' in one ? [`Picture: ${relative(process.cwd(), one.file).replaceAll('\\', '/')}`] : [],
  )
}

function needsWords({ status }: JudgedTask): boolean {
  return status !== 'pass' && status !== 'not-attempted'
}

function indent(lines: string[]): string[] {
  return lines.map((line) => `    ${line}`)
}
