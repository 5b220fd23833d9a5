/** Where a value held a function, or an object with methods, that stayed behind on the sender's side. */
export interface FunctionSlot {
  path: string[]
  /** What the receiver quotes to call it. */
  reference: string
  /** The methods of an object; absent for a plain function. */
  methods?: string[]
}

/** A value without its functions, and where they were. */
export interface Packed {
  value: unknown
  functions: FunctionSlot[]
}

export type Callable = (...args: unknown[]) => unknown
export type Methods = Record<string, Callable>

/**
 * Takes the functions out of a value.
 * @param methodsOf the methods of an object that crosses as a handle; null for plain data
 * @param keep notes what a reference stands for, and names the reference
 */
export function pack(
  value: unknown,
  methodsOf: (value: object) => Methods | null,
  keep: (target: Callable | Methods) => string,
): Packed {
  const functions: FunctionSlot[] = []
  const walk = (from: unknown, path: string[]): unknown => {
    if (typeof from === 'function') {
      functions.push({ path, reference: keep(from as Callable) })
      return null
    }
    if (typeof from !== 'object' || from === null || ArrayBuffer.isView(from)) return from
    if (from instanceof Promise) return from // as `{}` nobody could tell that an await is missing
    if (Array.isArray(from)) return from.map((element, i) => walk(element, [...path, `${i}`]))
    const methods = methodsOf(from)
    if (methods) {
      functions.push({ path, reference: keep(methods), methods: Object.keys(methods) })
      return null
    }
    return Object.fromEntries(Object.entries(from).map(([key, held]) => [key, walk(held, [...path, key])]))
  }
  return { value: walk(value, []), functions }
}

/** Puts stand-ins where the functions were; `call` sends a call to the other side. */
export function unpack(
  { value, functions }: Packed,
  call: (reference: string, method: string, args: unknown[]) => Promise<unknown>,
): unknown {
  for (const { path, reference, methods } of functions) {
    const standIn = methods
      ? Object.fromEntries(methods.map((name) => [name, (...args: unknown[]) => call(reference, name, args)]))
      : (...args: unknown[]) => call(reference, '', args)
    let holder = value as Record<string, unknown>
    for (const key of path.slice(0, -1)) holder = holder[key] as Record<string, unknown>
    holder[path.at(-1)!] = standIn
  }
  return value
}
