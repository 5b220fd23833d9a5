import type { Model } from './model.ts'
import type { TransformerInputs, TransformerOutput } from './pipeline-types.ts'
import { assertShape, type Tensor } from './tensor.ts'
import { transformerFeeds } from './transformer-inputs.ts'

/** The transformer, whose text half need not be computed again at every step. */
export class Denoiser {
  readonly model: Model

  constructor(model: Model) {
    this.model = model
  }

  /**
   * @returns the text in the transformer's width: the same at every step of a picture [batch, text, width]
   * @throws ShapeError for text of another width than the network reads
   */
  async projectText(encoderHiddenStates: Tensor): Promise<Tensor> {
    const contextWidth = this.model.config.number('joint_attention_dim', 4096)
    assertShape(encoderHiddenStates, [null, null, contextWidth], 'encoderHiddenStates')
    const { context } = await this.model.run('context', { encoder_hidden_states: encoderHiddenStates })
    return context
  }

  /**
   * Predicts the velocity.
   * @param options.context what `projectText` made of these inputs' text; it is projected anew when left out
   * @throws ShapeError, ArgumentError for inputs that do not fit the network or each other
   */
  async predict(
    inputs: TransformerInputs,
    { taps = [], context }: { taps?: string[]; context?: Tensor } = {},
  ): Promise<TransformerOutput> {
    const feeds = transformerFeeds(inputs, this.model.config)
    const text = context ?? (await this.projectText(inputs.encoderHiddenStates))
    const outputs = await this.model.run('transformer', { ...feeds, context: text }, taps)
    return { sample: outputs.sample, taps: Object.fromEntries(taps.map((tap) => [tap, outputs[tap]])) }
  }
}
