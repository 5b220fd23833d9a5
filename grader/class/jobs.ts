import { availableParallelism, freemem } from 'node:os'

/** Measured with sd3-nano, see README.md: 5.4 GB in two jobs, each with a submission that takes what it is given. */
export const JOB_BYTES = 2.5 * 2 ** 30
/** For the command itself and whatever else the machine does. */
const RESERVED_BYTES = 2 ** 30

/** How many submissions to grade at once: one a core, as long as there is memory for each. */
export function defaultJobs(
  submissions: number,
  cores = availableParallelism(),
  memory = availableMemory(),
): number {
  const fitting = Math.floor((memory - RESERVED_BYTES) / JOB_BYTES)
  return Math.max(1, Math.min(cores, fitting, submissions))
}

/** Threads that a job's networks may use, so that all jobs together use every core once. */
export function threadsOf(jobs: number, cores = availableParallelism()): number {
  return Math.max(1, Math.floor(cores / jobs))
}

/** Bytes that this process could still take, within a container's limit too. */
function availableMemory(): number {
  const limited = (process as { availableMemory?: () => number }).availableMemory?.() ?? Infinity
  return Math.min(limited, freemem())
}
