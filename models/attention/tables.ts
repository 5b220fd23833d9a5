import { markdownTable } from '../markdown-table.ts'
import { readers, type Reader } from './caption-words.ts'
import type { Found, SettingFit } from './findings.ts'
import { wordings, type Setting, type Wording } from './measure.ts'
import { directions, measures, type Measure } from './word-maps.ts'

const two = (value: number) => value.toFixed(2)
const both = ({ iou, auroc }: { iou: number; auroc: number }) => `${two(iou)} / ${two(auroc)}`

const readBy: Record<Reader, string> = { clip: "CLIP's tokens", t5: "T5's tokens", both: 'tokens of both' }
const ofWords: Record<Wording, string> = { phrase: 'colour and noun', noun: 'noun', colour: 'colour word' }

const measuredAs: Record<Measure, string> = {
  attention: 'attention as it is',
  excess: 'above the mean word',
  share: 'share among the words',
}

/** A setting in words. */
export function settingInWords({ direction, block, sigma, reader, wording, measure }: Setting): string {
  return `${direction}, block ${block}, σ = ${sigma}, ${ofWords[wording]}, ${readBy[reader]}, ${measuredAs[measure]}`
}

/** Finds the mean of one setting. */
function lookUp(means: readonly SettingFit[], setting: Setting): SettingFit {
  const names = Object.keys(setting) as (keyof Setting)[]
  return means.find((one) => names.every((name) => one[name] === setting[name]))!
}

/** The chosen setting against what would be found without looking. */
export function foundTable({ iou, uncertainty, auroc, chance, otherThing, samePlace }: Found): string {
  return markdownTable(
    ['map against', 'IoU', 'AUROC'],
    [
      ['the mask of the thing it names', `${two(iou)} ± ${two(uncertainty)}`, two(auroc)],
      ['the same, patches drawn by lot', two(chance), '0.50'],
      ['the masks of the other things in the picture', two(otherThing.iou), two(otherThing.auroc)],
      ['the masks of what has its place in other pictures', two(samePlace.iou), two(samePlace.auroc)],
    ],
  )
}

/** Who asks and in which block down, noise levels across. The last block's answers to words are thrown away. */
export function blockTable(means: readonly SettingFit[], chosen: Setting): string {
  const sigmas = [...new Set(means.map(({ sigma }) => sigma))]
  const blocks = [...new Set(means.map(({ block }) => block))]
  return markdownTable(
    ['IoU / AUROC', ...sigmas.map((sigma) => `σ = ${sigma}`)],
    directions.flatMap((direction) =>
      blocks.map((block) => [
        `${direction}, block ${block}`,
        ...sigmas.map((sigma) => both(lookUp(means, { ...chosen, direction, block, sigma }))),
      ]),
    ),
  )
}

/** Which words, of which encoder. */
export function wordTable(means: readonly SettingFit[], chosen: Setting): string {
  return markdownTable(
    ['IoU / AUROC', ...readers.map((reader) => readBy[reader])],
    wordings.map((wording) => [
      ofWords[wording],
      ...readers.map((reader) => both(lookUp(means, { ...chosen, wording, reader }))),
    ]),
  )
}

/** What is made of the attention, block by block. */
export function measureTable(means: readonly SettingFit[], chosen: Setting): string {
  const blocks = [...new Set(means.map(({ block }) => block))]
  return markdownTable(
    ['IoU / AUROC', ...measures.map((measure) => measuredAs[measure])],
    blocks.map((block) => [
      `block ${block}`,
      ...measures.map((measure) => both(lookUp(means, { ...chosen, block, measure }))),
    ]),
  )
}
