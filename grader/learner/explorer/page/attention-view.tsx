import { useMemo } from 'preact/hooks'
import type { RunStart } from '../wire.ts'
import { topOf } from './heat.ts'
import type { JointSequence } from './joint-sequence.ts'
import { Legend } from './legend.tsx'
import { MatrixFigure } from './matrix-figure.tsx'
import { PatchMap } from './patch-map.tsx'
import { PromptWords } from './prompt-words.tsx'
import { quadrantMasses } from './quadrant-masses.ts'
import { QuadrantTable } from './quadrant-table.tsx'
import { averageReading, readingOf, share, type Asking, type Reading } from './reading.ts'
import { Readout } from './readout.tsx'
import { hereOf, partsOf, summarise } from './summary.ts'
import { TokenRows } from './token-rows.tsx'
import { isSame, type Pointing } from './use-subject.ts'

interface AttentionViewProps {
  picture: string
  start: RunStart
  sequence: JointSequence
  /** [tokens, tokens]; null until they are there. */
  weights: Float32Array | null
  asking: Asking
  isLastBlock: boolean
  pointing: Pointing
  loading: boolean
}

const HINTS: Record<Asking, string> = {
  image: 'Point at a word: where does the image look at it? Point at a patch: what does it read?',
  text: 'Point at a word: what does it read? Point at a patch: which words read it?',
}

/** The picture, the prompt, and the figures of what is pointed at; beside them the whole matrix. */
export function AttentionView(props: AttentionViewProps) {
  const { picture, start, sequence, weights, asking, isLastBlock, pointing, loading } = props
  const { subject, pinned, here } = pointing
  const average = useMemo(
    () => weights && averageReading(weights, sequence, asking),
    [weights, sequence, asking],
  )
  const pointed = useMemo(
    () => weights && subject && readingOf(weights, sequence, asking, subject),
    [weights, sequence, asking, subject],
  )
  const quadrants = useMemo(
    () => weights && quadrantMasses(weights, sequence.image, sequence.total),
    [weights, sequence],
  )
  const ratios = useMemo(() => pointed && patchRatios(pointed, sequence), [pointed, sequence])
  const top = useMemo(() => {
    if (!pointed || !ratios) return topOf([])
    return topOf([...ratios, ...start.words.map(({ tokens }) => wordRatio(pointed, sequence, tokens))])
  }, [pointed, ratios])
  const reading = pointed ?? average
  const summary = useMemo(
    () =>
      reading &&
      summarise(
        reading,
        sequence,
        start.words,
        asking,
        subject,
        partsOf(weights!, sequence, asking, subject),
      ),
    [reading],
  )
  const isElsewhere = pinned && here !== null && subject !== null && !isSame(subject, here)
  const text = { start, sequence, reading: pointed, top, pointing }

  return (
    <div class="view" aria-busy={loading}>
      <section class="stage" aria-label="Picture and prompt">
        <p class="hint">
          {HINTS[asking]} {pinned ? 'A second click, or Escape, unpins it.' : 'A click pins it.'}
          {asking === 'text' && isLastBlock
            ? ' In the last block nothing is made of what the text reads: only the image goes on.'
            : ''}
        </p>
        <PromptWords {...text} />
        <PatchMap {...{ picture, sequence, ratios, top, pointing }} settings={start.settings} />
        <Legend top={top} />
      </section>
      {summary ? (
        <Readout
          summary={summary}
          pinned={pinned}
          here={isElsewhere && pointed ? hereOf(pointed, sequence, here) : null}
        />
      ) : (
        <p class="hint">
          {loading
            ? 'Running the network once more, with this block’s attention as an output.'
            : 'Attention is shown when the picture is done. To look at it now, choose a step.'}
        </p>
      )}
      <section class="whole" aria-label="The whole matrix">
        {weights && quadrants ? (
          <>
            <MatrixFigure {...{ weights, sequence, asking, subject }} />
            <QuadrantTable {...{ quadrants, asking }} />
          </>
        ) : null}
      </section>
      <section class="text-rows" aria-label="Tokens of the text">
        <TokenRows {...text} />
      </section>
    </div>
  )
}

function patchRatios({ values, uniform }: Reading, { image }: JointSequence): Float32Array {
  return values.subarray(0, image).map((value) => value / uniform)
}

function wordRatio(reading: Reading, { image }: JointSequence, tokens: number[]): number {
  const { value, uniform } = share(
    reading,
    tokens.map((token) => image + token),
  )
  return value / uniform
}
