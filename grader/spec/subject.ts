import { inject } from 'vitest'
import { modulePath, type Exercise } from '#grader/manifest/index.ts'
import { mutantsOf } from '#grader/mutants/index.ts'
import { connectSandbox } from '#grader/sandbox/connect.ts'
import type { Wrappers } from '#grader/sandbox/launch.ts'

/** What a spec run judges: this process's own modules, known-wrong variants of the solutions, or a submission. */
export type SubjectMode = { kind: 'local' } | { kind: 'mutants' } | SandboxSubject

/** A submission that `stageSubmission` laid out, and how to start its process. */
export interface SandboxSubject {
  kind: 'sandbox'
  stage: string
  /** See `buildRuntime`. */
  program: string
  wrappers: Wrappers
}

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
  /** Called once, after the last spec. */
  close?(): void
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
    case 'sandbox': {
      const remote = connectSandbox<Module>(exercise, mode)
      return [{ name: '', load: (signal) => remote.functions(signal), close: () => remote.close() }]
    }
  }
}

/** Imports once however often it is called: modules are cached, failures too. */
async function importModule<Module>(specifier: string): Promise<Module> {
  return (await import(/* @vite-ignore */ specifier)) as Module
}
