import { resolve } from 'node:path'
import { inject } from 'vitest'
import { modulePath, type Exercise, type Task } from '#grader/manifest/index.ts'
import { mutantsOf } from '#grader/mutants/index.ts'
import { connectSandbox } from '#grader/sandbox/connect.ts'
import type { Callable } from '#grader/sandbox/functions.ts'
import type { Wrappers } from '#grader/sandbox/launch.ts'
import { byValue } from './by-value.ts'
import { replaying } from './replay.ts'
import { HOOK, swapped } from './swap.ts'

/** What a spec run judges: this process's own modules, known-wrong variants of the solutions, or a submission. */
export type SubjectMode =
  | { kind: 'local' }
  | { kind: 'mutants' }
  /** This process's modules, answering from what `folder` remembers; see replay.ts. */
  | { kind: 'replay'; folder: string }
  | SandboxSubject

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
  /**
   * The same functions, but when they call one of these tasks' functions, the reference solution answers.
   * Null when there is no reference. Absent for subjects that are judged as they are.
   */
  loadSwapped?(tasks: readonly Task[], signal: AbortSignal): Promise<Module | null>
  /** Called once, after the last spec. */
  close?(): void
}

/** The implementations of one exercise that this run judges. */
export async function subjectsOf<Module>(exercise: Exercise): Promise<Subject<Module>[]> {
  const mode = inject('subject')
  switch (mode.kind) {
    case 'local':
      return [localSubject(exercise)]
    case 'replay': {
      const load = () => importModule<Module>(`#exercises/${modulePath(exercise)}`)
      return [{ name: '', load: async () => replaying(await load(), mode.folder) }]
    }
    case 'mutants': {
      const mutants = await mutantsOf(exercise)
      const load = async (url: string) => byValue(await importModule<Module & object>(url))
      return mutants.map(({ name, task, url }) => ({ name, tasks: [task], load: () => load(url) }))
    }
    case 'sandbox': {
      const remote = connectSandbox<Module>(exercise, mode)
      return [
        {
          name: '',
          load: (signal) => remote.functions(signal),
          loadSwapped: (tasks, signal) => remote.swapped(tasks, signal),
          close: () => remote.close(),
        },
      ]
    }
  }
}

/** The modules of this process; the hook is added as they are loaded, see swap-plugin.ts. */
function localSubject<Module>(exercise: Exercise): Subject<Module> {
  type Functions = Record<string, Callable | undefined>
  const load = <T>() => importModule<T>(`#exercises/${modulePath(exercise)}`)
  return {
    name: '',
    load: async () => byValue(await load<Module & object>()),
    async loadSwapped(tasks) {
      const own = await load<Functions>()
      const solution = resolve('solutions', modulePath(exercise))
      const reference = await importModule<Functions>(solution).catch(() => null)
      const hook = own[HOOK]
      if (!reference || !hook) return null
      return byValue(
        swapped<Module & object>(exercise, tasks, hook, (name, args) => reference[name]!(...args)),
      )
    },
  }
}

/** Imports once however often it is called: modules are cached, failures too. */
async function importModule<Module>(specifier: string): Promise<Module> {
  return (await import(/* @vite-ignore */ specifier)) as Module
}
