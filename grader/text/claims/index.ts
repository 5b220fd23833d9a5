import type { Claim } from '../said.ts'
import { briefOfFlowMatchingSteps, resultsOfFlowMatchingSteps } from './flow-matching-steps.ts'
import { grader, harness, models, readme } from './guides.ts'
import { briefOfJointAttention, resultsOfJointAttention } from './joint-attention.ts'
import { briefOfPipelineInspection, resultsOfPipelineInspection } from './pipeline-inspection.ts'
import { briefOfPipelineTrace, resultsOfPipelineTrace } from './pipeline-trace.ts'

/** What stands for every number of a document. One that is not here is an exercise's or has no numbers. */
export const claims: Record<string, Claim[]> = {
  'README.md': readme,
  'exercises/README.md': [],
  'exercises/01-pipeline-inspection/README.md': briefOfPipelineInspection,
  'exercises/01-pipeline-inspection/what-just-happened.md': resultsOfPipelineInspection,
  'exercises/02-joint-attention/README.md': briefOfJointAttention,
  'exercises/02-joint-attention/what-just-happened.md': resultsOfJointAttention,
  'exercises/03-flow-matching-steps/README.md': briefOfFlowMatchingSteps,
  'exercises/03-flow-matching-steps/what-just-happened.md': resultsOfFlowMatchingSteps,
  'exercises/04-pipeline-trace/README.md': briefOfPipelineTrace,
  'exercises/04-pipeline-trace/what-just-happened.md': resultsOfPipelineTrace,
  'grader/README.md': grader,
  'harness/README.md': harness,
  'models/README.md': models,
}
