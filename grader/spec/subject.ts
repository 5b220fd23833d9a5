import { inject } from 'vitest'
import { exerciseById, modulePath } from '#grader/manifest/index.ts'
import { mutantsOf } from '#grader/mutants/index.ts'
import { connectSandbox } from '#grader/sandbox/connect.ts'

/** What a spec run judges: this process's own modules, known-wrong variants of the solutions, or a sandboxed submission. */
export type SubjectMode = { kind: 'local' } | { kind: 'mutants' } | { kind: 'sandbox'; submission: string }

declare module 'vitest' {
  interface ProvidedContext {
    subject: SubjectMode
  }
}

/** One implementation of an exercise. `load` is called at most once, by the first spec that needs it. */
export interface Subject<Module> {
  /** Empty for the only subject; a mutant's name otherwise. */
  name: string
  /** Only these tasks are run against it; all when absent. */
  tasks?: string[]
  load(): Promise<Module>
}

/** The implementations of one exercise that this run judges. */
export async function subjectsOf<Module>(exerciseId: string): Promise<Subject<Module>[]> {
  const exercise = exerciseById(exerciseId)
  const mode = inject('subject')
  switch (mode.kind) {
    case 'local':
      return [{ name: '', load: once(async () => (await import(`#exercises/${modulePath(exercise)}`)) as Module) }]
    case 'mutants': {
      const mutants = await mutantsOf(exercise)
      return mutants.map(({ name, task, url }) => ({
        name,
        tasks: [task],
        load: once(async () => (await import(/* @vite-ignore */ url)) as Module),
      }))
    }
    case 'sandbox':
      return [{ name: '', load: once(async () => connectSandbox<Module>(exercise, mode.submission)) }]
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => (made ??= make())
}
