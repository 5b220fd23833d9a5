import {
  FlowMatchEulerDiscreteScheduler,
  manualSeed,
  sizeOf,
  tensor,
  type GenerateOptions,
  type Image,
  type Pipeline,
  type PromptEmbeddings,
  type Tensor,
} from '#harness'
import {
  attachText,
  expect,
  expectEqual,
  expectImage,
  expectNear,
  expectTensor,
  hasTwin,
  specs,
  type Mistake,
} from '#grader/spec/index.ts'
import { anyImage, anyInteger, anyOf, anyPrompt, anySeed, anySize } from '#grader/spec/fresh.ts'
import { freshPipeline } from '#grader/spec/fresh-pipeline.ts'
import { lazyPipeline, lazyTwin } from '#grader/spec/lazy-pipeline.ts'
import {
  expectOptions,
  expectSeconds,
  noiseNotReset,
  rehearsal,
  seedOf,
  type Settings,
  type Shot,
} from '#grader/spec/rehearsal.ts'
import { shownSeconds } from '#grader/spec/shown-seconds.ts'
import { attachStrip, strip } from '#grader/spec/strip.ts'
import { straightness, walkers, type Walk, type Walker } from '#grader/spec/walk.ts'

type Exercise = typeof import('#exercises/03-flow-matching-steps/flow-matching-steps.ts')

const lesson = {
  prompt: 'a cat sitting on a beach at sunset',
  simple: 'a sunset over the ocean',
  compositional:
    'a red ball to the left of a blue cube, on a wooden table, with a green plant in the background',
  stepCounts: [10, 20, 30, 50],
  settings: { height: 256, width: 256, guidanceScale: 7, seed: 42 },
  pathCounts: [10, 20, 50],
}
const anySettings = (): Settings => ({ ...anySize(), guidanceScale: anyInteger(3, 9), seed: anySeed() })
const white = [255, 255, 255]
const shiftedOnce =
  'The lower end was shifted once; SD3 shifts it before spacing the values, and again with them.'
const endsAtZero =
  'Your even values go down to the 0. The last of them is shifted(1 / numTrainTimesteps); the 0 is appended.'

const oneModel = 'You drew with one model only; each has a pipeline of its own.'
const drawnTwice =
  'You drew each picture twice; one call of generate gives the picture and, by its callback, the path.'
const exchanged = 'The two models are exchanged.'
const noiseOfOtherSize = 'The noise has not the size of the latents. Give randn their dims.'

await specs<Exercise>('03-flow-matching-steps', (task) => {
  task('add-noise', (it) => {
    it('mixes every element by σ', async ({ addNoise }) => {
      const [picture, noise] = anyTensors()
      const sigma = anyInteger(1, 40) / 100
      const mix = (a: number, b: number) => zip(picture, noise, (p, n) => a * p + b * n)
      const actual = await addNoise(picture, noise, sigma)
      expectTensor(actual, mix(1 - sigma, sigma), `latents at σ = ${sigma}`, {
        mistakes: [
          [mix(sigma, 1 - sigma), 'The shares are exchanged: σ is the share of noise.'],
          [
            mix(Math.sqrt(1 - sigma ** 2), sigma),
            'That is the curved path of DDPM; the shares here sum to 1.',
          ],
          [mix(1, sigma), 'The picture keeps its full weight; its share is 1 − σ.'],
        ],
      })
    })

    it('starts at the picture and ends in pure noise', async ({ addNoise }) => {
      const [picture, noise] = anyTensors()
      expectTensor(await addNoise(picture, noise, 0), picture, 'latents at σ = 0')
      expectTensor(await addNoise(picture, noise, 1), noise, 'latents at σ = 1')
    })
  })

  task('euler-step', (it) => {
    it('moves along the velocity by the change of σ', async ({ eulerStep }) => {
      const [latents, velocity] = anyTensors()
      const [sigma, next] = [anyInteger(60, 95) / 100, anyInteger(20, 50) / 100]
      const move = (by: number) => zip(latents, velocity, (x, v) => x + by * v)
      const actual = await eulerStep(latents, velocity, sigma, next)
      expectTensor(actual, move(next - sigma), `latents after the step from σ = ${sigma} to ${next}`, {
        mistakes: [
          [move(sigma - next), 'The step goes back into the noise: σ falls, so σ_next − σ is negative.'],
          [move(-sigma), 'That is the whole way to the picture. A step goes only as far as σ_next.'],
          [move(next), 'The step is the difference of the two σ, not the next one.'],
          [move(1000 * (next - sigma)), 'σ runs from 1 to 0; 1000 is the scale of timesteps.'],
        ],
      })
    })

    it('lands on the picture in one step when the velocity is true', async ({ eulerStep }) => {
      const [picture, noise] = anyTensors()
      const sigma = anyInteger(10, 100) / 100
      const latents = zip(picture, noise, (p, n) => (1 - sigma) * p + sigma * n)
      const velocity = zip(picture, noise, (p, n) => n - p)
      const actual = await eulerStep(latents, velocity, sigma, 0)
      expectTensor(actual, picture, `the picture from σ = ${sigma}`, { absolute: 1e-5 })
    })
  })

  task('curvature-cost', (it) => {
    const expected = (picture: number, noise: number, steps: number, at = (i: number) => 1 - i / steps) => {
      let x = noise
      for (let i = 0; i < steps; i++) {
        const angle = (Math.PI / 2) * at(i)
        x -= ((Math.PI / 2) * (Math.cos(angle) * noise - Math.sin(angle) * picture)) / steps
      }
      return x - picture
    }

    it('finds the curved road off by less and less, the straight one exact', async ({ curvatureCost }) => {
      const [picture, noise] = [anyInteger(5, 15) / 10, -anyInteger(20, 30) / 10]
      const stepCounts = [anyInteger(2, 6), 1, anyInteger(7, 60)]
      const rows = await curvatureCost(picture, noise, stepCounts)
      expectEqual(
        Array.isArray(rows) ? rows.map(({ steps }) => steps) : rows,
        stepCounts,
        'the step counts of the rows',
      )
      for (const { steps, straight, curved } of rows) {
        const what = `error after ${steps} steps from noise ${noise} to picture ${picture}`
        const error = expected(picture, noise, steps)
        const late = expected(picture, noise, steps, (i) => 1 - (i + 1) / steps)
        expectNear(straight, 0, `straight: ${what}`, { absolute: 1e-9 })
        expectNear(curved, Math.abs(error), `curved: ${what}`, {
          relative: 1e-6,
          absolute: 1e-9,
          mistakes: [
            [error, 'Your error is negative. It is a distance: take its absolute value.'],
            [Math.abs(late), 'You used the velocity at the end of each step; Euler takes it at the start.'],
          ],
        })
      }
    })

    it('agrees with the value worked out by hand', async ({ curvatureCost }) => {
      for (const picture of [1, -1]) {
        const [row] = await curvatureCost(picture, 0, [1])
        expectNear(
          row?.curved,
          Math.PI / 2 - 1,
          `curved: error after one step from noise 0 to picture ${picture}`,
          {
            mistakes: [
              [1 - Math.PI / 2, 'Your error is negative. It is a distance: take its absolute value.'],
            ],
          },
        )
      }
      const lines = (await curvatureCost(1, 0, [1, 2, 4, 8, 16, 32])).map(({ steps, straight, curved }) => {
        const errors = `straight ${Number(straight).toFixed(3)}, curved ${Number(curved).toFixed(3)}`
        return `${String(steps).padStart(2)} steps: ${errors}`
      })
      attachText('curvature-cost', lines.join('\n'), 'Error after so many steps from noise 0 to picture 1')
    })
  })

  task('sigma-schedule', (it) => {
    it('gives the values that diffusers gives for four steps of SD3', async ({ sigmaSchedule }) => {
      // diffusers 0.40.0, FlowMatchEulerDiscreteScheduler(shift=3.0).set_timesteps(4): .sigmas
      const sigmas = [1, 0.8576923, 0.60215056, 0.008928572, 0]
      const once = [1, 0.85732648, 0.60071942, 0.002994012, 0]
      const toZero = [1, 0.9, 0.75, 0.5, 0]
      expectTensor(vector(await sigmaSchedule(4, 3, 1000)), vector(sigmas), 'σ of four steps at shift 3', {
        mistakes: [
          [vector(once), shiftedOnce],
          [vector(toZero), endsAtZero],
        ],
      })
      const lines = [1, 3].map(async (shift) => {
        const levels = vector(await sigmaSchedule(28, shift, 1000)).data
        const above = (sigma: number) => levels.filter((level) => level > sigma).length
        return `shift ${shift}: ${above(0.5)} above 0.5, ${above(0.75)} above 0.75`
      })
      attachText('noise-levels', (await Promise.all(lines)).join('\n'), 'Of the σ of 28 steps')
    })

    it('holds for any step count, shift and training length', async ({ sigmaSchedule }) => {
      const [steps, shift, trainSteps] = [
        anyInteger(3, 60), // of two steps several mistakes give the same σ
        anyInteger(15, 60) / 10,
        anyOf([500, 1000, 2000]),
      ]
      const scheduler = new FlowMatchEulerDiscreteScheduler({ shift, num_train_timesteps: trainSteps })
      scheduler.setTimesteps(steps)
      const expected = vector([...scheduler.sigmas])
      const shifted = (sigma: number) => (shift * sigma) / (1 + (shift - 1) * sigma)
      const even = (last: number) =>
        Array.from({ length: steps }, (_, i) => 1 - (i * (1 - last)) / (steps - 1))
      const toZero = Array.from({ length: steps }, (_, i) => shifted(1 - i / steps))
      const actual = await sigmaSchedule(steps, shift, trainSteps)
      expectTensor(vector(actual), expected, `σ of ${steps} steps at shift ${shift}, ${trainSteps} trained`, {
        mistakes: [
          [vector([...scheduler.sigmas].slice(0, -1)), 'The final 0 is missing.'],
          [vector([...scheduler.sigmas].reverse()), 'σ must fall: noise first.'],
          [vector([...even(shifted(1 / trainSteps)), 0]), 'The spacing is still even; shift each value.'],
          [vector([...even(1 / trainSteps).map(shifted), 0]), shiftedOnce],
          [vector([...toZero, 0]), endsAtZero],
        ],
      })
      scheduler.setTimesteps(2)
      const two = vector(await sigmaSchedule(2, shift, trainSteps))
      expectTensor(
        two,
        vector([...scheduler.sigmas]),
        `σ of 2 steps at shift ${shift}, ${trainSteps} trained`,
      )
    })

    it('gives a single step the whole way', async ({ sigmaSchedule }) => {
      expectEqual(await sigmaSchedule(1, anyInteger(1, 6), 1000), [1, 0], 'σ of one step', [
        [[NaN, 0], 'With one step the spacing divides 0 by 0.'],
      ])
    })
  })

  task('generate-at-steps', (it) => {
    it('asks for this prompt, size, guidance, seed and step count', async ({ generateAtSteps }) => {
      const [prompt, steps, settings, stage] = [anyPrompt(), anyInteger(2, 60), anySettings(), rehearsal()]
      const run = await generateAtSteps(stage.pipe, prompt, steps, settings)
      expectEqual(stage.shots.length, 1, 'number of generations')
      await expectOptions(
        stage.pipe,
        stage.shots[0].options,
        { prompt, steps, settings },
        `the run of ${steps} steps`,
      )
      expectEqual(run?.steps, steps, 'steps of the run')
      expectImage(run.image, stage.shots[0].image, 'image of the run')
    })

    it('measures the generation in seconds', async ({ generateAtSteps }) => {
      const stage = rehearsal({ delay: anyInteger(30, 60) })
      const start = performance.now()
      const run = await generateAtSteps(stage.pipe, anyPrompt(), 3, anySettings())
      expectSeconds(run?.seconds, stage.shots[0].seconds, (performance.now() - start) / 1000)
    })

    it('returns the picture that the model draws', async ({ generateAtSteps }) => {
      const [prompt, steps, settings] = [anyPrompt(), anyOf([2, 3, 4]), anySettings()]
      const pipe = lazyPipeline()
      const run = await generateAtSteps(pipe, prompt, steps, settings)
      const draw = async (options: GenerateOptions) =>
        (await pipe.generate({ ...settings, prompt, numInferenceSteps: steps, ...options })).images[0]
      const what = `${steps} steps of "${prompt}", ${JSON.stringify(settings)}`
      expectImage(run?.image, await draw({}), what, {
        mistakes: [[await draw({ numInferenceSteps: steps + 1 }), 'One step too many.']],
      })
    })
  })

  task('compare-step-counts', (it) => {
    it('starts every run from the same noise', async ({ compareStepCounts }) => {
      const [prompt, settings, stage] = [anyPrompt(), anySettings(), rehearsal()]
      const stepCounts = [anyInteger(2, 9), anyInteger(20, 29), anyInteger(10, 19)]
      const runs = await compareStepCounts(stage.pipe, prompt, settings, stepCounts)
      const seeds = stage.shots.map(({ options }) => seedOf(options, settings))
      expectEqual(seeds, [settings.seed, settings.seed, settings.seed], 'the seeds of the three runs', [
        [[undefined, undefined, undefined], noiseNotReset],
        [[settings.seed, undefined, undefined], noiseNotReset],
        [[0, 1, 2].map((i) => settings.seed + i), noiseNotReset],
        [stepCounts.map((steps) => settings.seed + steps), noiseNotReset],
      ])
      await expectRuns(runs, stage, stepCounts, { prompt, settings })
    })

    it('takes the lesson’s four step counts when none are given', async ({ compareStepCounts }) => {
      const [prompt, settings, stage] = [anyPrompt(), anySettings(), rehearsal()]
      const runs = await compareStepCounts(stage.pipe, prompt, settings)
      await expectRuns(runs, stage, lesson.stepCounts, { prompt, settings })
    })

    it('lets one run finish before the next begins', async ({ compareStepCounts }) => {
      const stage = rehearsal({ delay: 15 })
      const runs = await compareStepCounts(stage.pipe, anyPrompt(), anySettings(), [5, 3, 2])
      if (stage.mostAtOnce() > 1) {
        expect.fail(
          `${stage.mostAtOnce()} generations were under way at once; expected one after the other.\n` +
            'Likely mistake: Promise.all starts every run at once, and each run’s seconds contain the others’.',
        )
      }
      for (const [i, { seconds }] of runs.entries()) expectSeconds(seconds, stage.shots[i].seconds, 5)
    })

    it('draws the lesson’s comparison', async ({ compareStepCounts }) => {
      const { prompt, settings, stepCounts } = lesson
      const stage = rehearsal()
      await expectRuns(
        await compareStepCounts(stage.pipe, prompt, settings, stepCounts),
        stage,
        stepCounts,
        lesson,
      )
      const pipe = lazyPipeline()
      const runs = await compareStepCounts(pipe, prompt, settings, stepCounts)
      await attachStrip(
        'step-counts',
        runs.map(({ image }) => image),
        `"${prompt}", seed ${settings.seed}`,
        runs.map(({ steps, seconds }) => [`${steps} steps`, ...shownSeconds(seconds)].join(', ')),
      )
      // One run is drawn again; the rehearsal has shown that the others are made alike.
      const [{ steps, image }] = runs
      const { images } = await pipe.generate({ ...settings, prompt, numInferenceSteps: steps })
      expectImage(image, images[0], `"${prompt}" at ${steps} steps, seed ${settings.seed}`)
      attachText(
        'step-counts',
        measured(runs),
        'Seconds as your function measured them, distance to the last run',
      )
    })
  })

  task('run-titles', (it) => {
    it('names the steps, then the seconds to one decimal', async ({ runTitles }) => {
      const runs = [7, 28, 50].map((steps) => ({ steps, seconds: anyInteger(100, 30_000) / 1000 + 0.0123 }))
      const titles = (end: (seconds: number) => string) =>
        runs.map(({ steps, seconds }) => `${steps} steps\n${end(seconds)}`)
      expectEqual(
        await runTitles(runs),
        titles((seconds) => `${seconds.toFixed(1)} s`),
        'titles',
        [
          [titles((seconds) => `${seconds.toFixed(1)}s`), 'A space stands between number and unit.'],
          [
            titles((seconds) => `${seconds.toFixed(1)} s`).map((title) => title.replace('\n', ' ')),
            'The seconds stand on a line of their own: \\n.',
          ],
          [titles((seconds) => `${seconds} s`), 'Round the seconds to one decimal.'],
          [titles((seconds) => `${(seconds * 1000).toFixed(1)} s`), 'Those are milliseconds.'],
          [
            titles((seconds) => `${(seconds / 1000).toFixed(1)} s`),
            'You divided by 1000, but these are seconds already.',
          ],
        ],
      )
    })
  })

  task('comparison-strip', (it) => {
    it('puts pictures of any width side by side, gaps only between them', async ({ comparisonStrip }) => {
      const [height, gap, colour] = [
        anyInteger(5, 9),
        anyInteger(2, 6),
        [1, 2, 3].map(() => anyInteger(60, 250)),
      ]
      const images = [anyImage(height, 12), anyImage(height, 7), anyImage(height, 15)]
      const expected = strip(images, gap, colour)
      const stacked = { ...expected, data: expected.data.map((_, i) => colour[i % 3]) }
      stacked.data.set(images.flatMap(({ data }) => [...data]))
      const packed = strip([strip(images, 0), solid(height, 2 * gap, colour)], 0)
      const actual = await comparisonStrip(images, gap, colour)
      expectEqual(
        actual?.width,
        expected.width,
        `width of the strip of ${widths(images)} with gaps of ${gap}`,
        [
          [expected.width + gap, 'A gap follows the last picture too.'],
          [expected.width + 2 * gap, 'Gaps stand at the ends; they belong between neighbours.'],
          [expected.width - 2 * gap, 'The gaps have no room.'],
          [height, 'Height and width are exchanged.'],
        ],
      )
      expectImage(actual, expected, `strip of ${widths(images)}, height ${height}, gap ${gap}`, {
        mistakes: [
          [strip(images, gap, [0, 0, 0]), `The gaps are black; they should be rgb(${colour.join(', ')}).`],
          [packed, 'The strip is wide enough for the gaps, but no picture moves over for them.'],
          [stacked, 'The pictures’ bytes follow each other whole; a strip interleaves their rows.'],
          [strip(images.toReversed(), gap, colour), 'The first picture belongs on the left.'],
        ],
      })
    })

    it('interleaves the rows of pictures without a gap', async ({ comparisonStrip }) => {
      const height = anyInteger(4, 8)
      const images = [anyImage(height, 9), anyImage(height, 6)]
      expectImage(
        await comparisonStrip(images, 0, white),
        strip(images, 0),
        `strip of ${widths(images)}, no gap`,
      )
    })

    it('leaves a single picture as it is', async ({ comparisonStrip }) => {
      const image = anyImage(6, 11)
      expectImage(await comparisonStrip([image], 4, white), image, 'strip of one picture')
    })
  })

  task('distance-to-longest', (it) => {
    const reordered = 'You put the distances in order of steps. Keep to the order of the runs as given.'
    const overPixels = (a: Image, b: Image) => Math.sqrt(sumOfSquares(a, b) / (a.width * a.height))
    const pixels = 'You divided by the pixels. The mean is over all bytes, and a pixel has three.'

    it('measures from the run with the most steps, wherever it stands', async ({ distanceToLongest }) => {
      const runs = [20, 50, 5, 10].map((steps) => ({ steps, image: anyImage(6, 9) }))
      const from = (reference: (i: number) => Image, measure = rmse) =>
        runs.map(({ image }, i) => measure(image, reference(i)))
      const longest = () => runs[1].image
      const mistake = (distances: number[], diagnosis: string): [Tensor, string] => [
        vector(distances),
        diagnosis,
      ]
      const inOrder = from(longest)
      const fewestFirst = [2, 3, 0, 1].map((i) => inOrder[i])
      const actual = await distanceToLongest(runs)
      expectTensor(vector(actual), vector(inOrder), 'distances at 20, 50, 5 and 10 steps', {
        mistakes: [
          mistake(
            from((i) => runs[Math.max(i - 1, 0)].image),
            'Each distance is to the run before, not the longest.',
          ),
          mistake(
            from(() => runs[3].image),
            'The last run of the list is not the longest; look at the steps.',
          ),
          mistake(from(longest, sumOfSquares), 'A sum grows with the picture’s size; take the mean.'),
          mistake(
            from(longest, (a, b) => Math.sqrt(sumOfSquares(a, b))),
            'The root of a sum; take the mean first.',
          ),
          mistake(
            from(longest, (a, b) => rmse(a, b) ** 2),
            'The root is missing.',
          ),
          mistake(
            from(longest, (a, b) => rmse(a, b) / 255),
            'You divided by 255. Keep the scale of the bytes, 0 to 255.',
          ),
          mistake(
            from(longest, meanAbsolute),
            'That is the mean absolute difference; square, average, take the root.',
          ),
          mistake(
            from(longest, wrapped),
            'A Uint8Array cannot hold a negative difference: 3 − 5 wraps round to 254.',
          ),
          mistake(from(longest, overPixels), pixels),
          mistake(fewestFirst, reordered),
          mistake(fewestFirst.toReversed(), reordered),
        ],
      })
    })

    it('measures from the last run when that is the longest', async ({ distanceToLongest }) => {
      const runs = [anyInteger(2, 9), 10, anyInteger(11, 60)].map((steps) => {
        return { steps, image: anyImage(5, 7) }
      })
      const distances = (measure: (a: Image, b: Image) => number) =>
        vector(runs.map(({ image }) => measure(image, runs[2].image)))
      expectTensor(vector(await distanceToLongest(runs)), distances(rmse), 'distances to the third run', {
        mistakes: [
          [distances((a, b) => Math.sqrt(sumOfSquares(a, b))), 'The root of a sum; take the mean first.'],
          [distances(wrapped), 'A Uint8Array cannot hold a negative difference: 3 − 5 wraps round to 254.'],
          [distances(overPixels), pixels],
          [vector([...distances(rmse).data].reverse()), reordered],
        ],
      })
    })

    it('agrees with the value worked out by hand', async ({ distanceToLongest }) => {
      const pixel = (...data: number[]) => ({ width: 1, height: 1, data: Uint8Array.from(data) })
      const runs = [
        { steps: 10, image: pixel(0, 0, 0) },
        { steps: 20, image: pixel(3, 0, 0) },
      ]
      expectTensor(
        vector(await distanceToLongest(runs)),
        vector([Math.sqrt(3), 0]),
        'distances of two pixels',
      )
    })
  })

  task('where-it-stops-paying', (it) => {
    type Point = { steps: number; distance: number }
    const [unit, stretch] = [anyInteger(2, 9), anyInteger(2, 999)]
    const points = (distances: Record<number, number>) =>
      Object.entries(distances).map(([steps, distance]) => ({
        steps: Number(steps) * stretch,
        distance: distance * unit,
      }))
    const usual = points({ 10: 40, 20: 12, 30: 4, 50: 0 })

    /** Threshold and answer are stretched here, as `points` stretches what it is given. */
    const check = async (
      { whereItStopsPaying }: Exercise,
      measured: Point[],
      threshold: number,
      expected: number,
      mistakes: Mistake<unknown>[] = [],
    ) => {
      const list = measured.map(({ steps, distance }) => `${steps}: ${distance}`).join(', ')
      const sorted = measured.toSorted((a, b) => a.steps - b.steps)
      const gains = sorted.slice(1).map(({ distance }, i) => sorted[i].distance - distance)
      const what = `distances { ${list} }, threshold ${threshold * unit} (gains ${gains.join(', ')})`
      const answer = await whereItStopsPaying(measured, threshold * unit)
      expectEqual(answer, expected * stretch, what, mistakes)
    }

    it('names the first run after which every gain is small', async (subject) => {
      await check(subject, usual, 10, 20, [
        [
          30 * stretch,
          'You compared distances with the threshold instead of gains, or named the run after the small gain instead of the one before it.',
        ],
        [8 * unit, 'Return the step count, not the gain.'],
        [1, 'Return the step count, not the position.'],
      ])
      await check(subject, usual, 5, 30)
      await check(subject, usual, 3, 50)
      await check(subject, usual, 99, 10)
    })

    it('does not stop at a small gain before a large one', async (subject) => {
      await check(subject, points({ 5: 30, 10: 28, 20: 6, 40: 0 }), 5, 40, [
        [5 * stretch, 'You stopped at the first small gain; large ones follow it.'],
      ])
      // A longer run that is further off has a negative gain, which is below any threshold.
      await check(subject, points({ 10: 2, 20: 9, 30: 5, 50: 0 }), 6, 10, [
        [20 * stretch, 'A gain keeps its sign: a longer run that is further off has gained nothing.'],
      ])
    })

    it('takes the points in any order', async (subject) => {
      const [ten, twenty, thirty, fifty] = usual
      await check(subject, [fifty, twenty, ten, thirty], 10, 20)
    })

    it('keeps a gain that equals the threshold', (subject) =>
      check(subject, usual, 8, 30, [[20 * stretch, 'A gain that equals the threshold is not below it.']]))
  })

  task('compare-prompts', (it) => {
    it('draws both prompts in 28 steps from the same noise', async ({ comparePrompts }) => {
      const prompts = { simple: anyPrompt(), compositional: `${anyPrompt()}, on a wooden table` }
      const [settings, stage] = [anySettings(), rehearsal()]
      const pictures = await comparePrompts(stage.pipe, prompts, settings)
      expectEqual(stage.shots.length, 2, 'number of generations')
      for (const key of ['simple', 'compositional'] as const) {
        const shot = stage.shots.find(({ options, image }) =>
          options.embeddings
            ? sameBytes(pictures?.[key], image)
            : [options.prompt].flat()[0] === prompts[key],
        )
        if (!shot && stage.shots.some(({ options }) => options.embeddings))
          expect.fail(`The ${key} picture is none of those that were generated.`)
        if (!shot) {
          const [first, second] = stage.shots.map(({ options }) => [options.prompt].flat()[0])
          expect.fail(
            `No picture of the ${key} prompt "${prompts[key]}" was generated.` +
              (first === second ? '\nLikely mistake: The same prompt was drawn twice.' : ''),
          )
        }
        await expectOptions(
          stage.pipe,
          shot.options,
          { prompt: prompts[key], steps: 28, settings },
          `the ${key} picture`,
        )
        expectImage(pictures?.[key], shot.image, `the ${key} picture`)
      }
    })

    it('draws the lesson’s two prompts', async ({ comparePrompts }) => {
      const pipe = lazyPipeline()
      const { settings, simple, compositional } = lesson
      const pictures = await comparePrompts(pipe, { simple, compositional }, settings)
      await attachStrip(
        'prompts',
        [pictures?.simple, pictures?.compositional],
        `Simple and compositional, 28 steps, seed ${settings.seed}`,
        [simple, compositional],
      )
      const { images } = await pipe.generate({ ...settings, prompt: compositional, numInferenceSteps: 28 })
      expectImage(pictures?.compositional, images[0], `"${compositional}", 28 steps, seed ${settings.seed}`)
    })
  })

  task('without-t5', (it) => {
    it('silences the T5 rows of both prompts and nothing else', async ({ compareWithoutT5 }) => {
      const [prompt, settings] = [anyPrompt(), anySettings()]
      const { pipe, sizes } = freshPipeline()
      const stage = rehearsal({ pipe })
      const pictures = await compareWithoutT5(stage.pipe, prompt, settings)
      expectEqual(stage.shots.length, 2, 'number of generations')
      const pair = [pictures?.withT5, pictures?.withoutT5].map((picture) =>
        stage.shots.find(({ image }) => sameBytes(picture, image)),
      )
      if (!pair[0] || !pair[1])
        expect.fail('withT5 and withoutT5 must be the two pictures that were generated.')
      const [whole, silent] = pair
      const real = await stage.pipe.encodePrompt({ prompt })
      const { clipTokens } = sizes
      const expected = {
        promptEmbeds: silenced(real.promptEmbeds, clipTokens),
        negativePromptEmbeds: silenced(real.negativePromptEmbeds!, clipTokens),
      }
      const embeddings = await silencedEmbeddings(silent, stage.pipe)
      expectTensor(embeddings.promptEmbeds, expected.promptEmbeds, `promptEmbeds without T5 of "${prompt}"`, {
        mistakes: [
          [real.promptEmbeds, 'Nothing was silenced; are withT5 and withoutT5 exchanged?'],
          [
            silencedBefore(real.promptEmbeds, clipTokens),
            'You silenced CLIP; its rows come first, T5’s after them.',
          ],
        ],
      })
      expectTensor(
        embeddings.negativePromptEmbeds,
        expected.negativePromptEmbeds,
        'negativePromptEmbeds without T5',
        {
          mistakes: [
            [
              real.negativePromptEmbeds!,
              'T5 still speaks in the negative prompt; guidance would amplify it.',
            ],
          ],
        },
      )
      expectTensor(
        embeddings.pooledPromptEmbeds,
        real.pooledPromptEmbeds,
        'pooledPromptEmbeds, which T5 has no part in',
      )
      await expectOptions(stage.pipe, silent.options, { steps: 28, settings }, 'the picture without T5')
      await expectOptions(stage.pipe, whole.options, { prompt, steps: 28, settings }, 'the picture with T5')
    })

    it('silences the T5 rows of the prompt', async ({ compareWithoutT5 }) => {
      const { pipe, sizes } = freshPipeline()
      const stage = rehearsal({ pipe })
      const prompt = anyPrompt()
      const pictures = await compareWithoutT5(stage.pipe, prompt, anySettings())
      const silent = stage.shots.find(({ image }) => sameBytes(pictures?.withoutT5, image))
      if (!silent) expect.fail('withoutT5 must be a picture that was generated.')
      const { promptEmbeds } = await stage.pipe.encodePrompt({ prompt })
      expectTensor(
        (await silencedEmbeddings(silent, stage.pipe)).promptEmbeds,
        silenced(promptEmbeds, sizes.clipTokens),
        `promptEmbeds without T5 of "${prompt}"`,
        {
          mistakes: [
            [promptEmbeds, 'Nothing was silenced; are withT5 and withoutT5 exchanged?'],
            [
              silencedBefore(promptEmbeds, sizes.clipTokens),
              'You silenced CLIP; its rows come first, T5’s after them.',
            ],
          ],
        },
      )
    })

    it('shows what T5 adds to the lesson’s compositional prompt', async ({ compareWithoutT5 }) => {
      const pipe = lazyPipeline()
      const { settings, compositional: prompt } = lesson
      const pictures = await compareWithoutT5(pipe, prompt, settings)
      await attachStrip(
        'without-t5',
        [pictures?.withT5, pictures?.withoutT5],
        `28 steps, seed ${settings.seed}: ${prompt}`,
        ['with T5', 'T5 silenced'],
      )
      const { images } = await pipe.generate({ ...settings, prompt, numInferenceSteps: 28 })
      expectImage(pictures?.withT5, images[0], `"${prompt}" with T5, 28 steps, seed ${settings.seed}`, {
        mistakes: [[pictures.withoutT5, 'Both pictures are the same.']],
      })
    })
  })

  task('path-straightness', (it) => {
    it('divides the way made good by the way gone', async ({ pathStraightness }) => {
      const path = anyPath(anyInteger(4, 9))
      const expected = straightness(path)
      const measure = (between: (a: Tensor, b: Tensor) => number) => {
        const parts = path.slice(1).map((point, i) => between(path[i], point))
        return between(path[0], path[path.length - 1]) / parts.reduce((sum, part) => sum + part, 0)
      }
      const parts = (a: Tensor, b: Tensor) => Array.from(a.data, (value, i) => b.data[i] - value)
      const squared = (a: Tensor, b: Tensor) => parts(a, b).reduce((sum, part) => sum + part ** 2, 0)
      const absolute = (a: Tensor, b: Tensor) => parts(a, b).reduce((sum, part) => sum + Math.abs(part), 0)
      const net = Math.sqrt(squared(path[0], path[path.length - 1]))
      const length = (points: Tensor[]) =>
        points.slice(1).reduce((sum, point, i) => sum + Math.sqrt(squared(points[i], point)), 0)
      const away = path.slice(1).reduce((sum, point) => sum + Math.sqrt(squared(path[0], point)), 0)
      expectNear(await pathStraightness(path), expected, `straightness of a path of ${path.length} points`, {
        mistakes: [
          [1 / expected, 'Your fraction is upside down: a detour makes a path less straight, not more.'],
          [measure(squared), 'Those are squared distances. Take the root of each before you add them up.'],
          [measure(absolute), 'Those are sums of absolute differences; square, add up, take the root.'],
          [net / away, 'You measured every point from the first point; the way leads from one to the next.'],
          [net, 'That is the net displacement. Divide it by the length of the way.'],
          [
            net / length(path.slice(1)),
            'Your way begins at the second point; from the first to it is a part too.',
          ],
          [
            net / length(path.slice(0, -1)),
            'Your way ends before the last point; the part to it is missing.',
          ],
        ],
      })
    })

    it('is 1 for a straight line at any speed and 0 for a way back', async ({ pathStraightness }) => {
      const [start, direction] = anyTensors()
      const at = (t: number) => zip(start, direction, (x, d) => x + t * d)
      const line = [0, anyInteger(1, 5), anyInteger(6, 9), anyInteger(20, 30)].map(at)
      expectNear(await pathStraightness(line), 1, 'straightness of a straight line', { absolute: 1e-5 })
      const back = [at(0), at(anyInteger(2, 5)), at(0)]
      expectNear(await pathStraightness(back), 0, 'straightness of a way there and back')
    })

    it('takes a path that never moves for straight', async ({ pathStraightness }) => {
      const [point] = anyTensors()
      for (const count of [1, 3]) {
        const path = Array.from({ length: count }, () => structuredClone(point))
        expectEqual(await pathStraightness(path), 1, `straightness of ${count} times the same point`, [
          [NaN, 'A path that never moves divides 0 by 0.'],
        ])
      }
    })

    it('agrees with the value worked out by hand', async ({ pathStraightness }) => {
      const corner = [vector([0, 0]), vector([3, 0]), vector([3, 4])]
      expectNear(await pathStraightness(corner), 5 / 7, 'straightness of 3 to the right and 4 up', {
        mistakes: [[7 / 5, 'Your fraction is upside down: a detour makes a path less straight, not more.']],
      })
    })
  })

  task('compare-with-ddpm', (it) => {
    it('measures how straight both models went', async ({ compareWithDdpm }) => {
      const [prompt, settings, { flow, ddpm }] = [anyPrompt(), anySettings(), walkers()]
      const stepCounts = [anyInteger(3, 5), anyInteger(10, 14), anyInteger(6, 9)]
      const rows = await compareWithDdpm({ flow: flow.pipe, ddpm: ddpm.pipe }, prompt, settings, stepCounts)
      const given = { prompt, settings, stepCounts }
      await expectWalks(flow, ddpm, given, 'flow')
      await expectWalks(ddpm, flow, given, 'ddpm')
      for (const [name, own, other] of [
        ['flow', flow, ddpm],
        ['ddpm', ddpm, flow],
      ] as const) {
        expectRows(rows?.[name], stepCounts, name)
        const generator = manualSeed(settings.seed)
        const typedIn = manualSeed(settings.seed).randn([1, 16, settings.height / 8, settings.width / 8])
        const draws = stepCounts.map(() => generator.randn(own.walks[0].path[0].dims))
        for (const [i, steps] of stepCounts.entries()) {
          const { path } = walkOf(own.walks, steps, name)
          const soFar = stepCounts
            .slice(0, i + 1)
            .flatMap((count) => walkOf(own.walks, count, name).path.slice(1))
          const what = `straightness of ${name} at ${steps} steps`
          expectNear(rows[name][i].straightness, straightness(path), what, {
            relative: 1e-4,
            mistakes: [
              [
                straightness(path.slice(1)),
                'The path begins after the first step; the initial noise belongs to it.',
              ],
              [
                straightness(path.slice(0, -1)),
                'The path ends before the last step; the last latents belong to it.',
              ],
              [
                straightness([path[0], ...soFar]),
                'Your path goes on from the run before. Begin a new list for each run.',
              ],
              [
                straightness([draws[i], ...path.slice(1)]),
                'The generator is not reset: its second draw is other noise. Seed one for each run.',
              ],
              [straightness([typedIn, ...path.slice(1)]), noiseOfOtherSize],
              [NaN, noiseOfOtherSize],
              [straightness(walkOf(other.walks, steps, name).path), exchanged],
              [1, 'That is a straight line from the noise to the end: keep the latents of every step.'],
            ],
          })
        }
      }
    })

    it('measures the distances among each model’s own runs', async ({ compareWithDdpm }) => {
      const [prompt, settings, { flow, ddpm }] = [anyPrompt(), anySettings(), walkers()]
      const stepCounts = [anyInteger(6, 9), anyInteger(12, 15), anyInteger(2, 5)]
      const rows = await compareWithDdpm({ flow: flow.pipe, ddpm: ddpm.pipe }, prompt, settings, stepCounts)
      const given = { prompt, settings, stepCounts }
      for (const [name, own, other] of [
        ['flow', flow, ddpm],
        ['ddpm', ddpm, flow],
      ] as const) {
        const { walks } = own
        await expectWalks(own, other, given, name)
        expectRows(rows?.[name], stepCounts, name)
        for (const { steps, image } of rows[name]) {
          const drawn = walkOf(walks, steps, name).image
          expectImage(image, drawn, `image of the row of ${name} at ${steps} steps`, {
            mistakes: [[walkOf(other.walks, steps, name).image, exchanged]],
          })
        }
        const distances = (from: Walk[], to: Walk[]) => {
          const longest = walkOf(to, stepCounts[1], name).image
          return vector(stepCounts.map((steps) => rmse(walkOf(from, steps, name).image, longest)))
        }
        const actual = vector(rows[name].map(({ distance }) => distance))
        expectTensor(actual, distances(walks, walks), `distances of ${name}`, {
          mistakes: [
            [distances(other.walks, other.walks), exchanged],
            [distances(walks, other.walks), 'Those are distances to the other model’s longest run.'],
          ],
        })
      }
    })

    it('takes 10, 20 and 50 steps when none are given', async ({ compareWithDdpm }) => {
      const [prompt, settings, { flow, ddpm }] = [anyPrompt(), anySettings(), walkers()]
      await compareWithDdpm({ flow: flow.pipe, ddpm: ddpm.pipe }, prompt, settings)
      const given = { prompt, settings, stepCounts: lesson.pathCounts }
      await expectWalks(flow, ddpm, given, 'flow')
      await expectWalks(ddpm, flow, given, 'ddpm')
    })

    // SD3 Medium has no twin.
    if (hasTwin()) {
      it('measures the lesson’s prompt', async ({ compareWithDdpm }) => {
        const { prompt, settings, pathCounts } = lesson
        const models = { flow: lazyPipeline(), ddpm: lazyTwin() }
        const rows = await compareWithDdpm(models, prompt, settings, pathCounts)
        const [steps] = pathCounts
        for (const [name, sampler] of [
          ['flow', 'euler'],
          ['ddpm', 'ddim'],
        ] as const) {
          const expected = straightness(
            await pathOf(models[name], { ...settings, prompt, numInferenceSteps: steps, sampler }),
          )
          const what = `straightness of ${name} at ${steps} steps of "${prompt}"`
          expectRows(rows?.[name], pathCounts, name)
          expectNear(rows[name][0].straightness, expected, what, { relative: 1e-3 })
        }
        const all = [rows.flow, rows.ddpm].flat()
        const titles = ['flow', 'ddpm'].flatMap((name) =>
          pathCounts.map((count) => `${name}, ${count} steps`),
        )
        await attachStrip(
          'flow-and-ddpm',
          all.map(({ image }) => image),
          `"${prompt}", seed ${settings.seed}`,
          titles,
        )
        const lines = (['flow', 'ddpm'] as const).flatMap((name) =>
          rows[name].map(({ steps: count, distance, straightness: straight }) => {
            const [far, near] = [Number(distance).toFixed(1), Number(straight).toFixed(3)]
            return `${name} ${String(count).padStart(3)} steps  distance ${far.padStart(5)} of 255  straightness ${near}`
          }),
        )
        attachText(
          'flow-and-ddpm',
          lines.join('\n'),
          'Distance to each model’s longest run, and how straight it went',
        )
      })
    }
  })
})

async function expectRuns(
  runs: { steps: number; image: Image }[],
  { pipe, shots }: ReturnType<typeof rehearsal>,
  stepCounts: number[],
  { prompt, settings }: { prompt: string; settings: Settings },
): Promise<void> {
  expectEqual(Array.isArray(runs) ? runs.map(({ steps }) => steps) : runs, stepCounts, 'steps of the runs')
  expectEqual(shots.length, stepCounts.length, 'number of generations')
  for (const { steps, image } of runs) {
    const shot = shots.find(({ options }) => (options.numInferenceSteps ?? 28) === steps)
    if (!shot) expect.fail(`No picture was generated in ${steps} steps.`)
    await expectOptions(pipe, shot.options, { prompt, steps, settings }, `the run of ${steps} steps`)
    expectImage(image, shot.image, `image of the run of ${steps} steps`)
  }
}

/** What the transformer reads in the run without T5: what it was given, or what `silence` makes of the prompt. */
async function silencedEmbeddings({ options }: Shot, pipe: Pipeline): Promise<PromptEmbeddings> {
  const { embeddings, prompt, prompt3, silence } = options
  if (embeddings) return embeddings
  if (silence && prompt !== undefined) return pipe.encodePrompt({ prompt, silence })
  expect.fail(
    'withoutT5: expected embeddings with zeros in the rows of T5, received a prompt.\nLikely mistake: ' +
      (prompt3 === undefined
        ? 'The changed embeddings were not passed to generate, which encodes a prompt anew.'
        : 'T5 has vectors for any prompt, also for an empty one. Silence is zeros.'),
  )
}

/** Checks that a model drew each step count once, from the same noise, by the sampler that it needs. */
async function expectWalks(
  { pipe, walks }: Walker,
  other: Walker,
  { prompt, settings, stepCounts }: { prompt: string; settings: Settings; stepCounts: number[] },
  name: 'flow' | 'ddpm',
): Promise<void> {
  for (const steps of stepCounts) {
    const { options } = walkOf(walks, steps, name)
    await expectOptions(pipe, options, { prompt, steps, settings }, `the run of ${name} at ${steps} steps`)
    const sampler = name === 'flow' ? (options.sampler ?? 'euler') : options.sampler
    expectEqual(sampler, name === 'flow' ? 'euler' : 'ddim', `sampler of ${name}`, [
      ...(name === 'ddpm'
        ? ([undefined, 'ddpm'].map((wrong) => [
            wrong,
            'The checkpoint’s own sampler adds fresh noise at every step, and longer runs end in other pictures.',
          ]) as [unknown, string][])
        : ([['ddim', 'DDIM reads predicted noise; flow matching predicts a velocity.']] as [
            unknown,
            string,
          ][])),
    ])
  }
  expectEqual(walks.length, stepCounts.length, `number of generations with ${name}`, [
    [2 * stepCounts.length, other.walks.length === 0 ? oneModel : drawnTwice],
  ])
}

/** Checks that there is a row for each step count, in the order given. */
function expectRows(rows: { steps: number }[] | undefined, stepCounts: number[], name: string): void {
  const sorted = stepCounts.toSorted((a, b) => a - b)
  const reordered = 'You put the rows in order of steps. Keep to the order of the step counts as given.'
  expectEqual(
    Array.isArray(rows) ? rows.map(({ steps }) => steps) : rows,
    stepCounts,
    `steps of the rows of ${name}`,
    [
      [sorted, reordered],
      [sorted.toReversed(), reordered],
    ],
  )
}

function walkOf(walks: Walk[], steps: number, name: string): Walk {
  const walk = walks.find(({ options }) => (options.numInferenceSteps ?? 28) === steps)
  if (walk) return walk
  if (walks.length === 0) {
    return expect.fail(`${name}: no picture was generated in ${steps} steps.\nLikely mistake: ${oneModel}`)
  }
  const drawn = walks.map(({ options }) => options.numInferenceSteps)
  return expect.fail(
    `${name}: expected a picture in ${steps} steps, received pictures in ${drawn.map((count) => count ?? 28).join(', ')}.` +
      (drawn.includes(undefined)
        ? '\nLikely mistake: The step count was left at its default of 28. Pass numInferenceSteps.'
        : ''),
  )
}

/** Where the latents of a generation went, the initial noise first. */
async function pathOf(pipe: Pipeline, options: GenerateOptions): Promise<Tensor[]> {
  const path: Tensor[] = []
  await pipe.generate({
    ...options,
    outputType: 'latent',
    callbackOnStepEnd: (_pipe, _step, _timestep, { latents }) => void path.push(latents),
  })
  return [manualSeed(options.seed!).randn(path[0].dims), ...path]
}

/** Points that wander but get somewhere, as latents do. */
function anyPath(points: number): Tensor[] {
  const path = [anyTensors()[0]]
  const dims = path[0].dims
  const data = () => Array.from({ length: sizeOf(dims) }, () => anyInteger(-200, 200) / 100)
  const drift = tensor(dims, data())
  while (path.length < points) {
    const wander = tensor(dims, data())
    const pace = anyInteger(2, 20) / 10 // at one pace the mean of the steps' cosines is nearly the straightness
    path.push(
      zip(
        zip(path[path.length - 1], drift, (x, d) => x + pace * d),
        wander,
        (x, w) => x + pace * w,
      ),
    )
  }
  return path
}

/** Two tensors of one shape. */
function anyTensors(): [Tensor, Tensor] {
  const dims = [1, 2, 3, anyInteger(4, 6)] // [batch, channels, height, width]
  const draw = () =>
    tensor(
      dims,
      Array.from({ length: sizeOf(dims) }, () => anyInteger(-200, 200) / 100),
    )
  return [draw(), draw()]
}

function zip(a: Tensor, b: Tensor, combine: (a: number, b: number) => number): Tensor {
  return { dims: a.dims, data: a.data.map((value, i) => combine(value, b.data[i])) }
}

/** A list of numbers as a tensor, to be compared with a tolerance; anything else as it is. */
function vector(values: number[]): Tensor {
  return Array.isArray(values) ? tensor([values.length], values) : values
}

/** The table that a student's predictions are held against. */
function measured(runs: { steps: number; seconds: number; image: Image }[]): string {
  const longest = runs[runs.length - 1].image
  const rows = runs.map(({ steps, seconds, image }) =>
    [
      `${String(steps).padStart(3)} steps`,
      ...shownSeconds(seconds).map((text) => text.padStart(8)),
      `distance ${rmse(image, longest).toFixed(1).padStart(5)} of 255`,
    ].join('  '),
  )
  return rows.join('\n')
}

function solid(height: number, width: number, colour: number[]): Image {
  return { height, width, data: Uint8Array.from({ length: height * width * 3 }, (_, i) => colour[i % 3]) }
}

function widths(images: Image[]): string {
  return images.map(({ width }) => width).join(' + ')
}

function differences(a: Image, b: Image): number[] {
  return Array.from(a.data, (value, i) => value - b.data[i])
}

function sumOfSquares(a: Image, b: Image): number {
  return differences(a, b).reduce((sum, difference) => sum + difference ** 2, 0)
}

function rmse(a: Image, b: Image): number {
  return Math.sqrt(sumOfSquares(a, b) / a.data.length)
}

function meanAbsolute(a: Image, b: Image): number {
  return differences(a, b).reduce((sum, difference) => sum + Math.abs(difference), 0) / a.data.length
}

function wrapped(a: Image, b: Image): number {
  const bytes = Uint8Array.from(differences(a, b))
  return Math.sqrt(bytes.reduce((sum, byte) => sum + byte ** 2, 0) / bytes.length)
}

function sameBytes(a: Image | undefined, b: Image): boolean {
  return a?.data instanceof Uint8Array && Buffer.compare(a.data, b.data) === 0
}

function silenced(embeds: Tensor, from: number): Tensor {
  return { dims: embeds.dims, data: embeds.data.slice().fill(0, from * embeds.dims[2]) }
}

function silencedBefore(embeds: Tensor, to: number): Tensor {
  return { dims: embeds.dims, data: embeds.data.slice().fill(0, 0, to * embeds.dims[2]) }
}
