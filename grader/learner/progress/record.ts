import type { JudgedExercise } from './judged.ts'
import { updateProgress } from './progress-file.ts'
import type { TaskSources } from './task-sources.ts'

/**
 * Keeps verdicts with what they were given on. A task that did not run keeps its last one.
 * @param sources as they were when the specs ran; null for a module that cannot be loaded, of which nothing is kept
 */
export async function recordVerdicts(
  { exercise, tasks }: JudgedExercise,
  sources: TaskSources | null,
  root = '.',
): Promise<void> {
  if (!sources) return
  const at = new Date().toISOString()
  await updateProgress((progress) => {
    for (const { task, status, score } of tasks) {
      const source = sources.get(task.id)
      if (status === 'invalid' || source === undefined) continue
      const isNew = progress.tasks[task.id]?.source !== source
      progress.tasks[task.id] = { status, score, source, at }
      if (status === 'not-attempted' || !isNew) continue
      const { first = at } = progress.exercises[exercise.id] ?? {}
      progress.exercises[exercise.id] = { first, last: at }
    }
  }, root)
}
