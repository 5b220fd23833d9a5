import { stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { basename, resolve } from 'node:path'
import { ArgumentError } from '../harness/errors.ts'
import { parseOptions } from '../harness/cli/command.ts'
import { fileDestination, folderDestination } from '../harness/cli/destination.ts'
import { usageLine } from '../harness/cli/usage.ts'
import { audiences, type Audience } from './audience.ts'
import { findSubmissions, isZip, type FoundSubmission } from './class/find-submissions.ts'
import { readGivenTimes, type GivenTimes } from './class/given-times.ts'
import { readMoment } from './lateness.ts'
import { levels, type Level } from './sandbox/levels.ts'
import type { Calendar } from './visibility.ts'
import { writers } from './writers/index.ts'
import { checkFormat, OutputError, parseOutput, type Output } from './writers/output.ts'

const call = 'npm run grade'
const formats = ['text', ...Object.keys(writers)].join(', ')
/** What `npm run grade` reads. */
export const config = {
  does: 'Scores submissions and writes a report; without options, your own exercises.',
  options: {
    submission: { type: 'string', multiple: true, takes: 'DIR|ZIP', does: 'what to grade (this folder)' },
    submissions: { type: 'string', takes: 'DIR', does: 'grades a class: every folder and zip in DIR' },
    solutions: { type: 'boolean', default: false, does: 'grades the reference solutions' },
    format: { type: 'string', takes: 'FORMAT', default: 'text', does: `prints the scores as ${formats}` },
    write: {
      type: 'string',
      multiple: true,
      takes: 'FORMAT=FILE',
      does: 'also writes them into a file, in any of these but text',
    },
    out: { type: 'string', takes: 'DIR', default: 'out/report', does: 'where the report goes' },
    jobs: { type: 'string', takes: 'N', does: 'submissions at a time (by cores and memory)' },
    seed: { type: 'string', takes: 'TEXT', does: 'draws the same questions again' },
    fresh: { type: 'boolean', default: false, does: 'grades again what an ended run had finished' },
    budget: { type: 'string', takes: 'SECONDS', does: 'how long a submission may take altogether' },
    'submitted-at': { type: 'string', takes: 'TIME|FILE', does: 'when work came in, as the host says' },
    'require-isolation': {
      type: 'string',
      takes: 'LEVEL',
      does: `refuses to grade with less than it: ${levels.join(', ')}`,
    },
    due: { type: 'string', takes: 'DATE', does: 'opens the checks that wait for it, and tells late work' },
    audience: { type: 'string', takes: audiences.join('|'), default: 'student', does: 'who will read it' },
  },
} as const

/** A command line that cannot be carried out. */
class UsageError extends ArgumentError {
  constructor(problem: string) {
    super(problem.split('\n')[0], `Usage: ${usageLine(call, config)}`)
  }
}

export interface Options {
  submissions: FoundSubmission[]
  /** Whether there are several, or a folder of them was named: they are graded in parallel, with a journal. */
  isClass: boolean
  format: string
  outputs: Output[]
  out: string
  isolation: Level | undefined
  audience: Audience
  calendar: Calendar
  jobs: number | undefined
  seed: string | undefined
  isFresh: boolean
  budgetMs: number | undefined
  submittedAt: GivenTimes | undefined
}

/** Reads the command line. @throws ArgumentError */
export async function readOptions(): Promise<Options> {
  const {
    submission = [],
    submissions,
    solutions,
    format,
    write = [],
    out,
    ...rest
  } = parseOptions(config, call).values
  const isolation = readLevel(rest['require-isolation'])
  const audience = readAudience(rest.audience)
  const due = rest.due === undefined ? undefined : readDue(rest.due)
  const jobs =
    rest.jobs === undefined ? undefined : readCount('--jobs', rest.jobs, 4 * availableParallelism())
  const seconds = rest.budget === undefined ? undefined : readCount('--budget', rest.budget, 86_400)
  const found = await Promise.all(submission.map(named))
  if (submissions !== undefined) found.push(...(await classIn(submissions)))
  if (solutions) found.push(await named('solutions'))
  if (found.length === 0 && submissions === undefined) found.push(await named('.'))
  if (found.length === 0) throw new UsageError(`${submissions} holds no folder or zip to grade.`)
  const names = found.map(({ name }) => name)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw new UsageError(`Two submissions are called ${twice}.`)
  const outputs = readOutputs(format, write, found.length)
  folderDestination('--out', out)
  return {
    ...{ submissions: found, isClass: submissions !== undefined || found.length > 1 },
    ...{ format, outputs, out, isolation, audience, calendar: { due, now: new Date() } },
    ...{ jobs, seed: rest.seed, isFresh: rest.fresh, budgetMs: seconds && 1000 * seconds },
    submittedAt: rest['submitted-at'] === undefined ? undefined : await readTimes(rest['submitted-at']),
  }
}

/** A submission that was named by itself. */
async function named(path: string): Promise<FoundSubmission> {
  if (path === '') throw new UsageError('--submission is empty.')
  const full = resolve(path)
  const stats = await stat(full).catch(() => null)
  if (stats?.isDirectory()) return { name: basename(full), path: full, kind: 'folder' }
  if (stats?.isFile() && isZip(full)) return { name: basename(full).slice(0, -4), path: full, kind: 'zip' }
  throw new UsageError(`${full} is no folder and no zip.`)
}

async function classIn(path: string): Promise<FoundSubmission[]> {
  // The current folder would do, and with an unset variable of a shell it is seldom meant.
  if (path === '') throw new UsageError('--submissions is empty.')
  const folder = resolve(path)
  return findSubmissions(folder).catch(() => {
    throw new UsageError(`${folder} is no folder.`)
  })
}

function readOutputs(format: string, write: string[], submissions: number): Output[] {
  try {
    if (format !== 'text') checkFormat(format, submissions)
    const outputs = write.map((text) => parseOutput(text, submissions))
    for (const { file } of outputs) fileDestination('--write', file)
    return outputs
  } catch (error) {
    throw error instanceof OutputError ? new UsageError(error.message) : error
  }
}

function readAudience(name: string): Audience {
  const audience = audiences.find((one) => one === name)
  if (!audience) throw new UsageError(`There is no audience "${name}", only ${audiences.join(', ')}.`)
  return audience
}

function readDue(text: string): Date {
  try {
    return readMoment(text)
  } catch (error) {
    const [problem, remedy] = (error as Error).message.split('\n')
    throw new ArgumentError(`--due: ${problem}`, remedy)
  }
}

function readLevel(name: string | undefined): Level | undefined {
  const level = levels.find((one) => one === name)
  if (name !== undefined && !level)
    throw new UsageError(`There is no isolation "${name}", only ${levels.join(', ')}.`)
  return level
}

function readCount(option: string, text: string, most: number): number {
  const count = Number(text)
  if (/^\d+$/.test(text) && count >= 1 && count <= most) return count
  throw new UsageError(`${option} takes a whole number from 1 to ${most}, received "${text}".`)
}

async function readTimes(text: string): Promise<GivenTimes> {
  try {
    return await readGivenTimes(text)
  } catch (error) {
    throw new UsageError(`--submitted-at: ${(error as Error).message}`)
  }
}
