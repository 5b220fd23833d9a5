import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { modulePath, type Exercise } from '#grader/manifest/index.ts'
import { moduleParts, type ModuleParts, type Part } from './module-parts.ts'

/** By task id, a hash of all that the verdict on it depends on. */
export type TaskSources = ReadonlyMap<string, string>

/**
 * What each task of an exercise is judged on: its function, what that uses of its module and of files beside it, and
 * the specs. Comments and blanks do not count. Null while the module is missing or has a syntax error.
 * @param root the kit's folder
 */
export async function taskSources(exercise: Exercise, root = '.'): Promise<TaskSources | null> {
  const path = join(root, 'exercises', modulePath(exercise))
  const text = await readFile(path, 'utf8').catch(() => null)
  const parts = text === null ? null : moduleParts(text)
  if (!parts) return null
  const specs = await readFile(path.replace(/\.ts$/, '.spec.ts'), 'utf8').catch(() => '')
  const beside = await textsBeside(path, parts)
  return new Map(
    exercise.tasks.map((task) => {
      const hash = createHash('sha256').update(specs.replaceAll('\r', ''))
      for (const tokens of reached(task.export, parts, beside)) hash.update(`\n${tokens}`)
      return [task.id, hash.digest('hex').slice(0, 16)]
    }),
  )
}

/** The tasks whose source differs between two moments. */
export function changedTasks(exercise: Exercise, before: TaskSources, after: TaskSources): string[] {
  return exercise.tasks.map(({ id }) => id).filter((id) => before.get(id) !== after.get(id))
}

/** The tokens of what an export is made of, in an order that does not depend on where it stands. */
function reached(name: string, parts: ModuleParts, beside: ReadonlyMap<string, string>): string[] {
  const names = new Set([parts.exported.get(name) ?? name])
  const found = new Set<Part>()
  const add = (part: Part) => {
    found.add(part)
    for (const use of part.uses) names.add(use)
  }
  parts.always.forEach(add)
  for (const name of names) {
    const part = parts.declared.get(name)
    if (part) add(part)
  }
  const texts = [...found].flatMap(({ tokens, from }) => [tokens, beside.get(from ?? '') ?? ''])
  return [...new Set(texts)].sort()
}

/** The texts of the files beside the module that it imports, directly or through others, by the module's specifier. */
async function textsBeside(path: string, { imports }: ModuleParts): Promise<Map<string, string>> {
  const local = imports.filter((from) => from.startsWith('.'))
  const texts = await Promise.all(local.map((from) => textOf(join(dirname(path), from), new Set([path]))))
  return new Map(local.map((from, i) => [from, texts[i]]))
}

async function textOf(path: string, seen: Set<string>): Promise<string> {
  if (seen.has(path)) return ''
  seen.add(path)
  const text = await readFile(path, 'utf8').catch(() => '')
  const imports = moduleParts(text)?.imports ?? []
  let all = text
  for (const from of imports) if (from.startsWith('.')) all += await textOf(join(dirname(path), from), seen)
  return all
}
