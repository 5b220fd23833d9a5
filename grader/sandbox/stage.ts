import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { exercises, modulePath, type Exercise } from '#grader/manifest/index.ts'
import { bundleExercise } from './bundle.ts'
import { SandboxError } from './errors.ts'
import { readExerciseSource, type Source } from './read-source.ts'

/** What staging left for one exercise: a module to load, or why there is none. */
type Staged = { module: string } | { code: SandboxError['code']; problem: string; remedy: string }

/**
 * Takes the allow-listed files of a submission, compiles them, and lays them out under `stage`, one folder an exercise.
 * Nothing else of the submission is ever read, and nothing of it runs here.
 * @returns the submitted sources, for the static checks
 */
export async function stageSubmission(
  submission: string,
  stage: string,
  harness: string,
): Promise<Map<Exercise, Source>> {
  const found = new Map<Exercise, Source>()
  for (const exercise of exercises) {
    const source = await stageExercise(submission, exercise, stage, harness)
    if (source) found.set(exercise, source)
  }
  return found
}

/** One exercise of it. @returns the submitted source; null when there is none that may be read */
export async function stageExercise(
  submission: string,
  exercise: Exercise,
  stage: string,
  harness: string,
): Promise<Source | null> {
  const folder = join(stage, exercise.id)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n')
  let source: Source | null = null
  let staged: Staged
  try {
    source = await readExerciseSource(submission, exercise)
    if (!source) throw noFile(modulePath(exercise))
    const module = join(folder, 'module.js')
    await writeFile(
      module,
      await bundleExercise(
        submission,
        source,
        `exercises/${modulePath(exercise)}`,
        harness,
        exercise.tasks.map((task) => task.export),
      ),
    )
    staged = { module }
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error
    const [problem, remedy] = error.message.split('\n')
    staged = { code: error.code, problem, remedy }
  }
  await writeFile(recordPath(stage, exercise), JSON.stringify(staged))
  return source
}

function noFile(path: string): SandboxError {
  return new SandboxError('NO_FILE', `The submission has no ${path}.`, `Submit exercises/${path}.`)
}

/** The module that staging laid out. @throws SandboxError when there is none */
export async function stagedModule(stage: string, exercise: Exercise): Promise<string> {
  const staged = JSON.parse(await readFile(recordPath(stage, exercise), 'utf8')) as Staged
  if ('module' in staged) return staged.module
  throw new SandboxError(staged.code, staged.problem, staged.remedy)
}

function recordPath(stage: string, exercise: Exercise): string {
  return join(stage, `${exercise.id}.json`)
}
