import { log } from '@clack/prompts'
import { exercisesNamed } from '#grader/exercises-named.ts'
import { exercises, type Exercise } from '#grader/manifest/index.ts'
import { promptOutput } from '#grader/learner/progress/prompt-output.ts'
import { parseOptions, runCommand } from '../../../harness/cli/command.ts'
import { ArgumentError } from '../../../harness/errors.ts'
import { askPredictions, introduce } from './ask.ts'
import { arePredictionsAsked, briefPath, localPredictions } from './predictions.ts'

/** `npm run predict [-- 02]`: asks what you expect of an exercise; without a number, of the next one not asked yet. */
await runCommand(async () => {
  const { positionals } = parseOptions(
    {
      does: "Asks what you expect of an exercise, and writes your answers into its brief. NN is an exercise's number; without it, the next one not asked yet.",
      operands: '[NN]',
    },
    'npm run predict',
  )
  if (positionals.length > 1)
    throw new ArgumentError(`${positionals.length} exercises are named.`, 'Pass one, or none.')
  const exercise = positionals.length === 0 ? await firstUnasked() : exercisesNamed(positionals)[0]
  if (exercise === null) {
    console.log('Every prediction was asked. To change those of an exercise: npm run predict -- 02')
    return
  }
  if (!process.stdin.isTTY || !process.stdout.isTTY)
    throw new ArgumentError(
      'Questions need a terminal, and this is none.',
      `Run npm run predict in one, or write your answers into ${briefPath(exercise)}.`,
    )
  if ((await localPredictions(exercise)).length === 0)
    throw new ArgumentError(
      `${briefPath(exercise)} asks nothing.`,
      'Restore its section "## Predict first", with "Your answer:" below each question.',
    )
  introduce(exercise)
  const isDone = await askPredictions(exercise)
  const number = exercise.id.slice(0, 2)
  const then = isDone
    ? `Written to ${briefPath(exercise)}. Now: npm test -- ${number}`
    : `The rest another time: npm run predict -- ${number}`
  log.message(then, { output: promptOutput, withGuide: false })
})

async function firstUnasked(): Promise<Exercise | null> {
  for (const exercise of exercises) if (!(await arePredictionsAsked(exercise))) return exercise
  return null
}
