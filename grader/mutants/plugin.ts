import { readFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import type { Plugin } from 'vitest/config'
import type { Mutant } from './types.ts'

/** Serves `solutions/…/x.ts?mutant=name` as the solution with that mutant's one edit made. */
export function mutantPlugin(): Plugin {
  return {
    name: 'mutants',
    enforce: 'pre',
    async load(id) {
      const [file, query] = id.split('?')
      const name = new URLSearchParams(query).get('mutant')
      if (name === null) return null
      const { mutants } = (await import(`./${basename(dirname(file))}.ts`)) as { mutants: Mutant[] }
      const mutant = mutants.find((candidate) => candidate.name === name)
      if (!mutant) throw new Error(`No mutant "${name}" for ${file}.`)
      return applyMutant(await readFile(file, 'utf8'), mutant)
    },
  }
}

/** @throws Error when the text to find is missing or ambiguous, so that no mutant silently equals the solution. */
export function applyMutant(source: string, { name, find, replace }: Mutant): string {
  const parts = source.split(find)
  if (parts.length !== 2) {
    throw new Error(`Mutant "${name}": its text occurs ${parts.length - 1} times in the solution, not once:\n${find}`)
  }
  return parts.join(replace)
}
