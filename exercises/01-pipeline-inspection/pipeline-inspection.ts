/**
 * Exercise 1, pipeline inspection: what Stable Diffusion 3 is made of, in numbers.
 *
 * A Component describes one network: its class, its config, and a record for every tensor it holds
 * (name, shape, and the PyTorch module that owns it). No weights are read, so the 15 GB of SD3 Medium
 * answer as fast as the small bundled model. Work from the top down. Brief and predictions: README.md.
 * Check: `npm run watch`, or `npm test -- 01`.
 */
import {
  TodoError,
  type Component,
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

/** The three text encoders in the pipeline's order: CLIP ViT-L, OpenCLIP ViT-bigG, T5-XXL. */
export const textEncoderNames: TextEncoderName[] = ['textEncoder', 'textEncoder2', 'textEncoder3']

/**
 * Counts the learned numbers of a network. A tensor holds as many as the product of its axes
 * (`sizeOf(shape)` from #harness; a scalar's `[]` holds one); add them up over `component.parameters`.
 * `component.buffers` are saved beside the parameters but were never learned: leave them out.
 *
 * Linear(3 -> 2): weight [2, 3], bias [2]   ->   8
 */
export async function countParameters(component: Component): Promise<number> {
  // TODO(count-parameters)
  throw new TodoError(import.meta.url, 'count-parameters', 'Return the number of learned values.')
}

/**
 * Counts parameters per PyTorch class: group `component.parameters` by `moduleType`, count elements as above,
 * and return one entry per class, most parameters first.
 *
 * a Linear weight [2, 3], its bias [2], a LayerNorm weight [4]
 *   ->   [{ moduleType: 'Linear', parameters: 8 }, { moduleType: 'LayerNorm', parameters: 4 }]
 */
export async function countByModuleType(component: Component): Promise<ModuleTypeCount[]> {
  // TODO(count-by-module-type)
  throw new TodoError(import.meta.url, 'count-by-module-type', 'Return { moduleType, parameters }[].')
}

/**
 * Describes the three text encoders: always three entries, in the order of `textEncoderNames`.
 * `components[name]` is null when the checkpoint was saved without that encoder (T5 is often left out);
 * such an entry has `className: null` and 0 parameters.
 *
 * no T5   ->   [..., { name: 'textEncoder3', className: null, parameters: 0 }]
 */
export async function describeTextEncoders(components: PipelineComponents): Promise<TextEncoderSummary[]> {
  // TODO(describe-text-encoders)
  throw new TodoError(import.meta.url, 'describe-text-encoders', 'Return { name, className, parameters }[].')
}

/**
 * Encodes a prompt with all three encoders at once (`pipe.encodePrompt({ prompt })`) and returns the `dims` of
 * `promptEmbeds`, one row per text token for joint attention, and of `pooledPromptEmbeds`, one vector a prompt.
 *
 * any prompt, T5 at its default of 256 tokens   ->   promptEmbeds [1, 77 + 256, 4096] and a pooled [1, 2048]
 */
export async function promptEmbeddingShapes(
  pipe: Pipeline,
  prompt: string,
): Promise<{ promptEmbeds: number[]; pooledPromptEmbeds: number[] }> {
  // TODO(prompt-embedding-shapes)
  throw new TodoError(import.meta.url, 'prompt-embedding-shapes', "Return the two tensors' dims.")
}

/**
 * Encodes the prompt through each encoder alone, in the order of `textEncoderNames`:
 * 1. ask `pipe.components()` whether the encoder is there; if not, both shapes are null;
 * 2. `pipe.encodeText(name, prompt)` gives `hiddenStates` [1, tokens, width] and `pooled` [1, projection];
 * 3. `pooled` is null for T5: it was never trained to sum up a sentence in one vector.
 *
 * CLIP ViT-L   ->   { name: 'textEncoder', hiddenStates: [1, 77, 768], pooled: [1, 768] }
 */
export async function encoderShapes(pipe: Pipeline, prompt: string): Promise<EncoderShapes[]> {
  // TODO(encoder-shapes)
  throw new TodoError(import.meta.url, 'encoder-shapes', 'Return { name, hiddenStates, pooled }[].')
}

/**
 * How many times wider T5's token vectors are than CLIP ViT-L's, from what `encoderShapes` returned.
 * Width is the last axis of `hiddenStates`. Do not round. Both encoders are present.
 *
 * CLIP-L [1, 77, 512], T5 [1, 256, 768]   ->   1.5
 */
export async function widthRatio(shapes: EncoderShapes[]): Promise<number> {
  // TODO(width-ratio)
  throw new TodoError(import.meta.url, 'width-ratio', "Return T5's width divided by CLIP ViT-L's.")
}

/**
 * Describes the denoising network: its class, its parameters, and how many MMDiT blocks it stacks.
 * Parameters of block i are named `transformer_blocks.i.…`, counted from 0; `config.num_layers` says it as well.
 *
 * SD3 Medium   ->   { className: 'SD3Transformer2DModel', parameters: 2028328000, blocks: 24 }
 */
export async function describeTransformer(transformer: Component): Promise<TransformerSummary> {
  // TODO(describe-transformer)
  throw new TodoError(import.meta.url, 'describe-transformer', 'Return { className, parameters, blocks }.')
}

/**
 * Splits the transformer's parameters by top-level child: what stands before the first dot of the name.
 * `share` is the group's fraction of all parameters, 0 to 1. Most parameters first.
 *
 * proj.weight [9], out.net.0.weight [1]
 *   ->   [{ group: 'proj', parameters: 9, share: 0.9 }, { group: 'out', parameters: 1, share: 0.1 }]
 */
export async function parameterGroups(transformer: Component): Promise<ParameterGroup[]> {
  // TODO(parameter-groups)
  throw new TodoError(import.meta.url, 'parameter-groups', 'Return { group, parameters, share }[].')
}

/**
 * Sorts the projections of one MMDiT block by the tokens they serve.
 * 1. Take the parameters whose `module` lies in the block: it begins with `transformer_blocks.<block>.`
 * 2. Cut that prefix off; name each module once (weight and bias share it), in the order they come.
 * 3. Those with `add` or `context` in their name serve text tokens, all others image tokens.
 *
 * transformer_blocks.0.attn.to_q and .attn.add_q_proj   ->   { image: ['attn.to_q'], text: ['attn.add_q_proj'] }
 */
export async function blockProjections(transformer: Component, block: number): Promise<BlockProjections> {
  // TODO(block-projections)
  throw new TodoError(import.meta.url, 'block-projections', 'Return module names as { image, text }.')
}

/**
 * Names the modules that block 0 has and the last block has not. Compare what `blockProjections` gives for both.
 * Ask yourself why before you look: what becomes of the text tokens after the last block?
 *
 * block 0: attn.to_q, ff.net.2; last block: attn.to_q   ->   ['ff.net.2']
 */
export async function lastBlockLacks(transformer: Component): Promise<string[]> {
  // TODO(last-block)
  throw new TodoError(import.meta.url, 'last-block', 'Return the names that only block 0 has.')
}

/**
 * The pipeline's parameter budget: all text encoders together (an absent one counts 0), the denoiser
 * (`transformer`) and the `vae`, each with its share (0 to 1) of the total of the three.
 *
 * text 60, transformer 30, vae 10   ->   textEncoders: { parameters: 60, share: 0.6 }, …, total: 100
 */
export async function parameterBudget(components: PipelineComponents): Promise<ParameterBudget> {
  // TODO(parameter-budget)
  throw new TodoError(import.meta.url, 'parameter-budget', 'Return { textEncoders, denoiser, vae, total }.')
}
