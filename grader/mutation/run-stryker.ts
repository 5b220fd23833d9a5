import { spawn } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { modulePath, type Exercise } from '#grader/manifest/index.ts'
import { HarnessError } from '#harness'

/** One edit that Stryker made, and what became of it. */
export interface Mutation {
  mutatorName: string
  replacement: string
  status:
    'Killed' | 'Survived' | 'NoCoverage' | 'Timeout' | 'CompileError' | 'RuntimeError' | 'Ignored' | 'Pending'
  location: { start: { line: number; column: number }; end: { line: number; column: number } }
}

/** The part of Stryker's report (mutation-testing-report-schema) that is read here. */
interface StrykerReport {
  files: Record<string, { source: string; mutants: Mutation[] }>
}

const packages = resolve('grader/mutation/stryker/node_modules/@stryker-mutator')

/** StrykerJS is not installed. */
export class NotInstalledError extends HarnessError {
  constructor() {
    super(
      'NOT_INSTALLED',
      'StrykerJS is not installed.',
      'Install it: npm ci --prefix grader/mutation/stryker',
    )
  }
}

/**
 * Longest that a mutant may take beyond one and a half times what its specs took on the solution. Generous, for a busy
 * machine must not pass for a killed mutant; endless loops are ended by Stryker after 100 times as many rounds.
 */
const TIMEOUT_MS = 60_000

/**
 * Runs every mutant of an exercise's solution through its specs. Stryker works on a copy under `folder`: the
 * repository is never edited, whatever ends the run.
 * @param memo folder that remembers what the model answered
 */
export async function runStryker(exercise: Exercise, folder: string, memo: string): Promise<StrykerReport> {
  const report = join(folder, `${exercise.id}.stryker.json`)
  const config = join(folder, `${exercise.id}.config.json`)
  const options = {
    testRunner: 'vitest',
    plugins: [join(packages, 'vitest-runner/dist/src/index.js')],
    vitest: { configFile: 'grader/mutation/vitest.config.ts', related: false },
    mutate: [`solutions/${modulePath(exercise)}`],
    coverageAnalysis: 'perTest',
    concurrency: Math.min(4, availableParallelism()),
    timeoutMS: TIMEOUT_MS,
    reporters: ['progress-append-only', 'json'],
    jsonReporter: { fileName: report },
    tempDirName: join(folder, 'sandbox'),
    cleanTempDir: 'always',
    ignorePatterns: ['/out', '/models/training', '/models/judge', '/grader/attacks'],
    tsconfigFile: 'none', // esbuild takes the types out; nothing to rewrite
    allowConsoleColors: false,
  }
  await rm(options.tempDirName, { recursive: true, force: true }) // of a run that was ended
  await mkdir(memo, { recursive: true })
  await writeFile(config, JSON.stringify(options, null, 2))
  const env = { ...process.env, MUTATION_EXERCISE: exercise.id, MUTATION_MEMO: memo }
  await warmUp(exercise, env)
  await run(process.execPath, [join(packages, 'core/bin/stryker.js'), 'run', config], env)
  return JSON.parse(await readFile(report, 'utf8')) as StrykerReport
}

/** @throws NotInstalledError */
export async function strykerVersion(): Promise<string> {
  const text = await readFile(join(packages, 'core/package.json'), 'utf8').catch(() => {
    throw new NotInstalledError()
  })
  return (JSON.parse(text) as { version: string }).version
}

/** The specs once without Stryker: they must be green, and leave behind what the model answered. */
async function warmUp({ id }: Exercise, env: NodeJS.ProcessEnv): Promise<void> {
  const args = ['run', '--config', 'grader/mutation/vitest.config.ts', '--reporter', 'dot']
  const code = await run(process.execPath, ['node_modules/vitest/vitest.mjs', ...args], env)
  if (code !== 0) {
    throw new Error(`The specs of ${id} are not green on the solution itself.\nRun npm run test:solutions.`)
  }
}

function run(program: string, args: string[], env: NodeJS.ProcessEnv): Promise<number | null> {
  return new Promise((done, failed) => {
    const child = spawn(program, args, { env, stdio: ['ignore', 'inherit', 'inherit'] })
    child.on('error', failed)
    child.on('close', done)
  })
}
