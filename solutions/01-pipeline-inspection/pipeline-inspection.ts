/** Exercise 1, pipeline inspection: the reference solution. "What just happened" stands above each function. */
import {
  sizeOf,
  type Component,
  type Parameter,
  type Pipeline,
  type PipelineComponents,
  type TextEncoderName,
} from '#harness'

export type ModuleTypeCount = { moduleType: string; parameters: number }
export type TextEncoderSummary = { name: TextEncoderName; className: string | null; parameters: number }
export type EncoderShapes = { name: TextEncoderName; hiddenStates: number[] | null; pooled: number[] | null }
export type TransformerSummary = { className: string; parameters: number; blocks: number }
export type ParameterGroup = { group: string; parameters: number; share: number }
export type BlockProjections = { image: string[]; text: string[] }
export type BudgetLine = { parameters: number; share: number }
export type ParameterBudget = Record<'textEncoders' | 'denoiser' | 'vae', BudgetLine> & { total: number }

export const textEncoderNames: TextEncoderName[] = ['textEncoder', 'textEncoder2', 'textEncoder3']

// A file's size misleads: SD3 Medium's transformer file also holds the position table `pos_embed.pos_embed`
// (192 × 192 positions × 1536 = 56,623,104 numbers) computed from sines, never trained. PyTorch calls it a buffer.
export async function countParameters(component: Component): Promise<number> {
  return component.parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
}

// Nearly everything is Linear. The transformer's LayerNorms do not even appear: they have no weights of their own,
// since adaLN computes scale and shift from the timestep and the pooled text (Linear layers again).
export async function countByModuleType(component: Component): Promise<ModuleTypeCount[]> {
  return countBy(component, ({ moduleType }) => moduleType).map(([moduleType, parameters]) => ({
    moduleType,
    parameters,
  }))
}

// 124 million, 695 million, 4.76 billion. A checkpoint may come without T5-XXL: the pipeline then puts zeros where
// its 256 rows would stand. The SD3 paper (arXiv 2403.03206) found that this costs most where words must be spelt.
export async function describeTextEncoders(components: PipelineComponents): Promise<TextEncoderSummary[]> {
  return Promise.all(
    textEncoderNames.map(async (name) => {
      const encoder = components[name]
      if (!encoder) return { name, className: null, parameters: 0 }
      return { name, className: encoder.className, parameters: await countParameters(encoder) }
    }),
  )
}

// Two paths into the transformer. Rows: CLIP-L and bigG side by side on the width axis (768 + 1280 = 2048, zero-padded
// to 4096), then T5's rows below them, 77 + 256 = 333. Pooled: the two CLIP vectors, 768 + 1280 = 2048, to adaLN.
export async function promptEmbeddingShapes(
  pipe: Pipeline,
  prompt: string,
): Promise<{ promptEmbeds: number[]; pooledPromptEmbeds: number[] }> {
  const { promptEmbeds, pooledPromptEmbeds } = await pipe.encodePrompt({ prompt })
  return { promptEmbeds: promptEmbeds.dims, pooledPromptEmbeds: pooledPromptEmbeds.dims }
}

// CLIP was trained to match one vector a caption with one vector a picture, so it has a pooled output.
// T5 was trained to fill gaps in text: it has something to say about each token, nothing about the whole.
export async function encoderShapes(pipe: Pipeline, prompt: string): Promise<EncoderShapes[]> {
  const components = await pipe.components()
  const shapes: EncoderShapes[] = []
  for (const name of textEncoderNames) {
    const encoding = components[name] ? await pipe.encodeText(name, prompt) : null
    shapes.push({
      name,
      hiddenStates: encoding?.hiddenStates.dims ?? null, // [1, tokens, width]
      pooled: encoding?.pooled?.dims ?? null, // [1, projection]
    })
  }
  return shapes
}

// 4096 / 768 = 5.33; "five times" comes from an integer division.
export async function widthRatio(shapes: EncoderShapes[]): Promise<number> {
  const widthOf = (wanted: TextEncoderName) =>
    shapes.find(({ name }) => name === wanted)?.hiddenStates?.at(-1) ?? NaN
  return widthOf('textEncoder3') / widthOf('textEncoder')
}

// SD3's rule is width = 64 × depth: 24 blocks, 24 heads of 64, width 1536.
export async function describeTransformer(transformer: Component): Promise<TransformerSummary> {
  const blocks = new Set(
    transformer.parameters
      .filter(({ name }) => name.startsWith('transformer_blocks.'))
      .map(({ name }) => name.split('.')[1]),
  )
  return {
    className: transformer.className,
    parameters: await countParameters(transformer),
    blocks: blocks.size,
  }
}

// 99 % of the denoiser is its blocks. What surrounds them is thin: patches in, text in, time in, patches out.
export async function parameterGroups(transformer: Component): Promise<ParameterGroup[]> {
  const total = await countParameters(transformer)
  return countBy(transformer, ({ name }) => name.split('.')[0]).map(([group, parameters]) => ({
    group,
    parameters,
    share: parameters / total,
  }))
}

// Two sets of weights of the same shapes: each modality speaks its own language (Q, K, V, output, feed-forward,
// modulation), and only the attention between them is shared. One module of each pair, seven pairs.
export async function blockProjections(transformer: Component, block: number): Promise<BlockProjections> {
  const prefix = `transformer_blocks.${block}.` // the closing dot keeps block 1 from taking in block 10
  const inBlock = transformer.parameters.filter(({ module }) => module.startsWith(prefix))
  const modules = [...new Set(inBlock.map(({ module }) => module.slice(prefix.length)))]
  const servesText = (module: string) => /add|context/.test(module)
  return {
    image: modules.filter((module) => !servesText(module)),
    text: modules.filter(servesText),
  }
}

// After the last block only the image tokens go on, to be unpatched into the velocity. Text tokens still give
// queries, keys and values there, so that the image can read them, but nobody needs their result:
// no output projection, no feed-forward, and a smaller modulation (2 vectors instead of 6).
export async function lastBlockLacks(transformer: Component): Promise<string[]> {
  const { blocks } = await describeTransformer(transformer)
  const first = await blockProjections(transformer, 0)
  const last = await blockProjections(transformer, blocks - 1)
  const kept = new Set([...last.image, ...last.text])
  return [...first.image, ...first.text].filter((module) => !kept.has(module))
}

// SD3 Medium spends 72.5 % of its weights on reading the prompt, 26.4 % on drawing, 1.1 % on pixels.
// They are not used equally: the encoders run once a picture, the denoiser 28 times, on two inputs each.
export async function parameterBudget(components: PipelineComponents): Promise<ParameterBudget> {
  const encoders = await describeTextEncoders(components)
  const text = encoders.reduce((sum, { parameters }) => sum + parameters, 0)
  const denoiser = await countParameters(components.transformer)
  const vae = await countParameters(components.vae)
  const total = text + denoiser + vae
  const line = (parameters: number): BudgetLine => ({ parameters, share: parameters / total })
  return { textEncoders: line(text), denoiser: line(denoiser), vae: line(vae), total }
}

/** Parameters per key, most first. */
function countBy(component: Component, keyOf: (parameter: Parameter) => string): [string, number][] {
  const counts = new Map<string, number>()
  for (const parameter of component.parameters) {
    const key = keyOf(parameter)
    counts.set(key, (counts.get(key) ?? 0) + sizeOf(parameter.shape))
  }
  return [...counts].sort(([, a], [, b]) => b - a)
}
