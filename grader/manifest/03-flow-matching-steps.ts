import type { Exercise } from './types.ts'

export const flowMatchingSteps: Exercise = {
  id: '03-flow-matching-steps',
  slug: 'flow-matching-steps',
  title: 'Flow matching steps',
  level: 'Supported',
  tasks: [],
}
