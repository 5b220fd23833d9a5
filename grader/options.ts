import { stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { basename, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { audiences, type Audience } from './audience.ts'
import { findSubmissions, isZip, type FoundSubmission } from './class/find-submissions.ts'
import { readGivenTimes, type GivenTimes } from './class/given-times.ts'
import { readMoment } from './lateness.ts'
import { levels, type Level } from './sandbox/levels.ts'
import type { Calendar } from './visibility.ts'
import { checkFormat, parseOutput, type Output } from './writers/output.ts'

export const USAGE =
  'Use: npm run grade -- [--submission DIR|ZIP]… [--submissions DIR] [--solutions] [--format json|text|…] [--write FORMAT=FILE]… [--out DIR] [--jobs N] [--seed TEXT] [--fresh] [--budget SECONDS] [--submitted-at TIME|FILE] [--require-isolation LEVEL] [--due DATE] [--audience student|instructor]'

/** A command line that cannot be carried out. */
export class UsageError extends Error {}

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

/** Reads the command line. @throws UsageError, OutputError */
export async function readOptions(args: string[]): Promise<Options> {
  const { submission = [], submissions, solutions, format, write = [], out, ...rest } = parse(args)
  const isolation = readLevel(rest['require-isolation'])
  const audience = readAudience(rest.audience)
  const due = rest.due === undefined ? undefined : readDue(rest.due)
  const jobs =
    rest.jobs === undefined ? undefined : readCount('--jobs', rest.jobs, 4 * availableParallelism())
  const seconds = rest.budget === undefined ? undefined : readCount('--budget', rest.budget, 86_400)
  const found = await Promise.all(submission.map(named))
  if (submissions !== undefined) found.push(...(await classIn(resolve(submissions))))
  if (solutions) found.push(await named('solutions'))
  if (found.length === 0 && submissions === undefined) found.push(await named('.'))
  if (found.length === 0) throw new UsageError(`${submissions} holds no folder or zip to grade.`)
  const names = found.map(({ name }) => name)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw new UsageError(`Two submissions are called ${twice}.`)
  if (format !== 'text') checkFormat(format, found.length)
  const outputs = write.map((text) => parseOutput(text, found.length))
  return {
    ...{ submissions: found, isClass: submissions !== undefined || found.length > 1 },
    ...{ format, outputs, out, isolation, audience, calendar: { due, now: new Date() } },
    ...{ jobs, seed: rest.seed, isFresh: rest.fresh, budgetMs: seconds && 1000 * seconds },
    submittedAt: rest['submitted-at'] === undefined ? undefined : await readTimes(rest['submitted-at']),
  }
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        submission: { type: 'string', multiple: true },
        submissions: { type: 'string' },
        solutions: { type: 'boolean', default: false },
        format: { type: 'string', default: 'text' },
        write: { type: 'string', multiple: true },
        out: { type: 'string', default: 'out/report' },
        jobs: { type: 'string' },
        seed: { type: 'string' },
        fresh: { type: 'boolean', default: false },
        budget: { type: 'string' },
        'submitted-at': { type: 'string' },
        'require-isolation': { type: 'string' },
        due: { type: 'string' },
        audience: { type: 'string', default: 'student' },
      },
    }).values
  } catch (error) {
    throw new UsageError((error as Error).message.split('. ')[0], { cause: error })
  }
}

/** A submission that was named by itself. */
async function named(path: string): Promise<FoundSubmission> {
  const full = resolve(path)
  const stats = await stat(full).catch(() => null)
  if (stats?.isDirectory()) return { name: basename(full), path: full, kind: 'folder' }
  if (stats?.isFile() && isZip(full)) return { name: basename(full).slice(0, -4), path: full, kind: 'zip' }
  throw new UsageError(`${full} is no folder and no zip.`)
}

async function classIn(folder: string): Promise<FoundSubmission[]> {
  return findSubmissions(folder).catch(() => {
    throw new UsageError(`${folder} is no folder.`)
  })
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
    throw new UsageError(`--due: ${(error as Error).message}`, { cause: error })
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
    throw new UsageError(`--submitted-at: ${(error as Error).message.split('\n')[0]}`, { cause: error })
  }
}
