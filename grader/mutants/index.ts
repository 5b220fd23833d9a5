import { resolve } from 'node:path'
import { modulePath, type Exercise } from '#grader/manifest/index.ts'
import { mutantUrl } from './plugin.ts'
import type { Mutant } from './types.ts'

export type { Mutant } from './types.ts'

/** The mutants of an exercise, each with the specifier that loads it under the mutant plugin. */
export async function mutantsOf(exercise: Exercise): Promise<(Mutant & { url: string })[]> {
  const { mutants } = (await import(/* @vite-ignore */ `./${exercise.id}.ts`)) as { mutants: Mutant[] }
  const solution = resolve('solutions', modulePath(exercise))
  return mutants.map((mutant) => ({ ...mutant, url: mutantUrl(solution, mutant) }))
}
