/** When a student may see a check's title and message. Its points count from the beginning. */
export type Visibility = 'always' | 'after-due' | 'never'

/** Points for a part of a task, earned when every check it names passes. */
export interface PartialCredit {
  points: number
  /** Titles of the task's specs; all of them draw what they ask anew, so that an answer typed in passes none. */
  checks: string[]
}

/** One graded task: one exported function of an exercise. */
export interface Task {
  /** Unique over all exercises; also the stub's `TODO(id)` and the spec's `task(id)`. */
  id: string
  title: string
  /** The exported function the student writes. */
  export: string
  points: number
  /** Shown on request, one after the other: where to look, how to go about it, nearly the answer. */
  hints: readonly [where: string, how: string, nearly: string]
  /**
   * What a task is worth that is not wholly right. Parts add up, but never to all points: the last one takes every
   * check. Nothing by default.
   */
  partial?: PartialCredit[]
  /**
   * Earlier tasks of the exercise whose functions this one is meant to call. Where the student's own fail, the
   * reference stands in for them.
   */
  needs?: string[]
  /** For all of its checks, or by title. Default `always`. */
  visibility?: Visibility | Record<string, Visibility>
}

/** One exercise: a folder under exercises/ and solutions/, in the order students meet it. */
export interface Exercise {
  /** `01-pipeline-inspection`; the module is `<id>/<slug>.ts`. */
  id: string
  slug: string
  title: string
  level: 'Guided' | 'Supported' | 'Independent'
  tasks: Task[]
}
