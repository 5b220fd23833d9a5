import type { Part, Request } from './subject.ts'
import { parts } from './subject.ts'

/** What measure() needs of a subject. */
export interface Timed {
  name: string
  run(request: Request): Promise<{ seconds: number[]; picture?: string }>
}

export interface Settings {
  rounds: number
  /** Of each part in a round. */
  repeats: Record<Part, number>
  warmUp: number
  /** Before each turn: threads of whoever ran before may still spin. */
  restMilliseconds: number
  size: number
  steps: number
  prompt: string
  seed: number
}

export interface Samples {
  /** Seconds by subject and part, in the order they were taken. */
  seconds: Record<string, Record<Part, number[]>>
  /** Each subject's picture, one byte a channel. */
  pictures: Record<string, Uint8Array>
  /** Subjects that failed on the way, with the reason. */
  failures: Record<string, string>
}

/**
 * Times all subjects part by part, taking turns: each round measures every subject, and starts with another one, so that
 * a machine that grows warm or busy is so for all. A subject that fails is left out from then on.
 */
export async function measure(
  subjects: readonly Timed[],
  settings: Settings,
  progress: (line: string) => void = () => {},
): Promise<Samples> {
  const samples: Samples = { seconds: {}, pictures: {}, failures: {} }
  const { rounds, repeats, warmUp, restMilliseconds, ...subject } = settings
  for (const { name } of subjects) samples.seconds[name] = { encode: [], steps: [], decode: [], picture: [] }
  for (const part of parts) {
    for (let round = 0; round <= rounds; round++) {
      for (const one of inTurn(subjects, round)) {
        if (samples.failures[one.name] !== undefined) continue
        await new Promise((resolve) => setTimeout(resolve, restMilliseconds))
        const request = { part, repeats: round === 0 ? warmUp : repeats[part], ...subject }
        const taken = await one
          .run(request)
          .catch((error: Error) => void (samples.failures[one.name] = error.message.replaceAll('\n', ' ')))
        if (!taken) progress(`${one.name} left out: ${samples.failures[one.name]}`)
        if (!taken || round === 0) continue
        samples.seconds[one.name][part].push(...taken.seconds)
        if (taken.picture) samples.pictures[one.name] = Buffer.from(taken.picture, 'base64')
        const last = taken.seconds[taken.seconds.length - 1]
        progress(`${part}, round ${round} of ${rounds}: ${one.name} ${(last * 1000).toFixed(1)} ms`)
      }
    }
  }
  return samples
}

/** Every subject once, another one first in each round. */
export function inTurn<T>(subjects: readonly T[], round: number): T[] {
  const first = subjects.length === 0 ? 0 : round % subjects.length
  return [...subjects.slice(first), ...subjects.slice(0, first)]
}
