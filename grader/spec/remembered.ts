import { inject } from 'vitest'
import { Memo } from './memo.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder that remembers what was computed, when many submissions will ask the same. */
    memo: string | undefined
  }
}

/**
 * Computes something that follows from plain data alone, once for a class: the students who are right all have the
 * same pictures. Outside a class it is just computed.
 */
export function remembered<T>(what: string, data: unknown, compute: () => Promise<T>): Promise<T> {
  const folder = inject('memo')
  return folder === undefined ? compute() : new Memo(folder).recall(what, data, compute)
}
