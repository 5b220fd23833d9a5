import { isDeepStrictEqual } from 'node:util'
import { zeros, type Component, type PipelineComponents, type TextEncoderName } from '#harness'
import {
  blockModules,
  elements,
  encoderNames,
  networks,
  projectionsOf,
  quoted,
  tally,
} from '#grader/spec/components.ts'
import { anyInteger, anyOf, anyPrompt } from '#grader/spec/fresh.ts'
import { freshComponents, freshNetwork, freshTransformer } from '#grader/spec/fresh-components.ts'
import {
  attachText,
  expectEqual,
  expectNear,
  mediumComponents,
  specs,
  type Mistake,
} from '#grader/spec/index.ts'
import { lazyPipeline } from '#grader/spec/lazy-pipeline.ts'

type Exercise = typeof import('#exercises/01-pipeline-inspection/pipeline-inspection.ts')
type ParameterBudget = Awaited<ReturnType<Exercise['parameterBudget']>>
type Tensors = Pick<Component, 'parameters' | 'buffers'>
type Check = (subject: Exercise, components: PipelineComponents, of: string) => Promise<void>

const pipe = lazyPipeline()
const lessonPrompt = 'a cat sitting on a beach at sunset'

/** diffusers 0.40.0 and transformers 5.17.0: sum(p.numel() for p in model.parameters()), each class built from its config. */
const mediumSizes: Record<string, number> = {
  text_encoder: 123_650_304,
  text_encoder_2: 694_659_840,
  text_encoder_3: 4_762_310_656,
  transformer: 2_028_328_000,
  vae: 83_819_683,
}

const buffersToo = 'You counted the buffers too. They are saved with the model but were never learned.'
const tensorsCounted = 'You counted tensors. Count their values: the product of each shape.'
const leastFirst = 'You sorted the other way round. Most parameters come first.'
const unsorted = 'The counts are right, the order is that of the tensors. Most parameters come first.'
const dotless = 'Your prefix lacks its last dot: block 1 then takes in block 10.'
const percentage = 'You gave a percentage. A share is a fraction, 0 to 1.'
const roundedShare = 'You rounded. Return the share as it is.'
const t5Cut = 'You cut T5 to 77 tokens. SD3 gives it 256, the default of maxSequenceLength.'
const noPooled = 'You looked for a pooled vector in T5. It has none: its pooled is null.'
const absence = 'An encoder may be absent: its component is null then. Look before you read from it.'

const absentEncoder = { className: null, parameters: [], buffers: [] }

type It = (title: string, run: (subject: Exercise) => Promise<void>) => void

/** The same check on a pipeline drawn anew, on SD3 Medium from its configs, and on the loaded model. */
function onEach(it: It, title: string, check: Check): void {
  it(`${title}: unseen pipeline`, (subject) => check(subject, freshComponents(), 'of an unseen pipeline'))
  it(`${title}: SD3 Medium`, async (subject) => check(subject, await mediumComponents(), 'of SD3 Medium'))
  it(`${title}: loaded model`, async (subject) =>
    check(subject, await pipe.components(), 'of the loaded model'))
}

await specs<Exercise>('01-pipeline-inspection', (task) => {
  task('count-parameters', (it) => {
    onEach(it, 'adds up every value, buffers left out', async (subject, components, of) => {
      for (const network of networks(components)) {
        const { name, parameters, buffers } = network
        const axes = parameters.flatMap(({ shape }) => shape).reduce((sum, axis) => sum + axis, 0)
        const count = elements(parameters)
        const counted = await subject.countParameters(network)
        expectEqual(counted, count, `parameters of ${name} ${of}, ${quoted(network)}`, [
          [count + elements(buffers), buffersToo],
          [parameters.length, tensorsCounted],
          [axes, 'You added the axes. A [2, 3] tensor holds 2 × 3 values, not 2 + 3.'],
          [count - 1, 'You lost the scalar: a shape of [] has no axis, and holds one value.'],
        ])
      }
    })

    it('gives the published sizes of SD3 Medium to the digit', async (subject) => {
      for (const network of networks(await mediumComponents())) {
        const size = mediumSizes[network.name]
        expectEqual(
          await subject.countParameters(network),
          size,
          `parameters of SD3 Medium's ${network.name}`,
        )
      }
    })
  })

  task('count-by-module-type', (it) => {
    onEach(it, 'groups by class, most parameters first', async (subject, components, of) => {
      for (const network of networks(components)) {
        const byType = (tensors: Component['parameters'], count = elements) =>
          tally(tensors, (tensor) => tensor.moduleType, count).map(([moduleType, parameters]) => ({
            moduleType,
            parameters,
          }))
        const { name, parameters, buffers } = network
        const expected = byType(parameters)
        const result = await subject.countByModuleType(network)
        expectEqual(result, expected, `parameters by module type of ${name} ${of}`, [
          [expected.toReversed(), leastFirst],
          [
            inOrderOf(
              parameters.map(({ moduleType }) => moduleType),
              expected,
              (entry) => entry.moduleType,
            ),
            unsorted,
          ],
          [byType([...parameters, ...buffers]), buffersToo],
          [byType(parameters, tensorsIn), tensorsCounted],
        ])
      }
    })

    it('counts each class of an unseen network, in any order', async (subject) => {
      const network = freshNetwork('transformer')
      const entries = await subject.countByModuleType(network)
      const counts = (pairs: [string, number][]) => Object.fromEntries(pairs.sort())
      const byType = (tensors: Component['parameters'], count = elements) =>
        counts(tally(tensors, (one) => one.moduleType, count))
      const received = Array.isArray(entries)
        ? counts(entries.map(({ moduleType, parameters }): [string, number] => [moduleType, parameters]))
        : entries
      expectEqual(received, byType(network.parameters), `parameters of each class of ${quoted(network)}`, [
        [byType([...network.parameters, ...network.buffers]), buffersToo],
        [byType(network.parameters, tensorsIn), tensorsCounted],
      ])
    })
  })

  task('describe-text-encoders', (it) => {
    const described = (
      components: PipelineComponents,
      count = ({ parameters }: Tensors) => elements(parameters),
    ) =>
      encoderNames.map((name) => {
        const encoder = components[name] ?? absentEncoder
        return { name, className: encoder.className, parameters: count(encoder) }
      })

    onEach(it, 'names class and size of each encoder', async (subject, components, of) => {
      const result = await subject.describeTextEncoders(components)
      expectEqual(result, described(components), `text encoders ${of}`, [
        [
          described(components, ({ parameters, buffers }) => elements([...parameters, ...buffers])),
          buffersToo,
        ],
        [described(components, ({ parameters }) => parameters.length), tensorsCounted],
      ])
    })

    it('marks an encoder that the checkpoint lacks, and describes the others', async (subject) => {
      for (const absent of encoderNames) {
        const complete = freshComponents()
        const components = { ...complete, [absent]: null }
        const expected = described(components)
        const dropped = expected.filter(({ name }) => name !== absent)
        const result = await ofAbsent(
          () => subject.describeTextEncoders(components),
          () => subject.describeTextEncoders(complete),
        )
        expectEqual(result, expected, `text encoders of a checkpoint without ${absent}`, [
          [dropped, `You dropped ${absent}. It keeps its entry: className null, 0 parameters.`],
        ])
      }
    })
  })

  task('prompt-embedding-shapes', (it) => {
    it('reads the shapes from the tensors, whatever they are', async (subject) => {
      const rows = [1, anyInteger(80, 120), anyInteger(10, 40)]
      const pooled = [1, anyInteger(10, 40)]
      const embeddings = { promptEmbeds: zeros(rows), pooledPromptEmbeds: zeros(pooled) }
      const negatives = { negativePromptEmbeds: null, negativePooledPromptEmbeds: null }
      const toy = { ...pipe, encodePrompt: async () => ({ ...embeddings, ...negatives }) }
      const result = await subject.promptEmbeddingShapes(toy, anyPrompt())
      expectEqual(
        result,
        { promptEmbeds: rows, pooledPromptEmbeds: pooled },
        'shapes from a toy encodePrompt',
        [
          [{ promptEmbeds: pooled, pooledPromptEmbeds: rows }, 'The two shapes are exchanged.'],
          [
            { promptEmbeds: [1, 333, 4096], pooledPromptEmbeds: [1, 2048] },
            'Those are SD3 Medium’s shapes, typed in. Read dims from the tensors.',
          ],
          [
            { promptEmbeds: rows.slice(1), pooledPromptEmbeds: pooled.slice(1) },
            'You dropped the batch axis. One prompt is a batch of 1.',
          ],
        ],
      )
    })

    it('finds 77 CLIP rows and 256 T5 rows for a prompt', async (subject) => {
      for (const prompt of [lessonPrompt, anyPrompt()]) {
        const result = await subject.promptEmbeddingShapes(pipe, prompt)
        const { config } = (await pipe.components()).transformer
        const shapes = (tokens: number) => ({
          promptEmbeds: [1, tokens, config.joint_attention_dim],
          pooledPromptEmbeds: [1, config.pooled_projection_dim],
        })
        expectEqual(result, shapes(77 + 256), `embeddings of "${prompt}"`, [
          [shapes(77 + 77), t5Cut],
          [shapes(77), 'These are the CLIP rows alone. T5 adds 256 below them.'],
        ])
      }
    })
  })

  task('encoder-shapes', (it) => {
    const anyShapes = () =>
      encoderNames.map((name) => ({
        name,
        hiddenStates: [1, anyInteger(5, 20), anyInteger(20, 40)],
        pooled: name === 'textEncoder3' ? null : [1, anyInteger(5, 15)],
      }))
    const toyOf = (components: PipelineComponents, shapes: ReturnType<typeof anyShapes>) => ({
      ...pipe,
      components: async () => components,
      encodeText: async (asked: TextEncoderName) => {
        if (!components[asked])
          throw new Error(`encodeText('${asked}') was called, but this checkpoint lacks ${asked}.`)
        const { hiddenStates, pooled } = shapes.find(({ name }) => name === asked)!
        return {
          inputIds: [],
          tokens: [],
          hiddenStates: zeros(hiddenStates),
          pooled: pooled && zeros(pooled),
        }
      },
    })

    it('asks each encoder that is there, and no other', async (subject) => {
      for (const absent of encoderNames) {
        const [shapes, complete, prompt] = [anyShapes(), freshComponents(), anyPrompt()]
        const expected = shapes.map((one) =>
          one.name === absent ? { name: absent, hiddenStates: null, pooled: null } : one,
        )
        const result = await ofAbsent(
          () => subject.encoderShapes(toyOf({ ...complete, [absent]: null }, shapes), prompt),
          () => subject.encoderShapes(toyOf(complete, shapes), prompt),
        )
        expectEqual(result, expected, `shapes from toy encoders without ${absent}`, [
          [
            expected.filter(({ name }) => name !== absent),
            `You dropped ${absent}. It keeps its entry, with two nulls.`,
          ],
        ])
      }
    })

    it('reads the shapes of encoders that are all there', async (subject) => {
      const expected = anyShapes()
      const result = await subject.encoderShapes(toyOf(freshComponents(), expected), anyPrompt())
      const [first, second, t5] = expected
      expectEqual(result, expected, 'shapes from toy encoders', [
        [[first, second, { ...t5, pooled: t5.hiddenStates }], noPooled],
        [[first, second, { ...t5, pooled: [] }], noPooled],
        [[first, second, { ...t5, pooled: undefined }], noPooled],
      ])
    })

    it('finds a pooled vector in both CLIP encoders and none in T5', async (subject) => {
      for (const prompt of [lessonPrompt, anyPrompt()]) {
        const result = await subject.encoderShapes(pipe, prompt)
        const components = await pipe.components()
        const expected = encoderNames.map((name) => {
          const config = components[name]?.config
          if (!config) return { name, hiddenStates: null, pooled: null }
          if (name === 'textEncoder3') return { name, hiddenStates: [1, 256, config.d_model], pooled: null }
          return { name, hiddenStates: [1, 77, config.hidden_size], pooled: [1, config.projection_dim] }
        })
        const { hiddenStates } = expected[2]
        const t5 = (fields: object): object[] => [...expected.slice(0, 2), { ...expected[2], ...fields }]
        expectEqual(result, expected, `shapes of each encoder for "${prompt}"`, [
          [t5({ pooled: [] }), noPooled],
          [t5({ pooled: undefined }), noPooled],
          [t5({ pooled: hiddenStates }), noPooled],
          [t5({ hiddenStates: [1, 77, hiddenStates?.at(-1)] }), t5Cut],
        ])
      }
    })
  })

  task('width-ratio', (it) => {
    const check = async (subject: Exercise, clip: number, bigG: number, t5: number) => {
      const ratio = await subject.widthRatio([
        { name: 'textEncoder', hiddenStates: [1, 77, clip], pooled: [1, clip + 1] },
        { name: 'textEncoder2', hiddenStates: [1, 77, bigG], pooled: [1, bigG + 1] },
        { name: 'textEncoder3', hiddenStates: [1, 256, t5], pooled: null },
      ])
      expectNear(ratio, t5 / clip, `T5's width ${t5} divided by CLIP ViT-L's ${clip}`, {
        mistakes: [
          [Math.floor(t5 / clip), 'You rounded down. 4096 / 768 is 5.33, not 5.'],
          [Math.round(t5 / clip), 'You rounded. Return the ratio as it is.'],
          [clip / t5, 'You divided the other way round. How many times wider is T5?'],
          [t5 / bigG, "You took OpenCLIP bigG's width. CLIP ViT-L is the first encoder."],
          [256 / 77, 'You compared token counts, the middle axis. The width is the last one.'],
          [4096 / 768, 'That is SD3 Medium’s ratio, typed in. Read the widths from the shapes.'],
        ],
      })
    }
    it("compares SD3 Medium's encoders without rounding", (subject) => check(subject, 768, 1280, 4096))
    it('compares encoders of any width', (subject) =>
      check(subject, anyInteger(100, 999), anyInteger(10_000, 20_000), anyInteger(1000, 9999)))
  })

  task('describe-transformer', (it) => {
    onEach(it, 'names class, size and depth', async (subject, { transformer }, of) => {
      const { className, buffers } = transformer
      const parameters = elements(transformer.parameters)
      const blocks = transformer.config.num_layers as number
      const result = await subject.describeTransformer(transformer)
      expectEqual(result, { className, parameters, blocks }, `transformer ${of}`, [
        [
          { className, parameters, blocks: blocks - 1 },
          'Blocks count from 0: the last number is one too few.',
        ],
        [{ className, parameters, blocks: 10 }, 'You read one digit of the block number. Some have two.'],
        [{ className, parameters: parameters + elements(buffers), blocks }, buffersToo],
        [{ className, parameters: transformer.parameters.length, blocks }, tensorsCounted],
      ])
    })

    it('finds 24 blocks in SD3 Medium', async (subject) => {
      const summary = await subject.describeTransformer((await mediumComponents()).transformer)
      expectEqual(summary?.blocks, 24, "SD3 Medium's blocks")
    })
  })

  task('parameter-groups', (it) => {
    onEach(it, 'splits the transformer by its top-level children', async (subject, { transformer }, of) => {
      const groups = await subject.parameterGroups(transformer)
      const { parameters, buffers } = transformer
      const counts = (tensors: Component['parameters'], count = elements) =>
        tally(tensors, ({ name }) => /^[^.]*/.exec(name)![0], count)
      const expected = counts(parameters)
      const received = Array.isArray(groups) ? groups.map((entry) => [entry.group, entry.parameters]) : groups
      expectEqual(received, expected, `[group, parameters] of the transformer ${of}`, [
        [expected.toReversed(), leastFirst],
        [
          inOrderOf(
            parameters.map(({ name }) => name.split('.')[0]),
            expected,
            ([group]) => group,
          ),
          unsorted,
        ],
        [counts([...parameters, ...buffers]), buffersToo],
        [counts(parameters, tensorsIn), tensorsCounted],
      ])
      const shares = expected.map(([, count]) => count / elements(parameters))
      const rounding = roundingOf(
        groups.map((entry) => entry.share),
        shares,
      )
      for (const [i, [group, count]] of expected.entries()) {
        const share = shares[i]
        expectNear(groups[i].share, share, `share of ${group} in the transformer ${of}`, {
          mistakes: [
            ...rounding(i),
            [100 * share, percentage],
            [count / expected[0][1], 'You divided by the largest group. Divide by all parameters.'],
            [count / elements([...parameters, ...buffers]), buffersToo],
          ],
        })
      }
    })

    it('counts each group of an unseen transformer, in any order', async (subject) => {
      const transformer = freshTransformer()
      const groups = await subject.parameterGroups(transformer)
      const counts = (pairs: [string, number][]) => Object.fromEntries(pairs.sort())
      const received = Array.isArray(groups)
        ? counts(groups.map(({ group, parameters }): [string, number] => [group, parameters]))
        : groups
      const byGroup = (tensors: Component['parameters'], count = elements) =>
        counts(tally(tensors, ({ name }) => /^[^.]*/.exec(name)![0], count))
      expectEqual(received, byGroup(transformer.parameters), 'parameters of each group', [
        [byGroup([...transformer.parameters, ...transformer.buffers]), buffersToo],
        [byGroup(transformer.parameters, tensorsIn), tensorsCounted],
      ])
    })
  })

  task('block-projections', (it) => {
    onEach(
      it,
      'sorts the modules of a block by the tokens they serve',
      async (subject, { transformer }, of) => {
        const blocks = transformer.config.num_layers as number
        for (const block of [0, 1, anyInteger(1, blocks - 2), blocks - 1]) {
          const result = await subject.blockProjections(transformer, block)
          const { image, text } = projectionsOf(transformer, block)
          const bySign = (sign: RegExp) => ({
            image: [...image, ...text].filter((module) => !sign.test(module)),
            text: text.filter((module) => sign.test(module)),
          })
          const twice = (modules: string[]) => modules.flatMap((module) => [module, module])
          const mistakes: [object, string][] = [
            [{ image: text, text: image }, 'Image and text are exchanged.'],
            [
              { image: twice(image), text: twice(text) },
              'Each module came twice: once for its weight, once for its bias.',
            ],
            [openPrefix(transformer, block, ''), dotless],
            [openPrefix(transformer, block, '.'), dotless],
            [projectionsOf(transformer, 0), 'These are the modules of block 0; another was asked for.'],
            [bySign(/context/), 'The attention marks its text side by add: add_q_proj, to_add_out.'],
            [bySign(/add/), 'You looked at the attention only. norm1_context and ff_context serve text.'],
          ]
          expectEqual(
            sorted(result),
            sorted({ image, text }),
            `projections of block ${block} of the transformer ${of}`,
            mistakes.map(([wrong, diagnosis]) => [sorted(wrong), diagnosis]),
          )
        }
      },
    )

    it('sorts the modules of an unseen transformer’s first block', async (subject) => {
      const whole = freshTransformer()
      // Some modules are left out, so that the seven pairs, known by heart, are no answer.
      const kept = [...blockModules.image, ...blockModules.text].filter(() => anyOf([true, false]))
      const parameters = whole.parameters.filter(
        ({ module }) =>
          !module.startsWith('transformer_blocks.0.') || kept.some((name) => module.endsWith(name)),
      )
      const transformer = { ...whole, parameters }
      const { image, text } = projectionsOf(transformer, 0)
      const result = await subject.blockProjections(transformer, 0)
      expectEqual(sorted(result), sorted({ image, text }), 'projections of block 0', [
        [sorted({ image: text, text: image }), 'Image and text are exchanged.'],
      ])
    })

    it('finds seven pairs in any block of SD3 Medium but the last', async (subject) => {
      const { transformer } = await mediumComponents()
      const { image, text } = blockModules
      const result = await subject.blockProjections(transformer, anyInteger(0, 22))
      expectEqual(sorted(result), sorted({ image, text }), 'projections of a block of SD3 Medium')
    })
  })

  task('last-block', (it) => {
    const nothing = 'You found no difference. The last block is not like the others: compare block 0 with it.'

    onEach(it, 'names what the last block goes without', async (subject, { transformer }, of) => {
      const lacking = await subject.lastBlockLacks(transformer)
      const modules = (block: number) => Object.values(projectionsOf(transformer, block)).flat()
      const last = modules((transformer.config.num_layers as number) - 1)
      const expected = modules(0).filter((module) => !last.includes(module))
      expectEqual(sorted(lacking), sorted(expected), `what the last block of the transformer ${of} lacks`, [
        [[], nothing],
        [sorted(last), 'These are the modules that the last block has kept. Name those it has not.'],
        [
          sorted(modules(0)),
          'You asked for a block that does not exist. Blocks count from 0: the last is num_layers − 1.',
        ],
      ])
    })

    it("finds no text output and no text feed-forward in SD3 Medium's block 23", async (subject) => {
      const lacking = await subject.lastBlockLacks((await mediumComponents()).transformer)
      const expected = ['attn.to_add_out', 'ff_context.net.0.proj', 'ff_context.net.2']
      expectEqual(sorted(lacking), expected, 'what block 23 of SD3 Medium lacks', [[[], nothing]])
    })
  })

  task('parameter-budget', (it) => {
    const check = (budget: ParameterBudget, components: PipelineComponents, of: string) => {
      const parts = {
        textEncoders: elements(encoderNames.flatMap((name) => components[name]?.parameters ?? [])),
        denoiser: elements(components.transformer.parameters),
        vae: elements(components.vae.parameters),
      }
      const total = parts.textEncoders + parts.denoiser + parts.vae
      const buffers = elements(networks(components).flatMap((network) => network.buffers))
      expectEqual(budget?.total, total, `parameters ${of}`, [
        [total + buffers, buffersToo],
        [total - parts.vae, 'You left the VAE out of the total.'],
        [
          total - elements(components.textEncoder3?.parameters ?? []),
          'You left T5 out. It is a text encoder too, the largest.',
        ],
      ])
      const names = ['textEncoders', 'denoiser', 'vae'] as const
      const shares = names.map((part) => parts[part] / total)
      const rounding = roundingOf(
        names.map((part) => budget[part]?.share),
        shares,
      )
      for (const [i, part] of names.entries()) {
        expectEqual(budget[part]?.parameters, parts[part], `parameters of the ${part} ${of}`)
        expectNear(budget[part].share, shares[i], `share of the ${part} ${of}`, {
          mistakes: [...rounding(i), [100 * shares[i], percentage]],
        })
      }
    }

    it('counts the parameters of each part of an unseen pipeline', async (subject) => {
      const components = freshComponents()
      const budget = await subject.parameterBudget(components)
      const counts = [budget?.textEncoders, budget?.denoiser, budget?.vae].map((part) => part?.parameters)
      const { textEncoder, textEncoder2, textEncoder3, transformer, vae } = components
      const encoders = [textEncoder, textEncoder2, textEncoder3].flatMap((one) => one?.parameters ?? [])
      const expected = [encoders, transformer.parameters, vae.parameters].map(elements)
      expectEqual(counts, expected, 'parameters of [text encoders, denoiser, VAE]')
    })

    onEach(it, 'adds up encoders, denoiser and VAE', async (subject, components, of) =>
      check(await subject.parameterBudget(components), components, of),
    )
    it('counts nothing for an encoder that is not there', async (subject) => {
      const absent = anyOf(encoderNames)
      const complete = freshComponents()
      const components = { ...complete, [absent]: null }
      const budget = await ofAbsent(
        () => subject.parameterBudget(components),
        () => subject.parameterBudget(complete),
      )
      check(budget, components, `of a checkpoint without ${absent}`)
    })

    it('finds 7,692,768,483 parameters in SD3 Medium, 72.5 % of them in its text encoders', async (subject) => {
      const medium = await mediumComponents()
      const budget = await subject.parameterBudget(medium)
      check(budget, medium, 'of SD3 Medium')
      expectEqual(budget.total, 7_692_768_483, 'parameters of SD3 Medium')
      expectNear(budget.textEncoders.share, 0.7254, 'share of the text encoders', { absolute: 5e-5 })
      const lines = (['textEncoders', 'denoiser', 'vae'] as const).map((part) => {
        const { parameters, share } = budget[part]
        const percent = `${(100 * share).toFixed(1)} %`
        return `${part.padEnd(12)} ${parameters.toLocaleString('en').padStart(15)} ${percent.padStart(7)}`
      })
      attachText('parameter-budget', lines.join('\n'), 'Parameters of SD3 Medium')
    })
  })
})

/** Explains the TypeError of a call on a checkpoint that lacks an encoder, when the same call on a complete one has none. */
async function ofAbsent<T>(call: () => Promise<T>, onComplete: () => Promise<T>): Promise<T> {
  const isTypeError = (error: unknown): error is Error => error instanceof Error && error.name === 'TypeError'
  try {
    return await call()
  } catch (error) {
    if (isTypeError(error) && !isTypeError(await onComplete().catch((other: unknown) => other)))
      error.message += `\nLikely mistake: ${absence}`
    throw error
  }
}

/** What rounding, of fractions or percentages, gave for a share; only all of them show it, for a 1.0 may be many things. */
function roundingOf(given: readonly number[], shares: readonly number[]): (i: number) => Mistake<number>[] {
  const isRounded = (exact: readonly number[]) =>
    [0, 1, 2, 3, 4, 5, 6].some((digits) =>
      isDeepStrictEqual(
        given,
        exact.map((value) => Number(value.toFixed(digits))),
      ),
    )
  const percentages = shares.map((share) => 100 * share)
  const said = isRounded(shares) ? roundedShare : isRounded(percentages) ? percentage : null
  return (i) => (said === null ? [] : [[given[i], said]])
}

/** What those count who take each tensor for one parameter. */
function tensorsIn(tensors: readonly unknown[]): number {
  return tensors.length
}

/** The entries in the order in which their keys first come. */
function inOrderOf<T>(keys: string[], entries: T[], keyOf: (entry: T) => string): T[] {
  return entries.toSorted((a, b) => keys.indexOf(keyOf(a)) - keys.indexOf(keyOf(b)))
}

/** What block 1 seems to hold to those who look for `transformer_blocks.1` and cut off that much, or the dot as well. */
function openPrefix(
  { parameters }: Component,
  block: number,
  dot: '.' | '',
): { image: string[]; text: string[] } {
  const prefix = `transformer_blocks.${block}`
  const found = parameters.map(({ module }) => module).filter((module) => module.startsWith(prefix))
  const names = [...new Set(found.map((module) => module.slice(prefix.length + dot.length)))]
  const isText = (name: string) => /add|context/.test(name)
  return { image: names.filter((name) => !isText(name)), text: names.filter(isText) }
}

/** Lists in a fixed order, for an answer whose order does not matter; anything else as it came. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return [...(value as string[])].sort()
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, sorted(entry)]))
}
