import { useCallback, useRef, useState } from 'preact/hooks'
import type { DrawSettings, RunStart, RunStep } from '../wire.ts'
import { draw } from './api.ts'

export interface Run {
  status: 'drawing' | 'done' | 'stopped' | 'failed'
  /** Null until the server has begun. */
  start: RunStart | null
  steps: RunStep[]
  problem: string | null
}

/** The picture being drawn, or drawn last. Drawing another stops it. */
export function useRun(): { run: Run | null; begin: (settings: DrawSettings) => void; stop: () => void } {
  const [run, setRun] = useState<Run | null>(null)
  const controller = useRef<AbortController | null>(null)

  const begin = useCallback((settings: DrawSettings) => {
    controller.current?.abort()
    const own = (controller.current = new AbortController())
    const change = (changes: (run: Run) => Partial<Run>) =>
      setRun((run) => (controller.current === own && run ? { ...run, ...changes(run) } : run))
    setRun({ status: 'drawing', start: null, steps: [], problem: null })
    draw(settings, own.signal, (event) => {
      if (event.type === 'start') change(() => ({ start: event }))
      else if (event.type === 'step') change(({ steps }) => ({ steps: [...steps, event] }))
      else if (event.type === 'done') change(() => ({ status: 'done' }))
      else if (event.type === 'cancelled')
        change(() => ({ status: 'stopped', problem: 'Another page began to draw, so this one stopped.' }))
      else change(() => ({ status: 'failed', problem: `${event.problem} ${event.remedy}` }))
    })
      .then(() =>
        // A server that is ended says nothing more.
        change(({ status }) =>
          status === 'drawing'
            ? { status: 'failed', problem: 'The server has ended. Start it again: npm run explore.' }
            : {},
        ),
      )
      .catch((error: Error) =>
        change(() =>
          own.signal.aborted ? { status: 'stopped' } : { status: 'failed', problem: error.message },
        ),
      )
  }, [])

  const stop = useCallback(() => controller.current?.abort(), [])
  return { run, begin, stop }
}
