import type { GraphForm } from '../../harness/networks/graph-forms.ts'

/** One way to run the transformer, as environment variables of the process that runs it. */
export interface Variant {
  name: string
  environment: Record<string, string>
  /** Whether the VAE's decoder is timed too. */
  decode?: boolean
}

const graph = (...forms: GraphForm[]) => ({ SD3_GRAPH: forms.join(',') })
const options = (text: string) => ({ SD3_CUDA_OPTIONS: text })

/** onnxruntime reads these when a session opens (contrib_ops/cpu/bert/attention_common.h). */
const cudnn = { ORT_ENABLE_CUDNN_FLASH_ATTENTION: '1', ORT_DISABLE_FLASH_ATTENTION: '1' }
const flash = { ORT_ENABLE_CUDNN_FLASH_ATTENTION: '0' }
const tuned = { ORT_CUDA_TUNABLE_OP_ENABLE: '1', ORT_CUDA_TUNABLE_OP_TUNING_ENABLE: '1' }
const lean = ['shared-modulation', 'separate-queries', 'folded-bias', 'merged-text'] as const
const past = ['shared-modulation', 'text-as-past', 'folded-bias', 'merged-text'] as const

/** In the order of what they promise, so that a run that must stop early has seen most. */
export const variants: Variant[] = [
  { name: 'baseline', environment: graph(), decode: true },
  { name: 'lean', environment: graph(...lean) },
  { name: 'past', environment: graph(...past) },
  { name: 'cudnn', environment: { ...graph(), ...cudnn } },
  { name: 'lean+cudnn', environment: { ...graph(...lean), ...cudnn } },
  { name: 'past+cudnn', environment: { ...graph(...past), ...cudnn } },
  { name: 'packed+shared', environment: graph('packed-qkv', 'shared-modulation') },
  { name: 'shared-modulation', environment: graph('shared-modulation') },
  { name: 'separate-queries', environment: graph('separate-queries') },
  { name: 'folded-bias', environment: graph('folded-bias') },
  { name: 'merged-text', environment: graph('merged-text') },
  { name: 'text-as-past', environment: graph('text-as-past') },
  { name: 'gemm', environment: graph('gemm') },
  { name: 'lean+gemm', environment: graph(...lean, 'gemm') },
  { name: 'lean+pinned', environment: { ...graph(...lean), SD3_PINNED: '1' } },
  { name: 'group-norm', environment: graph('group-norm'), decode: true },
  {
    name: 'group-norm+nhwc',
    environment: { ...graph('group-norm'), ...options('prefer_nhwc=1') },
    decode: true,
  },
  { name: 'exact-group-norm', environment: graph('exact-group-norm'), decode: true },
  { name: 'nhwc option', environment: { ...graph(), ...options('prefer_nhwc=1') }, decode: true },
  { name: 'cudnn option', environment: { ...graph(), ...options('sdpa_kernel=8') } },
  {
    name: 'lean+unified-stream',
    environment: { ...graph(...lean), ...options('use_ep_level_unified_stream=1') },
  },
  { name: 'lean+tuned', environment: { ...graph(...lean), ...tuned } },
  { name: 'flash', environment: { ...graph(), ...flash } },
  { name: 'lean+cuda-graph', environment: { ...graph(...lean), ...options('enable_cuda_graph=1') } },
  { name: 'baseline again', environment: graph(), decode: true },
]
