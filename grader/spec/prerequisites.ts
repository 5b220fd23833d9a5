import { prerequisitesOf, type Exercise, type Task } from '#grader/manifest/index.ts'
import type { Subject } from './subject.ts'

/**
 * Sees to it that one wrong function costs its own task and no other: a spec that fails, of a task whose prerequisites
 * fail too, is run again with the reference in their place. Specs come in the manifest's order, prerequisites first.
 */
export class Prerequisites<Module> {
  readonly #exercise: Exercise
  readonly #subject: Subject<Module>
  /** Tasks that are wrong themselves: they failed, and the reference for others was no help. */
  readonly #failed = new Set<string>()
  /** Tasks that the reference has helped: not tried without it again. */
  readonly #helped = new Set<string>()

  /** @param failed tasks of which that is known already */
  constructor(exercise: Exercise, subject: Subject<Module>, failed: Iterable<string> = []) {
    for (const task of failed) this.#failed.add(task)
    this.#exercise = exercise
    this.#subject = subject
  }

  /**
   * Runs a spec of a task; a second time where that is fair.
   * @param onHelp hears, before the second time, for which tasks the reference stands in
   */
  async run(
    task: string,
    spec: (module: Module) => Promise<void>,
    signal: AbortSignal,
    onHelp: (tasks: string[]) => void,
  ): Promise<void> {
    const attempt = async () => {
      const helped = this.#helped.has(task) ? await this.#help(task, signal, onHelp) : null
      if (helped) return spec(helped)
      try {
        await spec(await this.#subject.load(signal))
      } catch (error) {
        const module = signal.aborted || isTodo(error, task) ? null : await this.#help(task, signal, onHelp)
        if (!module) throw error
        await spec(module)
        this.#helped.add(task)
      }
    }
    try {
      await attempt()
    } catch (error) {
      this.#failed.add(task)
      throw error
    }
  }

  async #help(task: string, signal: AbortSignal, onHelp: (tasks: string[]) => void): Promise<Module | null> {
    const wrong = this.#wrongPrerequisites(task)
    const module = wrong.length === 0 ? null : await this.#subject.loadSwapped?.(wrong, signal)
    if (module) onHelp(wrong.map(({ id }) => id))
    return module ?? null
  }

  #wrongPrerequisites(id: string): Task[] {
    const task = this.#exercise.tasks.find((one) => one.id === id)!
    return prerequisitesOf(this.#exercise, task).filter((one) => this.#failed.has(one.id))
  }
}

/** Whether the task itself is not written: no reference for another can help it. */
function isTodo(error: unknown, id: string): boolean {
  const { code, task } = Object(error) as { code?: unknown; task?: unknown }
  return code === 'TODO' && task === id
}
