import { execFile } from 'node:child_process'
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { parseOptions, runCommand } from '../../harness/cli/command.ts'
import { Checkpoint } from '../../harness/checkpoint/checkpoint.ts'
import { ConfigReader } from '../../harness/config-reader.ts'
import { Model } from '../../harness/model.ts'
import { networkOf } from '../../harness/networks/index.ts'
import { NetworkBuilder } from '../../harness/networks/network-builder.ts'
import { relativePositionBuckets } from '../../harness/networks/t5-encoder.ts'
import { chooseDevice } from '../../harness/runtime/choose-device.ts'
import { readDriver, usedGpu } from '../../harness/runtime/nvidia-smi.ts'
import type { Feed } from '../../harness/runtime/session.ts'
import { zeros } from '../../harness/tensor.ts'

const run = promisify(execFile)
const medium = fileURLToPath(new URL('../sd3-medium', import.meta.url))

/** Sizes of which two give a slope and the third says whether it is a line. */
const subjects: Record<string, number[]> = {
  transformer: [512, 768, 1024],
  vae: [256, 384, 512],
  text_encoder_3: [128, 256, 512],
}

/**
 * Measures what `harness/memory-plan.ts` estimates activations from: how the memory of SD3 Medium's networks, of few
 * layers and with zeros for weights, grows with the picture. Memory is reused from layer to layer, so two will do.
 */
await runCommand(async () => {
  const {
    positionals: [name, size],
  } = parseOptions(
    {
      does: "Measures how the memory of SD3 Medium's networks grows with the picture; of NETWORK at SIZE only.",
      operands: '[NETWORK SIZE]',
    },
    'npx tsx models/parity/memory-growth.ts',
  )
  if (name) return console.log(JSON.stringify(await measure(name, Number(size))))
  for (const [subject, sizes] of Object.entries(subjects)) {
    const points: Point[] = []
    for (const each of sizes) {
      const { stdout } = await run(
        process.execPath,
        [...process.execArgv, fileURLToPath(import.meta.url), subject, String(each)],
        { maxBuffer: 2 ** 26 },
      )
      points.push(
        JSON.parse(stdout.trim().split('\n').at(-1)!) as { values: number; bytes: number; element: number },
      )
    }
    const alive = (from: number, to: number) =>
      (points[to].bytes - points[from].bytes) / (points[to].values - points[from].values) / points[0].element
    const list = sizes.map((each, i) => `${each}: ${(points[i].bytes / 1e6).toFixed(0)} MB`).join(', ')
    console.log(
      `${subject}  ${alive(0, 1).toFixed(1)} and ${alive(1, 2).toFixed(1)} values alive each  (${list})`,
    )
  }
})

interface Point {
  /** Of the widest stream. */
  values: number
  bytes: number
  /** Bytes each. */
  element: number
}

async function measure(name: string, size: number) {
  const device = await chooseDevice()
  const component = await (await Checkpoint.open(medium)).required(name)
  const shallow = { ...component.config.read, ...(await raw(component.folder)), num_layers: 2 }
  const config = new ConfigReader(shallow, component.name)
  const network = networkOf(component.className)
  const folder = await mkdtemp(join(tmpdir(), 'memory-growth-'))
  try {
    const builder = NetworkBuilder.create()
    for (const define of Object.values(network.parts)) define(builder, config)
    await writeZeros(join(folder, 'model.safetensors'), [...builder.parameters, ...builder.buffers])
    const model = new Model(network, { folder, config }, device)
    // A small run first: what loading takes is not what is asked for.
    const first = inputs(name, 64, config)
    await model.run(first.part, first.feeds)
    const before = device.name === 'cuda' ? await used() : await startPeak()
    const { part, feeds, values } = inputs(name, size, config)
    await model.run(part, feeds)
    // The arena on CUDA keeps its largest size until the model is released.
    const bytes = (device.name === 'cuda' ? await used() : await memoryField('VmHWM')) - before
    await model.release()
    const element = device.type === 'float16' && name !== 'text_encoder_3' ? 2 : 4
    return { values, bytes, element }
  } finally {
    await rm(folder, { recursive: true })
  }
}

function inputs(name: string, size: number, config: ConfigReader) {
  const feeds: Record<string, Feed> = {}
  if (name === 'transformer') {
    const width = config.number('num_attention_heads') * config.number('attention_head_dim')
    feeds.hidden_states = zeros([2, config.number('in_channels'), size / 8, size / 8])
    feeds.context = zeros([2, 333, width])
    feeds.pooled_projections = zeros([2, config.number('pooled_projection_dim')])
    feeds.timestep = zeros([2])
    return { part: 'transformer', feeds, values: 2 * ((size / 16) ** 2 + 333) * width }
  }
  if (name === 'vae') {
    feeds.latent_sample = zeros([1, config.number('latent_channels'), size / 8, size / 8])
    return { part: 'decoder', feeds, values: size ** 2 * config.numbers('block_out_channels')[0] }
  }
  feeds.input_ids = { dims: [1, size], data: new BigInt64Array(size) }
  feeds.relative_position_buckets = { dims: [size, size], data: relativePositionBuckets(size, 32, 128) }
  return { part: 'encoder', feeds, values: size * config.number('d_model') }
}

/** A sparse file: zeros take no room on the disk. */
async function writeZeros(path: string, tensors: { name: string; shape: number[] }[]): Promise<void> {
  let offset = 0
  const header: Record<string, unknown> = {}
  for (const { name, shape } of tensors) {
    const bytes = 4 * shape.reduce((product, size) => product * size, 1)
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + bytes] }
    offset += bytes
  }
  const json = Buffer.from(JSON.stringify(header))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(json.length))
  const file = await open(path, 'w')
  await file.write(Buffer.concat([length, json]))
  await file.truncate(8 + json.length + offset)
  await file.close()
}

async function raw(folder: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')) as Record<string, unknown>
}

async function used(): Promise<number> {
  const driver = await readDriver()
  const gpu = driver && usedGpu(driver)
  return gpu ? gpu.totalBytes - gpu.freeBytes : 0
}

/** Forgets the highest resident memory so far. @returns what is resident now */
async function startPeak(): Promise<number> {
  await writeFile('/proc/self/clear_refs', '5')
  return memoryField('VmRSS')
}

async function memoryField(name: string): Promise<number> {
  const status = await readFile('/proc/self/status', 'utf8')
  return Number(new RegExp(`${name}:\\s*(\\d+) kB`).exec(status)?.[1]) * 1024
}
