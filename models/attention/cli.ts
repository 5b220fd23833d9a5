import { join } from 'node:path'
import { savePng, StableDiffusion3Pipeline } from '#harness'
import { countOption, parseOptions, runCommand } from '../../harness/cli/command.ts'
import { modelFolder } from '../../harness/cli/model-folder.ts'
import { progressLine } from '../../harness/cli/progress.ts'
import { ArgumentError } from '../../harness/errors.ts'
import { commandLine, provenance, resultFolder, resultHelp, writeResultFiles } from '../result-files.ts'
import { CaptionReader } from './caption-words.ts'
import { mapFigure } from './figure.ts'
import { Findings, weigh } from './findings.ts'
import { AttentionProbe, fits } from './measure.ts'
import { openRenders } from './renders.ts'
import { blockTable, measureTable, foundTable, settingInWords, wordTable } from './tables.ts'

const isForChoosing = (render: number) => render % 2 === 0

/**
 * Does joint attention know where things are? Renders whose masks are known are noised and shown to the transformer
 * with their captions; the attention between a thing's words and the image patches is a map, held against its mask.
 * Block, noise level, words and measure are chosen on every other picture; what they find is measured on the rest.
 */
await runCommand(async () => {
  const { values } = parseOptions(
    {
      does: 'Holds the attention between words and image patches against the places of things in renders.',
      options: {
        renders: { type: 'string', takes: 'N', does: 'how many renders, from the first on (all)' },
        sigmas: { type: 'string', takes: 'σ,…', does: 'noise levels to look at (0.3,0.5,0.7,0.85)' },
        result: { type: 'string', takes: 'DIR', does: resultHelp },
      },
    },
    'npm run attention',
  )
  const sigmas = sigmasOption(values.sigmas) ?? [0.3, 0.5, 0.7, 0.85]
  const all = await openRenders()
  const renders = all.slice(0, countOption('renders', values.renders))
  if (renders.length < 4) throw new ArgumentError('--renders is too small.', 'Pass at least 4.')

  const isWhole = renders.length === all.length && values.sigmas === undefined
  const to = resultFolder(values.result, new URL(import.meta.url), isWhole)
  const folder = modelFolder()
  const pipe = await StableDiffusion3Pipeline.fromPretrained(folder)
  const probe = await AttentionProbe.create(pipe, await CaptionReader.open(folder))
  const progress = progressLine('looking', renders.length)
  const findings = new Findings()
  for (const [index, render] of renders.entries()) {
    for await (const look of probe.look(render, sigmas, index))
      for (const { setting, fit } of fits(render, look)) findings.add(setting, { ...fit, render: index })
    progress.update(index + 1)
  }
  progress.end()

  const [{ iou: _, auroc: __, ...chosen }] = findings.means(isForChoosing).sort((a, b) => b.iou - a.iou)
  const own = findings.of(chosen)
  const found = weigh(
    own.filter(({ render }) => !isForChoosing(render)),
    renders,
  )
  const means = findings.means()
  const body = [
    `A map is the attention between a thing's words and the image patches, mean over the heads. Of each map the highest patches are taken, as many as the thing's mask has.`,
    `Chosen on every other picture: ${settingInWords(chosen)}. On the other ${found.renders} pictures, ${found.things} things (± is the 95 % interval of the mean over pictures):`,
    foundTable(found),
    `Around that choice, on all ${renders.length} pictures, one thing changed at a time. By who asks, block and noise level (the last block's text half is thrown away, so nothing teaches its words to look):`,
    blockTable(means, chosen),
    `By word and encoder:`,
    wordTable(means, chosen),
    `By block and what is made of the attention:`,
    measureTable(means, chosen),
  ]
  console.log(`\n${body.join('\n\n')}\n`)

  if (to !== null) {
    const command = commandLine('attention', { renders: values.renders, sigmas: values.sigmas })
    const result = { provenance: await provenance(command, pipe.device.name), chosen, found, means }
    await writeResultFiles(to, 'Where words find their things', result, body)
    await savePng(join(to, 'maps.png'), await mapFigure(renders, own, chosen))
    console.log(`Written: ${join(to, 'result.json')}, result.md and maps.png.`)
  } else console.log('Not written to models/attention: that takes all renders and sd3-nano, or --result DIR.')
  await pipe.release()
  const isAboveChance =
    found.iou - found.uncertainty > Math.max(found.chance, found.otherThing.iou, found.samePlace.iou)
  return isAboveChance ? 0 : 1
})

function sigmasOption(text: string | undefined): number[] | undefined {
  const sigmas = text?.split(',').map(Number)
  if (sigmas === undefined || sigmas.every((sigma) => sigma > 0 && sigma <= 1)) return sigmas
  throw new ArgumentError(
    `--sigmas is "${text}".`,
    'Pass noise levels above 0 and up to 1, such as --sigmas 0.3,0.7.',
  )
}
