import type { Found, SettingFit } from '../../../models/attention/findings.ts'
import type { Setting } from '../../../models/attention/measure.ts'
import { measured } from '../measured.ts'
import { given, said, type Claim } from '../said.ts'

const { chosen, found, means } = await measured<{ chosen: Setting; found: Found; means: SettingFit[] }>(
  'attention',
)
const two = (value: number) => value.toFixed(2)
const blocks = [...new Set(means.map(({ block }) => block))].sort((a, b) => a - b)
/** The chosen setting but for its block. */
const byBlock = blocks.map((block) => {
  const setting: Setting = { ...chosen, block }
  const names = Object.keys(setting) as (keyof Setting)[]
  return two(means.find((one) => names.every((name) => one[name] === setting[name]))!.iou)
})
const listed = `${byBlock.slice(0, -1).join(', ')} and ${byBlock[byBlock.length - 1]}`

const asked = {
  'image to text': 'what patches give to it',
  'text to image': 'what it gives to patches',
}[chosen.direction]
const words = { phrase: 'colour and noun', noun: 'noun', colour: 'colour word' }[chosen.wording]
const tokens = { clip: "CLIP's tokens", t5: "T5's tokens", both: 'the tokens of both encoders' }[
  chosen.reader
]

/** Where words find their things, in exercise 2's results. */
export const wordMaps: Claim[] = [
  said`On ${found.renders} pictures that had no say in this choice, those patches and the thing's own share
    ${two(found.iou)} of their union (IoU, ± ${two(found.uncertainty)}). Drawn by lot they would share
    ${two(found.chance)}; with the other things of the picture they share ${two(found.otherThing.iou)}, with what stands
    in the same place of other pictures ${two(found.samePlace.iou)}.`,
  said`The clearest maps come from the ${words} in ${tokens}, from ${asked}, in block ${chosen.block} at σ = ${chosen.sigma}.`,
  said`Counted from block ${given(0)} the overlap there is ${listed} on all pictures.`,
]
