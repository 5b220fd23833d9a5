import { pathToFileURL } from 'node:url'
import { resolve } from 'node:path'
import { modulePath, type Exercise } from '#grader/manifest/index.ts'
import type { Mutant } from './types.ts'

export type { Mutant } from './types.ts'

/** The mutants of an exercise, each with the module specifier that loads it under the mutant plugin. */
export async function mutantsOf(exercise: Exercise): Promise<(Mutant & { url: string })[]> {
  const { mutants } = (await import(`./${exercise.id}.ts`)) as { mutants: Mutant[] }
  const solution = pathToFileURL(resolve('solutions', modulePath(exercise))).pathname
  return mutants.map((mutant) => ({ ...mutant, url: `${solution}?mutant=${encodeURIComponent(mutant.name)}` }))
}
