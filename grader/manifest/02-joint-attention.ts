import type { Exercise } from './types.ts'

export const jointAttention: Exercise = {
  id: '02-joint-attention',
  slug: 'joint-attention',
  title: 'Joint attention',
  level: 'Guided',
  tasks: [],
}
