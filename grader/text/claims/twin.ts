import type { Contestant } from '../../../models/twin/contestant.ts'
import type { Row } from '../../../models/twin/summary.ts'
import { inWords, percent } from '../figures.ts'
import { measured } from '../measured.ts'
import { quoted, said, when, type Claim } from '../said.ts'

type Sampler = Contestant['id']

interface Twin {
  captions: number
  guidanceScale: number
  rows: Row[]
}

const { captions, guidanceScale, rows } = await measured<Twin>('twin')
const stepCounts = [...new Set(rows.map(({ steps }) => steps))].sort((a, b) => a - b)
const longest = stepCounts[stepCounts.length - 1]
const row = (sampler: Sampler, steps: number) => {
  const found = rows.find((one) => one.contestant === sampler && one.steps === steps)
  if (!found) throw new Error(`models/twin/result.json has no ${steps} steps of ${sampler}.`)
  return found
}
const right = (sampler: Sampler, steps: number) => percent(row(sampler, steps).agreement, 0)
const straight = (sampler: Sampler, steps: number) => row(sampler, steps).straightness.toFixed(2)

const notebook = "the lesson's notebook"
/** What the lesson says of DDPM. */
const lesson = [
  { steps: 10, word: 'poor' },
  { steps: 20, word: 'mediocre' },
  { steps: 50, word: 'good' },
]
const [few, more, most] = lesson.map(({ steps }) => quoted(steps, notebook))
/** How much of the sampler's longest run a run must come to; rounding must not decide. */
const [GOOD, MEDIOCRE, SLACK] = [0.9, 0.5, 1e-6]
const comesTo = (sampler: Sampler, steps: number, share: number) =>
  row(sampler, steps).agreement >= share * row(sampler, longest).agreement - SLACK
const wordFor = (sampler: Sampler, steps: number) =>
  comesTo(sampler, steps, GOOD) ? 'good' : comesTo(sampler, steps, MEDIOCRE) ? 'mediocre' : 'poor'
const words = (sampler: Sampler) => lesson.map(({ steps }) => wordFor(sampler, steps))
const rightWords = (sampler: Sampler) =>
  lesson.filter(({ steps, word }) => wordFor(sampler, steps) === word).length
/** The fewest steps from which on every run is good. */
const goodFrom = (sampler: Sampler) =>
  stepCounts.find((_, i) => stepCounts.slice(i).every((steps) => comesTo(sampler, steps, GOOD)))!
/** Half a 95 % interval of a share, where it is widest: at one half. */
const uncertainty = percent(1.96 * Math.sqrt(0.25 / captions), 0)
/** Nine tenths of nothing would be good. */
const learned = (['flow', 'ddim', 'ddpm'] as const).every((sampler) => row(sampler, longest).agreement > 0)
const [ddim, ancestral] = [words('ddim'), words('ddpm')]

/** How many steps flow matching takes and how many its DDPM twin, in exercise 3's results. */
export const twin: Claim[] = [
  said`Over ${captions} captions, in ${most} steps at guidance ${guidanceScale}, the latents of flow matching get
    ${straight('flow', 50)} of the length of their way, those of DDIM ${straight('ddim', 50)}.`,
  said`Is DDPM poor at ${few} steps, mediocre at ${more} and good at ${most}?`,
  said`both models drew ${captions} held-out captions`,
  agreements(),
  said`${inWords(Math.round(10 * GOOD))} tenths of the same sampler's run of ${longest} steps, mediocre what comes to half of it`,
  when(learned, said`by DDIM ${few} steps are ${ddim[0]}, ${more} ${ddim[1]} and ${most} ${ddim[2]};`),
  said`by the ancestral sampler ${few} are ${ancestral[0]}, ${more} ${ancestral[1]} and ${most} ${ancestral[2]}:`,
  said`the lesson is right in ${rightWords('ddim')} of ${lesson.length} words by DDIM, and in ${rightWords('ddpm')} of
    ${lesson.length} by the ancestral sampler.`,
  said`Flow matching is good from ${goodFrom('flow')} steps on, DDIM from ${goodFrom('ddim')}, the ancestral sampler from
    ${goodFrom('ddpm')}.`,
  said`uncertain by up to ${uncertainty} percentage points`,
  when(
    goodFrom('ddim') <= goodFrom('flow') && goodFrom('ddim') < goodFrom('ddpm'),
    said`what made DDPM slow is its sampler, more than what its network predicts`,
  ),
]

/** The whole table: a row alone has no words to find it by. */
function agreements(): Claim {
  const parts = stepCounts.flatMap(() => [' % |\n| ', ' | ', ' % | ', ' % | '])
  parts[0] = '| steps | flow, Euler | DDPM, DDIM | DDPM, ancestral |\n| '
  parts.push(' % |')
  const cells = stepCounts.flatMap((steps) => [
    steps,
    ...(['flow', 'ddim', 'ddpm'] as const).map((sampler) => right(sampler, steps)),
  ])
  return said(Object.assign(parts, { raw: parts }), ...cells)
}
