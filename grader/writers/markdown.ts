import { relative } from 'node:path'
import { defuse } from '#grader/defuse.ts'
import type { Graded } from '#grader/grade.ts'
import type { Prediction } from '#grader/learner/predictions/predictions.ts'
import type { ExerciseResult, ReportHeader } from '#grader/result.ts'
import type { Attachment } from '#grader/spec/attach.ts'
import { invalidWarning, latenessLine, messageOf, missingLine, notGraded } from './feedback.ts'
import { oneLine } from './one-line.ts'

interface Options {
  /** For a page without files beside it, where pictures can only be named. */
  isSummary: boolean
}

/**
 * One submission's report for people: scores, what is wrong, pictures beside their exercise.
 * @param folder where it will lie; pictures are linked from there
 */
export function markdownReport(
  header: ReportHeader,
  { name, result, attachments, predictions }: Graded,
  folder: string,
  { isSummary }: Options = { isSummary: false },
): string {
  const show = (attachment: Attachment) => attached(attachment, isSummary ? null : folder)
  const { score, maxScore, exercises, isolation } = result
  const warnings = [invalidWarning(result), latenessLine(result)].filter((line) => line !== null)
  // What is still to do is in its task's row.
  const findings = result.findings.filter(({ rule }) => rule !== 'todo')
  const sections = exercises.map((exercise) =>
    [
      exerciseSection(exercise, (attachments.get(exercise.id) ?? []).map(show)),
      ...predictionTable(predictions.get(exercise.id) ?? []),
    ].join('\n\n'),
  )
  return (
    [
      `# ${escape(name)}: ${score} of ${maxScore} points`,
      `Model ${escape(header.model)} on ${escape(header.device)}.`,
      ...warnings.map((line) => `**${line}**`),
      table(
        ['exercise', 'tasks passed', 'points'],
        exercises.map((exercise) => [exercise.title, passed(exercise), points(exercise)]),
      ),
      ...sections,
      ...(findings.length > 0
        ? ['## Seen in the code', 'For a person to judge; no points depend on it.']
        : []),
      ...findings.map(({ file, line, message }) => `- \`${file}:${line}\` ${escape(message)}`),
      '## How the code was kept apart',
      table(
        ['defence', 'held'],
        Object.entries(isolation).map(([defence, held]) => [defence, String(held)]),
      ),
    ].join('\n\n') + '\n'
  )
}

/**
 * All submissions at a glance, each linked to its own report where that lies beside it. What could not be graded and
 * what came late have columns where there is any: their points alone do not say it.
 */
export function markdownIndex(graded: readonly Graded[], linkOf: (name: string) => string | null): string {
  const isLate = graded.some(({ result }) => result.late)
  const isOpen = graded.some(({ result }) => notGraded(result) > 0)
  const rows = graded.map(({ name, result }) => [
    linked(escape(name), linkOf(name)),
    ...result.exercises.map(points),
    points(result),
    ...(isOpen ? [String(notGraded(result) || '')] : []),
    ...(isLate ? [String(result.late?.bySeconds ?? '')] : []),
  ])
  const titles = graded[0]?.result.exercises.map(({ title }) => title) ?? []
  const head = ['submission', ...titles, 'together']
  const more = [...(isOpen ? ['tasks not graded'] : []), ...(isLate ? ['seconds late'] : [])]
  return `# ${graded.length} submissions\n\n${table([...head, ...more], rows)}\n`
}

function linked(text: string, path: string | null): string {
  const url = path?.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/')
  return url === undefined ? text : `[${text}](${url})`
}

function exerciseSection(exercise: ExerciseResult, attachments: readonly string[]): string {
  const missing = missingLine(exercise)
  const open = exercise.tasks.filter(({ message }) => message !== '')
  return [
    `## ${exercise.title}: ${points(exercise)}`,
    ...(missing === null ? [] : [`**${escape(missing)}**`]),
    table(
      ['task', 'status', 'points'],
      exercise.tasks.map((task) => [task.title, task.status, points(task)]),
    ),
    ...open
      .filter(({ status }) => status !== 'not-attempted')
      .map((task) => messageBlock(task.title, messageOf(task))),
    ...attachments,
  ].join('\n\n')
}

/** What was expected beforehand, next to what came out; nothing when no prediction was written down. */
function predictionTable(predictions: readonly Prediction[]): string[] {
  if (predictions.every(({ answer }) => answer === '')) return []
  const rows = predictions.map(({ question, answer, measured }) => [question, answer, measured].map(escape))
  return [table(['question', 'predicted', 'measured'], rows)]
}

function messageBlock(title: string, message: string): string {
  return `**${escape(title)}**\n\n${codeBlock(message)}`
}

function attached(attachment: Attachment, folder: string | null): string {
  const caption = escape(attachment.caption)
  if ('text' in attachment) return `*${caption}*\n\n${codeBlock(defuse(attachment.text))}`
  if (folder === null) return `*Picture: ${caption}*`
  const path = relative(folder, attachment.file).replaceAll('\\', '/')
  return `![${caption}](${encodeURI(path)})\n\n*${caption}*`
}

/** Indented, so that no text inside can end the block. */
function codeBlock(text: string): string {
  return text
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n')
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

function passed({ tasks }: ExerciseResult): string {
  return `${tasks.filter(({ status }) => status === 'pass').length}/${tasks.length}`
}

function points({ score, maxScore }: { score: number; maxScore: number }): string {
  return `${score}/${maxScore}`
}

/** Markup in it does not act, and it stays on its line: names may hold line breaks. */
function escape(text: string): string {
  return oneLine(text).replaceAll(/[\\`*_[\]<>|]/g, '\\$&')
}
