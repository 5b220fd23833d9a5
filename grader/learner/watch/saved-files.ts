import { watch } from 'chokidar'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { exercises, modulePath, type Exercise } from '#grader/manifest/index.ts'

/** Editors truncate, write and rename: what comes within this time is one save. */
const SETTLES_MS = 40
/** A file found empty is probably being written. */
const FILLS_MS = 120

/**
 * Watches the modules of all exercises, and files beside them.
 * @param onSave hears once a save; of a file that was deleted too, and when it is back
 * @returns when it watches: a function that ends it
 */
export async function watchExercises(onSave: (exercise: Exercise) => void): Promise<() => Promise<void>> {
  const timers = new Map<Exercise, NodeJS.Timeout>()
  const settle = (exercise: Exercise, ms: number, then: () => void) => {
    clearTimeout(timers.get(exercise))
    timers.set(exercise, setTimeout(then, ms))
  }
  const watcher = watch(
    exercises.map(({ id }) => join('exercises', id)),
    { ignoreInitial: true },
  )
  watcher.on('all', (_, path) => {
    const exercise = exercises.find(({ id }) => path.split(/[\\/]/).includes(id))
    if (!exercise || !path.endsWith('.ts')) return
    settle(exercise, SETTLES_MS, () => {
      void isEmpty(exercise).then((empty) => {
        if (empty) settle(exercise, FILLS_MS, () => onSave(exercise))
        else onSave(exercise)
      })
    })
  })
  watcher.on('error', () => {}) // A folder that vanished; its files come back with it.
  await new Promise<void>((ready) => watcher.once('ready', ready))
  return async () => {
    for (const timer of timers.values()) clearTimeout(timer)
    await watcher.close()
  }
}

async function isEmpty(exercise: Exercise): Promise<boolean> {
  const text = await readFile(join('exercises', modulePath(exercise)), 'utf8').catch(() => '')
  return text.trim() === ''
}
