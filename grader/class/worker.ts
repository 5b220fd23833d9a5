import { Grader } from '#grader/grader.ts'
import type { Graded, Submission } from '#grader/grade.ts'
import type { Workshop } from '#grader/workshop.ts'

/** What a worker is told, and what it answers. */
export type WorkerOrder =
  | { type: 'open'; workshop: Workshop; seed: string; budgetMs: number }
  | { type: 'grade'; submission: Submission; pictures: string }
export type WorkerAnswer =
  { type: 'open' } | { type: 'graded'; graded: Graded; renew: boolean } | { type: 'failed'; message: string }

/** After so many submissions a worker is replaced: whatever memory it lost is given back. */
const MOST_SUBMISSIONS = 50

/** One of a class's trusted workers, with Vitest and a pipeline of its own; started by `WorkerPool`. */
let grader: Promise<Grader> | undefined
let count = 0

process.on('message', (order: WorkerOrder) => void obey(order))
// Without its parent it is of no use, and neither are the processes that it started.
process.on('disconnect', endGroup)

async function obey(order: WorkerOrder): Promise<void> {
  try {
    if (order.type === 'open') {
      grader = Grader.open(order.workshop, { seed: order.seed, budgetMs: order.budgetMs })
      await grader
      return answer({ type: 'open' })
    }
    if (!grader) throw new Error('The worker was given a submission before it was opened.')
    const graded = await (await grader).grade(order.submission, order.pictures)
    answer({ type: 'graded', graded, renew: ++count >= MOST_SUBMISSIONS })
  } catch (error) {
    answer({
      type: 'failed',
      message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    })
  }
}

function answer(message: WorkerAnswer): void {
  process.send?.(message)
}

function endGroup(): void {
  try {
    process.kill(-process.pid, 'SIGKILL')
  } catch {
    process.kill(process.pid, 'SIGKILL') // A system without groups.
  }
}
