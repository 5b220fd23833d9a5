import { exercises, modulePath } from '#grader/manifest/index.ts'
import { updateProgress } from './progress-file.ts'

/** `npm run hint -- TASK [1|2|3]`: where to look, how to go about it, nearly the answer. */
async function main([id, wanted = '1', ...rest]: string[]): Promise<number> {
  for (const exercise of exercises) {
    const task = exercise.tasks.find((candidate) => candidate.id === id)
    if (!task) continue
    const count = task.hints.length
    const level = Number(wanted)
    if (rest.length > 0 || !Number.isInteger(level) || level < 1 || level > count) {
      console.error(`"${[wanted, ...rest].join(' ')}" is no level of hint.`)
      console.error(`Pass 1 to ${count}, as in npm run hint -- ${id} ${count}.`)
      return 2
    }
    console.log(`${task.title} (${task.export} in exercises/${modulePath(exercise)})\n`)
    console.log(`Hint ${level} of ${count}: ${task.hints[level - 1]}`)
    if (level < count) console.log(`\nStill stuck: npm run hint -- ${id} ${level + 1}`)
    await updateProgress(({ hints }) => {
      hints[task.id] = Math.max(hints[task.id] ?? 0, level)
    })
    return 0
  }
  console.error(id === undefined ? 'Which task?' : `There is no task "${id}".`)
  console.error(`Pass one of: ${exercises.flatMap(({ tasks }) => tasks.map((task) => task.id)).join(', ')}.`)
  return 2
}

process.exitCode = await main(process.argv.slice(2))
