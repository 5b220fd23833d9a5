import { readProse, type ReadProse, type Span } from './prose.ts'
import { isSaid, looseMatchesOf, type Claim } from './said.ts'

export interface Mended {
  markdown: string
  /** `0.750 → 0.752 in "image reads image"`, one for each number that changed. */
  changes: string[]
  /** Claims that a number cannot mend, with the reason. */
  unmended: string[]
}

interface Edit {
  from: number
  to: number
  text: string
}

/** A document with the numbers that its claims compute, where its words are those of the claim and stand there once. */
export function mended(markdown: string, claims: readonly Claim[]): Mended {
  const prose = readProse(markdown)
  const [edits, changes, unmended]: [Edit[], string[], string[]] = [[], [], []]
  for (const claim of claims) {
    if (claim.holds === false) unmended.push(`"${claim.words}" was measured, and is not so`)
    if (isSaid(claim, prose)) continue
    const matches = looseMatchesOf(claim, prose)
    const differing = matches.length === 1 ? differencesOf(claim, matches[0], prose) : null
    if (differing === null)
      unmended.push(`"${claim.words}" stands there ${matches.length} times, with whatever numbers`)
    else
      for (const { span, text } of differing) {
        const before = prose.text.slice(...span)
        changes.push(`${before} → ${text} in "${claim.words.slice(0, 70)}"`)
        edits.push({ from: prose.sources[span[0]], to: prose.sources[span[1] - 1] + 1, text })
      }
  }
  return { markdown: applied(markdown, edits), changes, unmended }
}

/** The values that differ; null when the document does not hold them as they read. */
function differencesOf(
  { shown }: Claim,
  spans: readonly Span[],
  { text, sources }: ReadProse,
): { span: Span; text: string }[] | null {
  const differing = spans
    .map((span, i) => ({ span, text: shown[i] }))
    .filter(({ span, text: value }) => text.slice(...span).toLowerCase() !== value.toLowerCase())
  const isHeld = ({ span: [start, end] }: { span: Span }) => sources[start] >= 0 && sources[end - 1] >= 0
  return differing.every(isHeld) ? differing : null
}

/** From the end to the beginning, so that places stay where they are; of two claims about one place the first counts. */
function applied(markdown: string, edits: readonly Edit[]): string {
  const apart = edits.filter(
    (edit, i) => !edits.slice(0, i).some(({ from, to }) => from < edit.to && edit.from < to),
  )
  return apart
    .sort((a, b) => b.from - a.from)
    .reduce((text, { from, to, text: value }) => text.slice(0, from) + value + text.slice(to), markdown)
}
