import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseOptions, runCommand } from '../../harness/cli/command.ts'
import { ArgumentError } from '../../harness/errors.ts'
import type { BenchResult, SizeTimes } from './bench.ts'
import { memoryModes } from '../../harness/runtime/memory-mode.ts'
import { flopsPerGuidedStep, type TransformerShape } from '../../harness/flops.ts'
import type { ParityResult } from './harness.ts'
import { ALLOWED_RATIO } from './judge-case.ts'
import type { LessonResult } from './lesson.ts'
import { describeMachine } from './machine.ts'
import type { MemoryNeedsResult } from './memory-needs.ts'
import { parityMarkdown } from './parity-table.ts'
import type { ProfileResult } from './profile.ts'
import type { ProfileTotal } from './profile-totals.ts'
import type { ReferenceCase } from './reference-case.ts'
import { readResult } from './results.ts'
import type { WatchResult } from './watch.ts'

const usage = 'npx tsx models/parity/report.ts WORKDIR [--checkpoint medium]'

/** What bench_diffusers.py stores. */
interface DiffusersResult {
  environment: ReferenceCase['environment']
  mode: string | null
  matrixTeraflops?: number
  encodeSeconds?: number
  sizes: Record<string, SizeTimes>
}

interface Measured {
  name: string
  encodeSeconds?: number | undefined
  sizes: Record<string, SizeTimes>
  watch: WatchResult | null
}

/** Writes models/parity/BENCHMARKS.md (the full size) or WORKDIR/BENCHMARKS.md (both) from the stages' results. */
await runCommand(async () => {
  const { values, positionals } = parseOptions(
    { allowPositionals: true, options: { checkpoint: { type: 'string', default: 'medium' } } },
    usage,
  )
  const [work] = positionals
  if (!work) throw new ArgumentError('There is no WORKDIR.', `Usage: ${usage}`)
  const config = JSON.parse(
    await readFile(join(import.meta.dirname, '../sd3-medium/transformer/config.json'), 'utf8'),
  ) as TransformerShape
  const full = values.checkpoint === 'medium'
  const text = [
    '# Benchmarks',
    `Written by \`bash models/parity/run.sh WORKDIR\`; [README.md](README.md) says what each number is.`,
    ...(full ? [] : ['**A rehearsal with little networks: these numbers say nothing about SD3 Medium.**']),
    await machineSection(work),
    await paritySection(work),
    await speedSection(work, full ? config : null),
    await coldSection(work),
    await memorySection(work),
    await lessonSection(work),
    await profileSection(work),
  ].join('\n\n')
  await writeFile(join(work, 'BENCHMARKS.md'), `${text}\n`)
  if (full) await writeFile(join(import.meta.dirname, 'BENCHMARKS.md'), `${text}\n`)
  console.log(text)
})

async function machineSection(work: string): Promise<string> {
  const parity = await readResult<ParityResult>(work, 'parity')
  const harness = await readResult<BenchResult>(work, 'harness')
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

async function paritySection(work: string): Promise<string> {
  const parity = await readResult<ParityResult>(work, 'parity')
  if (!parity) return missing('Parity', 'parity')
  const failed = parity.rows.filter(({ pass }) => pass === false).length + parity.failures.length
  const judged = parity.rows.filter(({ pass }) => pass !== null).length
  return [
    '## Parity',
    `Relative errors against diffusers in float32; at most ${ALLOWED_RATIO} × diffusers' own float16 passes: ` +
      `${judged} judged, ${failed} failed.`,
    parityMarkdown(parity.rows),
    ...parity.failures.map(
      ({ case: name, reason }) => `- ${name} could not run: ${reason.replaceAll('\n', ' ')}`,
    ),
  ].join('\n\n')
}

async function speedSection(work: string, config: TransformerShape | null): Promise<string> {
  const measured = await allMeasured(work)
  if (measured.length === 0) return missing('Speed', 'eager compile harness')
  const rate = (await readResult<DiffusersResult>(work, 'diffusers-eager'))?.matrixTeraflops
  const sizes = [...new Set(measured.flatMap(({ sizes }) => Object.keys(sizes)))]
  const rows: string[][] = []
  const row = (what: string, value: (one: Measured) => string) => rows.push([what, ...measured.map(value)])
  row('encode prompt and negative, ms', ({ encodeSeconds }) => milliseconds(encodeSeconds))
  for (const size of sizes) {
    const [height, width] = size.split('x').map(Number)
    const flops = config && flopsPerGuidedStep(config, height, width)
    const at = `${height} × ${width}`
    row(`guided step ${at}, ms`, ({ sizes }) => milliseconds(sizes[size]?.stepSeconds))
    if (flops) {
      const teraflops = (one: Measured) => flops / 1e12 / (one.sizes[size]?.stepSeconds ?? NaN)
      row(`its ${(flops / 1e12).toFixed(1)} TFLOP, TFLOP/s`, (one) => number(teraflops(one), 0))
      if (rate) row('share of the matrix rate', (one) => percent(teraflops(one) / rate))
    }
    row(`decode ${at}, ms`, ({ sizes }) => milliseconds(sizes[size]?.decodeSeconds))
    row(`picture ${at}, s`, ({ sizes }) => number(sizes[size]?.pictureSeconds, 3))
    row(`first step ${at} (compiling included), s`, ({ sizes }) => number(sizes[size]?.firstStepSeconds, 2))
  }
  row('peak GPU memory of all of this, MiB', ({ watch }) => number(watch?.peakMiB ?? undefined, 0))
  return [
    '## Speed',
    ...(rate ? [`The card's matrix rate, measured with 8192³ in float16: ${rate.toFixed(0)} TFLOP/s.`] : []),
    table(['', ...measured.map(({ name }) => name)], rows),
  ].join('\n\n')
}

/** The harness first, then diffusers eager, then every mode that was compiled. */
async function allMeasured(work: string): Promise<Measured[]> {
  const harness = await readResult<BenchResult>(work, 'harness')
  const measured: Measured[] = harness
    ? [{ name: 'harness', ...harness, watch: await readResult<WatchResult>(work, 'watch-harness') }]
    : []
  const files = (await readdir(join(work, 'results'))).filter((file) => /^diffusers-.*\.json$/.test(file))
  for (const name of files
    .map((file) => file.replace('.json', ''))
    .sort()
    .reverse()) {
    if (name === 'diffusers-eager') measured.splice(harness ? 1 : 0, 0, await diffusers(work, name))
    else measured.push(await diffusers(work, name))
  }
  return measured
}

async function diffusers(work: string, name: string): Promise<Measured> {
  const result = (await readResult<DiffusersResult>(work, name))!
  const label = result.mode ? `torch.compile ${result.mode}` : 'diffusers eager'
  return { ...result, name: label, watch: await readResult<WatchResult>(work, `watch-${name}`) }
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

async function memorySection(work: string): Promise<string> {
  const needs = await readResult<MemoryNeedsResult>(work, 'memory-needs')
  if (!needs) return missing('Memory modes', 'memory')
  const rows: string[][] = []
  for (const mode of memoryModes) {
    const watch = await readResult<WatchResult>(work, `memory-${mode}`)
    const expected = (needs.needs[mode] / 2 ** 20).toFixed(0)
    const picture = number(watch?.pictureSeconds ?? undefined, 1)
    rows.push([mode, expected, number(watch?.peakMiB ?? undefined, 0), picture])
  }
  const header = ['mode', 'expected, MiB', 'peak GPU memory, MiB', 'process start to first picture, s']
  return `## Memory modes\n\nOne picture of ${needs.size} in a fresh process.\n\n${table(header, rows)}`
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

async function profileSection(work: string): Promise<string> {
  const blocking = await readResult<ProfileResult>(work, 'profile-blocking')
  const plain = await readResult<ProfileResult>(work, 'profile')
  const profile = blocking ?? plain
  if (!profile) return missing('Where a step goes', 'profile')
  const parts = ['## Where a step goes']
  if (blocking) {
    parts.push(
      "onnxruntime's profile with CUDA_LAUNCH_BLOCKING=1: each kernel is waited for, which makes a step longer and an " +
        "operator's time the GPU's.",
    )
  }
  for (const [size, totals] of Object.entries(profile.sizes)) {
    const launched = plain?.sizes[size]
    const aside =
      blocking && launched
        ? ` Without waiting: ${launched.stepMilliseconds.toFixed(1)} ms, of which the host spends ${launched.operatorMilliseconds.toFixed(1)} ms launching operators and waiting for copies.`
        : ''
    const cells = (list: ProfileTotal[]) =>
      list.map(({ name, milliseconds, count }) => [
        name,
        String(count),
        number(milliseconds, 2),
        percent(milliseconds / totals.operatorMilliseconds),
      ])
    parts.push(
      `### ${size.replace('x', ' × ')}: ${totals.stepMilliseconds.toFixed(1)} ms a step`,
      `${totals.operatorMilliseconds.toFixed(1)} ms in operators.${aside}`,
      table(['operator', 'calls', 'ms', 'share'], cells(totals.operators.slice(0, 12))),
      table(['operator → output', 'calls', 'ms', 'share'], cells(totals.nodes.slice(0, 12))),
      table(['provider', 'calls', 'ms', 'share'], cells(totals.providers)),
    )
  }
  return parts.join('\n\n')
}

function missing(title: string, stages: string): string {
  return `## ${title}\n\nNot measured: run the stages ${stages}.`
}

function table(header: string[], rows: string[][]): string {
  const rule = header.map((_, i) => (i === 0 ? '---' : '---:'))
  return [header, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function number(value: number | undefined, digits: number): string {
  return value === undefined || Number.isNaN(value) ? '–' : value.toFixed(digits)
}

function milliseconds(value: number | undefined): string {
  return number(value === undefined ? undefined : value * 1000, 1)
}

function percent(value: number): string {
  return Number.isNaN(value) ? '–' : `${(100 * value).toFixed(0)} %`
}
