import { mkdir, writeFile } from 'node:fs/promises'
import { basename, join, relative, resolve } from 'node:path'
import { HarnessError } from '../harness/errors.ts'
import { runCommand } from '../harness/cli/command.ts'
import { present } from './audience.ts'
import { ClassProgress } from './class/progress.ts'
import type { Graded } from './grade.ts'
import { readOptions, type Options } from './options.ts'
import type { ReportHeader } from './result.ts'
import { SandboxError } from './sandbox/errors.ts'
import { jsonReport } from './writers/json.ts'
import { markdownIndex, markdownReport } from './writers/markdown.ts'
import { oneLine } from './writers/one-line.ts'
import { render, writeOutput } from './writers/output.ts'
import { classLine, textReport } from './writers/text.ts'

/** `npm run grade`: scores submissions, writes the report, prints the scores. */
async function main(): Promise<number> {
  const options = await readOptions()
  const { format, outputs, out, isClass } = options
  warnOfOwnTimes(options)
  const { header, model } = await readHeader()
  const graded = isClass ? await gradeAll(options, header, model) : await gradeOne(options, header)
  for (const output of outputs) await writeOutput(output, header, graded.map(withoutSeed))
  if (format !== 'text') process.stdout.write(await render(format, header, graded, out))
  return graded.every(({ result }) => result.score === result.maxScore) ? 0 : 1
}

/** A name that the host spells differently leaves its submission with a time that can be made up. */
function warnOfOwnTimes({ submissions, submittedAt }: Options): void {
  const without = submissions
    .filter(({ name }) => submittedAt?.(name) === null)
    .map(({ name }) => oneLine(name))
  if (without.length > 0)
    console.error(`--submitted-at has no time for ${without.join(', ')}: there the files' own dates count.`)
}

/** Opens the model, so that a missing one stops the command and not every task. */
async function readHeader(): Promise<{ header: ReportHeader; model: string }> {
  const { locateCheckpoint, StableDiffusion3Pipeline } = await import('#harness')
  const model = locateCheckpoint(process.env.SD3_MODEL || resolve('models/sd3-nano'))
  const pipe = await StableDiffusion3Pipeline.fromPretrained(model)
  await pipe.release()
  return {
    header: { schema: 'sd3-workshop/grade/v1', model: basename(model), device: pipe.device.name },
    model,
  }
}

async function gradeOne(options: Options, header: ReportHeader): Promise<Graded[]> {
  const { gradeSingle } = await import('./class/grade-single.ts') // Heavy, and not for a mistyped option.
  const { submissions, out, isolation, audience, calendar, format } = options
  const whole = await gradeSingle(submissions[0], { ...options, requireIsolation: isolation })
  const one = await present(whole, audience, calendar)
  await writeReport(header, one, out)
  if (format === 'text') console.log(textReport(one, join(out, 'report.md')))
  return [one]
}

async function gradeAll(options: Options, header: ReportHeader, model: string): Promise<Graded[]> {
  const { gradeClass } = await import('./class/grade-class.ts')
  const { submissions, out, isolation, audience, calendar, format } = options
  const progress = new ClassProgress(process.stderr)
  const folders = new Map<string, string>()
  const shown = (graded: Graded) => present(graded, audience, calendar)
  const all = await gradeClass(
    submissions,
    { ...options, model, device: header.device, requireIsolation: isolation },
    {
      onPlan: (plan) => progress.begin(plan),
      report: async (graded, folder) => {
        folders.set(graded.name, folder)
        await writeReport(header, withoutSeed(await shown(graded)), folder)
      },
      onGraded: ({ name, result }) => progress.advance(`${oneLine(name)} ${result.score}/${result.maxScore}`),
    },
  )
  progress.end()
  const graded = await Promise.all(all.map(shown))
  const linkOf = (name: string) => relative(out, join(folders.get(name) ?? '', 'report.md'))
  await writeFile(join(out, 'result.json'), jsonReport(header, graded))
  await writeFile(join(out, 'report.md'), markdownIndex(graded, linkOf))
  if (format === 'text') {
    for (const one of graded) console.log(classLine(one))
    console.log(`Report: ${join(out, 'report.md')}`)
  }
  return graded
}

async function writeReport(header: ReportHeader, graded: Graded, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'result.json'), jsonReport(header, [graded]))
  await writeFile(join(folder, 'report.md'), markdownReport(header, graded, folder))
}

/** A student who knew a class's seed could work out what a regrade will ask. */
function withoutSeed({ result, ...rest }: Graded): Graded {
  const { seed: _, ...shown } = result
  return { ...rest, result: shown }
}

/** What the sandbox refuses is said for people, in two lines; any other error of it is a fault of the grader. */
function refusal(error: unknown): never {
  if (!(error instanceof SandboxError && error.code === 'REFUSED')) throw error
  const [problem, remedy] = error.message.split('\n')
  throw new HarnessError(error.code, problem, remedy, { cause: error })
}

await runCommand(() => main().catch(refusal))
