import { useCallback, useState } from 'preact/hooks'
import type { Subject } from './reading.ts'

export interface Pointing {
  /** What the page shows. */
  subject: Subject | null
  /** Whether it stays when something else is pointed at. */
  pinned: boolean
  /** Hover or focus. */
  point: (subject: Subject) => void
  /** Click, Enter or Space: pins, or unpins what is pinned. */
  pin: (subject: Subject) => void
  unpin: () => void
  clear: () => void
}

/** What the reader points at. The last thing stays, so that its numbers can be read. */
export function useSubject(): Pointing {
  const [{ subject, pinned }, set] = useState<{ subject: Subject | null; pinned: boolean }>({
    subject: null,
    pinned: false,
  })
  const point = useCallback(
    (next: Subject) =>
      set((now) => (now.pinned || isSame(now.subject, next) ? now : { subject: next, pinned: false })),
    [],
  )
  const pin = useCallback(
    (next: Subject) => set((now) => ({ subject: next, pinned: !(now.pinned && isSame(now.subject, next)) })),
    [],
  )
  const unpin = useCallback(() => set((now) => ({ ...now, pinned: false })), [])
  const clear = useCallback(() => set({ subject: null, pinned: false }), [])
  return { subject, pinned, point, pin, unpin, clear }
}

export function isSame(a: Subject | null, b: Subject): boolean {
  if (a?.kind === 'patch' && b.kind === 'patch') return a.patch === b.patch
  return a?.kind === 'text' && b.kind === 'text' && a.id === b.id
}
