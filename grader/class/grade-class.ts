import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { anySeed, type Graded } from '#grader/grade.ts'
import { BUDGET_MS } from '#grader/grader.ts'
import type { SubmissionResult } from '#grader/result.ts'
import type { Level } from '#grader/sandbox/levels.ts'
import { closeWorkshop, openWorkshop, type Workshop } from '#grader/workshop.ts'
import { circumstances } from './circumstances.ts'
import type { FoundSubmission } from './find-submissions.ts'
import { invalid } from './invalid.ts'
import { defaultJobs, threadsOf } from './jobs.ts'
import { Journal, type JournalEntry } from './journal.ts'
import { receive, type Received } from './receive.ts'
import { SubmissionRefused } from './refused.ts'
import { reportFolders } from './report-folders.ts'
import { WorkerLost, WorkerPool } from './worker-pool.ts'

export interface ClassOptions {
  /** Folder for reports and the journal. */
  out: string
  /** The checkpoint, a folder. */
  model: string
  device: string
  jobs?: number | undefined
  /** What fresh instances follow from. Default: the interrupted run's, else one that nobody can guess. */
  seed?: string | undefined
  /** Grades again what the journal holds. */
  isFresh?: boolean
  budgetMs?: number | undefined
  requireIsolation?: Level | undefined
  /** Times of submission that are known better than from the files. */
  submittedAt?: ((name: string) => Date | null) | undefined
}

/** What is about to happen. */
export interface ClassPlan {
  jobs: number
  threads: number
  total: number
  /** Finished in an earlier run. */
  kept: number
  seed: string
}

export interface ClassEvents {
  onPlan?(plan: ClassPlan): void
  /** Writes a submission's report. When it has returned, the submission is finished. */
  report(graded: Graded, folder: string): Promise<void>
  /** Called after the report, in any order. */
  onGraded?(graded: Graded, folder: string): void
}

/** A submission with all that is known before it is graded. */
interface Task {
  name: string
  /** The folder of its report, and below it of its pictures. */
  folder: string
  received: Received | SubmissionRefused
  content: string
  submittedAt: string | null
  /** From an earlier run, and still good. */
  finished: JournalEntry | null
}

/**
 * Grades a class: submissions that the journal holds are taken from there, the others are graded by several workers
 * at once, each finished one entered at once. Ended at any moment, it goes on where it was when it is run again.
 * @returns the grades in the order of the submissions
 */
export async function gradeClass(
  found: readonly FoundSubmission[],
  options: ClassOptions,
  events: ClassEvents,
): Promise<Graded[]> {
  const journal = await Journal.open(join(options.out, 'journal'))
  const workshop = await openWorkshop(options.requireIsolation)
  const stop = endOnSignal(workshop)
  try {
    const budgetMs = options.budgetMs ?? BUDGET_MS
    const { device, model } = options
    const around = await circumstances(model, { device, budgetMs, level: workshop.launcher.level })
    const tasks = await lookAt(found, options, around, journal, workshop)
    const open = tasks.filter(({ finished }) => !finished)
    const seed = options.seed ?? (await seedOf(journal, options)) ?? anySeed()
    const jobs = options.jobs ?? defaultJobs(open.length)
    const plan = {
      jobs,
      threads: threadsOf(jobs),
      total: tasks.length,
      kept: tasks.length - open.length,
      seed,
    }
    events.onPlan?.(plan)
    const done = new Map<string, Graded>()
    const finish = async (task: Task, graded: Graded) => {
      await events.report(graded, task.folder)
      done.set(task.name, graded)
      events.onGraded?.(graded, task.folder)
    }
    for (const task of tasks) {
      if (!task.finished) continue
      const entry = atTime(task.finished, task.submittedAt)
      await finish(task, entry.graded)
      if (entry !== task.finished) await journal.write(entry)
    }
    if (open.length > 0) await journal.writeRun({ seed, isFinished: false })
    const pool = new WorkerPool({ workshop, seed, jobs, threads: plan.threads, budgetMs })
    stop.alsoClose(pool)
    const gradeNext = async (): Promise<void> => {
      const task = open.shift()
      if (!task) return
      const { name, content, submittedAt } = task
      const graded = await gradeTask(task, pool, workshop)
      Object.assign(graded.result, { ...(submittedAt !== null && { submittedAt }), content, seed })
      await events.report(graded, task.folder)
      await journal.write({ name, content, circumstances: around, seed, submittedAt, graded })
      done.set(name, graded)
      events.onGraded?.(graded, task.folder)
      return gradeNext()
    }
    try {
      await Promise.all(Array.from({ length: jobs }, gradeNext))
    } finally {
      pool.close()
    }
    await journal.writeRun({ seed, isFinished: true })
    return tasks.flatMap(({ name }) => done.get(name) ?? [])
  } finally {
    stop.forget()
    await journal.close()
    await closeWorkshop(workshop)
  }
}

/** An interrupted run's seed. When a class was finished, students may know what was asked: others are asked anew. */
async function seedOf(journal: Journal, { isFresh }: ClassOptions): Promise<string | null> {
  const run = await journal.readRun()
  return run && !run.isFinished && !isFresh ? run.seed : null
}

/** A finished submission with the time that is known of it now: no task asks for it, so nothing is graded again. */
function atTime(entry: JournalEntry, submittedAt: string | null): JournalEntry {
  if (entry.submittedAt === submittedAt) return entry
  const { submittedAt: _, content, seed, ...rest } = entry.graded.result
  const result = { ...rest, ...(submittedAt !== null && { submittedAt }), content, seed } as SubmissionResult
  return { ...entry, submittedAt, graded: { ...entry.graded, result } }
}

/** Takes in every submission, and looks up what an earlier run knows of it. */
async function lookAt(
  found: readonly FoundSubmission[],
  { out, seed, isFresh, submittedAt: given }: ClassOptions,
  around: string,
  journal: Journal,
  workshop: Workshop,
): Promise<Task[]> {
  const folders = reportFolders(found.map(({ name }) => name))
  const tasks: Task[] = []
  for (const [i, one] of found.entries()) {
    const { name } = one
    const scratch = join(workshop.folder, `received-${i}`)
    await mkdir(scratch)
    const received = await receive(one, scratch).catch((error: unknown) => {
      if (error instanceof SubmissionRefused) return error
      throw error
    })
    const isRefused = received instanceof SubmissionRefused
    const content = isRefused ? received.message : received.content
    const entry = await journal.find(name)
    const isSame = entry?.content === content
    const known = isRefused ? null : (received.submittedAt?.toISOString() ?? null)
    const submittedAt = given?.(name)?.toISOString() ?? (isSame ? entry.submittedAt : known)
    const isGood =
      isSame && !isFresh && entry.circumstances === around && (seed === undefined || entry.seed === seed)
    const folder = join(out, 'submissions', folders.get(name)!)
    tasks.push({ name, folder, received, content, submittedAt, finished: isGood ? entry : null })
  }
  return tasks
}

/** A worker that came to an end gets a second chance, since its end may have been another's doing. */
async function gradeTask(
  { name, folder, received }: Task,
  pool: WorkerPool,
  { launcher }: Workshop,
): Promise<Graded> {
  const pictures = join(folder, 'pictures')
  if (received instanceof SubmissionRefused) {
    await rm(pictures, { recursive: true, force: true })
    return invalid(name, received.message, launcher.isolation)
  }
  const attempt = () => pool.grade({ name, folder: received.folder }, pictures)
  try {
    return await attempt().catch((error: unknown) => {
      if (error instanceof WorkerLost) return attempt()
      throw error
    })
  } catch (error) {
    if (!(error instanceof WorkerLost)) throw error
    const why = `The grader failed twice on this submission. ${error.message}\nGrade it alone to see more.`
    return invalid(name, why, launcher.isolation)
  }
}

/** Leaves nothing behind when the command is asked to end. */
function endOnSignal(workshop: Workshop) {
  let pool: WorkerPool | undefined
  const end = () => {
    pool?.close()
    void closeWorkshop(workshop).finally(() => {
      console.error('Ended. Run the same command again: it goes on where it was.')
      process.exit(130)
    })
  }
  process.once('SIGINT', end).once('SIGTERM', end)
  return {
    alsoClose: (opened: WorkerPool) => (pool = opened),
    forget: () => process.off('SIGINT', end).off('SIGTERM', end),
  }
}
