import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ArgumentError } from '#harness'
import { parsePredictions } from '#grader/learner/predictions/predictions.ts'
import { exercises, modulePath, type Exercise } from '#grader/manifest/index.ts'

/**
 * What students are given is still to do: somebody who tried the exercises in this kit hands nothing of it on.
 * @throws ArgumentError naming the file in which something was done
 */
export async function checkUntouched(root: string): Promise<void> {
  for (const exercise of exercises) {
    await checkStub(root, exercise)
    const brief = `exercises/${exercise.id}/README.md`
    const predictions = parsePredictions(await readFile(join(root, brief), 'utf8'))
    if (predictions.some(({ answer, measured }) => answer !== '' || measured !== ''))
      throw touched(brief, 'already answers its questions')
  }
}

async function checkStub(root: string, exercise: Exercise): Promise<void> {
  const path = `exercises/${modulePath(exercise)}`
  const text = await readFile(join(root, path), 'utf8')
  for (const { id } of exercise.tasks) {
    if (!new RegExp(`new TodoError\\(\\s*import\\.meta\\.url,\\s*'${id}'`).test(text))
      throw touched(path, `is no stub any more: it has no TodoError for ${id}`)
  }
}

function touched(path: string, how: string): ArgumentError {
  return new ArgumentError(
    `${path} ${how}.`,
    'Make the template from a fresh clone, or put the file back: git checkout -- exercises',
  )
}
