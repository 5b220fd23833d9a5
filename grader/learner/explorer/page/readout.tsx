import { useEffect, useState } from 'preact/hooks'
import { formatRatio, formatShare } from './format.ts'
import { ShareBar } from './share-bar.tsx'
import type { Entry, Summary } from './summary.ts'

/** Figures of what is pointed at. */
export function Readout({ summary, pinned }: { summary: Summary; pinned: boolean }) {
  const { title, sentence, groups, words, patches } = summary
  return (
    <section class="readout" aria-label="Figures">
      <h2>
        {title}
        {pinned ? <span class="pin"> pinned</span> : null}
      </h2>
      <p class="sentence">{sentence}</p>
      <Shares caption="By kind of token" entries={groups} />
      <div class="lists">
        {words.length > 0 ? <Shares caption="Words" entries={words} /> : null}
        {patches.length > 0 ? <Shares caption="Patches" entries={patches} /> : null}
      </div>
      <Announcement text={`${title}: ${sentence}`} />
    </section>
  )
}

function Shares({ caption, entries }: { caption: string; entries: Entry[] }) {
  const most = Math.max(...entries.flatMap(({ value, uniform }) => [value, uniform]))
  return (
    <table class="shares">
      <caption>{caption}</caption>
      <thead class="hidden">
        <tr>
          <th scope="col">name</th>
          <th scope="col">share</th>
          <th scope="col">times uniform</th>
        </tr>
      </thead>
      <tbody>
        {entries.map(({ name, value, uniform }, i) => (
          <tr key={i}>
            <th scope="row">
              {name}
              <ShareBar value={value} uniform={uniform} most={most} />
            </th>
            <td>{formatShare(value)}</td>
            <td class="ratio">{formatRatio(value / uniform)}</td>
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
