import type { Operators } from '../graph/operators.ts'
import type { Value } from '../graph/graph.ts'

/** Activation functions by the names transformers' configs use (transformers/activations.py). */
export const activations = ['quick_gelu', 'gelu', 'gelu_new', 'relu'] as const

export type Activation = (typeof activations)[number]

export function activate(ops: Operators, name: Activation, x: Value): Value {
  switch (name) {
    case 'quick_gelu':
      return quickGelu(ops, x)
    case 'gelu':
      return ops.gelu(x, 'none')
    case 'gelu_new':
      return ops.gelu(x, 'tanh')
    case 'relu':
      return ops.relu(x)
  }
}

/** x · sigmoid(1.702 x), in float32: onnxruntime's sigmoid of half numbers takes differences that cancel below zero. */
function quickGelu(ops: Operators, x: Value): Value {
  const exact = ops.type === 'float32' ? x : ops.cast(x, 'float32')
  const activated = ops.mul(exact, ops.sigmoid(ops.mul(exact, ops.floats('float_1.702', [], [1.702]))))
  return ops.type === 'float32' ? activated : ops.cast(activated, ops.type)
}
