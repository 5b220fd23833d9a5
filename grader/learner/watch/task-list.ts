import { isCancel, select } from '@clack/prompts'
import { maxScore } from '#grader/manifest/index.ts'
import { promptOutput } from '#grader/learner/progress/prompt-output.ts'
import { course, placeOf, type Place } from './course.ts'
import { mark } from './task-view.ts'
import type { TaskStates } from './task-states.ts'

/** Lists all tasks with their states, to choose one. @returns null when none was chosen */
export async function chooseTask(current: Place, states: TaskStates): Promise<Place | null> {
  const chosen = await select({
    message: `All tasks: ${states.count('pass')} of ${course.length} pass, ${states.points()} of ${maxScore()} points. Esc: back`,
    options: course.map(({ exercise, task }) => {
      const state = states.of(task)
      return {
        value: task.id,
        label: `${mark(state)} ${exercise.id.slice(0, 2)}  ${task.title}  ${state.score}/${task.points}`,
        hint: task.export,
      }
    }),
    initialValue: current.task.id,
    output: promptOutput,
    withGuide: false,
  })
  return isCancel(chosen) ? null : (placeOf(chosen) ?? null)
}
