import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installedProgram } from './installed-program.ts'
import { check, type Check, type Step } from './step.ts'

const LONGEST_RUN_MS = 15 * 60_000

/** A command of an installed package that says with its exit code whether all is well. */
export function toolStep(name: string, packageName: string, command: string, ...args: string[]): Step {
  return {
    name,
    async run() {
      const { code, output } = await run(installedProgram(command, packageName), args)
      return [check(`${command} ${args.join(' ')}`, code === 0, output)]
    },
  }
}

interface JsonReport {
  success: boolean
  testResults: {
    name: string
    message: string
    assertionResults: { fullName: string; status: string; failureMessages: string[] }[]
  }[]
}

/** Plain Vitest tests: each one is a check. @param files those of the project to run; all of them without */
export function testsStep(name: string, project: string, files: readonly string[] = []): Step {
  return {
    name,
    async run() {
      const folder = await mkdtemp(join(tmpdir(), 'verify-'))
      const file = join(folder, 'report.json')
      const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
      const args = ['run', '--project', project, ...reporters, ...files]
      const { code, output } = await run(installedProgram('vitest'), args)
      const report = JSON.parse(await readFile(file, 'utf8').catch(() => '{"testResults":[]}')) as JsonReport
      await rm(folder, { recursive: true })
      const checks = report.testResults.flatMap(testsOf)
      // Vitest also fails for what is no test's fault: a file that cannot be collected, an unhandled rejection.
      const explained = code === 0 || checks.some(({ problem }) => problem !== null)
      return explained ? checks : [...checks, check(`vitest --project ${project}`, false, output)]
    },
  }
}

function testsOf({ name, message, assertionResults }: JsonReport['testResults'][number]): Check[] {
  if (assertionResults.length === 0) return [check(name, false, message)]
  return assertionResults.map(({ fullName, status, failureMessages }) =>
    status === 'skipped' || status === 'pending'
      ? { name: fullName, problem: null, skipped: true }
      : check(fullName, status === 'passed', failureMessages.join('\n')),
  )
}

/** Runs a script without a terminal, and kills it when it takes far too long. */
function run(script: string, args: string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [script, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined },
      timeout: LONGEST_RUN_MS,
      killSignal: 'SIGKILL',
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)))
    child.on('error', (error) => done({ code: null, output: error.message }))
    child.on('close', (code) => done({ code, output }))
  })
}
