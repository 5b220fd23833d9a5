import { afterAll, describe, it as vitestIt } from 'vitest'
import { exerciseById } from '#grader/manifest/index.ts'
import { dropAttachments, withAttachments } from './attach.ts'
import { timeLimit, withinBudget } from './budget.ts'
import { beginDraws } from './draws.ts'
import { announce, retire } from './heartbeat.ts'
import { forgetPictures } from './lazy-pipeline.ts'
import { Prerequisites } from './prerequisites.ts'
import { finishedSpecs, selection } from './resume.ts'
import { subjectsOf } from './subject.ts'

/** Declares one expectation of a task; its title says what the test is for. */
type It<Module> = (title: string, run: (subject: Module) => Promise<void>) => void
type DefineTask<Module> = (id: string, define: (it: It<Module>) => void) => void

declare module 'vitest' {
  interface TaskMeta {
    exercise?: string
    task?: string
    subject?: string
    /** Tasks whose reference solution stood in for the subject's own function. */
    references?: string[]
  }
}

/**
 * Declares the specs of an exercise, once for every subject of this run.
 * Each task of the manifest is one `task(id, …)` holding one or more `it(title, (subject) => …)`;
 * `meta.task` ties a result to its task, and a title is prefixed by the mutant's name when there is one.
 *
 * @example
 * await specs<typeof import('#exercises/01-pipeline-inspection/pipeline-inspection.ts')>(
 *   '01-pipeline-inspection',
 *   (task) => {
 *     task('count-parameters', (it) => {
 *       it('leaves buffers out', async ({ countParameters }) => { … })
 *     })
 *   },
 * )
 */
export async function specs<Module>(
  exerciseId: string,
  define: (task: DefineTask<Module>) => void,
): Promise<void> {
  const exercise = exerciseById(exerciseId)
  const known = new Set(exercise.tasks.map((task) => task.id))
  const selected = selection()
  for (const subject of await subjectsOf<Module>(exercise)) {
    const missing = new Set(known)
    const finished = finishedSpecs(exerciseId, subject.name)
    const failed = finished.filter(({ passed }) => !passed).map(({ task }) => task)
    const prerequisites = new Prerequisites(exercise, subject, [...failed, ...(selected?.failed ?? [])])
    afterAll(() => {
      subject.close?.()
      retire()
      forgetPictures()
    })
    beginDraws(exerciseId)
    define((id, defineTask) => {
      if (!known.has(id)) {
        throw new Error(
          `The spec of ${exerciseId} has a task "${id}" that grader/manifest/${exerciseId}.ts has not.`,
        )
      }
      if (!missing.delete(id)) throw new Error(`The spec of ${exerciseId} has task "${id}" twice.`)
      if (subject.tasks && !subject.tasks.includes(id)) return
      if (selected && !selected.tasks.includes(id)) return
      describe(subject.name ? `${subject.name} | ${id}` : id, () => {
        defineTask((title, run) => {
          const meta = { exercise: exerciseId, task: id, subject: subject.name }
          const isFinished = finished.some((spec) => spec.task === id && spec.title === title)
          vitestIt.skipIf(isFinished)(title, { meta, ...timeLimit() }, (context) =>
            withAttachments(context, exerciseId, async () => {
              announce({ ...meta, title })
              const attempt = (module: Module) => {
                beginDraws(exerciseId, id, title)
                dropAttachments()
                return run(module)
              }
              await withinBudget(context.signal, (signal) =>
                prerequisites.run(id, attempt, signal, (tasks) => {
                  context.task.meta.references = tasks
                }),
              )
            }),
          )
        })
      })
    })
    if (missing.size > 0) throw new Error(`No specs for ${[...missing].join(', ')} in ${exerciseId}.`)
  }
}
