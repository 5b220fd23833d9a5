import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { ArgumentError } from '#harness'
import { countOption, parseOptions, runCommand } from '../../harness/cli/command.ts'
import { folderDestination } from '../../harness/cli/destination.ts'
import { usageLine } from '../../harness/cli/usage.ts'
import { collect } from './collect.ts'
import { rankPairs } from './rank.ts'
import { htmlReport, textReport } from './report.ts'

const call = 'npm run similarity'
const config = {
  does: 'Ranks the pairs of a class by how much code they share. For instructors; no score depends on it.',
  options: {
    submissions: {
      type: 'string',
      takes: 'DIR',
      required: true,
      does: 'the class: folders or zips; --measure does without',
    },
    out: { type: 'string', takes: 'DIR', default: 'out/similarity', does: 'where the ranking is written' },
    top: { type: 'string', takes: 'N', default: '30', does: 'how many pairs are shown' },
    measure: { type: 'boolean', default: false, does: 'measures the method itself, on disguised copies' },
  },
} as const

/** `npm run similarity`: ranks the pairs of a class by how much code they share. */
await runCommand(async () => {
  const { values } = parseOptions(config, call)
  const { submissions, measure } = values
  const top = countOption('top', values.top)!
  if (measure) {
    const { printMeasurements } = await import('./measure.ts')
    return printMeasurements((line) => console.log(line))
  }
  if (!submissions) throw new ArgumentError('No class is named.', `Usage: ${usageLine(call, config)}`)
  if (!(await stat(submissions).catch(() => null))?.isDirectory())
    throw new ArgumentError(`${submissions} is no folder.`, 'Pass --submissions with the folder of a class.')
  const out = folderDestination('--out', values.out)
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
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
})
