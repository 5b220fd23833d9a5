import {
  concat,
  formatShape,
  manualSeed,
  rows,
  tensor,
  type Component,
  type Image,
  type PipelineComponents,
  type Tensor,
} from '#harness'
import { anyWeights, attentionWeights, transposed } from '#grader/oracles/attention-weights.ts'
import { attentionAlong, headMean } from '#grader/oracles/captured-attention.ts'
import oracle from '#grader/oracles/joint-attention.json' with { type: 'json' }
import {
  quadrantNames,
  quadrantPicture,
  quadrantsOf,
  quadrantSum,
  type Quadrants,
  type TokenOrder,
} from '#grader/oracles/quadrants.ts'
import { syntheticTokens } from '#grader/oracles/synthetic-tokens.ts'
import { anyInteger, anyPrompt, anySeed, anySize } from '#grader/spec/fresh.ts'
import { freshComponents, freshTransformer } from '#grader/spec/fresh-components.ts'
import {
  attachImage,
  attachText,
  expectEqual,
  expectImage,
  expectNear,
  expectTensor,
  mediumComponents,
  specs,
  type Mistake,
} from '#grader/spec/index.ts'
import { lazyPipeline } from '#grader/spec/lazy-pipeline.ts'

type Exercise = typeof import('#exercises/02-joint-attention/joint-attention.ts')

const pipe = lazyPipeline()
const lessonPrompt = 'a cat sitting on a beach at sunset'
const orders = ['image-first', 'text-first'] as const
const seededAnew = 'You seeded a new generator for each draw. One generator makes all seven.'
const exchanged = 'Rows and columns are exchanged. Rows are queries (who reads), columns keys (what is read).'

/** The real attention that is measured and drawn for the report. */
const real = {
  prompt: lessonPrompt,
  seed: 42,
  height: 256,
  width: 256,
  numInferenceSteps: 10,
  step: 5,
  block: 0,
}
const realTokens = { image: (real.height / 16) * (real.width / 16), text: 77 + 256 }
const realAttentionIs = `Block ${real.block}, step ${real.step} of ${real.numInferenceSteps}: ${realTokens.image} image tokens, then 77 of CLIP, then 256 of T5`
let captured: Promise<Tensor> | undefined
const realAttention = () =>
  (captured ??= attentionAlong(pipe, real).then(async (look) => headMean(await look())))

await specs<Exercise>('02-joint-attention', (task) => {
  task('latent-shape', (it) => {
    const check = async (
      subject: Exercise,
      components: PipelineComponents,
      height: number,
      width: number,
    ) => {
      const channels = components.transformer.config.in_channels as number
      const [h, w] = [height / components.vaeScaleFactor, width / components.vaeScaleFactor]
      const shape = await subject.latentShape(components, { height, width })
      expectEqual(shape, [channels, h, w], `latent of a picture of height ${height}, width ${width}`, [
        [[channels, w, h], 'Height and width are exchanged. Height comes first, always.'],
        [[4, h, w], 'Four channels are SD v1.5. Read in_channels from the config.'],
        [[channels, height, width], 'This is the size in pixels. Divide it by vaeScaleFactor.'],
        [[1, channels, h, w], 'The batch axis is not asked for.'],
        [[h, w, channels], 'The channels come first in a latent. In an Image they come last.'],
        [
          [channels, height / 8, width / 8],
          'You divided by 8, SD3 Medium’s factor. Read vaeScaleFactor from the components.',
        ],
      ])
    }

    it('gives [16, 64, 64] at 512 × 512 in SD3 Medium, and keeps height before width', async (subject) => {
      await check(subject, await mediumComponents(), 512, 512)
      await check(subject, await mediumComponents(), 512, 768)
    })

    it('follows the config of a model nobody has seen', (subject) =>
      check(subject, freshComponents(), 16 * anyInteger(10, 20), 16 * anyInteger(21, 40)))
  })

  task('token-counts', (it) => {
    const check = async (
      subject: Exercise,
      transformer: Component,
      latent: number[],
      embeddings: number[],
    ) => {
      const counts = await subject.tokenCounts(transformer, latent, embeddings)
      const patch = transformer.config.patch_size as number
      const cells = latent[1] * latent[2]
      const image = cells / patch ** 2
      const [, text, width] = embeddings
      const of = (i: number, t: number) => ({ image: i, text: t, total: i + t })
      const what = `tokens of latent ${formatShape(latent)} and embeddings ${formatShape(embeddings)} at patch size ${patch}`
      expectEqual(counts, of(image, text), what, [
        [
          of(image, 77),
          'You counted CLIP’s rows alone. T5 adds its own: the middle axis of promptEmbeds has them all.',
        ],
        [of(image, width), 'You took the width of the embeddings. Their rows are the tokens.'],
        [of(cells, text), 'You counted latent cells. One token is a patch of them.'],
        [of(cells / patch, text), 'You divided by the patch size once. It divides both sides.'],
      ])
    }

    it('counts 1024 + 333 = 1357 at 512 × 512 in SD3 Medium', async (subject) =>
      check(subject, (await mediumComponents()).transformer, [16, 64, 64], [1, 333, 4096]))

    it('follows a patch size and shapes nobody has seen', (subject) => {
      const latent = [16, 4 * anyInteger(5, 9), 4 * anyInteger(10, 20)]
      return check(subject, freshTransformer(), latent, [1, anyInteger(80, 300), anyInteger(301, 999)])
    })
  })

  task('attention-dimensions', (it) => {
    const check = async (subject: Exercise, transformer: Component) => {
      const config = transformer.config as Record<string, number>
      const [heads, headSize] = [config.num_attention_heads, config.attention_head_dim]
      const context = config.joint_attention_dim
      const what = `attention of a transformer of ${heads} heads, head size ${headSize}, joint_attention_dim ${context}`
      const wide = 'joint_attention_dim is the width of the prompt embeddings, before context_embedder.'
      const result = await subject.attentionDimensions(transformer)
      expectEqual(result, { width: heads * headSize, heads, headSize }, what, [
        [{ width: context, heads, headSize: context / heads }, wide],
        [{ width: context, heads, headSize: Math.floor(context / heads) }, wide],
        [{ width: context, heads, headSize }, wide],
        [{ width: heads * headSize, heads: headSize, headSize: heads }, 'Heads and head size are exchanged.'],
      ])
    }

    it('finds 24 heads of 64 in SD3 Medium, 1536 in all', async (subject) =>
      check(subject, (await mediumComponents()).transformer))
    it('reads the config of a transformer nobody has seen', (subject) => check(subject, freshTransformer()))
  })

  task('synthetic-queries-keys', (it) => {
    it("draws torch's numbers", async (subject) => {
      const made = await subject.syntheticQueriesKeys(oracle.options)
      const image = oracle.options.rows * oracle.options.columns
      const textFirst = (tokens: Tensor): Mistake<Tensor> => [
        concat([rows(tokens, image, tokens.dims[0]), rows(tokens, 0, image)], 0),
        'Text tokens came first. diffusers puts the image first.',
      ]
      const from = `made from ${JSON.stringify(oracle.options)}`
      const expected = { queries: plain(oracle.queries), keys: plain(oracle.keys) }
      const reseeded = syntheticTokens(oracle.options, 'seeds each draw anew')
      const same = 'Keys and queries are the same. Each has its own draws, from one generator.'
      expectTensor(made?.queries, expected.queries, `queries ${from}`, {
        mistakes: [textFirst(expected.queries), [reseeded.queries, seededAnew]],
      })
      expectTensor(made?.keys, expected.keys, `keys ${from}`, {
        mistakes: [textFirst(expected.keys), [expected.queries, same]],
      })
    })

    it('follows another seed and another grid', async (subject) => {
      const grid = { rows: anyInteger(2, 4), columns: anyInteger(5, 8), text: anyInteger(3, 12) }
      const options = { ...grid, headSize: 8 * anyInteger(1, 8), seed: anySeed() }
      const made = await subject.syntheticQueriesKeys(options)
      const expected = syntheticTokens(options)
      const reseeded = syntheticTokens(options, 'seeds each draw anew')
      const downward = syntheticTokens(options, 'lets rows change fastest')
      const from = `made from ${JSON.stringify(options)}`
      expectTensor(made?.queries, expected.queries, `queries ${from}`, {
        mistakes: [
          [reseeded.queries, seededAnew],
          [downward.queries, 'Image token r * columns + c is in row r, column c. Columns change fastest.'],
        ],
      })
      expectTensor(made?.keys, expected.keys, `keys ${from}`)
    })
  })

  task('joint-attention-weights', (it) => {
    const check = async (
      subject: Exercise,
      queries: Tensor,
      keys: Tensor,
      expected: Tensor,
      what: string,
    ) => {
      const d = queries.dims[1]
      expectTensor(await subject.jointAttentionWeights(queries, keys), expected, what, {
        mistakes: [
          [attentionWeights(queries, keys, 1), 'You left out the division by √d.'],
          [attentionWeights(queries, keys, d), 'You divided by d. Divide by its square root.'],
          [
            transposed(attentionWeights(keys, queries, Math.sqrt(d))),
            'You normalised the columns. Each query, a row, spends 1 in all.',
          ],
          [transposed(expected), exchanged],
        ],
      })
    }

    it("gives torch's weights", (subject) =>
      check(subject, plain(oracle.queries), plain(oracle.keys), plain(oracle.weights), 'attention weights'))

    it('does not overflow on loud queries', async (subject) => {
      const { dims, data } = plain(oracle.queries)
      const loud = tensor(
        dims,
        data.map((value) => oracle.loud * value),
      )
      const weights = await subject.jointAttentionWeights(loud, plain(oracle.keys))
      const overflow = weights?.data?.some(Number.isNaN)
      expectEqual(overflow, false, 'NaN among the weights of loud queries', [
        [true, 'exp overflowed. Subtract the largest logit of the row before exp.'],
      ])
      expectTensor(weights, plain(oracle.loudWeights), `attention weights of queries times ${oracle.loud}`)
    })

    it('takes any number of queries and keys', (subject) => {
      const [n, m, d, seed] = [anyInteger(3, 6), anyInteger(7, 12), anyInteger(2, 40), anySeed()]
      const generator = manualSeed(seed)
      const [queries, keys] = [generator.randn([n, d]), generator.randn([m, d])]
      const expected = attentionWeights(queries, keys, Math.sqrt(d))
      return check(
        subject,
        queries,
        keys,
        expected,
        `weights of ${n} queries, ${m} keys of size ${d}, seed ${seed}`,
      )
    })
  })

  task('quadrant-ranges', (it) => {
    const check = async (subject: Exercise, image: number, text: number, asked: readonly TokenOrder[]) => {
      for (const order of asked) {
        const expected = quadrantsOf(image, text, order)
        const { imageToText, textToImage } = expected
        const [other] = orders.filter((name) => name !== order)
        const tokens: Quadrants['imageToImage']['rows'] = [text, image]
        const result = await subject.quadrantRanges({ image, text }, order)
        expectEqual(result, expected, `quadrants of ${image} image and ${text} text tokens, ${order}`, [
          [quadrantsOf(image, text, other), `These are the ranges for the other order, ${other}.`],
          [{ ...expected, imageToText: textToImage, textToImage: imageToText }, exchanged],
          [inclusive(expected), 'A range ends after its last index: four tokens from 0 on are [0, 4].'],
          [
            withRanges(expected, 'image', tokens),
            'You gave the count for the end. A range is [start, end], and ends at text + image.',
          ],
          [
            withRanges(expected, 'text', [image, text]),
            'You gave the count for the end. A range is [start, end], and ends at image + text.',
          ],
        ])
      }
    }

    it("cuts the lesson's matrix of 32 image and 10 text tokens", (subject) => check(subject, 32, 10, orders))
    it('cuts a sequence of any length', (subject) =>
      check(subject, anyInteger(20, 2000), anyInteger(5, 19), orders))
    it('cuts a sequence that begins with the image', (subject) =>
      check(subject, anyInteger(20, 2000), anyInteger(5, 19), ['image-first']))
  })

  task('quadrant-mass', (it) => {
    const check = async (subject: Exercise, weights: Tensor, quadrants: Quadrants, what: string) => {
      const masses = await subject.quadrantMass(weights, quadrants)
      const n = weights.dims[0]
      for (const name of quadrantNames) {
        const { sum, queries, keys } = quadrantSum(weights, quadrants[name])
        expectNear(masses?.[name]?.mass, sum / queries, `mass ${name} ${what}`, {
          relative: 1e-3, // 110,889 weights may have been added up in float32
          mistakes: [
            [sum / (queries * keys), 'This is the mean weight. Add up a row before you average the rows.'],
            [sum / n, 'You divided by all queries. Divide by those of the quadrant.'],
            [sum, 'You added up all rows. Average over the rows of the quadrant.'],
            [quadrantSum(transposed(weights), quadrants[name]).sum / queries, exchanged],
          ],
        })
        expectNear(masses[name].uniform, keys / n, `uniform ${name} ${what}`, {
          mistakes: [
            [queries / n, exchanged],
            [
              (queries * keys) / n ** 2,
              'This is the quadrant’s share of the whole matrix. uniform is its share of one row.',
            ],
            [
              1 / n,
              'This is one uniform weight. A row of the quadrant has as many of them as there are columns.',
            ],
          ],
        })
      }
      return masses
    }

    it('equals the uniform baseline when all keys are read alike', async (subject) => {
      const [image, text] = [anyInteger(6, 12), anyInteger(2, 5)]
      const n = image + text
      const weights = tensor([n, n], new Float32Array(n * n).fill(1 / n))
      const quadrants = quadrantsOf(image, text, 'image-first')
      await check(subject, weights, quadrants, `of uniform weights, ${image} image and ${text} text tokens`)
    })

    it('measures weights nobody has seen, in either order', async (subject) => {
      for (const order of orders) {
        const [image, text, seed] = [anyInteger(6, 12), anyInteger(2, 5), anySeed()]
        const quadrants = quadrantsOf(image, text, order)
        const what = `of ${image} image and ${text} text tokens, ${order}, seed ${seed}`
        await check(subject, anyWeights(image + text, seed), quadrants, what)
      }
    })

    it('measures the mass, whatever the baseline', async (subject) => {
      const [image, text, seed] = [anyInteger(6, 12), anyInteger(2, 5), anySeed()]
      const weights = anyWeights(image + text, seed)
      const quadrants = quadrantsOf(image, text, 'image-first')
      const masses = await subject.quadrantMass(weights, quadrants)
      for (const name of quadrantNames) {
        const { sum, queries } = quadrantSum(weights, quadrants[name])
        const what = `mass ${name} of ${image} image and ${text} text tokens, seed ${seed}`
        expectNear(masses?.[name]?.mass, sum / queries, what)
      }
    })

    it('measures real attention', async (subject) => {
      await subject.quadrantMass(anyWeights(2, 1), quadrantsOf(1, 1, 'image-first')) // as below: no waiting for a stub
      const quadrants = quadrantsOf(realTokens.image, realTokens.text, 'image-first')
      const masses = await check(subject, await realAttention(), quadrants, 'of real attention')
      const lines = quadrantNames.map((name) => {
        const { mass, uniform } = masses[name]
        return `${name.padEnd(12)} ${mass.toFixed(3)}, uniform ${uniform.toFixed(3)}`
      })
      attachText('attention-mass', [...lines, ...(await readByTheImage())].join('\n'), realAttentionIs)
    })
  })

  task('capture-attention', (it) => {
    const check = async (subject: Exercise, options: Parameters<Exercise['captureAttention']>[1]) => {
      const attention = await subject.captureAttention(pipe, options)
      const look = await attentionAlong(pipe, options)
      const probabilities = await look()
      const expected = headMean(probabilities)
      const compare = (mistakes: Mistake<Tensor>[]) =>
        expectTensor(attention, expected, `attention for ${JSON.stringify(options)}`, {
          relative: 1e-3,
          mistakes,
        })
      try {
        compare([])
      } catch {
        // Each known mistake costs a run of the model: they are made only when there is something to explain.
        const { step, block } = options
        const added = tensor(
          expected.dims,
          expected.data.map((value) => value * probabilities.dims[1]),
        )
        const at = async (elsewhere: Parameters<typeof look>[0]) => headMean(await look(elsewhere))
        const unguided = await attentionAlong(pipe, options, 1)
        compare([
          [headMean(probabilities, 1), 'You took the first head. Average over all of them.'],
          [added, 'You added the heads up. Divide by their number.'],
          [transposed(expected), exchanged],
          [await at({ negative: true }), 'This is the empty prompt of guidance. Encode the prompt alone.'],
          [
            await at({ entering: step + 1 }),
            'You took the latents that leave the step, not those that enter it.',
          ],
          [
            headMean(await unguided()),
            'You ran without guidance, which leads along another path. Leave guidanceScale at its default.',
          ],
          [await at({ entering: 0 }), 'You took the initial noise. It enters step 0 only.'],
          [await at({ timestepDivisor: 1000 }), 'The timestep runs from 1000 to 0, not from 1 to 0.'],
          [await at({ step: Math.max(0, step - 1) }), 'This is the step before. Steps count from 0.'],
          [await at({ block: block === 0 ? 1 : block - 1 }), 'This is another block. Blocks count from 0.'],
        ])
      }
    }
    it('looks into the first block as it meets pure noise', (subject) => {
      const options = { ...anySize(), prompt: anyPrompt(), seed: anySeed(), numInferenceSteps: 2 }
      return check(subject, { ...options, step: 0, block: 0 })
    })

    it('looks into another block at a later step', (subject) => {
      const numInferenceSteps = anyInteger(3, 4)
      const options = { ...anySize(), prompt: anyPrompt(), seed: anySeed(), numInferenceSteps }
      return check(subject, { ...options, step: anyInteger(1, numInferenceSteps - 1), block: 1 })
    })
  })

  task('draw-quadrants', (it) => {
    /** Levels a picture may be off on average: brightness that is cut off instead of rounded is half a level off. */
    const roundedAlike = 0.1
    const floored = (weight: number, n: number, largest: number) =>
      Math.floor((255 * Math.log(1 + n * weight)) / Math.log(1 + n * largest)) / 255

    it('draws each weight at its row and column, and the border between the modalities', async (subject) => {
      const [n, cell, seed] = [anyInteger(9, 14), anyInteger(2, 5), anySeed()]
      const boundary = anyInteger(1, Math.floor((n - 1) / 2))
      const weights = anyWeights(n, seed)
      const image = await subject.drawQuadrants(weights, boundary, cell)
      const linear = quadrantPicture(weights, boundary, cell, (weight, _, largest) => weight / largest)
      const cut = quadrantPicture(weights, boundary, cell, floored)
      const misplaced = withBorder(quadrantPicture(weights, null, cell), boundary)
      const what = `picture of ${n} × ${n} weights, boundary ${boundary}, cell ${cell}, seed ${seed}`
      expectImage(image, quadrantPicture(weights, boundary, cell), what, {
        mean: roundedAlike,
        mistakes: [
          [
            cut,
            'You cut the brightness off where it should be rounded: a Uint8Array drops what stands behind the point.',
          ],
          [quadrantPicture(transposed(weights), boundary, cell), exchanged],
          [quadrantPicture(weights, null, cell), 'The border is missing.'],
          [
            quadrantPicture(weights, n - boundary, cell),
            'The border lies where the other order would have it.',
          ],
          [
            misplaced,
            'The border lies at pixel `boundary`. Matrix row `boundary` begins at pixel boundary · cell.',
          ],
          [linear, 'The scale is linear. The logarithm keeps faint weights visible.'],
        ],
      })
    })

    it('draws each weight at its row and column, whatever the border', async (subject) => {
      const [n, cell, seed] = [anyInteger(9, 14), anyInteger(2, 5), anySeed()]
      const weights = anyWeights(n, seed)
      const image = await subject.drawQuadrants(weights, 4, cell)
      const drawn = quadrantPicture(weights, 4, cell)
      // Two lines of red may lie anywhere: whether they lie where they should is for the spec above.
      const isRed = ({ data }: Image, at: number) =>
        data[at] === 255 && data[at + 1] === 0 && data[at + 2] === 0
      const reds = (picture: Image) =>
        Array.from({ length: drawn.data.length / 3 }, (_, pixel) => 3 * pixel).filter((at) =>
          isRed(picture, at),
        )
      const masked = { ...drawn, data: drawn.data.slice() }
      const lines = image?.data instanceof Uint8Array ? reds(image) : []
      if (lines.length <= 2 * drawn.width) {
        for (const at of [...lines, ...reds(drawn)])
          masked.data.set(
            [0, 1, 2].map((channel) => image?.data?.[at + channel]),
            at,
          )
      }
      expectImage(image, masked, `picture of ${n} × ${n} weights, cell ${cell}, seed ${seed}`, {
        mean: roundedAlike,
        mistakes: [[quadrantPicture(transposed(weights), 4, cell), exchanged]],
      })
    })

    it("draws the lesson's made-up tokens", async (subject) => {
      const { queries, keys } = syntheticTokens({ rows: 4, columns: 8, text: 10, headSize: 64, seed: 42 })
      const weights = attentionWeights(queries, keys, Math.sqrt(64))
      const image = await subject.drawQuadrants(weights, 32, 10)
      expectImage(image, quadrantPicture(weights, 32, 10), 'picture of made-up attention', {
        mean: roundedAlike,
      })
      attachImage('made-up-attention', image, 'Made-up tokens: 4 × 8 patches, then 10 words')
    })

    it('draws real attention', async (subject) => {
      await subject.drawQuadrants(anyWeights(2, 1), 1, 2) // a function not yet written need not wait for the model
      const weights = await realAttention()
      const image = await subject.drawQuadrants(weights, realTokens.image, 2)
      expectImage(image, quadrantPicture(weights, realTokens.image, 2), 'picture of real attention', {
        mean: roundedAlike,
      })
      attachImage('joint-attention', image, realAttentionIs)
    })
  })

  task('attention-cost', (it) => {
    const check = async (subject: Exercise, image: number, text: number) => {
      const cost = await subject.attentionCost({ image, text })
      const [two, one] = [image * (image + text), (image + text) ** 2]
      const of = `of ${image} image and ${text} text tokens`
      expectEqual(cost?.separate, two, `scores of self- and cross-attention ${of}`, [
        [image ** 2, 'This is the self-attention alone. The image reads the text as well.'],
        [image ** 2 + text ** 2, 'In cross-attention the image reads the text: image × text scores.'],
        [
          image ** 2 + 2 * image * text,
          'In cross-attention only the image reads. The text does not look back.',
        ],
      ])
      expectEqual(cost.joint, one, `scores of joint attention ${of}`, [
        [image ** 2 + text ** 2, 'You left out what the modalities read from each other.'],
      ])
      expectNear(cost.ratio, one / two, `ratio ${of}`, {
        mistakes: [
          [two / one, 'You divided the other way round: joint / separate.'],
          [one / two - 1, 'This is the surcharge. The ratio is joint / separate.'],
        ],
      })
    }

    it("gives the lesson's 85,248 and 110,889", (subject) => check(subject, 256, 77))
    it('counts SD3 Medium at 512 × 512', (subject) => check(subject, 1024, 333))
    it('counts sequences of any length', (subject) =>
      check(subject, anyInteger(100, 5000), anyInteger(10, 500)))
  })
})

/** How much of the real attention image tokens spend on CLIP, on T5's words and on its padding. */
async function readByTheImage(): Promise<string[]> {
  if (!(await pipe.components()).textEncoder3) return []
  const { tokens } = await pipe.encodeText('textEncoder3', real.prompt)
  const { image, text } = realTokens
  const words = image + 77 + tokens[0].filter((token) => token !== '<pad>').length
  const weights = await realAttention()
  const parts: [string, [number, number]][] = [
    ['CLIP', [image, image + 77]],
    ['T5 words', [image + 77, words]],
    ['T5 padding', [words, image + text]],
  ]
  return parts.map(([name, columns]) => {
    const { sum, queries, keys } = quadrantSum(weights, { rows: [0, image], columns })
    const uniform = (keys / (image + text)).toFixed(3)
    return `image to ${name.padEnd(10)} ${(sum / queries).toFixed(3)}, uniform ${uniform}`
  })
}

/** A tensor of the oracle file. */
function plain({ dims, data }: { dims: number[]; data: number[] }): Tensor {
  return tensor(dims, data)
}

/** The picture with a red cross at this pixel, both ways. */
function withBorder(image: Image, at: number): Image {
  const data = image.data.slice()
  for (let along = 0; along < image.width; along++) {
    data.set([255, 0, 0], 3 * (at * image.width + along))
    data.set([255, 0, 0], 3 * (along * image.width + at))
  }
  return { ...image, data }
}

/** The quadrants with another range wherever these tokens stand. */
function withRanges(quadrants: Quadrants, tokens: 'image' | 'text', range: [number, number]): object {
  const from = tokens === 'image' ? 'imageTo' : 'textTo'
  const to = tokens === 'image' ? 'ToImage' : 'ToText'
  const entries = quadrantNames.map((name) => {
    const { rows: down, columns: across } = quadrants[name]
    return [name, { rows: name.startsWith(from) ? range : down, columns: name.endsWith(to) ? range : across }]
  })
  return Object.fromEntries(entries) as object
}

/** The ranges with their ends at the last index, a slip of one. */
function inclusive(quadrants: Quadrants): object {
  const last = ([start, end]: [number, number]) => [start, end - 1]
  const entries = quadrantNames.map((name) => [
    name,
    { rows: last(quadrants[name].rows), columns: last(quadrants[name].columns) },
  ])
  return Object.fromEntries(entries) as object
}
