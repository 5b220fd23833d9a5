import type { Value } from '../graph/graph.ts'
import type { NetworkBuilder } from './network-builder.ts'
import { groupNorm } from './norms.ts'

export interface ResnetConfig {
  /** Groups of every group norm. */
  groups: number
}

/** Two normalised convolutions around a shortcut (diffusers, models/resnet.py, `ResnetBlock2D` without time). */
export function resnet(
  nn: NetworkBuilder,
  x: Value,
  inChannels: number,
  outChannels: number,
  { groups }: ResnetConfig,
): Value {
  const { ops } = nn
  const first = nn.conv2d(
    'conv1',
    groupNorm(nn, 'norm1', x, inChannels, groups, 1e-6, { silu: true }),
    inChannels,
    outChannels,
  )
  const second = nn.conv2d(
    'conv2',
    groupNorm(nn, 'norm2', first, outChannels, groups, 1e-6, { silu: true }),
    outChannels,
    outChannels,
  )
  const shortcut =
    inChannels === outChannels
      ? x
      : nn.conv2d('conv_shortcut', x, inChannels, outChannels, { kernel: 1, padding: 0 })
  return ops.add(shortcut, second)
}

/** Resnet, attention over all positions, resnet (diffusers, models/unets/unet_2d_blocks.py, `UNetMidBlock2D`). */
export function midBlock(
  nn: NetworkBuilder,
  x: Value,
  width: number,
  attention: boolean,
  config: ResnetConfig,
): Value {
  let y = resnet(nn.at('resnets.0'), x, width, width, config)
  if (attention) y = spatialAttention(nn.at('attentions.0'), y, width, config)
  return resnet(nn.at('resnets.1'), y, width, width, config)
}

/** One head over the picture's positions. */
function spatialAttention(nn: NetworkBuilder, x: Value, width: number, { groups }: ResnetConfig): Value {
  const { ops } = nn
  const normalized = groupNorm(nn, 'group_norm', x, width, groups, 1e-6)
  const tokens = ops.transpose(ops.reshape(normalized, [0, width, -1]), [0, 2, 1]) // [batch, height · width, width]
  const project = (name: string) => nn.linear(name, tokens, width, width)
  const mixed = ops.multiHeadAttention(project('to_q'), project('to_k'), project('to_v'), 1, width)
  const back = ops.transpose(nn.linear('to_out.0', mixed, width, width), [0, 2, 1]) // [batch, width, height · width]
  return ops.add(x, ops.reshape(back, ops.shape(x, 0, 4)))
}
