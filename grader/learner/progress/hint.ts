import { exercises, modulePath } from '#grader/manifest/index.ts'

/** `npm run hint -- TASK`: where to look, never the answer. */
function main([id]: string[]): number {
  for (const exercise of exercises) {
    const task = exercise.tasks.find((candidate) => candidate.id === id)
    if (!task) continue
    console.log(
      `${task.title} (${task.export} in exercises/${modulePath(exercise)})\n\n${task.hints.join('\n\n')}`,
    )
    return 0
  }
  console.error(id === undefined ? 'Which task?' : `There is no task "${id}".`)
  console.error(`Pass one of: ${exercises.flatMap(({ tasks }) => tasks.map((task) => task.id)).join(', ')}.`)
  return 2
}

process.exitCode = main(process.argv.slice(2))
