import { inject } from 'vitest'
import { modulePath, type Exercise } from '#grader/manifest/index.ts'
import { mutantsOf } from '#grader/mutants/index.ts'
import { connectSandbox } from '#grader/sandbox/connect.ts'

/**
 * What a spec run judges: this process's own modules, known-wrong variants of the solutions,
 * or a submission that `stageSubmission` laid out in the folder `stage`.
 */
export type SubjectMode = { kind: 'local' } | { kind: 'mutants' } | { kind: 'sandbox'; stage: string }

declare module 'vitest' {
  interface ProvidedContext {
    subject: SubjectMode
  }
}

/** One implementation of an exercise. */
export interface Subject<Module> {
  /** Empty for the only subject; a mutant's name otherwise. */
  name: string
  /** Only these tasks are run against it; all when absent. */
  tasks?: string[]
  /** The exercise's functions, for a spec that ends (or is given up) when `signal` aborts. */
  load(signal: AbortSignal): Promise<Module>
}

/** The implementations of one exercise that this run judges. */
export async function subjectsOf<Module>(exercise: Exercise): Promise<Subject<Module>[]> {
  const mode = inject('subject')
  switch (mode.kind) {
    case 'local':
      return [{ name: '', load: () => importModule(`#exercises/${modulePath(exercise)}`) }]
    case 'mutants': {
      const mutants = await mutantsOf(exercise)
      return mutants.map(({ name, task, url }) => ({ name, tasks: [task], load: () => importModule(url) }))
    }
    case 'sandbox':
      return [{ name: '', load: (signal) => connectSandbox<Module>(exercise, mode.stage, signal) }]
  }
}

/** Imports once however often it is called: modules are cached, failures too. */
async function importModule<Module>(specifier: string): Promise<Module> {
  return (await import(/* @vite-ignore */ specifier)) as Module
}
