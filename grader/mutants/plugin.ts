import { readFile } from 'node:fs/promises'
import type { Plugin } from 'vitest/config'
import type { Mutant } from './types.ts'

type Edit = Pick<Mutant, 'name' | 'find' | 'replace'>

/** The specifier that loads a solution with one edit made; the edit travels in the query, so the plugin needs no table. */
export function mutantUrl(file: string, { name, find, replace }: Edit): string {
  return `${file}?mutant=${Buffer.from(JSON.stringify({ name, find, replace })).toString('base64url')}`
}

/** Serves the modules that `mutantUrl` names. */
export function mutantPlugin(): Plugin {
  return {
    name: 'mutants',
    enforce: 'pre',
    resolveId: (id) => (id.includes('?mutant=') ? id : null),
    async load(id) {
      const [file, edit] = id.split('?mutant=')
      if (!edit) return null
      return applyMutant(
        await readFile(file, 'utf8'),
        JSON.parse(Buffer.from(edit, 'base64url').toString()) as Edit,
      )
    },
  }
}

/** @throws Error when the text to find is missing or ambiguous, so that no mutant silently equals the solution. */
export function applyMutant(source: string, { name, find, replace }: Edit): string {
  const parts = source.split(find)
  if (parts.length !== 2) {
    throw new Error(
      `Mutant "${name}": its text occurs ${parts.length - 1} times in the solution, not once:\n${find}`,
    )
  }
  return parts.join(replace)
}
