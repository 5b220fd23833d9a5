import { exercises, type Exercise } from '#grader/manifest/index.ts'
import { ArgumentError } from '../harness/errors.ts'

/**
 * The exercises whose ids begin with what was given, such as `02` or `2`, in the manifest's order; all when nothing was.
 * @throws ArgumentError that lists those there are
 */
export function exercisesNamed(wanted: readonly string[]): readonly Exercise[] {
  const unknown = wanted.find((part) => !exercises.some((exercise) => isNamed(exercise, part)))
  if (unknown !== undefined)
    throw new ArgumentError(
      `No exercise starts with "${unknown}".`,
      `Pass one of: ${exercises.map(({ id }) => id).join(', ')}.`,
    )
  if (wanted.length === 0) return exercises
  return exercises.filter((exercise) => wanted.some((part) => isNamed(exercise, part)))
}

function isNamed({ id }: Exercise, part: string): boolean {
  return id.startsWith(part) || (/^\d$/.test(part) && id.startsWith(`0${part}`))
}
