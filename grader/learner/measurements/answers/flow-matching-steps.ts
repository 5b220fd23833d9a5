import { existsSync, readFileSync } from 'node:fs'
import type { Row } from '../../../../models/twin/summary.ts'
import { FlowMatchEulerDiscreteScheduler } from '#harness'
import { duration } from '../format.ts'
import { lesson } from '../measurement.ts'
import { lessonRuns, stopsPaying, thresholds, type StepCounts } from '../step-counts.ts'
import type { WithoutT5 } from '../without-t5.ts'
import type { Answer } from './answer.ts'

const twinResult = new URL('../../../../models/twin/result.json', import.meta.url)

export function flowMatchingStepsAnswers(
  measured: StepCounts | undefined,
  silenced: WithoutT5 | null | undefined,
): Answer[] {
  return [
    {
      about: /\bstraight line\b.*\bEuler steps\b/i,
      text:
        `One: its error is then ${endError(straight, 1)}. On the quarter circle the error nearly halves with each ` +
        `doubling: ${[4, 8, 16].map((steps) => `${endError(quarterCircle, steps).toFixed(3)} at ${steps} steps`).join(', ')}.`,
    },
    {
      about: /\bshifts its noise levels\b/i,
      text: `${above(0.5, 3)} of 28 with the shift of 3, ${above(0.5, 1)} without.`,
    },
    ...(measured ? measuredAnswers(measured) : []),
    ...(silenced === undefined ? [] : [silencedAnswer(silenced)]),
    ...(existsSync(twinResult) ? [twinAnswer()] : []),
  ]
}

/** From what `npm run twin` counted over many captions: one picture cannot tell. */
function twinAnswer(): Answer {
  const { captions, rows } = JSON.parse(readFileSync(twinResult, 'utf8')) as {
    captions: number
    rows: Row[]
  }
  const shares = (id: Row['contestant']) =>
    [10, 20, 50].map((steps) => {
      const row = rows.find((one) => one.contestant === id && one.steps === steps)
      return row ? `${(100 * row.agreement).toFixed(0)} % at ${steps} steps` : `nothing at ${steps} steps`
    })
  return {
    about: /\bDDPM twin\b/,
    text:
      `Of ${captions} captions: ${shares('ddim').join(', ')} by DDIM; ${shares('flow').join(', ')} by flow matching. ` +
      `By DDPM's own ancestral sampler: ${shares('ddpm').join(', ')}.`,
  }
}

function measuredAnswers(measured: StepCounts): Answer[] {
  const runs = lessonRuns(measured)
  const gains = runs.slice(1).map((run, i) => ({
    from: runs[i].steps,
    to: run.steps,
    gain: runs[i].distance - run.distance,
  }))
  const most = gains.reduce((best, one) => (one.gain > best.gain ? one : best))
  const payoff = thresholds.map(
    (threshold) => `${stopsPaying(runs, threshold)} at a threshold of ${threshold}`,
  )
  const [shortest, longest] = [runs[0], runs[runs.length - 1]]
  const { encode, step, decode } = measured.seconds
  const straight = runs.map(({ steps, straightness }) => `${straightness.toFixed(2)} at ${steps} steps`)
  return [
    {
      about: /\bdivided by the length of their way\b/i,
      text: `Straight steps would give 1, however many. Measured, with guidance ${lesson.guidanceScale}: ${straight.join(', ')}.`,
    },
    {
      about: /\bwhich step up changes the picture most\b/i,
      text:
        `From ${most.from} to ${most.to}: ${most.gain.toFixed(1)} of 255 levels nearer to ${longest.steps} steps. ` +
        `Where it stops paying depends on what you ask of a longer run: ${payoff.join(', ')}.`,
      figure: 'step-counts',
    },
    {
      about: /\b50 steps take five times as long\b/i,
      text:
        `${(longest.seconds / shortest.seconds).toFixed(1)} times here: ${duration(longest.seconds)} for ` +
        `${longest.steps} steps, ${duration(shortest.seconds)} for ${shortest.steps}. A step takes ${duration(step)}; ` +
        `reading the prompt takes ${duration(encode)} and decoding ${duration(decode)}, once a picture.`,
      figure: 'timings',
    },
  ]
}

function silencedAnswer(silenced: WithoutT5 | null): Answer {
  return {
    about: /\bT5 silenced\b/i,
    ...(silenced === null
      ? { text: 'This model was saved without T5: there is nothing to silence.' }
      : {
          text:
            `The two pictures differ by ${silenced.distance.toFixed(1)} of 255 levels, root mean square. ` +
            'What that means for the ball, the cube, the table and the plant is for your eyes.',
          figure: 'without-t5',
        }),
  }
}

const straight = () => -1
const quarterCircle = (t: number) => (-Math.PI / 2) * Math.sin((Math.PI * t) / 2)

/** Distance from 1 after Euler steps along a velocity from noise 0, at t = 1, to picture 1, at t = 0. */
function endError(velocity: (t: number) => number, steps: number): number {
  let x = 0
  for (let i = 0; i < steps; i++) x -= velocity(1 - i / steps) / steps
  return Math.abs(x - 1)
}

/** How many of 28 steps start above a noise level. */
function above(sigma: number, shift: number): number {
  const scheduler = new FlowMatchEulerDiscreteScheduler({ shift })
  scheduler.setTimesteps(28)
  return scheduler.sigmas.filter((value) => value > sigma).length
}
