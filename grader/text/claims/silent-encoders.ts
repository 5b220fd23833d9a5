import type { Kind } from '../../../models/encoders/captions.ts'
import type { Difference } from '../../../models/encoders/loss.ts'
import type { Silence } from '../../../models/encoders/silences.ts'
import type { Tally } from '../../../models/judge/tally.ts'
import { percent } from '../figures.ts'
import { measured } from '../measured.ts'
import { said, when, type Claim } from '../said.ts'

interface Encoders {
  captions: number
  rows: { silence: Silence; kind: Kind; tally: Tally }[]
  more: { silence: Silence; difference: Difference }[]
}

const { captions, rows, more } = await measured<Encoders>('encoders')
const right = (silence: Silence, kind: Kind) => {
  const { tally } = rows.find((row) => row.silence === silence && row.kind === kind)!
  return percent(tally.whole / tally.captions, 0)
}
/** Whether compositional captions lose more, as far as chance lets one tell. */
const compared = (silence: Silence) => {
  const { mean, uncertainty } = more.find((row) => row.silence === silence)!.difference
  if (Math.abs(mean) <= uncertainty) return 'as much as'
  return mean > 0 ? 'more than' : 'less than'
}

/** Whether those who still speak draw nine in ten captions of either kind right. */
const isEnough = (silence: Silence) =>
  rows.filter((row) => row.silence === silence).every(({ tally }) => tally.whole >= 0.9 * tally.captions)

/** What a silent encoder costs, in exercise 3's results. */
export const silentEncoders: Claim[] = [
  said`of ${captions} pictures each, the judge finds ${right('nobody', 'simple')} % of the simple and
    ${right('nobody', 'compositional')} % of the compositional captions drawn right in all parts; with T5 silent
    ${right('t5', 'simple')} and ${right('t5', 'compositional')} %, with CLIP-L silent ${right('clip-l', 'simple')} and
    ${right('clip-l', 'compositional')} %, with bigG silent ${right('clip-g', 'simple')} and
    ${right('clip-g', 'compositional')} %, with both CLIPs silent ${right('clips', 'simple')} and
    ${right('clips', 'compositional')} %, with all three silent ${right('everybody', 'simple')} and
    ${right('everybody', 'compositional')} %.`,
  when(
    (['t5', 'clip-l', 'clip-g', 'clips'] as const).every(isEnough),
    said`So here CLIP is enough without T5, and T5 without CLIP`,
  ),
  said`Without T5 compositional captions lose ${compared('t5')} simple ones, as far as so many pictures can tell`,
]
