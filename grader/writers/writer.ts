import type { Graded } from '#grader/grade.ts'
import type { ReportHeader } from '#grader/result.ts'

/** What a writer may know besides the grades. */
export interface WriterContext {
  header: ReportHeader
  /** Where the file will lie: pictures are linked relative to it. */
  folder: string
  /** Names that a host gives to a submission come from its environment. */
  env: NodeJS.ProcessEnv
  now: Date
}

interface Described {
  /** One line for the command's help. */
  description: string
  /** Environment variables without which the host would refuse the file. */
  requires?: readonly string[]
}

/** Turns grades into one host's format. Text in, text out: where it goes is the caller's business. */
export type Writer = Described &
  (
    | { holds: 'one'; write(graded: Graded, context: WriterContext): string | Promise<string> }
    | { holds: 'many'; write(graded: readonly Graded[], context: WriterContext): string | Promise<string> }
  )
