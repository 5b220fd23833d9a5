import type { Checkpoint, CheckpointComponent } from './checkpoint/checkpoint.ts'
import { bytesPerElement } from './graph/data-type.ts'
import { networkOf } from './networks/index.ts'
import { stagesOf, weightBytes } from './networks/stages.ts'
import type { Device } from './runtime/device.ts'
import type { MemoryNeeds } from './runtime/memory-mode.ts'
import { STAGE_BYTES } from './turns.ts'

const textEncoderFolders = ['text_encoder', 'text_encoder_2', 'text_encoder_3'] as const

/**
 * Values that memory grows by, per value of a network's widest stream: for a transformer per token and width, for the
 * VAE's decoder per pixel and first channel. Measured, not derived: by how much memory rises during a run, between three
 * sizes, with SD3 Medium's widths; the steeper of the two slopes, since arenas grow in jumps (of T5 the one up to SD3's
 * 256 tokens). On the CPU a process' resident memory in float32, on CUDA an H200's in float16, but for T5, whose slope
 * was larger on the CPU. `npx tsx models/parity/memory-growth.ts` prints them anew.
 */
const ALIVE = {
  cpu: { text: 24, transformer: 27, vae: 16 },
  cuda: { text: 24, transformer: 34, vae: 18 },
} as const

/**
 * What CUDA's context, the libraries' workspaces and kernels, and what arenas hold beyond their use take, whatever is
 * loaded: so much that no mode takes more than is said here (models/parity/BENCHMARKS.md).
 */
const CUDA_CONTEXT_BYTES = 1400e6

const TEXT_TOKENS = 77 + 256
/** Pictures in a batch: with guidance every one twice. */
const GUIDED = 2

/**
 * Bytes that each memory mode needs for a guided picture (batch 2), by default of the checkpoint's own size in pixels.
 * Reads configs only.
 *
 * Weights are counted: every parameter and buffer of the graphs in the type it is computed in, such as T5's `wo`
 * in float32 among float16. Activations grow with tokens or pixels and are estimated from {@link ALIVE}. Each loaded
 * graph has an arena of its own, which keeps its largest size until the graph is released; so what stays loaded adds up.
 */
export async function memoryNeeds(
  checkpoint: Checkpoint,
  device: Device,
  size?: { height: number; width: number },
): Promise<MemoryNeeds> {
  const vae = await checkpoint.required('vae')
  const transformer = await checkpoint.required('transformer')
  const encoders = await Promise.all(textEncoderFolders.map((name) => checkpoint.component(name)))
  const alive = device.name === 'cuda' ? ALIVE.cuda : ALIVE.cpu
  const texts = encoders
    .filter((found) => found !== null)
    .map((found) => textBytes(found, alive.text, device))

  const element = bytesPerElement[device.type]
  const context = device.name === 'cuda' ? CUDA_CONTEXT_BYTES : 0
  const channels = vae.config.numbers('block_out_channels', [64])
  const scale = 2 ** (channels.length - 1)
  const native = transformer.config.number('sample_size', 128) * scale
  const { height, width } = size ?? { height: native, width: native }

  const cell = scale * transformer.config.number('patch_size', 2)
  const tokens = (height / cell) * (width / cell) + TEXT_TOKENS
  const inner =
    transformer.config.number('num_attention_heads', 18) * transformer.config.number('attention_head_dim', 64)
  const denoising =
    weightsOf(transformer, ['context', 'transformer'], device) +
    GUIDED * alive.transformer * tokens * inner * element
  const decoding = weightsOf(vae, ['decoder'], device) + alive.vae * height * width * channels[0] * element

  const pictures = denoising + decoding
  return {
    resident: context + texts.reduce((sum, { whole }) => sum + whole, 0) + pictures,
    sequential: context + Math.max(...texts.map(({ whole }) => whole), pictures),
    small: context + Math.max(...texts.map(({ stage }) => stage), denoising, decoding),
  }
}

/** An encoder whole, and the largest stage it can be cut into. T5's stream is float32, whatever the type. */
function textBytes({ className, config }: CheckpointComponent, alive: number, { type }: Device) {
  const width = config.read.d_model ?? config.read.hidden_size
  const activations = alive * TEXT_TOKENS * Number(width) * bytesPerElement.float32
  const network = networkOf(className)
  const stages = stagesOf(network, 'encoder', config, type, STAGE_BYTES)
  return {
    whole: weightBytes(network.parts.encoder, config, type) + activations,
    stage: Math.max(...stages.map((stage) => weightBytes(stage, config, type))) + activations,
  }
}

function weightsOf(
  { className, config }: CheckpointComponent,
  parts: readonly string[],
  { type }: Device,
): number {
  const network = networkOf(className)
  return parts.reduce((sum, part) => sum + weightBytes(network.parts[part], config, type), 0)
}
