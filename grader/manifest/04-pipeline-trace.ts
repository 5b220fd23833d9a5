import type { Exercise } from './types.ts'

export const pipelineTrace: Exercise = {
  id: '04-pipeline-trace',
  slug: 'pipeline-trace',
  title: 'Pipeline trace',
  level: 'Independent',
  tasks: [],
}
