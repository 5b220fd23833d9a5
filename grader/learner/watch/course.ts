import { exercises, type Exercise, type Task } from '#grader/manifest/index.ts'

/** A task and where it stands. */
export interface Place {
  exercise: Exercise
  task: Task
}

/** Every task, in the order students meet them. */
export const course: readonly Place[] = exercises.flatMap((exercise) =>
  exercise.tasks.map((task) => ({ exercise, task })),
)

export function placeOf(id: string | null): Place | undefined {
  return course.find(({ task }) => task.id === id)
}

/** The first place after this one, in a circle, for which something holds; null when it holds for none but this. */
export function placeAfter({ task }: Place, holds: (place: Place) => boolean): Place | null {
  const at = course.findIndex((place) => place.task === task)
  return [...course.slice(at + 1), ...course.slice(0, at)].find(holds) ?? null
}

export function placeBefore({ task }: Place): Place {
  const at = course.findIndex((place) => place.task === task)
  return course.at(at - 1)!
}
