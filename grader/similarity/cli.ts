import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { collect } from './collect.ts'
import { rankPairs } from './rank.ts'
import { htmlReport, textReport } from './report.ts'

const USAGE = 'Use: npm run similarity -- --submissions DIR [--out DIR] [--top N], or -- --measure'

/** A command line that cannot be carried out. */
class UsageError extends Error {}

/** `npm run similarity`: ranks the pairs of a class by how much code they share. For instructors; no score depends on it. */
async function main(args: string[]): Promise<number> {
  const { submissions, out, top, measure } = readOptions(args)
  if (measure) {
    const { printMeasurements } = await import('./measure.ts')
    await printMeasurements((line) => console.log(line))
    return 0
  }
  if (!submissions) throw new UsageError('No class is named.')
  if (!(await stat(submissions).catch(() => null))?.isDirectory())
    throw new UsageError(`${submissions} is no folder.`)
  const scratch = await mkdtemp(join(tmpdir(), 'similarity-'))
  try {
    const start = performance.now()
    const { collected, unread, authors } = await collect(submissions, scratch)
    const { pairs, compared } = rankPairs(collected, top)
    await mkdir(out, { recursive: true })
    const report = join(out, 'similarity.html')
    await writeFile(report, htmlReport(pairs, unread))
    const rows = pairs.map(({ exercise, left, right, similarity, bits, tasks, fragments }) => ({
      exercise: exercise.id,
      left: left.author,
      right: right.author,
      similarity,
      bits,
      tasks,
      fragments,
    }))
    await writeFile(join(out, 'similarity.json'), `${JSON.stringify({ pairs: rows, unread }, null, 2)}\n`)
    console.log(textReport(pairs, unread))
    const seconds = ((performance.now() - start) / 1000).toFixed(1)
    console.log(
      `\n${authors} submissions, ${compared} pairs of files in ${seconds} s. Side by side: ${relative('', report)}`,
    )
    return 0
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

function readOptions(args: string[]) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        submissions: { type: 'string' },
        out: { type: 'string', default: 'out/similarity' },
        top: { type: 'string', default: '30' },
        measure: { type: 'boolean', default: false },
      },
    })
    const top = Number(values.top)
    if (!Number.isInteger(top) || top < 1) throw new UsageError(`--top is "${values.top}", not a count.`)
    return { ...values, top }
  } catch (error) {
    throw error instanceof UsageError
      ? error
      : new UsageError((error as Error).message.split('. ')[0], { cause: error })
  }
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  console.error(error instanceof UsageError ? `${error.message}\n${USAGE}` : error)
  process.exitCode = 2
}
