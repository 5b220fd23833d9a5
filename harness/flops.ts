/** What the count needs of a transformer's config.json. */
export interface TransformerShape {
  num_layers: number
  num_attention_heads: number
  attention_head_dim: number
  joint_attention_dim: number
  patch_size: number
  in_channels: number
  dual_attention_layers?: number[]
}

const TEXT_TOKENS = 77 + 256

/**
 * Floating-point operations of one guided step (batch 2): two per multiply-add of every matrix product, attention
 * included; norms, activations and the conditioning's few rows are left out, below one per cent together.
 *
 * Per row, with N image and M text tokens of width D:
 * a block's projections to q, k, v and out take 8 N D², its feed-forward 16 N D², the same for the M text tokens but for
 * the last block, whose text ends after q, k, v (6 M D²); attention takes 4 (N + M)² D; SD3.5's second attention over the
 * image 8 N D² + 4 N² D.
 */
export function flopsPerGuidedStep(config: TransformerShape, height: number, width: number): number {
  const cell = 8 * config.patch_size
  const image = (height / cell) * (width / cell)
  const tokens = image + TEXT_TOKENS
  const inner = config.num_attention_heads * config.attention_head_dim
  const square = inner * inner
  const block = 24 * tokens * square + 4 * tokens * tokens * inner
  const dropped = 18 * TEXT_TOKENS * square
  const dual = (config.dual_attention_layers ?? []).length * (8 * image * square + 4 * image * image * inner)
  const pixels = config.patch_size ** 2 * config.in_channels
  const edges = 2 * TEXT_TOKENS * config.joint_attention_dim * inner + 4 * image * pixels * inner
  return 2 * (config.num_layers * block - dropped + dual + edges)
}
