/** What became of a task. Only `pass` scores. */
export type Status =
  | 'pass'
  | 'fail' // ran, and its answer is wrong
  | 'error' // threw, crashed, or could not be loaded
  | 'timeout'
  | 'not-attempted' // still the stub
  | 'blocked' // needs another task that is still the stub
  | 'invalid' // the specs did not run exactly once each, so nothing can be said

export interface TaskResult {
  id: string
  title: string
  status: Status
  score: number
  maxScore: number
  /** Empty when the task passed. */
  message: string
  durationMs: number
}

export interface ExerciseResult {
  id: string
  title: string
  score: number
  maxScore: number
  tasks: TaskResult[]
}

/** Something seen in the submitted text, for a person to judge. Never changes a score. */
export interface Finding {
  exercise: string
  file: string
  line: number
  rule: string
  /** What was found, then the repair, on two lines. */
  message: string
}

/** Which defences held while a submission ran. */
export type Isolation = Record<string, boolean | number | string>

export interface SubmissionResult {
  score: number
  maxScore: number
  exercises: ExerciseResult[]
  findings: Finding[]
  isolation: Isolation
}

export interface ReportHeader {
  schema: 'sd3-workshop/grade/v1'
  model: string
  device: string
}

/** What `grade --format json` prints: one submission inline, several as a list. */
export type Report = ReportHeader &
  (SubmissionResult | { submissions: ({ name: string } & SubmissionResult)[] })
