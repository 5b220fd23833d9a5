import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { parseOptions, runCommand } from '../../harness/cli/command.ts'
import { checkpoint, workFolder } from './options.ts'
import { resultPath, writeResult } from './results.ts'

const call = 'npx tsx models/parity/lesson.ts'
const config = {
  does: "Runs the solutions' specs on a checkpoint, and grades the solutions on it.",
  operands: 'WORKDIR',
  options: {
    checkpoint,
  },
} as const
const ROOT = join(import.meta.dirname, '../..')

export interface LessonResult {
  specs: { passed: number; failed: number; failures: string[]; seconds: number }
  grade: { score: number; maxScore: number; lost: string[]; seconds: number }
}

interface VitestReport {
  numPassedTests: number
  numFailedTests: number
  testResults: {
    name: string
    message: string
    assertionResults: { status: string; fullName: string; failureMessages: string[] }[]
  }[]
}

interface GradeReport {
  score: number
  maxScore: number
  exercises: { tasks: { id: string; status: string; message: string | null }[] }[]
}

/**
 * The lesson on this checkpoint: the specs on the solutions, and the solutions graded. Both are the kit's own commands;
 * specs run one file after the other, since each opens the model for itself.
 */
await runCommand(async () => {
  const { values, positionals } = parseOptions(config, call)
  const work = workFolder(positionals, call, config)
  const model = { SD3_MODEL: join(work, 'checkpoints', values.checkpoint) }

  const report = resultPath(work, 'lesson-specs')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const specsSeconds = await run(
    ['npx', 'vitest', 'run', '--project', 'solutions', '--no-file-parallelism', ...reporters],
    model,
  )
  const vitest = JSON.parse(await readFile(report, 'utf8')) as VitestReport
  const failures = vitest.testResults.flatMap(({ name, message, assertionResults }) => {
    const failed = assertionResults.filter(({ status }) => status === 'failed')
    const file = relative(ROOT, name)
    if (failed.length === 0 && message) return [`${file}: ${firstLine(message)}`]
    return failed.map((one) => `${file}, ${one.fullName}: ${firstLine(one.failureMessages[0])}`)
  })
  const specs = {
    passed: vitest.numPassedTests,
    failed: vitest.numFailedTests,
    failures,
    seconds: specsSeconds,
  }

  const out = join(work, 'results', 'lesson-grade')
  const gradeSeconds = await run(['npm', 'run', 'grade', '--', '--solutions', '--out', out], model)
  const graded = JSON.parse(await readFile(join(out, 'result.json'), 'utf8')) as GradeReport
  const lost = graded.exercises
    .flatMap(({ tasks }) => tasks)
    .filter(({ status }) => status !== 'pass')
    .map(({ id, status, message }) => `${id}: ${status}, ${firstLine(message ?? '')}`)
  const { score, maxScore } = graded
  const result: LessonResult = { specs, grade: { score, maxScore, lost, seconds: gradeSeconds } }
  await writeResult(work, 'lesson', result)
  console.log(`lesson: ${specs.passed} passed, ${specs.failed} failed; ${score} of ${maxScore} points`)
  return specs.failed + lost.length + failures.length === 0 ? 0 : 1
})

/** Runs a command to its end, whatever its exit code, with its output shown; seconds. */
function run([command, ...args]: string[], environment: Record<string, string>): Promise<number> {
  const started = performance.now()
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    child.on('error', reject)
    child.on('close', () => resolve((performance.now() - started) / 1000))
  })
}

function firstLine(text = ''): string {
  return text.split('\n')[0].slice(0, 300)
}
