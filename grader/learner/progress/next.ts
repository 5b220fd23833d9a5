import { readFile } from 'node:fs/promises'
import { predictFirst } from '#grader/learner/predictions/predict-first.ts'
import { exercises, modulePath } from '#grader/manifest/index.ts'
import type { JudgedExercise } from './judged.ts'
import { style } from './style.ts'

/** Where `npm test` leaves the pictures that the specs hand over. */
export const picturesFolder = 'out/pictures'

/** The first task that is not done: where it is, what it asks, how to get its hint. With none left, what comes after. */
export async function nextThing(judged: readonly JudgedExercise[]): Promise<string> {
  for (const { exercise, tasks } of judged) {
    const open = tasks.find(({ status }) => status !== 'pass')
    if (!open) continue
    const { task, status } = open
    const file = `exercises/${modulePath(exercise)}`
    return [
      style.bold(status === 'not-attempted' ? 'Next' : 'Next: repair'),
      `  ${task.title}`,
      `  ${file}:${await lineOf(file, task.export)}  ${task.export}`,
      `  A hint: npm run hint -- ${task.id}`,
    ].join('\n')
  }
  const unasked = await Promise.all(judged.map(({ exercise }) => predictFirst(exercise)))
  const last = exercises.indexOf(judged[judged.length - 1].exercise)
  const following = exercises[last + 1]
  return [
    style.bold('Every task passes.'),
    ...(unasked.every((line) => line === null) ? [`  Pictures: ${picturesFolder}/`] : []),
    ...unasked.filter((line) => line !== null).map((line) => `  ${line}`),
    ...(following
      ? [`  Next exercise: exercises/${following.id}/README.md, then npm test -- ${following.id.slice(0, 2)}`]
      : []),
  ].join('\n')
}

async function lineOf(file: string, name: string): Promise<number> {
  const lines = (await readFile(file, 'utf8')).split('\n')
  return lines.findIndex((line) => new RegExp(`^export .*\\b${name}\\b`).test(line)) + 1
}
