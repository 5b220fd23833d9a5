import type { Claim } from '../said.ts'
import { briefOfFlowMatchingSteps, resultsOfFlowMatchingSteps } from './flow-matching-steps.ts'
import { silentEncoders } from './silent-encoders.ts'
import { wordMaps } from './word-maps.ts'
import { attacks, fixtures, gradedClass, mutation, parity } from './folders.ts'
import { grader, harness, models, readme } from './guides.ts'
import { briefOfJointAttention, resultsOfJointAttention } from './joint-attention.ts'
import { briefOfPipelineInspection, resultsOfPipelineInspection } from './pipeline-inspection.ts'
import { briefOfPipelineTrace, resultsOfPipelineTrace } from './pipeline-trace.ts'

/** What stands for every number of a document; read when asked for where that reads files which are often written anew. */
export const claims: Record<string, Claim[] | (() => Promise<Claim[]>)> = {
  'README.md': readme,
  'exercises/README.md': [],
  'exercises/01-pipeline-inspection/README.md': briefOfPipelineInspection,
  'exercises/01-pipeline-inspection/what-just-happened.md': resultsOfPipelineInspection,
  'exercises/02-joint-attention/README.md': briefOfJointAttention,
  'exercises/02-joint-attention/what-just-happened.md': [...resultsOfJointAttention, ...wordMaps],
  'exercises/03-flow-matching-steps/README.md': briefOfFlowMatchingSteps,
  'exercises/03-flow-matching-steps/what-just-happened.md': async () => [
    ...resultsOfFlowMatchingSteps,
    ...silentEncoders,
    ...(await import('./twin.ts')).twin,
  ],
  'exercises/04-pipeline-trace/README.md': briefOfPipelineTrace,
  'exercises/04-pipeline-trace/what-just-happened.md': resultsOfPipelineTrace,
  'grader/README.md': grader,
  'harness/README.md': harness,
  'models/README.md': models,
  'models/training/README.md': async () => (await import('./training.ts')).training,
  'models/parity/README.md': parity,
  'harness/fixtures/README.md': fixtures,
  'grader/attacks/README.md': attacks,
  'grader/class/README.md': gradedClass,
  'grader/mutation/README.md': mutation,
}

/** Documents whose numbers nobody claims, and why they need not. */
export const written: Record<string, string> = {
  'models/attention/result.md': 'npm run attention writes it',
  'models/cost/BENCHMARKS.md': 'npm run cost writes it',
  'models/devices/result.md': 'npm run devices writes it',
  'models/encoders/result.md': 'npm run encoders writes it',
  'models/judge/result.md': 'npm run judge writes it',
  'models/twin/result.md': 'npm run twin writes it',
  'models/parity/BENCHMARKS.md': 'models/parity/run.sh writes it',
  'grader/class/result.md': 'grader/class/bench.ts writes it',
  'grader/mutants/README.md': 'npm run misconceptions writes it, and a test compares',
  'grader/mutation/result.md': 'npm run mutation writes it',
  'grader/similarity/README.md': 'npm run similarity -- --measure prints its table',
  'grader/writers/schemas/README.md': 'versions and years of what others wrote',
}
