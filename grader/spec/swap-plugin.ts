import { resolve } from 'node:path'
import type { Plugin } from 'vitest/config'
import { exercises, modulePath } from '../manifest/index.ts'
import { swapHook } from './swap.ts'

/** Adds the hook to exercises that are loaded into the specs' own process, as staging does for submissions. */
export function swapPlugin(): Plugin {
  const hooks = new Map(
    exercises.map((exercise) => {
      const names = exercise.tasks.map((task) => task.export)
      return [resolve('exercises', modulePath(exercise)).replaceAll('\\', '/'), swapHook(names)]
    }),
  )
  return {
    name: 'swap',
    enforce: 'pre',
    transform(code, id) {
      const hook = hooks.get(id.split('?')[0])
      return hook === undefined ? null : { code: code + hook, map: null }
    },
  }
}
