import type { Graded } from '#grader/grade.ts'
import type { TaskResult } from '#grader/result.ts'
import { cut } from './cut.ts'
import { embedAttachments, type Embedded } from './embed.ts'
import { allTasks, invalidWarning, messageOf, statusLine } from './feedback.ts'
import { oneLine } from './one-line.ts'
import type { Writer } from './writer.ts'

/** The host takes no results above 1 MiB. */
const MOST_PICTURE_BYTES = 600_000
const LONGEST = 2000

/** PrairieLearn's `results.json`. With a task that could not be graded the attempt does not count, as it can say so. */
export const prairielearn: Writer = {
  description: 'results.json of PrairieLearn, pictures inside as far as they fit',
  holds: 'one',
  async write(graded: Graded): Promise<string> {
    const { result } = graded
    const warning = invalidWarning(result)
    const embedded = await embedAttachments(graded, MOST_PICTURE_BYTES)
    const grade =
      warning === null
        ? { gradable: true, score: result.maxScore === 0 ? 0 : result.score / result.maxScore }
        : { gradable: false, format_errors: [warning] }
    const report = {
      ...grade,
      message: `${result.score} of ${result.maxScore} points.`,
      output: embedded.flatMap(described).join('\n\n'),
      images: embedded.flatMap((one) => ('url' in one ? [{ label: one.caption, url: one.url }] : [])),
      tests: allTasks(result).map(({ exercise, task }) => test(`${exercise.title}: ${task.title}`, task)),
    }
    return `${JSON.stringify(report, null, 2)}\n`
  },
}

function test(name: string, task: TaskResult) {
  return {
    name: oneLine(name),
    points: task.score,
    max_points: task.maxScore,
    message: statusLine(task),
    output: cut(messageOf(task), LONGEST),
  }
}

function described(one: Embedded): string[] {
  if ('text' in one) return [`${one.caption}:\n${one.text}`]
  return 'left' in one ? [`${one.caption}: ${one.left}`] : []
}
