import { fork } from 'node:child_process'
import { openSync, closeSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ArgumentError, type Tensor } from '#harness'
import { countOption, parseOptions, runCommand } from '../../harness/cli/command.ts'
import { describeMachine, type Machine } from './machine.ts'
import { difference } from './relative-error.ts'
import { writeResult } from './results.ts'
import { timeVariant, type VariantAnswer, type VariantRequest, type VariantTimes } from './time-variant.ts'
import { variants, type Variant } from './variant-list.ts'

const usage =
  'npx tsx models/parity/variants.ts WORKDIR [--checkpoint medium] [--sizes 512x512,1024x1024] [--repeats 20] ' +
  '[--only NAME,…] [--seconds 240] [--result variants]'
/** The most one variant may take. */
const VARIANT_SECONDS = 60

interface VariantRow {
  name: string
  environment: Record<string, string>
  times?: VariantTimes
  /** Relative difference of the velocity from the first variant's, by size. */
  fromFirst?: Record<string, number>
  /** The attention kernel that onnxruntime chose, where it said so. */
  attention?: string
  error?: string
}

/** What the command stores after each variant: `results/variants.json`, or by the name of `--result`. */
interface VariantsResult {
  machine: Machine
  checkpoint: string
  repeats: number
  rows: VariantRow[]
}

if (process.send) {
  process.once('message', (request: VariantRequest) => {
    void timeVariant(request)
      .catch((error: unknown): VariantAnswer => ({ error: (error as Error).message }))
      .then((answer) => process.send!(answer, () => process.exit()))
  })
} else {
  await runCommand(main)
}

/**
 * Times the transformer, and where asked the VAE's decoder, in every variant of variant-list.ts, each in a process of
 * its own: what one leaves behind or breaks does not touch the next. Exit code 1 when one failed.
 */
async function main(): Promise<number> {
  const { values, positionals } = parseOptions(
    {
      allowPositionals: true,
      options: {
        checkpoint: { type: 'string', default: 'medium' },
        sizes: { type: 'string', default: '512x512,1024x1024' },
        repeats: { type: 'string', default: '20' },
        only: { type: 'string' },
        seconds: { type: 'string', default: '240' },
        result: { type: 'string', default: 'variants' },
      },
    },
    usage,
  )
  const [work] = positionals
  if (!work) throw new ArgumentError('There is no WORKDIR.', `Usage: ${usage}`)
  const sizes = values.sizes.split(',').map((size) => size.split('x').map(Number) as [number, number])
  const repeats = countOption('repeats', values.repeats)!
  const end = performance.now() + 1000 * countOption('seconds', values.seconds)!
  const chosen = choose(values.only)
  await mkdir(join(work, 'variants'), { recursive: true })
  const result: VariantsResult = {
    machine: await describeMachine(),
    checkpoint: values.checkpoint,
    repeats,
    rows: [],
  }
  let first: Record<string, Tensor> | undefined
  console.log(header(values.sizes.split(',')))
  for (const variant of chosen) {
    const left = (end - performance.now()) / 1000
    if (left < 5) {
      result.rows.push({ ...variant, error: 'not run: the time was up' })
      console.log(`${variant.name}  not run: the time was up`)
      continue
    }
    const request = { work, checkpoint: values.checkpoint, sizes, repeats, decode: variant.decode ?? false }
    const log = join(work, 'variants', `${variant.name.replace(/\W+/g, '-')}.log`)
    const { times, samples, error } = await runApart(variant, request, log, Math.min(left, VARIANT_SECONDS))
    const row: VariantRow = { name: variant.name, environment: variant.environment }
    if (error !== undefined) row.error = error
    if (times) row.times = times
    const kernel = /SdpaKernel=(\w+)/.exec(await readFile(log, 'utf8'))
    if (kernel) row.attention = kernel[1]
    if (samples) {
      first ??= samples
      const base = first
      row.fromFirst = Object.fromEntries(
        Object.entries(samples)
          .filter(([name]) => base[name])
          .map(([name, sample]) => [name, difference(sample, base[name]).relative]),
      )
    }
    result.rows.push(row)
    console.log(line(row, values.sizes.split(',')))
    await writeResult(work, values.result, result)
  }
  return result.rows.some((row) => row.error !== undefined) ? 1 : 0
}

function choose(only: string | undefined): Variant[] {
  if (only === undefined) return variants
  return only.split(',').map((name) => {
    const found = variants.find((variant) => variant.name === name)
    if (found) return found
    throw new ArgumentError(
      `There is no variant "${name}".`,
      `Choose from ${variants.map((variant) => variant.name).join(', ')}.`,
    )
  })
}

/** One variant in a process of its own; what it prints goes into a file. */
async function runApart(
  { environment }: Variant,
  request: VariantRequest,
  log: string,
  limitSeconds: number,
): Promise<VariantAnswer> {
  const output = openSync(log, 'w')
  const child = fork(fileURLToPath(import.meta.url), {
    env: { ...process.env, ...environment },
    stdio: ['ignore', output, output, 'ipc'],
    serialization: 'advanced',
  })
  closeSync(output)
  const timer = setTimeout(() => child.kill('SIGKILL'), 1000 * limitSeconds)
  let answer: VariantAnswer | undefined
  child.on('message', (message: VariantAnswer) => (answer = message))
  child.send(request)
  const code = await new Promise<string>((resolve) => {
    child.on('close', (code, signal) => resolve(signal ?? String(code)))
  })
  clearTimeout(timer)
  return answer ?? { error: `ended by ${code} after at most ${limitSeconds.toFixed(0)} s, see ${log}` }
}

function header(sizes: string[]): string {
  const columns = sizes.flatMap((size) => [
    `${size} ms`,
    'min',
    '+text',
    'from first',
    'ratio',
    'decode',
    'from first',
  ])
  return ['variant'.padEnd(22), 'load s', ...columns, 'attention'].join('  ')
}

function line({ name, times, fromFirst, attention, error }: VariantRow, sizes: string[]): string {
  const label = name.padEnd(22)
  const reason = error?.split('\n')[0] ?? ''
  if (!times) return `${label}  ${reason}`
  const number = (value: number | undefined, digits = 2) =>
    value === undefined ? '–' : value.toFixed(digits)
  const cells = sizes.flatMap((size) => [
    number(times.step[size]?.median),
    number(times.step[size]?.smallest),
    number(times.stepWithText[size]),
    fromFirst?.[size]?.toExponential(1) ?? '–',
    number(times.ratio[size]),
    number(times.decode[size], 1),
    fromFirst?.[`decode ${size}`]?.toExponential(1) ?? '–',
  ])
  return [label, number(times.loadSeconds, 1), ...cells, attention ?? '', reason].join('  ')
}
