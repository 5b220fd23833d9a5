import type { Results } from '../results.ts'
import type { Answer } from './answer.ts'
import { flowMatchingStepsAnswers } from './flow-matching-steps.ts'
import { jointAttentionAnswers } from './joint-attention.ts'
import { pipelineInspectionAnswers } from './pipeline-inspection.ts'
import { pipelineTraceAnswers } from './pipeline-trace.ts'

export type { Answer } from './answer.ts'

/** What was measured about each question of an exercise; a question whose measurement is missing has no answer. */
export function answersTo(exerciseId: string, results: Results): Answer[] {
  const { inspection, attention, stepCounts, withoutT5, pipelineTrace, vaeRoundTrip } = results
  if (exerciseId.startsWith('01')) return inspection ? pipelineInspectionAnswers(inspection) : []
  if (exerciseId.startsWith('02')) return attention ? jointAttentionAnswers(attention) : []
  if (exerciseId.startsWith('03')) return flowMatchingStepsAnswers(stepCounts, withoutT5)
  if (exerciseId.startsWith('04')) return pipelineTraceAnswers(pipelineTrace, vaeRoundTrip)
  return []
}
