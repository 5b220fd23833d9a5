import type { Operators } from '../graph/operators.ts'
import type { Value } from '../graph/graph.ts'

/** Activation functions by the names transformers' configs use (transformers/activations.py). */
export const activations = ['quick_gelu', 'gelu', 'gelu_new', 'relu'] as const

export type Activation = (typeof activations)[number]

export function activate(ops: Operators, name: Activation, x: Value): Value {
  switch (name) {
    case 'quick_gelu':
      return ops.mul(x, ops.sigmoid(ops.mul(x, ops.scalar(1.702))))
    case 'gelu':
      return ops.gelu(x, 'none')
    case 'gelu_new':
      return ops.gelu(x, 'tanh')
    case 'relu':
      return ops.relu(x)
  }
}
