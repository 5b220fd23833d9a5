import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ArgumentError, savePng, StableDiffusion3Pipeline, type Sampler } from '../index.ts'
import { describeMemory } from '../runtime/memory-mode.ts'
import { countOption, numberOption, parseOptions, runCommand } from './command.ts'
import { modelFolder } from './model-folder.ts'
import { progressLine } from './progress.ts'

const usage =
  'npm run generate -- --prompt "…" [--negative "…"] [--seed N] [--steps N] [--sampler euler|ddim|ddpm] [--guidance N] [--height N] [--width N] [--memory auto|resident|sequential|small] [--out FILE.png]'

/** Draws one picture and says how long it took. */
await runCommand(async () => {
  const { values } = parseOptions(
    {
      options: {
        prompt: { type: 'string' },
        negative: { type: 'string' },
        seed: { type: 'string' },
        steps: { type: 'string' },
        sampler: { type: 'string' },
        guidance: { type: 'string' },
        height: { type: 'string' },
        width: { type: 'string' },
        memory: { type: 'string' },
        out: { type: 'string', default: 'out/picture.png' },
      },
    },
    usage,
  )
  const { prompt, negative, sampler, memory, out } = values
  if (prompt === undefined) throw new ArgumentError('There is no --prompt.', `Usage: ${usage}`)
  if (!out.endsWith('.png'))
    throw new ArgumentError(`--out is "${out}".`, 'Pass a file name that ends in .png.')
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
  await mkdir(dirname(out), { recursive: true })
  await savePng(out, image)
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(
    `${out}: ${image.width}×${image.height}, seed ${seed}, ${numInferenceSteps} steps, ${seconds} s on ${pipe.device.name}`,
  )
})
