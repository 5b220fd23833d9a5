import { exercises, modulePath } from '#grader/manifest/index.ts'
import type { Graded } from '#grader/grade.ts'
import type { Status } from '#grader/result.ts'
import { defuse } from '#grader/defuse.ts'
import { cut } from './cut.ts'
import { allTasks, feedback, invalidWarning, latenessLine, missingLine } from './feedback.ts'
import type { Writer } from './writer.ts'

/** GitHub keeps this many annotations of a kind from one step. */
const MOST = 10
const LONGEST = 1000

/** Workflow commands to print in a step: errors for tasks, warnings for what was seen in the code, a notice for the score. */
export const githubAnnotations: Writer = {
  description: 'workflow commands for a step to print: ::error, ::warning, ::notice',
  holds: 'one',
  write({ result }: Graded): string {
    const annotate = (kind: 'error' | 'warning', statuses: Status[]) =>
      allTasks(result)
        .filter(({ task }) => statuses.includes(task.status))
        .map(({ exercise, task }) =>
          command(kind, feedback(task), { file: fileOf(exercise.id), title: task.title }),
        )
    // What is still to do is no fault, and what could not be graded is none of the student's.
    const errors = annotate('error', ['fail', 'error', 'timeout'])
    const seen = result.findings.filter(({ rule }) => rule !== 'todo')
    const warnings = [
      ...annotate('warning', ['invalid']),
      ...seen.map(({ file, line, rule, message }) =>
        command('warning', message, { file: repositoryPath(file), line: String(line), title: rule }),
      ),
    ]
    const unseen = [
      ...(errors.length > MOST ? [`${errors.length - MOST} more tasks`] : []),
      ...(warnings.length > MOST ? [`${warnings.length - MOST} more warnings`] : []),
    ]
    const total = [
      `${result.score} of ${result.maxScore} points.`,
      invalidWarning(result),
      latenessLine(result),
      ...result.exercises.map(missingLine),
      unseen.length > 0 ? `Not shown as annotations: ${unseen.join(', ')}. See the report.` : null,
    ].filter((line) => line !== null)
    const notice = command('notice', total.join('\n'), { title: 'Score' })
    return [...errors.slice(0, MOST), ...warnings.slice(0, MOST), notice, ''].join('\n')
  },
}

function command(kind: string, message: string, properties: Record<string, string>): string {
  const pairs = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(defuse(value))}`)
  return `::${kind} ${pairs.join(',')}::${escapeData(cut(defuse(message), LONGEST))}`
}

function fileOf(exercise: string): string {
  const known = exercises.find(({ id }) => id === exercise)
  return `exercises/${known ? modulePath(known) : exercise}`
}

function repositoryPath(file: string): string {
  return file.startsWith('exercises/') ? file : `exercises/${file}`
}

/** The escapes of GitHub's own toolkit: a message cannot end its line, nor a property its value. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
