import { useEffect, useRef, useState } from 'preact/hooks'
import { fetchWeights, type Place } from './api.ts'

/** At 256 × 256 pixels one matrix takes 1.4 MB. */
const KEPT = 6

export interface Weights {
  place: Place
  weights: Float32Array // [tokens, tokens]
}

interface State {
  /** What was last had; stays on the page until the next is there. */
  shown: Weights | null
  loading: boolean
  problem: string | null
}

/** Attention of a place, fetched when it changes; null asks for none. */
export function useWeights(place: Place | null): State {
  const [state, setState] = useState<State>({ shown: null, loading: false, problem: null })
  const kept = useRef(new Map<string, Weights>())
  const name = place && JSON.stringify(place)

  useEffect(() => {
    if (!place || !name) return
    const known = kept.current.get(name)
    if (known) {
      setState({ shown: known, loading: false, problem: null })
      return
    }
    const controller = new AbortController()
    setState(({ shown }) => ({ shown, loading: true, problem: null }))
    fetchWeights(place, controller.signal).then(
      (weights) => {
        const had = { place, weights }
        kept.current.set(name, had)
        const [oldest] = kept.current.keys()
        if (kept.current.size > KEPT) kept.current.delete(oldest)
        setState({ shown: had, loading: false, problem: null })
      },
      (error: Error) => {
        if (!controller.signal.aborted)
          setState(({ shown }) => ({ shown, loading: false, problem: error.message }))
      },
    )
    return () => controller.abort()
  }, [name])

  return state
}
