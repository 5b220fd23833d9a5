/** One graded task: one exported function of an exercise. */
export interface Task {
  /** Unique over all exercises; also the stub's `TODO(id)` and the spec's `task(id)`. */
  id: string
  title: string
  /** The exported function the student writes. */
  export: string
  points: number
  /** Shown on request; says where to look, never the answer. */
  hint: string
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
