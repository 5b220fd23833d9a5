import type { Value } from '../graph/graph.ts'
import type { NetworkBuilder } from './network-builder.ts'

/** `nn.LayerNorm` over the last axis, with gain and bias. */
export function layerNorm(nn: NetworkBuilder, name: string, x: Value, width: number, epsilon: number): Value {
  const module = nn.at(name).path
  const scale = nn.parameter(`${module}.weight`, [width], module, 'LayerNorm')
  const bias = nn.parameter(`${module}.bias`, [width], module, 'LayerNorm')
  return nn.ops.layerNormalization(x, scale, bias, epsilon)
}

/** CUDA's kernel reads channels in pairs, and a group of at most this many; others it refuses when it runs. */
const LARGEST_FUSED_GROUP = 512

/**
 * `nn.GroupNorm` on `[batch, channels, height, width]`: an instance norm over each group's values; in a fused graph one
 * operator, where CUDA has it for groups of this size.
 * @param options.silu ends with SiLU
 */
export function groupNorm(
  nn: NetworkBuilder,
  name: string,
  x: Value,
  channels: number,
  groups: number,
  epsilon: number,
  { silu = false } = {},
): Value {
  const { ops } = nn
  const module = nn.at(name).path
  const perGroup = channels / groups
  const isFused = nn.isFused && perGroup % 2 === 0 && perGroup <= LARGEST_FUSED_GROUP
  const type = isFused ? 'float32' : ops.type
  const gain = nn.parameter(`${module}.weight`, [channels], module, 'GroupNorm', type)
  const bias = nn.parameter(`${module}.bias`, [channels], module, 'GroupNorm', type)
  if (isFused) {
    const last = ops.transpose(x, [0, 2, 3, 1]) // [batch, height, width, channels]
    const normalized = ops.groupNormalization(last, gain, bias, { groups, epsilon, silu })
    return ops.transpose(normalized, [0, 3, 1, 2])
  }
  const shape = ops.shape(x, 0, 4)
  const ones = nn.constant(`ones_${groups}`, [groups], new Float32Array(groups).fill(1))
  const zeros = nn.constant(`zeros_${groups}`, [groups], new Float32Array(groups))
  const grouped = ops.reshape(x, [0, groups, -1]) // [batch, groups, channels / groups · height · width]
  const normalized = ops.reshape(ops.instanceNormalization(grouped, ones, zeros, epsilon), shape)
  const perChannel = (value: Value) => ops.reshape(value, [1, channels, 1, 1])
  const scaled = ops.add(ops.mul(normalized, perChannel(gain)), perChannel(bias))
  return silu ? ops.silu(scaled) : scaled
}

/** Root-mean-square norm over the last axis, in float32 whatever the compute type; the result is in the compute type. */
export function rmsNorm(
  nn: NetworkBuilder,
  name: string,
  x: Value,
  width: number,
  epsilon: number,
  moduleType: string,
  inputType = nn.ops.type,
): Value {
  const { ops } = nn
  const module = nn.at(name).path
  const gain = nn.parameter(`${module}.weight`, [width], module, moduleType)
  const exact = inputType === 'float32' ? x : ops.cast(x, 'float32')
  const meanSquare = ops.mean(ops.mul(exact, exact))
  const stable = ops.add(meanSquare, ops.floats(`float_${epsilon}`, [], [epsilon]))
  return ops.mul(nn.computed(ops.div(exact, ops.sqrt(stable))), gain)
}
