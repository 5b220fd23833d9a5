import type { Exercise, Task } from '#grader/manifest/index.ts'

type Callable = (...args: never[]) => unknown

/** The export that the hook adds to an exercise's module. */
export const HOOK = '$withReferences'

/** Stands for an argument of the call that is being graded. */
interface Marker {
  $argument: number
}

/**
 * Code that, added to the end of an exercise's module, lets functions be called with others replaced. A function
 * declaration is a variable: what the module calls by its name is whatever was assigned last. What such a call
 * passes on from its own arguments unchanged, the pipeline above all, crosses as a marker.
 * @param names functions declared at the top of the module
 */
export function swapHook(names: readonly string[]): string {
  const slots = names.map((name) => `${name}: [() => ${name}, (f) => { ${name} = f }]`)
  return `
export async function ${HOOK}(name, given, references) {
  const slots = { ${slots.join(', ')} }
  const mark = (value) => {
    const at = typeof value === 'object' && value !== null ? given.indexOf(value) : -1
    return at < 0 ? value : { $argument: at }
  }
  const called = slots[name][0]()
  const undo = []
  try {
    for (const [key, reference] of Object.entries(references)) {
      if (!slots[key]) continue
      const [own, set] = [slots[key][0](), slots[key][1]]
      set((...args) => reference(...args.map(mark)))
      undo.push(() => set(own))
    }
    return await called(...given)
  } finally {
    for (const back of undo) back()
  }
}
`
}

/**
 * The functions of a module that carries the hook, with the reference in place of some.
 * @param call calls the hook
 * @param reference calls a function of the reference solution
 */
export function swapped<Module>(
  exercise: Exercise,
  tasks: readonly Task[],
  call: (name: string, args: unknown[], references: Record<string, Callable>) => unknown,
  reference: (name: string, args: unknown[]) => unknown,
): Module {
  const twin =
    (name: string) =>
    (...args: unknown[]) => {
      const valueOf = (value: unknown) => {
        const at = (value as Partial<Marker> | null)?.$argument
        return Number.isInteger(at) ? args[at!] : value
      }
      const references = tasks.map((task): [string, Callable] => [
        task.export,
        (...given: unknown[]) => reference(task.export, given.map(valueOf)),
      ])
      return call(name, args, Object.fromEntries(references))
    }
  return Object.fromEntries(exercise.tasks.map((task) => [task.export, twin(task.export)])) as Module
}
