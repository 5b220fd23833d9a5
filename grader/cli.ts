import { mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { audiences, present, type Audience } from './audience.ts'
import type { Graded, Submission } from './grade.ts'
import { readMoment } from './lateness.ts'
import type { ReportHeader } from './result.ts'
import { levels, type Level } from './sandbox/levels.ts'
import type { Calendar } from './visibility.ts'
import { jsonReport } from './writers/json.ts'
import { markdownIndex, markdownReport } from './writers/markdown.ts'
import { checkFormat, OutputError, parseOutput, render, writeOutput, type Output } from './writers/output.ts'
import { textReport } from './writers/text.ts'

const USAGE =
  'Use: npm run grade -- [--submission DIR]… [--submissions DIR] [--solutions] [--format json|text|…] [--write FORMAT=FILE]… [--require-isolation LEVEL] [--due DATE] [--audience student|instructor] [--out DIR]'

/** A command line that cannot be carried out. */
class UsageError extends Error {}

interface Options {
  submissions: Submission[]
  format: string
  outputs: Output[]
  out: string
  isolation: Level | undefined
  audience: Audience
  calendar: Calendar
}

/** `npm run grade`: scores submissions, writes the report, prints the scores. */
async function main(args: string[]): Promise<number> {
  const { submissions, format, outputs, out, isolation, audience, calendar } = await readOptions(args)
  // Heavy, and not for a mistyped option.
  const { grade } = await import('./grade.ts')
  const header = await readHeader()
  const folderOf = (name: string) => (submissions.length === 1 ? out : join(out, name))
  const graded: Graded[] = []
  const picturesOf = (name: string) => join(folderOf(name), 'pictures')
  for await (const whole of grade(submissions, picturesOf, isolation && { requireIsolation: isolation })) {
    const one = await present(whole, audience, calendar)
    graded.push(one)
    const folder = folderOf(one.name)
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'result.json'), jsonReport(header, [one]))
    await writeFile(join(folder, 'report.md'), markdownReport(header, one, folder))
    if (format === 'text') console.log(textReport(one, join(folder, 'report.md')))
    else if (process.stderr.isTTY) console.error(`${graded.length}/${submissions.length} ${one.name}`)
  }
  if (graded.length > 1) {
    await writeFile(join(out, 'result.json'), jsonReport(header, graded))
    await writeFile(join(out, 'report.md'), markdownIndex(graded))
  }
  for (const output of outputs) await writeOutput(output, header, graded)
  if (format !== 'text') process.stdout.write(await render(format, header, graded, out))
  return graded.every(({ result }) => result.score === result.maxScore) ? 0 : 1
}

/** Opens the model, so that a missing one stops the command and not every task. */
async function readHeader(): Promise<ReportHeader> {
  const { locateCheckpoint, StableDiffusion3Pipeline } = await import('#harness')
  const folder = locateCheckpoint(process.env.SD3_MODEL || resolve('models/sd3-nano'))
  const pipe = await StableDiffusion3Pipeline.fromPretrained(folder)
  await pipe.release()
  return { schema: 'sd3-workshop/grade/v1', model: basename(folder), device: pipe.device.name }
}

async function readOptions(args: string[]): Promise<Options> {
  const { submission = [], submissions, solutions, format, write = [], out, ...rest } = parse(args)
  const isolation = readLevel(rest['require-isolation'])
  const folders = submission.map((folder) => resolve(folder))
  if (submissions !== undefined) folders.push(...(await foldersIn(resolve(submissions))))
  if (solutions) folders.push(resolve('solutions'))
  if (folders.length === 0 && submissions === undefined) folders.push(resolve('.'))
  if (folders.length === 0) throw new UsageError(`${submissions} holds no folder to grade.`)
  const names = folders.map((folder) => basename(folder))
  for (const [i, folder] of folders.entries()) {
    if (!(await stat(folder).catch(() => null))?.isDirectory())
      throw new UsageError(`${folder} is no folder.`)
    if (names.indexOf(names[i]) !== i) throw new UsageError(`Two submissions are called ${names[i]}.`)
  }
  if (format !== 'text') checkFormat(format, folders.length)
  const outputs = write.map((text) => parseOutput(text, folders.length))
  return {
    submissions: folders.map((folder, i) => ({ name: names[i], folder })),
    format,
    outputs,
    out,
    isolation,
    audience: readAudience(rest.audience),
    calendar: { due: rest.due === undefined ? undefined : readDue(rest.due), now: new Date() },
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
        'require-isolation': { type: 'string' },
        due: { type: 'string' },
        audience: { type: 'string', default: 'student' },
        out: { type: 'string', default: 'out/report' },
      },
    }).values
  } catch (error) {
    throw new UsageError((error as Error).message.split('. ')[0], { cause: error })
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
    throw new UsageError(`--due: ${(error as Error).message}`, { cause: error })
  }
}

function readLevel(name: string | undefined): Level | undefined {
  const level = levels.find((one) => one === name)
  if (name !== undefined && !level)
    throw new UsageError(`There is no isolation "${name}", only ${levels.join(', ')}.`)
  return level
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => {
    throw new UsageError(`${folder} is no folder.`)
  })
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => join(folder, name))
    .sort()
}

/** Errors made for people have two lines already; any other is a fault of the grader, shown whole. */
function describe(error: unknown): unknown {
  if (error instanceof UsageError || error instanceof OutputError) return `${error.message}\n${USAGE}`
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return ['CHECKPOINT', 'ARGUMENT', 'UNSUPPORTED', 'REFUSED'].includes(String(code))
    ? (error as Error).message
    : error
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  console.error(describe(error))
  process.exitCode = 2
}
