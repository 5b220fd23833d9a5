import { Fragment } from 'preact'
import type { RunStart } from '../wire.ts'
import { heatOf } from './heat.ts'
import type { JointSequence } from './joint-sequence.ts'
import { share, type Reading, type Subject } from './reading.ts'
import { Toolbar } from './toolbar.tsx'
import { isSame, type Pointing } from './use-subject.ts'

export interface TextProps {
  start: RunStart
  sequence: JointSequence
  /** What is shown; null shows no colours. */
  reading: Reading | null
  top: number
  pointing: Pointing
}

/** The prompt, each word a button, coloured by what it gets of the reading. */
export function PromptWords({ start, sequence, reading, top, pointing }: TextProps) {
  return (
    <Toolbar class="prompt-words" label="The prompt’s words">
      {start.words.map(({ text, before, tokens }, i) => (
        <Fragment key={i}>
          {before}
          <TextButton
            subject={{ kind: 'text', id: `word ${i}`, name: text, tokens }}
            label={text}
            {...{ sequence, reading, top, pointing }}
          />
        </Fragment>
      ))}
      {start.unread ? <s title="No encoder had room for this"> {start.unread}</s> : null}
    </Toolbar>
  )
}

interface TextButtonProps extends Omit<TextProps, 'start'> {
  subject: Subject & { kind: 'text' }
  label: string
  /** For screen readers, where the label alone does not say enough. */
  name?: string
  class?: string
}

/** A stretch of the text to point at. */
export function TextButton({
  subject,
  label,
  name,
  sequence,
  reading,
  top,
  pointing,
  ...rest
}: TextButtonProps) {
  const at = subject.tokens.map((token) => sequence.image + token)
  const part = reading && share(reading, at)
  const heat = part && !Number.isNaN(part.value) ? heatOf(part.value / part.uniform, top) : 0
  const isShown = isSame(pointing.subject, subject)
  const side = heat === 0 ? '' : heat > 0 ? ' warm' : ' cold'
  return (
    <button
      type="button"
      class={`text ${rest.class ?? ''}${side}${isShown ? ' shown' : ''}`}
      style={{ '--heat': String(Math.abs(heat)) }}
      aria-label={name}
      aria-pressed={isShown && pointing.pinned}
      onPointerEnter={() => pointing.point(subject)}
      onFocus={() => pointing.point(subject)}
      onClick={() => pointing.pin(subject)}
      onKeyDown={({ key }) => key === 'Escape' && pointing.unpin()}
    >
      {label}
    </button>
  )
}
