import { inject } from 'vitest'

/** What an earlier pass over the same specs already found out, before the process that ran them ended. */
export interface Finished {
  exercise: string
  task: string
  subject: string
  title: string
  passed: boolean
}

/** A part of the tasks, when not all of them are to be run. */
export interface Selection {
  /** Their ids, of any exercise. */
  tasks: readonly string[]
  /** Ids of others that are known to fail: where a selected task needs one, the reference stands in for it. */
  failed: readonly string[]
}

declare module 'vitest' {
  interface ProvidedContext {
    finished: Finished[] | undefined
    selection: Selection | undefined
  }
}

export function selection(): Selection | undefined {
  return inject('selection')
}

/** Specs of an exercise, against one subject, that are not to be run again. */
export function finishedSpecs(exercise: string, subject: string): Finished[] {
  return (inject('finished') ?? []).filter((spec) => spec.exercise === exercise && spec.subject === subject)
}
