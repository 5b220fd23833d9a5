import { mergeEqualTokens, type MergedTokens } from './equal-tokens.ts'
import type { Model } from './model.ts'
import type { TransformerInputs, TransformerOutput } from './pipeline-types.ts'
import type { Feed } from './runtime/session.ts'
import { assertShape, type Tensor } from './tensor.ts'
import { transformerFeeds } from './transformer-inputs.ts'

/** The text in the transformer's width: the same at every step of a picture. */
export interface ProjectedText {
  context: Tensor // [batch, text, width]
  /** The same with one token for each run of equal ones; null on devices where that was not measured. */
  merged: MergedTokens | null
}

/**
 * The share of all tokens that must go for merging to pay. Attention with a bias is the slower one, and holds all its
 * scores: sd3-nano's text has some 230 pads, which merging saves at 256 × 256 and 512 × 512, and keeps at 1024 × 1024.
 */
const WORTHWHILE = 0.1

/** The transformer, whose text half need not be computed again at every step. */
export class Denoiser {
  readonly model: Model

  constructor(model: Model) {
    this.model = model
  }

  /** @throws ShapeError for text of another width than the network reads */
  async projectText(encoderHiddenStates: Tensor): Promise<ProjectedText> {
    const contextWidth = this.model.config.number('joint_attention_dim', 4096)
    assertShape(encoderHiddenStates, [null, null, contextWidth], 'encoderHiddenStates')
    const { context } = await this.model.run('context', { encoder_hidden_states: encoderHiddenStates })
    const onCpu = this.model.device.name === 'cpu' // Merging was measured nowhere else.
    return { context, merged: onCpu ? mergeEqualTokens(context) : null }
  }

  /**
   * Predicts the velocity.
   * @param options.text what `projectText` made of these inputs' text; it is projected anew when left out
   * @throws ShapeError, ArgumentError for inputs that do not fit the network or each other
   */
  async predict(
    inputs: TransformerInputs,
    { taps = [], text }: { taps?: string[]; text?: ProjectedText } = {},
  ): Promise<TransformerOutput> {
    const feeds = transformerFeeds(inputs, this.model.config)
    const projected = text ?? (await this.projectText(inputs.encoderHiddenStates))
    const tokens = this.tokensToRead(projected, inputs.hiddenStates, taps.length > 0)
    const outputs = await this.model.run('transformer', { ...feeds, ...tokens }, taps)
    return { sample: outputs.sample, taps: Object.fromEntries(taps.map((tap) => [tap, outputs[tap]])) }
  }

  /** Merged tokens where that pays; but whoever looks inside finds every token. */
  private tokensToRead(
    { context, merged }: ProjectedText,
    { dims: [, , height, width] }: Tensor,
    tapped: boolean,
  ): Record<string, Feed> {
    const image = (height * width) / this.model.config.number('patch_size', 2) ** 2
    const [, text] = context.dims
    if (!merged || tapped || text - merged.tokens.dims[1] < WORTHWHILE * (image + text)) return { context }
    return { context: merged.tokens, text_sizes: merged.sizes }
  }
}
