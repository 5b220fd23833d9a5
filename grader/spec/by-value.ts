import { pack, unpack, type Callable, type Methods } from '#grader/sandbox/functions.ts'
import { pipelineHandle } from '#grader/sandbox/pipeline-gate.ts'
import { plainCopy } from '#grader/sandbox/plain-data.ts'

/**
 * A module of this process, called as a sandboxed one is: all that goes in and comes out is copied. Otherwise a
 * student who fills the tensor he was handed would change what the spec compares with, and `npm test` would call
 * wrong what `npm run grade` calls right.
 */
export function byValue<Module extends object>(module: Module): Module {
  const twins = Object.entries(module).map(([name, held]: [string, unknown]) => {
    if (typeof held !== 'function') return [name, held]
    const call = held as Callable
    const twin = async (...args: unknown[]) =>
      plainCopy(await call(...(crossed(args) as unknown[])), `${name}()`)
    return [name, twin]
  })
  return Object.fromEntries(twins) as Module
}

/**
 * A copy in which functions and pipelines are stand-ins that copy what passes through them.
 * @param from whose value it is: a student's must be plain data
 */
function crossed(value: unknown, from: 'spec' | 'student' = 'spec', what = ''): unknown {
  const targets: (Callable | Methods)[] = []
  const packed = pack(value, pipelineHandle, (target) => `${targets.push(target) - 1}`)
  packed.value = from === 'spec' ? structuredClone(packed.value) : plainCopy(packed.value, what)
  return unpack(packed, async (reference, method, args) => {
    const target = targets[Number(reference)]
    const call = typeof target === 'function' ? target : target[method]
    const caller = from === 'spec' ? 'student' : 'spec'
    return crossed(await call(...(crossed(args, caller, `An argument of ${method}()`) as unknown[])))
  })
}
