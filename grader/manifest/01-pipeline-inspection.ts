import type { Exercise } from './types.ts'

export const pipelineInspection: Exercise = {
  id: '01-pipeline-inspection',
  slug: 'pipeline-inspection',
  title: 'Pipeline inspection',
  level: 'Guided',
  tasks: [],
}
