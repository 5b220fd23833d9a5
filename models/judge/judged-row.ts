import { layouts, type Claim, type Layout, type Variant } from './held-out.ts'
import type { Reading } from './scene-judge.ts'
import { sizeInWords, type Size } from './sizes.ts'
import { count, emptyTally, type Tally } from './tally.ts'

/** How one kind of caption was drawn at one size. */
export interface JudgedRow extends Size {
  variant: Variant
  layout: Layout | 'all'
  tally: Tally
  /** The ids of those that were not right in all parts. */
  wrong: string[]
}

/** The rows of one variant at one size: all captions first, then by layout where there is more than one. */
export function groupRows(variant: Variant, { height, width }: Size) {
  const row = (layout: JudgedRow['layout']): JudgedRow => ({
    ...{ variant, height, width, layout },
    ...{ tally: emptyTally(), wrong: [] },
  })
  const all = row('all')
  const byLayout = layouts.map(row)
  return {
    /** @returns whether the picture was right in all parts */
    count(layout: Layout, reading: Reading, claim: Claim, id: string): boolean {
      const right = [all, byLayout[layouts.indexOf(layout)]].map(({ tally, wrong }) => {
        const whole = count(tally, reading, claim)
        if (!whole) wrong.push(id)
        return whole
      })
      return right[0]
    },
    get rows(): JudgedRow[] {
      const drawn = byLayout.filter(({ tally }) => tally.captions > 0)
      return drawn.length > 1 ? [all, ...drawn] : [all]
    },
  }
}

const drawnAs: Record<Variant, string> = {
  base: 'as they stand',
  sides: 'things exchanged',
  colours: 'colours exchanged',
}
const called: Record<Layout, string> = {
  pair: 'two side by side',
  three: 'three in a row',
  stack: 'one on top of another',
  single: 'one thing',
}

export function inWords({ variant, layout, ...size }: JudgedRow): string {
  return `${drawnAs[variant]}, ${sizeInWords(size)}${layout === 'all' ? '' : `: ${called[layout]}`}`
}
