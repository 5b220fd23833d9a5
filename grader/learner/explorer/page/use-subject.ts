import { useCallback, useState } from 'preact/hooks'
import type { Subject } from './reading.ts'

export interface Pointing {
  /** What the page shows. */
  subject: Subject | null
  /** Whether it stays when something else is pointed at. */
  pinned: boolean
  /** What is pointed at now: the subject, unless that is pinned. */
  here: Subject | null
  /** Hover or focus. */
  point: (subject: Subject) => void
  /** Click, Enter or Space: pins, or unpins what is pinned. */
  pin: (subject: Subject) => void
  unpin: () => void
  clear: () => void
}

const NOTHING = { subject: null, pinned: false, here: null }

/** What the reader points at. The last thing stays, so that its numbers can be read. */
export function useSubject(): Pointing {
  const [state, set] = useState<Pick<Pointing, 'subject' | 'pinned' | 'here'>>(NOTHING)
  const point = useCallback(
    (next: Subject) =>
      set((now) => {
        if (isSame(now.here, next)) return now
        return { ...now, here: next, subject: now.pinned ? now.subject : next }
      }),
    [],
  )
  const pin = useCallback(
    (next: Subject) =>
      set((now) => ({ subject: next, here: next, pinned: !(now.pinned && isSame(now.subject, next)) })),
    [],
  )
  const unpin = useCallback(() => set((now) => ({ ...now, pinned: false })), [])
  const clear = useCallback(() => set(NOTHING), [])
  return { ...state, point, pin, unpin, clear }
}

export function isSame(a: Subject | null, b: Subject): boolean {
  if (a?.kind === 'patch' && b.kind === 'patch') return a.patch === b.patch
  return a?.kind === 'text' && b.kind === 'text' && a.id === b.id
}
