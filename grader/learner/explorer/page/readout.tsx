import { useEffect, useState } from 'preact/hooks'
import { Ratio, Share } from './share.tsx'
import { ShareBar } from './share-bar.tsx'
import type { Entry, Summary } from './summary.ts'

interface ReadoutProps {
  summary: Summary
  pinned: boolean
  /** What the thing under the pointer has of a pinned reading. */
  here: string | null
}

/** Figures of what is pointed at. */
export function Readout({ summary, pinned, here }: ReadoutProps) {
  const { title, sentence, groups, parts, words, patches } = summary
  return (
    <section class="readout" aria-label="Figures">
      <h2>
        {title}
        {pinned ? <span class="pin"> pinned</span> : null}
      </h2>
      <p class="sentence">
        {sentence} {here ? <strong>Here: {here}.</strong> : null}
      </p>
      <Shares caption="By kind of token" entries={groups} />
      <Shares caption="By token" entries={parts} />
      <Shares caption="Words, most first" entries={words} />
      <Shares caption="Patches, most first" entries={patches} />
      <Announcement text={here ? `Here: ${here}.` : `${title}: ${sentence}`} />
    </section>
  )
}

function Shares({ caption, entries }: { caption: string; entries: Entry[] }) {
  if (entries.length === 0) return null
  const most = Math.max(...entries.flatMap(({ value, uniform }) => [value, uniform]))
  return (
    <table class="shares">
      <caption>{caption}</caption>
      <thead class="hidden">
        <tr>
          <th scope="col">name</th>
          <td />
          <th scope="col">share</th>
          <th scope="col">times uniform</th>
        </tr>
      </thead>
      <tbody>
        {entries.map(({ name, value, uniform }, i) => (
          <tr key={i}>
            <th scope="row">{name}</th>
            <td class="bar-cell">
              <ShareBar value={value} uniform={uniform} most={most} />
            </td>
            <td>
              <Share value={value} />
            </td>
            <td>
              <Ratio value={value} uniform={uniform} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const SETTLED_MS = 400

/** Says what is shown once it has settled: moving along a row of patches shall not be read out patch by patch. */
function Announcement({ text }: { text: string }) {
  const [said, say] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => say(text), SETTLED_MS)
    return () => clearTimeout(timer)
  }, [text])
  return (
    <p class="hidden" role="status">
      {said}
    </p>
  )
}
