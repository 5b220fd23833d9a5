import type { Image, Pipeline, Tensor } from '#harness'
import {
  attachText,
  expect,
  expectEqual,
  expectImage,
  expectNear,
  recorded,
  specs,
  type Call,
  type Mistake,
} from '#grader/spec/index.ts'
import { comparisonOf, sd15 } from '#grader/oracles/sd15.ts'
import { sunset } from '#grader/oracles/sunset.ts'
import { freshPipeline, type Sizes } from '#grader/spec/fresh-pipeline.ts'
import { anyImage, anyInteger, anyOf, anyPrompt, anySeed, anySize } from '#grader/spec/fresh.ts'
import { lazyPipeline } from '#grader/spec/lazy-pipeline.ts'
import { expectOptions } from '#grader/spec/rehearsal.ts'
import { expectedStages, expectStages, sizesOf, type Stage, type TraceRequest } from '#grader/spec/stages.ts'
import { attachStrip } from '#grader/spec/strip.ts'

type Exercise = typeof import('#exercises/04-pipeline-trace/pipeline-trace.ts')
type Trace = (pipe: Pipeline, request: TraceRequest) => Promise<Stage[]>

await specs<Exercise>('04-pipeline-trace', (task) => {
  /** The two checks that every part of the trace must pass. */
  const traces = (numbers: number[], pick: (subject: Exercise) => Trace): Parameters<typeof task>[1] => {
    return (it) => {
      it('measures a pipeline of sizes nobody has seen', async (subject) => {
        const { pipe, sizes } = freshPipeline()
        const { pipe: watched, calls } = recorded(pipe)
        const request = anyRequest(sizes)
        const stages = await pick(subject)(watched, request)
        expectStages(stages, numbers, sizes, request)
        await expectRequest(pipe, calls, request)
      })

      for (const number of numbers.length > 1 && numbers.length < allStages.length ? numbers : []) {
        it(`measures stage ${number} of a pipeline nobody has seen`, async (subject) => {
          const { pipe, sizes } = freshPipeline()
          const request = anyRequest(sizes)
          const stages = await pick(subject)(pipe, request)
          const found = Array.isArray(stages) ? stages.filter((stage) => stage?.number === number) : []
          expectStages(found, [number], sizes, request)
        })
      }

      it('measures the model under study', async (subject) => {
        const pipe = lazyPipeline()
        const request = { ...anyRequest(), ...anySize() }
        const stages = await pick(subject)(pipe, request)
        expectStages(stages, numbers, await sizesOf(pipe), request)
      })
    }
  }

  task('trace-text-encoding', (it) => {
    traces([1, 2, 3], ({ traceTextEncoding }) => traceTextEncoding)(it)

    it('copes with a checkpoint that was saved without T5', async ({ traceTextEncoding }) => {
      const { pipe, sizes } = freshPipeline({ t5: false })
      const request = anyRequest(sizes)
      expectStages(await traceTextEncoding(pipe, request), [1, 2, 3], sizes, request)
    })
  })

  task(
    'trace-conditioning',
    traces([4, 5], ({ traceConditioning }) => traceConditioning),
  )
  task(
    'trace-sequence',
    traces([6, 7], ({ traceSequence }) => traceSequence),
  )
  task(
    'trace-blocks',
    traces([8, 9, 10], ({ traceBlocks }) => traceBlocks),
  )

  task('trace-sampling', (it) => {
    traces([11, 12], ({ traceSampling }) => traceSampling)(it)

    it('counts the steps that were taken, not those that were asked for', async ({ traceSampling }) => {
      const { pipe, sizes } = freshPipeline()
      const request = { ...anyRequest(sizes), numInferenceSteps: anyInteger(4, 6) }
      const taken = request.numInferenceSteps - 2 // not 1: one too many would be as many as were asked for
      const early: Pipeline = {
        ...pipe,
        generate: (options) => pipe.generate({ ...options, numInferenceSteps: taken }),
      }
      const stages = await traceSampling(early, request)
      const run = { ...request, numInferenceSteps: taken }
      expectStages(stages, [11, 12], sizes, run, request.numInferenceSteps)
    })
  })

  task('trace-decoding', (it) => {
    traces([13], ({ traceDecoding }) => traceDecoding)(it)

    it('measures the picture that came, not the one that was asked for', async ({ traceDecoding }) => {
      const { pipe, sizes } = freshPipeline()
      const request = anyRequest(sizes)
      const drawn = { height: request.height + sizes.scale, width: request.width + sizes.scale }
      const other: Pipeline = { ...pipe, generate: (options) => pipe.generate({ ...options, ...drawn }) }
      const [stage] = (await traceDecoding(other, request)) ?? []
      const asked = [request.height, request.width, 3]
      const what = `shape of stage 13 where ${asked.join(' × ')} was asked for and another size was drawn`
      expectEqual(stage?.shape, [drawn.height, drawn.width, 3], what, [
        [asked, 'That is the size that was asked for. Measure the picture that the latents decode to.'],
      ])
    })
  })

  task('trace-pipeline', (it) => {
    traces(allStages, ({ tracePipeline }) => tracePipeline)(it)
  })

  task('print-trace', (it) => {
    it('gives each stage a line: number, name, shape, lessons', async ({ printTrace }) => {
      const stages = inventedStages()
      expectPrinted(await printTrace(stages), stages)
    })

    it('prints the trace of the model under study', async ({ printTrace }) => {
      await printTrace(inventedStages()) // an untouched stub ends here, before a model is loaded
      const request = { ...anyRequest(), prompt: lesson.prompt, ...lesson.size, numInferenceSteps: 28 }
      const stages = expectedStages(await sizesOf(lazyPipeline()), request).map(
        ({ number, shape, lessons }) => {
          return { number, name: stageNames[number - 1], shape, lessons }
        },
      )
      const text = await printTrace(stages)
      attachText('trace', String(text), `The trace of "${lesson.prompt}"`)
      expectPrinted(text, stages)
    })
  })

  task('denoising-film', (it) => {
    it('decodes the latents after every step of one run', async ({ denoisingFilm }) => {
      const { pipe, sizes } = freshPipeline()
      const request = anyRequest(sizes)
      const { pipe: filmed, trajectory } = filming(pipe)
      const { pipe: watched, calls, generations } = recorded(filmed)
      const film = await denoisingFilm(watched, request)
      expectEqual(generations().length, 1, 'number of runs', [
        [
          request.numInferenceSteps,
          'A shorter run is another path, not an early part of this one. Use callbackOnStepEnd.',
        ],
      ])
      await expectRequest(pipe, calls, request)
      expectEqual(Array.isArray(film) ? film.length : film, request.numInferenceSteps, 'number of pictures')
      const frames = await Promise.all(trajectory.map(async (latents) => (await pipe.vaeDecode(latents))[0]))
      for (const [i, frame] of frames.entries()) {
        const mistakes: Mistake<Image>[] = [[frames[frames.length - 1], 'Every picture shows the last step.']]
        if (i > 0) mistakes.push([frames[i - 1], 'This is the picture before the step.'])
        expectImage(film[i], frame, `the picture after step ${i + 1} of ${frames.length}`, { mistakes })
      }
    })

    it('ends with the picture that the model draws', async ({ denoisingFilm }) => {
      const request = {
        ...lesson.picture,
        prompt: lesson.prompt,
        numInferenceSteps: 8,
        guidanceScale: 7,
        seed: 42,
      }
      const pipe = lazyPipeline()
      const film = await denoisingFilm(pipe, request)
      await attachStrip(
        'denoising-film',
        film,
        `"${lesson.prompt}", seed ${request.seed}`,
        Array.from({ length: request.numInferenceSteps }, (_, i) => `after step ${i + 1}`),
      )
      const { images } = await pipe.generate(request)
      expectImage(film?.at(-1), images[0], `the last picture of the film of "${lesson.prompt}", seed 42`)
    })
  })

  task('vae-round-trip', (it) => {
    type Aspect = 'pictures' | 'psnr' | 'compression'
    const expectTrip = (
      trip: Awaited<ReturnType<Exercise['vaeRoundTrip']>>,
      image: Image,
      latents: Tensor,
      reconstruction: Image,
      aspect: Aspect | 'all' = 'all',
    ) => {
      const what = `of a picture of ${image.height} × ${image.width}`
      const compression = image.data.length / latents.data.length
      const [batch, channels, rows, columns] = latents.dims
      if (aspect !== 'psnr' && aspect !== 'compression') {
        expectEqual(trip?.latentShape, latents.dims, `latent shape ${what}`, [
          [[batch, channels, columns, rows], 'Height and width are exchanged.'],
          [[channels, rows, columns], 'The batch of 1 belongs to the shape.'],
        ])
        expectImage(trip.reconstruction, reconstruction, `reconstruction ${what}`, {
          mistakes: [[image, 'That is the original.']],
        })
      }
      // A GPU need not round alike twice: a picture that was found near enough is the one that was measured.
      const mse = meanSquare(image, aspect === 'all' ? trip.reconstruction : reconstruction)
      const psnr = 10 * Math.log10(255 ** 2 / mse)
      if (aspect !== 'pictures' && aspect !== 'compression')
        expectNear(trip?.psnr, psnr, `psnr ${what}`, {
          relative: 1e-4,
          mistakes: [
            [
              2 * psnr,
              'That is twice as much. With squares it is 10 · log10; 20 · log10 goes with 255 divided by the root.',
            ],
            [psnr / 2, 'You divided 255 by the root of the mean. The formula divides 255² by the mean.'],
            [-psnr, 'The fraction is upside down.'],
            [10 * Math.log10(255 / mse), 'You squared the difference, but not the 255.'],
            [10 * Math.log(255 ** 2 / mse), 'That is the natural logarithm; decibels take log10.'],
            [10 * Math.log10(1 / mse), 'The pixels run to 255, not to 1.'],
            [
              Math.sqrt(mse),
              'That is the root of the mean squared difference; the ratio in decibels is asked.',
            ],
          ],
        })
      if (aspect !== 'pictures' && aspect !== 'psnr')
        expectNear(trip?.compression, compression, `compression ${what}`, {
          mistakes: [
            [1 / compression, 'The fraction is upside down.'],
            [
              (image.height * image.width) / (rows * columns),
              'You counted latent cells. Each cell holds one number per channel.',
            ],
          ],
        })
    }

    it('measures a VAE of sizes nobody has seen', async ({ vaeRoundTrip }) => {
      const { pipe, sizes } = freshPipeline()
      const image = dim(anyImage(2 * sizes.scale, 3 * sizes.scale))
      const trip = await vaeRoundTrip(pipe, image)
      const latents = await pipe.vaeEncode(image)
      expectTrip(trip, image, latents, (await pipe.vaeDecode(latents))[0])
    })

    const aspects: Record<Aspect, string> = {
      pictures: 'returns the latents’ shape and what they decode to',
      psnr: 'measures the loss in decibels',
      compression: 'counts the numbers that share one of the latents',
    }
    for (const aspect of Object.keys(aspects) as Aspect[]) {
      it(aspects[aspect], async ({ vaeRoundTrip }) => {
        const { pipe, sizes } = freshPipeline()
        const image = dim(anyImage(3 * sizes.scale, 2 * sizes.scale))
        const trip = await vaeRoundTrip(pipe, image)
        const latents = await pipe.vaeEncode(image)
        expectTrip(trip, image, latents, (await pipe.vaeDecode(latents))[0], aspect)
      })
    }

    it('sends a picture through the model’s VAE and back', async ({ vaeRoundTrip }) => {
      const pipe = lazyPipeline()
      const image = sunset(lesson.picture)
      const trip = await vaeRoundTrip(pipe, image)
      const latents = await pipe.vaeEncode(image)
      const [reconstruction] = await pipe.vaeDecode(latents)
      expectTrip(trip, image, latents, reconstruction)
      await attachStrip(
        'vae-round-trip',
        [image, reconstruction],
        `Through the VAE and back: ${trip.psnr.toFixed(1)} dB`,
        ['A drawn sunset', `as ${trip.latentShape.join(' × ')} latents give it back`],
      )
    })
  })

  task('compare-pipelines', (it) => {
    it('holds a pipeline nobody has seen against SD v1.5, with T5 and without', async ({
      comparePipelines,
    }) => {
      for (const t5 of [true, false]) {
        const { pipe, sizes } = freshPipeline({ t5 })
        expectComparison(await comparePipelines(pipe), await comparisonOf(pipe, sizes))
      }
    })

    it('fills in SD3’s column for a pipeline nobody has seen', async ({ comparePipelines }) => {
      const { pipe, sizes } = freshPipeline()
      const rows = await comparePipelines(pipe)
      expectColumn(rows, await comparisonOf(pipe, sizes))
    })

    it('calls what is equal preserved', async ({ comparePipelines }) => {
      const { pipe, sizes } = freshPipeline({ channels: 4, scale: 32 })
      expectComparison(await comparePipelines(pipe), await comparisonOf(pipe, sizes))
    })

    it('holds the model under study against SD v1.5', async ({ comparePipelines }) => {
      const pipe = lazyPipeline()
      const rows = await comparePipelines(pipe)
      expectComparison(rows, await comparisonOf(pipe, await sizesOf(pipe)))
    })
  })
})

const lesson = {
  prompt: 'a cat sitting on a beach at sunset',
  size: { height: 128, width: 192 },
  picture: { height: 256, width: 256 },
}
const allStages = Array.from({ length: 13 }, (_, i) => i + 1)
const stageNames = [
  'Prompt → CLIP ViT-L',
  'Prompt → OpenCLIP ViT-bigG',
  'Prompt → T5',
  'Pooled text + timestep → conditioning vector',
  'Text embeddings → text tokens',
  'Noisy latents → image tokens',
  'Joint sequence',
  'Joint attention',
  'Split',
  'Unpatchify → velocity',
  'One flow matching step',
  'All steps',
  'VAE decode',
]

function inventedStages(): Stage[] {
  const stages: Stage[] = [2, 5, 8, 13].map((number) => ({
    number,
    name: `${anyOf(['Prompt read', 'Patches laid out', 'Noise removed', 'Text joined'])} at place ${number}`,
    shape: Array.from({ length: anyInteger(1, 4) }, () => anyInteger(1, 4096)),
    lessons: [anyOf(['CLIP (6.3.3)', 'SDXL (7.4.1)'])],
  }))
  stages[1].shape = null
  stages[2].lessons = ['SD3 & Flux (7.4.3)', 'CLIP (6.3.3)']
  return stages
}

function anyRequest({ scale = 8, patchSize = 2 }: Partial<Sizes> = {}): TraceRequest {
  return {
    prompt: anyPrompt(),
    height: scale * patchSize * anyInteger(2, 8),
    width: scale * patchSize * anyInteger(9, 15),
    numInferenceSteps: anyInteger(2, 4),
    guidanceScale: anyInteger(3, 9),
    seed: anySeed(),
  }
}

/** Every call must be about the request's own prompt, size and seed. */
async function expectRequest(pipe: Pipeline, calls: Call[], request: TraceRequest): Promise<void> {
  for (const { method, args } of calls) {
    if (method === 'encodeText') expectEqual([args[1]].flat(), [request.prompt], 'prompt given to encodeText')
    if (method === 'encodePrompt') {
      const { prompt } = args[0] as { prompt: string | string[] }
      expectEqual([prompt].flat(), [request.prompt], 'prompt given to encodePrompt')
    }
    if (method === 'generate') {
      const wanted = { prompt: request.prompt, steps: request.numInferenceSteps, settings: request }
      await expectOptions(pipe, args[0] as Parameters<Pipeline['generate']>[0], wanted, 'the run')
    }
  }
}

function expectPrinted(text: unknown, stages: Stage[]): void {
  if (typeof text !== 'string') expect.fail(`Expected text, received ${typeof text}.`)
  const numbered = text.split('\n').filter((line) => /^\W*\d/.test(line))
  const numberOf = (line: string) => Number(/\d+/.exec(line)?.[0])
  const numbers = stages.map(({ number }) => number)
  expectEqual(numbered.map(numberOf), numbers, 'numbers at the beginning of the lines', [
    [numbers.map((_, i) => i), 'Lines are counted from 0; print the stage’s own number.'],
    [numbers.map((_, i) => i + 1), 'The lines are counted; print the stage’s own number.'],
  ])
  for (const [i, { number, name, shape, lessons }] of stages.entries()) {
    const line = numbered[i]
    const fail = (what: string, expected: string, hint = '') =>
      expect.fail(`line of stage ${number}: expected ${what} "${expected}", received "${line}".${hint}`)
    if (!line.includes(name)) fail('the name', name)
    const printed = shape ? `[${shape.join(',')}]` : 'notloaded'
    const squeezed = line.replace(/\s/g, '')
    if (!squeezed.includes(printed)) {
      const bare = shape && squeezed.includes(shape.join(','))
      const hint = bare ? '\nLikely mistake: An array in a template literal loses its brackets.' : ''
      fail('the shape', shape ? `[${shape.join(', ')}]` : 'not loaded', hint)
    }
    for (const one of lessons) if (!line.includes(one)) fail('the lesson', one)
  }
}

/** A pipeline whose runs keep the latents after each step. */
function filming(pipe: Pipeline): { pipe: Pipeline; trajectory: Tensor[] } {
  const trajectory: Tensor[] = []
  const generate: Pipeline['generate'] = (options) =>
    pipe.generate({
      ...options,
      callbackOnStepEnd: (inner, step, timestep, tensors) => {
        trajectory.push(structuredClone(tensors.latents))
        return options.callbackOnStepEnd?.(inner, step, timestep, tensors)
      },
    })
  return { pipe: { ...pipe, generate }, trajectory }
}

/** A picture without white: its brightest byte is not the 255 that a ratio in decibels is taken from. */
function dim(image: Image): Image {
  return { ...image, data: image.data.map((value) => Math.min(value, 200)) }
}

function meanSquare(a: Image, b: Image): number {
  return a.data.reduce((sum, value, i) => sum + (value - b.data[i]) ** 2, 0) / a.data.length
}

const onlyClip = 'Only CLIP’s tokens are counted; T5’s stand behind them in the same sequence.'

const typedIn = 'That is SD3 Medium’s value. Read it from the pipeline you were given.'

function expectColumn(
  rows: Awaited<ReturnType<Exercise['comparePipelines']>>,
  sd3: Record<string, string | number>,
): void {
  const column = new Map(Array.isArray(rows) ? rows.map((row) => [row.component, row.sd3]) : [])
  for (const component of Object.keys(sd15)) {
    expectEqual(column.get(component), sd3[component], `${component} of this pipeline`, [
      ...(component === 'text tokens' ? [[sd3.clipTokens, onlyClip] as Mistake<unknown>] : []),
      ...(component in mediumValues ? [[mediumValues[component], typedIn] as Mistake<unknown>] : []),
      [sd15[component], 'That is SD v1.5’s value.'],
    ])
  }
}

function expectComparison(
  rows: Awaited<ReturnType<Exercise['comparePipelines']>>,
  sd3: Record<string, string | number>,
): void {
  const keys = Object.keys(sd15)
  expectEqual(
    Array.isArray(rows) ? rows.map(({ component }) => component) : rows,
    keys,
    'components of the rows',
  )
  expectColumn(rows, sd3)
  for (const row of rows) {
    const { component } = row
    expectEqual(row.sd15, sd15[component], `${component} of SD v1.5`)
    const verdict = sd15[component] === sd3[component] ? 'preserved' : 'changed'
    const what = `verdict on ${component}: ${sd15[component]} against ${sd3[component]}`
    expectEqual(row.verdict, verdict, what, [
      ...(verdict === 'preserved' ? [['changed', 'Equal values are preserved.'] as Mistake<unknown>] : []),
      ...(verdict === 'changed'
        ? [['preserved', 'Values that differ have changed.'] as Mistake<unknown>]
        : []),
    ])
  }
}

const mediumValues: Record<string, string | number> = {
  'text encoders': 3,
  'text tokens': 333,
  'text width': 4096,
  'latent channels': 16,
  'pixels per latent cell': 8,
  'default size': 1024,
}
