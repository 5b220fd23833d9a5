import { exercises, modulePath } from '#grader/manifest/index.ts'
import { parseOptions, runCommand } from '../../../harness/cli/command.ts'
import { nearest } from '../../../harness/cli/nearest.ts'
import { ArgumentError } from '../../../harness/errors.ts'
import { updateProgress } from './progress-file.ts'

/** `npm run hint -- TASK [1|2|3]`: where to look, how to go about it, nearly the answer. */
await runCommand(async () => {
  const { positionals } = parseOptions(
    {
      does: 'Gives a hint on a task: 1 where to look, 2 how to go about it, 3 nearly the answer.',
      operands: 'TASK [1|2|3]',
    },
    'npm run hint',
  )
  const [id, wanted = '1', ...rest] = positionals
  const exercise = exercises.find(({ tasks }) => tasks.some((task) => task.id === id))
  const task = exercise?.tasks.find((candidate) => candidate.id === id)
  if (!exercise || !task) throw noTask(id)
  const count = task.hints.length
  const level = Number(wanted)
  if (rest.length > 0 || !Number.isInteger(level) || level < 1 || level > count)
    throw new ArgumentError(
      `"${[wanted, ...rest].join(' ')}" is no level of hint.`,
      `Pass 1 to ${count}, as in npm run hint -- ${id} ${count}.`,
    )
  console.log(`${task.title} (${task.export} in exercises/${modulePath(exercise)})\n`)
  console.log(`Hint ${level} of ${count}: ${task.hints[level - 1]}`)
  if (level < count) console.log(`\nStill stuck: npm run hint -- ${id} ${level + 1}`)
  await updateProgress(({ hints }) => {
    hints[task.id] = Math.max(hints[task.id] ?? 0, level)
  })
})

function noTask(id: string | undefined): ArgumentError {
  const ids = exercises.flatMap(({ tasks }) => tasks.map((task) => task.id))
  const remedy = `Pass one of: ${ids.join(', ')}.`
  if (id === undefined) return new ArgumentError('Which task?', remedy)
  const meant = nearest(id, ids)
  return new ArgumentError(`There is no task "${id}".${meant ? ` The nearest is ${meant}.` : ''}`, remedy)
}
