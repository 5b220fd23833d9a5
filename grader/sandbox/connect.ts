import { dirname, join, resolve } from 'node:path'
import type { Exercise, Task } from '#grader/manifest/index.ts'
import type { SandboxSubject } from '#grader/spec/subject.ts'
import { HOOK, swapped } from '#grader/spec/swap.ts'
import { SandboxError } from './errors.ts'
import { launchCommand } from './launch.ts'
import { Reference } from './reference.ts'
import { Sandbox } from './sandbox.ts'
import { stageExercise, stagedModule } from './stage.ts'

/** A submission's exercise: its functions' twins in this process, while it runs in its own. */
export interface RemoteExercise<Module> {
  /** The functions, for a spec that is given up when `signal` aborts. */
  functions(signal: AbortSignal): Promise<Module>
  /** The same, with the reference in the place of some tasks' functions wherever the others call them. */
  swapped(tasks: readonly Task[], signal: AbortSignal): Promise<Module | null>
  close(): void
}

/** Connects to a staged exercise; its process starts with the first call. */
export function connectSandbox<Module>(
  exercise: Exercise,
  { stage, wrappers, program }: SandboxSubject,
): RemoteExercise<Module> {
  const start = (module: string) => {
    const folders = [dirname(program), dirname(module)]
    return new Sandbox(launchCommand(wrappers, program, module, folders), dirname(module))
  }
  let sandbox: Sandbox | undefined
  let solution: Promise<Reference | null> | undefined
  /** Laid out when something is missing; null where the kit came without solutions. */
  const reference = async () => {
    const folder = join(stage, 'reference')
    await stageExercise(resolve('solutions'), exercise, folder, join(dirname(program), 'harness.js'))
    const module = await stagedModule(folder, exercise).catch(() => null)
    return module === null ? null : new Reference(() => start(module))
  }
  const connected = async () => (sandbox ??= start(await stagedModule(stage, exercise)))
  return {
    async functions(signal) {
      const remote = await connected()
      const twin =
        (name: string) =>
        (...args: unknown[]) =>
          remote.call(name, args, signal)
      return Object.fromEntries(exercise.tasks.map((task) => [task.export, twin(task.export)])) as Module
    },
    async swapped(tasks, signal) {
      const known = await (solution ??= reference())
      if (!known) return null
      const remote = await connected()
      return swapped(
        exercise,
        tasks,
        (name, args, references) => remote.call(HOOK, [name, args, references], signal).catch(speakOf(name)),
        (name, args) => known.call(name, args, signal),
      )
    },
    close: () => {
      sandbox?.close()
      void solution?.then((known) => known?.close())
    },
  }
}

/** Errors of a call through the hook name the function that was meant. */
function speakOf(name: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof SandboxError)) throw error
    const [problem, remedy] = error.message.split('\n')
    throw new SandboxError(error.code, problem.replaceAll(HOOK, name), remedy)
  }
}
