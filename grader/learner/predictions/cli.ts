import { log } from '@clack/prompts'
import { exercises, type Exercise } from '#grader/manifest/index.ts'
import { promptOutput } from '#grader/learner/progress/prompt-output.ts'
import { askPredictions, introduce } from './ask.ts'
import { arePredictionsAsked, briefPath, localPredictions } from './predictions.ts'

/** `npm run predict [-- 02]`: asks what you expect of an exercise; without a number, of the next one not asked yet. */
async function main([wanted]: string[]): Promise<number> {
  const exercise =
    wanted === undefined ? await firstUnasked() : exercises.find(({ id }) => id.startsWith(wanted))
  if (exercise === null) {
    console.log('Every prediction was asked. To change those of an exercise: npm run predict -- 02')
    return 0
  }
  if (exercise === undefined) {
    console.error(`No exercise starts with "${wanted}".`)
    console.error(`Pass one of: ${exercises.map(({ id }) => id).join(', ')}.`)
    return 2
  }
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    console.error('Questions need a terminal, and this is none.')
    console.error(`Run npm run predict in one, or write your answers into ${briefPath(exercise)}.`)
    return 2
  }
  if ((await localPredictions(exercise)).length === 0) {
    console.error(`${briefPath(exercise)} asks nothing.`)
    console.error('Restore its section "## Predict first", with "Your answer:" below each question.')
    return 2
  }
  introduce(exercise)
  const isDone = await askPredictions(exercise)
  const number = exercise.id.slice(0, 2)
  const then = isDone
    ? `Written to ${briefPath(exercise)}. Now: npm test -- ${number}`
    : `The rest another time: npm run predict -- ${number}`
  log.message(then, { output: promptOutput, withGuide: false })
  return 0
}

async function firstUnasked(): Promise<Exercise | null> {
  for (const exercise of exercises) if (!(await arePredictionsAsked(exercise))) return exercise
  return null
}

process.exitCode = await main(process.argv.slice(2))
