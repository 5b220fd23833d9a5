import { dirname } from 'node:path'
import type { Exercise } from '#grader/manifest/index.ts'
import type { SandboxSubject } from '#grader/spec/subject.ts'
import { launchCommand } from './launch.ts'
import { Sandbox } from './sandbox.ts'
import { stagedModule } from './stage.ts'

/** A submission's exercise: its functions' twins in this process, while it runs in its own. */
export interface RemoteExercise<Module> {
  /** The functions, for a spec that is given up when `signal` aborts. */
  functions(signal: AbortSignal): Promise<Module>
  close(): void
}

/** Connects to a staged exercise; its process starts with the first call. */
export function connectSandbox<Module>(
  exercise: Exercise,
  { stage, wrappers, program }: SandboxSubject,
): RemoteExercise<Module> {
  let sandbox: Sandbox | undefined
  return {
    async functions(signal) {
      const module = await stagedModule(stage, exercise)
      const folders = [dirname(program), dirname(module)]
      const remote = (sandbox ??= new Sandbox(
        launchCommand(wrappers, program, module, folders),
        dirname(module),
      ))
      const twin =
        (name: string) =>
        (...args: unknown[]) =>
          remote.call(name, args, signal)
      return Object.fromEntries(exercise.tasks.map((task) => [task.export, twin(task.export)])) as Module
    },
    close: () => sandbox?.close(),
  }
}
