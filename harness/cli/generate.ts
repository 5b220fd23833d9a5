import { ArgumentError, savePng, StableDiffusion3Pipeline, type Sampler } from '../index.ts'
import { describeMemory } from '../runtime/memory-mode.ts'
import { countOption, numberOption, parseOptions, runCommand } from './command.ts'
import { fileDestination } from './destination.ts'
import { modelFolder } from './model-folder.ts'
import { progressLine } from './progress.ts'
import { usageLine } from './usage.ts'

const config = {
  does: 'Draws one picture and says how long it took.',
  options: {
    prompt: {
      type: 'string',
      takes: '"…"',
      required: true,
      does: 'what to draw; the only option that must be given',
    },
    negative: { type: 'string', takes: '"…"', does: 'what to draw away from' },
    seed: { type: 'string', takes: 'N', does: 'the noise to start from: the same seed, the same picture' },
    steps: { type: 'string', takes: 'N', does: 'how many steps from noise to picture (28)' },
    sampler: { type: 'string', takes: 'euler|ddim|ddpm', does: "how to step (the checkpoint's own way)" },
    guidance: { type: 'string', takes: 'N', does: 'how strongly the prompt steers; up to 1 not at all (7)' },
    height: {
      type: 'string',
      takes: 'PIXELS',
      does: 'height of the picture (what the model was trained at)',
    },
    width: { type: 'string', takes: 'PIXELS', does: 'its width, likewise' },
    memory: {
      type: 'string',
      takes: 'auto|resident|sequential|small',
      does: 'what is kept in memory (auto)',
    },
    out: { type: 'string', takes: 'FILE.png', default: 'out/picture.png', does: 'where to' },
  },
} as const
const call = 'npm run generate'

/** Draws one picture and says how long it took. */
await runCommand(async () => {
  const { values } = parseOptions(config, call)
  const { prompt, negative, sampler, memory, out } = values
  if (prompt === undefined)
    throw new ArgumentError('There is no --prompt.', `Usage: ${usageLine(call, config)}`)
  if (!out.endsWith('.png'))
    throw new ArgumentError(`--out is "${out}".`, 'Pass a file name that ends in .png.')
  fileDestination('--out', out)
  const numInferenceSteps = countOption('steps', values.steps) ?? 28
  const numbers = {
    seed: numberOption('seed', values.seed),
    guidanceScale: numberOption('guidance', values.guidance),
    height: numberOption('height', values.height),
    width: numberOption('width', values.width),
  }
  const given = Object.fromEntries(Object.entries(numbers).filter(([, value]) => value !== undefined))

  const started = performance.now()
  const pipe = await StableDiffusion3Pipeline.fromPretrained(modelFolder(), { ...(memory && { memory }) })
  console.log(describeMemory(pipe.memory))
  const progress = progressLine('denoising', numInferenceSteps)
  const drawing = pipe.generate({
    ...given,
    prompt,
    ...(negative !== undefined && { negativePrompt: negative }),
    numInferenceSteps,
    // What no checkpoint has is refused by name, with those that this one has.
    ...(sampler !== undefined && { sampler: sampler as Sampler }),
    callbackOnStepEnd: (_, step) => progress.update(step + 1),
  })
  const { images, seed } = await drawing.finally(() => progress.end())
  await pipe.release()
  const [image] = images
  await savePng(out, image)
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(
    `${out}: ${image.width}×${image.height}, seed ${seed}, ${numInferenceSteps} steps, ${seconds} s on ${pipe.device.name}`,
  )
})
