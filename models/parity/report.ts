import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseOptions, runCommand } from '../../harness/cli/command.ts'
import type { TransformerShape } from '../../harness/flops.ts'
import type { BenchResult } from './bench.ts'
import { missing, number, table } from './cells.ts'
import { defaultForm } from './graph-form.ts'
import type { ParityResult } from './harness.ts'
import { ALLOWED_RATIO } from './judge-case.ts'
import type { LessonResult } from './lesson.ts'
import { describeMachine } from './machine.ts'
import { memorySection } from './memory-section.ts'
import { checkpoint, workFolder } from './options.ts'
import { parityMarkdown } from './parity-table.ts'
import { profileSection } from './profile-section.ts'
import { readResult, readResults } from './results.ts'
import { speedSection, type DiffusersResult } from './speed-section.ts'
import type { WatchResult } from './watch.ts'

const call = 'npx tsx models/parity/report.ts'
const config = {
  does: 'Writes BENCHMARKS.md from what all stages stored.',
  operands: 'WORKDIR',
  options: {
    checkpoint,
  },
} as const
/** SD3 Medium's configs. */
const MEDIUM = join(import.meta.dirname, '../sd3-medium')

/** Writes models/parity/BENCHMARKS.md (the full size) or WORKDIR/BENCHMARKS.md (both) from the stages' results. */
await runCommand(async () => {
  const { values, positionals } = parseOptions(config, call)
  const work = workFolder(positionals, call, config)
  const shape = JSON.parse(
    await readFile(join(MEDIUM, 'transformer/config.json'), 'utf8'),
  ) as TransformerShape
  const full = values.checkpoint === 'medium'
  const text = [
    '# Benchmarks',
    `Written by \`bash models/parity/run.sh WORKDIR\`; [README.md](README.md) says what each number is.`,
    ...(full ? [] : ['**A rehearsal with little networks: these numbers say nothing about SD3 Medium.**']),
    await machineSection(work),
    await paritySection(work),
    await speedSection(work, full ? shape : null),
    await coldSection(work),
    await memorySection(work, full ? MEDIUM : join(work, 'checkpoints', values.checkpoint)),
    await lessonSection(work),
    await profileSection(work),
    await stagesSection(work),
  ].join('\n\n')
  await writeFile(join(work, 'BENCHMARKS.md'), `${text}\n`)
  if (full) await writeFile(join(import.meta.dirname, 'BENCHMARKS.md'), `${text}\n`)
  console.log(text)
})

async function machineSection(work: string): Promise<string> {
  const [parity] = await readResults<ParityResult>(work, 'parity-')
  const [harness] = await readResults<BenchResult>(work, 'harness-')
  const eager = await readResult<DiffusersResult>(work, 'diffusers-eager')
  const machine = harness?.machine ?? parity?.machine ?? (await describeMachine())
  const versions = { ...(eager?.environment ?? parity?.reference)?.versions, ...machine.versions }
  return table(
    ['', ''],
    [
      ['date', machine.date],
      ['GPU', machine.gpu ?? 'none'],
      ['driver', machine.driver ?? 'none'],
      ['processor', `${machine.processor}, ${machine.memoryGiB} GiB`],
      [
        'versions',
        Object.entries(versions)
          .map((entry) => entry.join(' '))
          .join(', '),
      ],
      ['repository', machine.commit ?? 'unknown'],
    ],
  )
}

/** One table for each form of the graphs that was judged; nearly always that is the harness' own. */
async function paritySection(work: string): Promise<string> {
  const results = await readResults<ParityResult>(work, 'parity-')
  if (results.length === 0) return missing('Parity', 'parity')
  const parts = ['## Parity']
  for (const form of new Set(results.map((result) => result.form))) {
    const own = results.filter((result) => result.form === form)
    const rows = own.flatMap((result) => result.rows)
    const failures = own.flatMap((result) => result.failures)
    const failed = rows.filter(({ pass }) => pass === false).length + failures.length
    const judged = rows.filter(({ pass }) => pass !== null).length
    const byItself = form === defaultForm(own[0].machine) ? ", the harness' default here" : ''
    parts.push(
      `Graphs in the ${form} form${byItself}. Relative errors against diffusers in float32, over all values of all seeds; ` +
        `at most ${ALLOWED_RATIO} × diffusers' own float16 passes: ${judged} judged, ${failed} failed.`,
      parityMarkdown(rows),
      ...failures.map(({ case: name, reason }) => `- ${name} could not run: ${reason.replaceAll('\n', ' ')}`),
    )
  }
  return parts.join('\n\n')
}

async function coldSection(work: string): Promise<string> {
  const rows: string[][] = []
  for (const [name, label] of [
    ['cold-harness', 'harness'],
    ['cold-diffusers', 'diffusers eager'],
  ]) {
    const watch = await readResult<WatchResult>(work, name)
    if (!watch?.pictureSeconds) continue
    const memory = watch.peakMiB === null ? 'not seen' : `${watch.peakMiB} (by ${watch.method})`
    rows.push([label, number(watch.pictureSeconds, 1), memory])
  }
  if (rows.length === 0) return missing('Cold start', 'cold')
  return `## Cold start\n\n${table(['', 'process start to first picture, s', 'peak GPU memory, MiB'], rows)}`
}

async function lessonSection(work: string): Promise<string> {
  const lesson = await readResult<LessonResult>(work, 'lesson')
  if (!lesson) return missing('The lesson on this checkpoint', 'lesson')
  const { specs, grade } = lesson
  const rows = [
    ['`npm run test:solutions`', `${specs.passed} passed, ${specs.failed} failed`, number(specs.seconds, 0)],
    [
      '`npm run grade -- --solutions`',
      `${grade.score} of ${grade.maxScore} points`,
      number(grade.seconds, 0),
    ],
  ]
  return [
    '## The lesson on this checkpoint',
    table(['', 'result', 'seconds'], rows),
    ...specs.failures.map((failure) => `- ${failure}`),
    ...grade.lost.map((task) => `- ${task}`),
  ].join('\n\n')
}

/** What run.sh stores of each stage. */
interface StageResult {
  stage: string
  seconds: number
  exitCode: number
}

async function stagesSection(work: string): Promise<string> {
  const stages = await readResults<StageResult>(work, 'stage-')
  if (stages.length === 0) return missing('Stages', 'of run.sh')
  const rows = stages.map(({ stage, seconds, exitCode }) => [stage, String(seconds), String(exitCode)])
  return `## Stages\n\n${table(['stage', 'seconds', 'exit code'], rows)}`
}
