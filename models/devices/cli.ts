import { join } from 'node:path'
import { DeviceError, savePng, StableDiffusion3Pipeline, type Image } from '#harness'
import { countOption, parseOptions, runCommand } from '../../harness/cli/command.ts'
import { folderDestination } from '../../harness/cli/destination.ts'
import { modelFolder } from '../../harness/cli/model-folder.ts'
import { progressLine } from '../../harness/cli/progress.ts'
import { ArgumentError } from '../../harness/errors.ts'
import { drawCaptions, type Wanted } from '../judge/draw-captions.ts'
import { heldOutCaptions, spread } from '../judge/held-out.ts'
import { native, sizeInWords, sizesOption, type Size } from '../judge/sizes.ts'
import { markdownTable } from '../markdown-table.ts'
import { commandLine, provenance, resultFolder, resultHelp, writeResultFiles } from '../result-files.ts'
import { differenceOf, overall, type Difference } from './difference.ts'

/** Levels of 255 that a value may differ by for exit code 0: nobody sees that. */
const allowed = 4
const enough = 8
const standardSizes = '256x256,512x512,256x384'
const standard = { numInferenceSteps: 28, guidanceScale: 7, batch: 1 }
const accelerators = ['cuda', 'webgpu']

/** Draws captions from the same seeds on the CPU and on another device: are the pictures the same? */
await runCommand(async () => {
  const { values } = parseOptions(
    {
      does: 'Draws pictures from the same seeds on the CPU and on another device, and says how far they lie apart.',
      options: {
        device: { type: 'string', takes: accelerators.join('|'), default: 'cuda', does: 'the other one' },
        captions: { type: 'string', takes: 'N', does: `held-out captions at each size (${enough})` },
        sizes: {
          type: 'string',
          takes: 'HxW,…',
          default: standardSizes,
          does: 'of the pictures',
        },
        steps: { type: 'string', takes: 'N', does: `steps of a picture (${standard.numInferenceSteps})` },
        out: { type: 'string', takes: 'DIR', does: 'keeps the pictures there' },
        result: { type: 'string', takes: 'DIR', does: resultHelp },
      },
    },
    'npm run devices',
  )
  const { device } = values
  if (!accelerators.includes(device))
    throw new ArgumentError(
      `--device is "${device}", and the CPU is held against another device.`,
      `Pass ${accelerators.join(' or ')}.`,
    )
  const given = sizesOption(values.sizes)
  const sizes = given.length > 0 ? given : [native]
  const count = countOption('captions', values.captions) ?? enough
  const numInferenceSteps = countOption('steps', values.steps) ?? standard.numInferenceSteps
  const named = sizes.map(sizeInWords)
  const isWhole =
    device === accelerators[0] && // of which the result beside this command speaks
    count >= enough &&
    sizesOption(standardSizes).every((size) => named.includes(sizeInWords(size))) &&
    numInferenceSteps === standard.numInferenceSteps
  const folder = resultFolder(values.result, new URL(import.meta.url), isWhole)
  if (values.out !== undefined) folderDestination('--out', values.out)
  const entries = spread(await heldOutCaptions(), count)
  const wanted = entries.map(({ base: { caption } }, seed) => ({ caption, seed }))

  const other = await StableDiffusion3Pipeline.fromPretrained(modelFolder(), { device })
  if (other.device.name !== device) {
    await other.release()
    throw new DeviceError(`${device} cannot be used here.`, 'npm run doctor says what is missing.')
  }
  const pipes = [await StableDiffusion3Pipeline.fromPretrained(modelFolder(), { device: 'cpu' }), other]
  const progress = progressLine('drawing', 2 * sizes.length * wanted.length)
  const rows: { size: Size; pictures: number; difference: Difference }[] = []
  let done = 0
  for (const size of sizes) {
    const drawn: Image[][] = []
    for (const pipe of pipes) {
      const images: Image[] = []
      for await (const image of drawCaptions(pipe, wanted, { ...standard, ...size, numInferenceSteps })) {
        images.push(image)
        if (values.out !== undefined)
          await savePng(join(values.out, fileName(wanted[images.length - 1], size, pipe)), image)
        progress.update(++done)
      }
      drawn.push(images)
    }
    const [expected, actual] = drawn
    const difference = overall(actual.map((image, i) => differenceOf(image, expected[i])))
    rows.push({ size, pictures: actual.length, difference })
  }
  progress.end()

  const table = markdownTable(
    ['size', 'pictures', 'largest difference', 'mean', 'values that are the same'],
    rows.map(({ size, pictures, difference: { largest, mean, same, values } }) => {
      const share = `${((100 * same) / values).toFixed(2)} %`
      return [sizeInWords(size), String(pictures), String(largest), mean.toFixed(4), share]
    }),
  )
  const { largest } = overall(rows.map(({ difference }) => difference))
  const verdict = `The CPU's pictures and those of ${device} differ by at most ${largest} of 255 levels; ${allowed} are allowed.`
  console.log(`\n${table}\n\n${verdict}`)
  if (folder !== null) {
    const { captions, sizes, steps } = values
    const command = commandLine('devices', { device, captions, sizes, steps })
    const how = `${numInferenceSteps} steps, guidance ${standard.guidanceScale}; ${device} computed in ${other.device.type}. In levels of 255.`
    const result = { provenance: await provenance(command, device), ...standard, numInferenceSteps, rows }
    await writeResultFiles(folder, `The same pictures on the CPU and on ${device}`, result, [
      how,
      table,
      verdict,
    ])
    console.log(`Written: ${join(folder, 'result.json')} and result.md.`)
  }
  for (const pipe of pipes) await pipe.release()
  return largest <= allowed ? 0 : 1
})

function fileName({ seed }: Wanted, { height, width }: Size, pipe: StableDiffusion3Pipeline): string {
  return `${seed}-${height}x${width}-${pipe.device.name}.png`
}
