import { inject } from 'vitest'

/** What an earlier pass over the same specs already found out, before the process that ran them ended. */
export interface Finished {
  exercise: string
  task: string
  subject: string
  title: string
  passed: boolean
}

declare module 'vitest' {
  interface ProvidedContext {
    finished: Finished[] | undefined
  }
}

/** Specs of an exercise, against one subject, that are not to be run again. */
export function finishedSpecs(exercise: string, subject: string): Finished[] {
  return (inject('finished') ?? []).filter((spec) => spec.exercise === exercise && spec.subject === subject)
}
