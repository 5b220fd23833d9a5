import { exercises, type Exercise, type Task } from '#grader/manifest/index.ts'
import type { JudgedTask } from '#grader/learner/progress/judged.ts'
import type { Progress } from '#grader/learner/progress/progress-file.ts'
import { taskSources, type TaskSources } from '#grader/learner/progress/task-sources.ts'
import type { Status } from '#grader/result.ts'

export interface TaskState {
  status: Status | 'unchecked'
  /** Whole points. */
  score: number
  /** Why; null when it was judged before this session, or not at all. */
  judged: JudgedTask | null
}

const UNCHECKED: TaskState = { status: 'unchecked', score: 0, judged: null }

/** What is known of every task, and which of them have changed since. */
export class TaskStates {
  readonly #states = new Map<string, TaskState>()
  /** The source that a task's state is about. */
  readonly #judgedOn = new Map<string, string>()
  /** Null for a module that cannot be loaded. */
  readonly #sources = new Map<string, TaskSources | null>()
  /** Tells one text of a module that cannot be loaded from the next. */
  #revision = 0

  constructor({ tasks }: Progress) {
    for (const [id, { status, score, source }] of Object.entries(tasks)) {
      this.#states.set(id, { status, score, judged: null })
      this.#judgedOn.set(id, source)
    }
  }

  /** Reads the exercise's files again. */
  async read(exercise: Exercise): Promise<void> {
    const sources = await taskSources(exercise)
    if (!sources) this.#revision++
    this.#sources.set(exercise.id, sources)
  }

  of({ id }: Task): TaskState {
    return this.#states.get(id) ?? UNCHECKED
  }

  /** What is judged when the specs run now. */
  sources(exercise: Exercise): TaskSources | null {
    return this.#sources.get(exercise.id) ?? null
  }

  /**
   * Whether the task changed since it was judged. Of a module that cannot be loaded that is said of one task only:
   * one is enough to hear why, and the others are as they were once it can.
   */
  isChanged(exercise: Exercise, task: Task, isCurrent: boolean): boolean {
    return (this.sources(exercise) || isCurrent) &&
      this.#judgedOn.get(task.id) !== this.#source(exercise, task)
      ? true
      : false
  }

  /** Takes verdicts on what the sources were when their specs began to run. */
  take(judged: readonly JudgedTask[], sources: ReadonlyMap<string, string>): void {
    for (const one of judged) {
      const { task, status, score } = one
      this.#states.set(task.id, { status, score, judged: one })
      this.#judgedOn.set(task.id, sources.get(task.id) ?? '')
    }
  }

  /** The sources of some tasks, for `take`. */
  sourcesOf(exercise: Exercise, tasks: readonly Task[]): Map<string, string> {
    return new Map(tasks.map((task) => [task.id, this.#source(exercise, task)]))
  }

  count(status: Status): number {
    return allTasks().filter((task) => this.of(task).status === status).length
  }

  points(): number {
    return allTasks().reduce((sum, task) => sum + this.of(task).score, 0)
  }

  #source(exercise: Exercise, { id }: Task): string {
    return this.sources(exercise)?.get(id) ?? `unreadable ${this.#revision}`
  }
}

function allTasks(): Task[] {
  return exercises.flatMap(({ tasks }) => tasks)
}
