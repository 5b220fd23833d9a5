import { join } from 'node:path'
import { manualSeed, savePng } from '#harness'
import { countOption, parseOptions, runCommand } from '../../harness/cli/command.ts'
import type { Device } from '../../harness/runtime/device.ts'
import { usedForm } from './graph-form.ts'
import { describeMachine, type Machine } from './machine.ts'
import { openPipeline } from './open-pipeline.ts'
import { checkpoint, sizes, workFolder } from './options.ts'
import { median } from './relative-error.ts'
import { writeResult } from './results.ts'

const call = 'npx tsx models/parity/bench.ts'
const config = {
  does: "Times the harness' steps, decodings and pictures on this machine.",
  operands: 'WORKDIR',
  options: {
    checkpoint,
    sizes,
    steps: { type: 'string', takes: 'N', default: '28', does: 'steps of a picture' },
    repeats: { type: 'string', takes: 'N', default: '20', does: 'how often a step is timed' },
    'first-picture': {
      type: 'boolean',
      default: false,
      does: 'draws one picture, prints "PICTURE" and ends',
    },
  },
} as const
const PROMPT = 'a cat sitting on a beach at sunset'
const WARM_UP = 3
/** Height and width of a picture so small that a step is little else than launches and copies. */
const SMALLEST = [64, 64] as const

/** Seconds by what was measured; bench_diffusers.py stores the same names. */
export interface SizeTimes {
  firstStepSeconds?: number
  stepSeconds?: number
  decodeSeconds?: number
  pictureSeconds?: number
}

/** `results/harness-FORM.json` */
export interface BenchResult {
  machine: Machine
  /** Where the pipeline ran, and what it computed in. */
  device: Device
  /** The form of the harness' graphs. */
  form: string
  repeats: number
  loadSeconds?: number
  encodeSeconds?: number
  /** A guided step at {@link SMALLEST}, with as much text as every other. */
  smallestStepSeconds?: number
  /** By `HEIGHTxWIDTH`. */
  sizes: Record<string, SizeTimes>
}

/**
 * Times the harness as bench_diffusers.py times diffusers, on the wall clock: a step counts the copies of its inputs and
 * outputs between Node and the GPU. SD3_GRAPH names the form of the graphs.
 */
await runCommand(async () => {
  const { values, positionals } = parseOptions(config, call)
  const work = workFolder(positionals, call, config)
  const numInferenceSteps = countOption('steps', values.steps)!
  const repeats = countOption('repeats', values.repeats)!
  const sizes = values.sizes.split(',').map((size) => size.split('x').map(Number))
  const folder = join(work, 'checkpoints', values.checkpoint)

  if (values['first-picture']) {
    const [height, width] = sizes[sizes.length - 1]
    const pipe = await openPipeline(folder)
    const { images } = await pipe.generate({ prompt: PROMPT, seed: 42, height, width, numInferenceSteps })
    await savePng(join(work, 'first-picture-harness.png'), images[0])
    console.log('PICTURE')
    return
  }

  const machine = await describeMachine()
  const form = usedForm(machine)
  const pipe = await openPipeline(folder)
  const result: BenchResult = { machine, device: pipe.device, form, repeats, sizes: {} }
  const keep = async (size: string, measured: object) => {
    Object.assign(size ? (result.sizes[size] ??= {}) : result, measured)
    const text = Object.entries(measured).map(
      ([name, value]) => `${name} ${(value as number).toPrecision(4)}`,
    )
    console.log(`harness, ${form} ${size}: ${text.join(', ')}`)
    await writeResult(work, `harness-${form}`, result)
  }

  await keep('', { loadSeconds: await seconds(() => pipe.encodePrompt({ prompt: PROMPT })) })
  const few = Math.max(3, repeats >> 2)
  await keep('', { encodeSeconds: await medianSeconds(few, () => pipe.encodePrompt({ prompt: PROMPT })) })
  const embeddings = await pipe.encodePrompt({ prompt: PROMPT })
  const { in_channels: channels } = (await pipe.components()).transformer.config as { in_channels: number }
  const generator = manualSeed(42)
  const latentsOf = (batch: number, height: number, width: number) =>
    generator.randn([batch, channels, height / 8, width / 8])
  const stepOf = (height: number, width: number) => {
    const inputs = {
      hiddenStates: latentsOf(2, height, width),
      encoderHiddenStates: generator.randn([2, ...embeddings.promptEmbeds.dims.slice(1)]),
      pooledProjections: generator.randn([2, embeddings.pooledPromptEmbeds.dims[1]]),
      timestep: 500,
    }
    return () => pipe.transformer(inputs)
  }
  for (const [height, width] of sizes) {
    const size = `${height}x${width}`
    const latents = latentsOf(1, height, width)
    const step = stepOf(height, width)
    await keep(size, { firstStepSeconds: await seconds(step) })
    await keep(size, { stepSeconds: await medianSeconds(repeats, step) })
    await keep(size, { decodeSeconds: await medianSeconds(few, () => pipe.vaeDecode(latents)) })
    const draw = () => pipe.generate({ prompt: PROMPT, seed: 42, height, width, numInferenceSteps })
    await draw()
    const pictures: number[] = []
    for (let i = 0; i < 3; i++) pictures.push(await seconds(draw))
    await keep(size, { pictureSeconds: median(pictures) })
  }
  await keep('', { smallestStepSeconds: await medianSeconds(repeats, stepOf(...SMALLEST)) })
  await pipe.release()
})

async function medianSeconds(repeats: number, run: () => Promise<unknown>): Promise<number> {
  for (let i = 0; i < WARM_UP; i++) await run()
  const times: number[] = []
  for (let i = 0; i < repeats; i++) times.push(await seconds(run))
  return median(times)
}

async function seconds(run: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await run()
  return (performance.now() - started) / 1000
}
