import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ArgumentError, ConfigReader, manualSeed, Model, networkOf, type Tensor } from '#harness'
import { Graph } from '../../harness/graph/graph.ts'
import { Operators } from '../../harness/graph/operators.ts'
import { devices, type Device, type DeviceName } from '../../harness/runtime/device.ts'
import { Session } from '../../harness/runtime/session.ts'
import { CaseTensors, readCases } from './reference-case.ts'
import { difference, median } from './relative-error.ts'

const WARM_UP = 3
const TEXT_TOKENS = 333

/** What one variant took: milliseconds by size `HEIGHTxWIDTH`. */
export interface VariantTimes {
  loadSeconds: number
  /** A guided step as in a picture: its text was projected before. */
  step: Record<string, { median: number; smallest: number }>
  /** The same with the text projected at every step, as bench.ts times it. */
  stepWithText: Record<string, number>
  decode: Record<string, number>
  /** Relative error against diffusers in float32 over diffusers' own in float16, where reference.py has stored cases. */
  ratio: Record<string, number>
}

/** What the process that times a variant is asked for. */
export interface VariantRequest {
  work: string
  checkpoint: string
  sizes: [height: number, width: number][]
  repeats: number
  decode: boolean
}

export interface VariantAnswer {
  times?: VariantTimes
  /** The velocities that were predicted, by size, for comparison with another variant's. */
  samples?: Record<string, Tensor>
  error?: string
}

/** Times the variant that this process's environment is. */
export async function timeVariant(request: VariantRequest): Promise<VariantAnswer> {
  const { work, checkpoint, sizes, repeats, decode } = request
  const device = deviceOf(process.env.SD3_DEVICE || 'cpu')
  const folder = join(work, 'checkpoints', checkpoint)
  const transformer = await openModel(join(folder, 'transformer'), 'SD3Transformer2DModel', device)
  const times: VariantTimes = { loadSeconds: 0, step: {}, stepWithText: {}, decode: {}, ratio: {} }
  const samples: Record<string, Tensor> = {}
  const { config } = transformer
  const channels = config.number('in_channels', 16)
  for (const [height, width] of sizes) {
    const size = `${height}x${width}`
    const random = manualSeed(42)
    const latents = [2, channels, height / 8, width / 8]
    const feeds = {
      hidden_states: random.randn(latents),
      pooled_projections: random.randn([2, config.number('pooled_projection_dim', 2048)]),
      timestep: { dims: [2], data: Float32Array.of(500, 500) },
    }
    const text = random.randn([2, TEXT_TOKENS, config.number('joint_attention_dim', 4096)])
    const project = async () => (await transformer.run('context', { encoder_hidden_states: text })).context
    const context = await project()
    const step = async () =>
      (samples[size] = (await transformer.run('transformer', { ...feeds, context })).sample)
    const first = await seconds(step)
    times.loadSeconds ||= first
    const steps = await timesOf(repeats, step)
    times.step[size] = { median: median(steps), smallest: Math.min(...steps) }
    const whole = async () => transformer.run('transformer', { ...feeds, context: await project() })
    times.stepWithText[size] = median(await timesOf(Math.ceil(repeats / 4), whole))
  }
  times.ratio = await againstReference(transformer, work, checkpoint)
  await transformer.release()
  const answer: VariantAnswer = { times, samples }
  try {
    if (decode) await timeDecoder(join(folder, 'vae'), device, request, answer)
    if (device.name === 'cuda') await showAttention(config, sizes[sizes.length - 1], device)
  } catch (error) {
    answer.error = (error as Error).message
  }
  return answer
}

async function timeDecoder(
  folder: string,
  device: Device,
  { sizes, repeats }: VariantRequest,
  { times, samples }: VariantAnswer,
): Promise<void> {
  const vae = await openModel(folder, 'AutoencoderKL', device)
  for (const [height, width] of sizes) {
    const size = `${height}x${width}`
    const latent = manualSeed(7).randn([1, vae.config.number('latent_channels', 4), height / 8, width / 8])
    const run = async () =>
      (samples![`decode ${size}`] = (await vae.run('decoder', { latent_sample: latent })).sample)
    times!.decode[size] = median(await timesOf(Math.ceil(repeats / 4), run))
  }
  await vae.release()
}

function deviceOf(name: string): Device {
  if (Object.hasOwn(devices, name)) return devices[name as DeviceName]
  throw new ArgumentError(
    `There is no device "${name}".`,
    `Set SD3_DEVICE to ${Object.keys(devices).join(', ')}.`,
  )
}

async function openModel(folder: string, className: string, device: Device): Promise<Model> {
  const path = join(folder, 'config.json')
  const config = new ConfigReader(JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>, path)
  return new Model(networkOf(className), { folder, config }, device)
}

async function againstReference(
  model: Model,
  work: string,
  checkpoint: string,
): Promise<Record<string, number>> {
  const folder = join(work, 'reference')
  const cases = await readCases(folder).catch(() => [])
  const ratio: Record<string, number> = {}
  for (const reference of cases) {
    if (reference.kind !== 'transformer' || reference.checkpoint !== checkpoint) continue
    const tensors = await CaseTensors.read(folder, reference)
    const ratios: number[] = []
    for (let seed = 0; seed < reference.seeds; seed++) {
      const { encoder_hidden_states, ...inputs } = tensors.group(seed, 'input')
      const { context } = await model.run('context', { encoder_hidden_states })
      const { sample } = await model.run('transformer', { ...inputs, context })
      const exact = tensors.group(seed, 'fp32').sample
      const half = tensors.group(seed, 'fp16').sample
      ratios.push(difference(sample, exact).relative / difference(half, exact).relative)
    }
    ratio[`${reference.height}x${reference.width}`] = median(ratios)
  }
  return ratio
}

/** Has onnxruntime print which kernel it chooses for the joint attention: it does so in a session of its own. */
async function showAttention(config: ConfigReader, [height, width]: number[], device: Device): Promise<void> {
  process.env.ORT_ENABLE_ATTENTION_KERNEL_DEBUG_INFO = '1'
  const [heads, headDim] = [config.number('num_attention_heads', 18), config.number('attention_head_dim', 64)]
  const patch = 8 * config.number('patch_size', 2)
  const dims = [2, (height / patch) * (width / patch) + TEXT_TOKENS, heads * headDim]
  const graph = new Graph()
  const ops = new Operators(graph, device.type)
  const x = ops.cast(graph.input('x', 'float32', dims), device.type)
  graph.output('y', ops.cast(ops.multiHeadAttention(x, x, x, heads, headDim), 'float32'), 'float32', dims)
  const session = await Session.create(graph.serialize(), { device: device.name })
  await session.run({ x: { dims, data: new Float32Array(dims[0] * dims[1] * dims[2]) } })
  await session.release()
}

/** Milliseconds of each run after warming up. */
async function timesOf(repeats: number, run: () => Promise<unknown>): Promise<number[]> {
  for (let i = 0; i < WARM_UP; i++) await run()
  const times: number[] = []
  for (let i = 0; i < repeats; i++) times.push(1000 * (await seconds(run)))
  return times
}

async function seconds(run: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await run()
  return (performance.now() - started) / 1000
}
