import type { Lateness } from './lateness.ts'
import type { Visibility } from './manifest/index.ts'

/** What became of a task. `pass` scores in full; with any other, parts of it may have (see `partial` in the manifest). */
export type Status =
  | 'pass'
  | 'fail' // ran, and its answer is wrong
  | 'error' // threw, crashed, or could not be loaded
  | 'timeout'
  | 'not-attempted' // still the stub
  | 'blocked' // needs another task that is still the stub
  | 'invalid' // the specs did not run exactly once each, so nothing can be said

/** One expectation of a task, by the title of its spec. */
export interface CheckResult {
  title: string
  status: Status
  /** Empty when it passed. */
  message: string
  visibility: Visibility
}

export interface TaskResult {
  id: string
  title: string
  status: Status
  /** Whole points. */
  score: number
  maxScore: number
  /** What is wrong, then notes on how it was graded. Empty when the task passed and there is nothing to note. */
  message: string
  durationMs: number
  /** The file that it has to be in, where the submission has none. */
  missing?: string
  /** In the order of the specs; in a student's view only those that may be seen. */
  checks?: CheckResult[]
  /** Tasks whose reference stood in for the student's own function, which is wrong or missing. */
  references?: string[]
  /** The last lines of the message: how it was graded. */
  notes?: string[]
  /** In a student's view, how many checks count without being shown. */
  hiddenChecks?: number
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
  /** When it was due. */
  due?: string
  /** Absent for work in time, and where one of the two moments is not known. */
  late?: Lateness
  score: number
  maxScore: number
  exercises: ExerciseResult[]
  findings: Finding[]
  isolation: Isolation
  /** ISO time; absent where it is not known. A regrade of the same content keeps it. */
  submittedAt?: string
  /** A hash of what was submitted, by which a regrade knows it again. */
  content?: string
  /** What the fresh instances followed from: grading again with it asks the same. Not for students' eyes. */
  seed?: string
}

export interface ReportHeader {
  schema: 'sd3-workshop/grade/v1'
  model: string
  device: string
}

/** What `grade --format json` prints: one submission inline, several as a list. */
export type Report = ReportHeader &
  (SubmissionResult | { submissions: ({ name: string } & SubmissionResult)[] })
