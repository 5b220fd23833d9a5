import { exercises, modulePath } from '#grader/manifest/index.ts'
import { SubmissionRefused } from './refused.ts'

/** Where an exercise's files may lie in a submission; see `readExerciseSource`. */
const FOLDERS = ['', ...exercises.flatMap(({ id }) => [`${id}/`, `exercises/${id}/`])]
const FILE = /^[\w-]{1,100}\.ts$/

/** A module of an exercise: what makes a folder a submission. */
const modules = new Set(
  exercises.flatMap((exercise) => {
    const path = modulePath(exercise)
    return [`exercises/${path}`, path, `${exercise.slug}.ts`]
  }),
)

/** Folders that students hand in by accident, and that grading never looks into. */
const SURPLUS = /(^|\/)(node_modules|\.git|__MACOSX|\.DS_Store)(\/|$)/

export const isModule = (path: string): boolean => modules.has(path)
export const isSurplus = (path: string): boolean => SURPLUS.test(path)

/** Whether grading may read this file of a submission: a module, a file beside one, or a brief with predictions. */
export function isAllowed(path: string): boolean {
  const cut = path.lastIndexOf('/') + 1
  const [folder, file] = [path.slice(0, cut), path.slice(cut)]
  return FOLDERS.includes(folder) && (FILE.test(file) || (folder !== '' && file === 'README.md'))
}

/** Twice what can be imported; more would fill the disk that a whole class is graded on. */
export const MOST_FILES = 200

export function tooManyFiles(count: number): SubmissionRefused {
  const problem = `It holds ${count} TypeScript files beside the exercises; at most ${MOST_FILES} are taken.`
  return new SubmissionRefused(problem, 'Submit the exercises folder alone.')
}

export const allowedFolders: readonly string[] = FOLDERS
