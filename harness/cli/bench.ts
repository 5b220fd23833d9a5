import { cpus } from 'node:os'
import { manualSeed, StableDiffusion3Pipeline } from '../index.ts'
import { describeMemory } from '../runtime/memory-mode.ts'
import { countOption, parseOptions, runCommand } from './command.ts'
import { modelFolder } from './model-folder.ts'

const memoryModes = 'auto|resident|sequential|small'
const sizes = [
  [128, 192],
  [256, 256],
  [512, 512],
]

/** Times what a picture is made of, and prints a table: the median of some repeats after one run to warm up. */
await runCommand(async () => {
  const { values } = parseOptions(
    {
      does: 'Times what a picture is made of, and prints a table: medians after one run to warm up.',
      options: {
        repeats: { type: 'string', takes: 'N', does: 'of how many runs the median is taken (5)' },
        memory: { type: 'string', takes: memoryModes, does: 'what is kept in memory (auto)' },
      },
    },
    'npm run bench',
  )
  const { memory } = values
  const repeats = countOption('repeats', values.repeats) ?? 5
  const prompt = 'a cat sitting on a beach at sunset'

  const started = performance.now()
  const pipe = await StableDiffusion3Pipeline.fromPretrained(modelFolder(), { ...(memory && { memory }) })
  const embeddings = await pipe.encodePrompt({ prompt })
  const opened = performance.now() - started
  const [processor] = cpus()
  console.log(
    `${modelFolder()} on ${pipe.device.name} (${cpus().length} × ${processor.model.trim()}), Node ${process.version}`,
  )
  console.log(describeMemory(pipe.memory))
  row('open, load and encode, once', opened)
  row('encode a prompt and its negative', await median(repeats, () => pipe.encodePrompt({ prompt })))

  const { in_channels: channels } = (await pipe.components()).transformer.config as { in_channels: number }
  for (const [height, width] of sizes) {
    const latents = manualSeed(42).randn([1, channels, height / 8, width / 8])
    const options = { embeddings, latents, height, width, outputType: 'latent' } as const
    const steps = 4
    const denoise = await median(repeats, () => pipe.generate({ ...options, numInferenceSteps: steps }))
    row(`guided step at ${height} × ${width}`, denoise / steps)
    row(`decode ${height} × ${width}`, await median(repeats, () => pipe.vaeDecode(latents)))
  }
  const picture = await median(1, () => pipe.generate({ prompt, seed: 42 }))
  row('whole picture, 28 steps at the native size', picture)
  await pipe.release()
})

async function median(repeats: number, run: () => Promise<unknown>): Promise<number> {
  await run()
  const times: number[] = []
  for (let i = 0; i < repeats; i++) {
    const started = performance.now()
    await run()
    times.push(performance.now() - started)
  }
  return times.sort((a, b) => a - b)[repeats >> 1]
}

function row(what: string, milliseconds: number): void {
  console.log(`${what.padEnd(46)}${milliseconds.toFixed(1).padStart(10)} ms`)
}
