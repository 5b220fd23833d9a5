import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { platform, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exercises, maxScore, taskCount, type Exercise } from './manifest/index.ts'
import type { Report, SubmissionResult } from './result.ts'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'grade-cli-'))
})
afterAll(() => rm(folder, { recursive: true }))

interface Outcome {
  code: number
  stdout: string
  stderr: string
}

/** Runs the command as npm does, in an environment without this test run's own variables. */
function gradeCommand(...args: string[]): Promise<Outcome> {
  const { PATH = '' } = process.env
  return run([resolve('node_modules/tsx/dist/cli.mjs'), 'grader/cli.ts', ...args], { PATH })
}

function run(args: string[], env: Record<string, string>): Promise<Outcome> {
  return new Promise((done) => {
    execFile(process.execPath, args, { env }, (error, stdout, stderr) =>
      done({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    )
  })
}

async function submission(name: string, files: Record<string, string>): Promise<string> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(folder, name, path, '..'), { recursive: true })
    await writeFile(join(folder, name, path), text)
  }
  return join(folder, name)
}

/** A module whose every task is the same function. */
function everyTask({ tasks }: Exercise, preamble: string, body: string): string {
  const functions = tasks.map(
    (task) => `export async function ${task.export}(...args: any[]): Promise<any> { ${body} }`,
  )
  return [preamble, ...functions].join('\n')
}

describe('a command line that cannot be carried out ends with 2 and two lines: what, and what to do', () => {
  it.each([
    [['--formt', 'json'], "Unknown option '--formt'"],
    [['--format', 'xml'], 'There is no format "xml".'],
    [['--submission', 'no/such/folder'], 'is no folder and no zip.'],
    [['--submissions', 'no/such/folder'], 'is no folder.'],
    [['--submission', 'grader', '--submission', './grader'], 'Two submissions are called grader.'],
    [['--submission'], 'argument missing'],
    [['--submission', ''], '--submission is empty.'],
    [['--submissions', ''], '--submissions is empty.'],
    [['surplus'], 'surplus'],
    [['--require-isolation', 'perfect'], 'only process, limits, namespaces, bubblewrap'],
  ])('%j', async (args, problem) => {
    const { code, stdout, stderr } = await gradeCommand(...args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    const lines = stderr.trimEnd().split('\n')
    expect(lines).toHaveLength(2)
    expect(lines[0]).toContain(problem)
    expect(lines[1]).toMatch(/^Usage: npm run grade/)
  })
})

it.each([
  [
    ['--out', 'package.json'],
    /^--out is "package\.json", and .* is a file\.\nPass a folder, old or new\.\n$/,
  ],
  [['--out', ''], /^--out is empty\.\nPass a folder, old or new\.\n$/],
  [
    ['--due', 'tomorrow'],
    /^--due: "tomorrow" is no date\.\nWrite 2026-03-01, or 2026-03-01T23:59:00\+01:00 with its time zone\.\n$/,
  ],
  [['--write', 'csv=grader'], /^--write is "grader", a folder\.\nPass a file, such as grader.NAME\.\n$/],
])('%j is refused before anything is graded', async (args, message) => {
  const { code, stdout, stderr } = await gradeCommand('--solutions', ...args)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(message)
})

it('refuses to grade with less isolation than required: what held, what was required, how to come by it', async () => {
  // No setpriv, unshare or bwrap is found here, as on macOS.
  const tsx = resolve('node_modules/tsx/dist/cli.mjs')
  const args = [tsx, 'grader/cli.ts', '--solutions', '--require-isolation', 'limits']
  const outcome = await run(args, { PATH: join(folder, 'no-programs') })
  expect(outcome).toEqual({
    ...{ code: 2, stdout: '' },
    stderr: expect.stringMatching(/^.*"process" here; "limits" is required\.\nGrade on Linux.*\n$/) as string,
  })
})

it('says whose time of submission is their own word, where the host gave times and none for them', async () => {
  const empty = await submission('Jose', { 'notes.txt': '' })
  const times = join(folder, 'times.csv')
  await writeFile(times, 'Josef,2026-05-31T23:59:00Z\n')
  const args = ['--submission', empty, '--submitted-at', times, '--out', join(folder, 'own-time')]
  expect((await gradeCommand(...args)).stderr).toBe(
    "--submitted-at has no time for Jose: there the files' own dates count.\n",
  )
}, 120_000)

describe('grading hostile submissions', () => {
  const [first, second] = exercises
  /** Names, too, are what a submission says; Windows takes none like this. */
  const named = platform() === 'win32' ? 'd-named' : 'd-named\n::error::\u001b[2J'
  let outcome: Outcome
  let submissions: ({ name: string } & SubmissionResult)[]

  beforeAll(async () => {
    const shouting = await readFile('grader/attacks/feedback/workflow-commands.ts', 'utf8')
    const preamble = shouting.slice(0, shouting.indexOf('export async function'))
    const thrown = `throw new Error('wrong\\n  ::set-output name=score::100\\n##[error]stop\\u001b[2J')`
    const alwaysRight = 'return new Proxy({}, { get: () => 42 })'
    await submission('class/a-empty', { 'README.md': 'nothing' })
    await submission(`class/${named}`, { 'README.md': 'nothing' })
    await submission('class/b-shouting', { [`${first.slug}.ts`]: everyTask(first, preamble, thrown) })
    await submission('class/c-forging', {
      [`exercises/${first.id}/${first.slug}.ts`]: everyTask(first, '', alwaysRight),
      [`${second.id}/${second.slug}.ts`]: `import { expect } from 'vitest'\n${everyTask(second, '', 'return 1')}`,
      'package.json': '{ "type": "module", "imports": { "#harness": "./evil.js" } }',
      'vitest.config.ts': 'throw new Error("read")',
      [`exercises/${first.id}/${first.slug}.spec.ts`]:
        'import { it } from "vitest"; it("free points", () => {})',
    })
    outcome = await gradeCommand(
      '--submissions',
      join(folder, 'class'),
      '--format',
      'json',
      '--out',
      join(folder, 'out'),
    )
    submissions = (JSON.parse(outcome.stdout) as Extract<Report, { submissions: unknown }>).submissions
  })

  const statuses = (name: string, exercise: Exercise) => {
    const found = submissions.find((one) => one.name === name)?.exercises.find(({ id }) => id === exercise.id)
    return [...new Set(found?.tasks.map(({ status }) => status))]
  }

  it('ends with 1; prints one JSON object, and beside it nothing but how far it has come', () => {
    expect(outcome.code).toBe(1)
    const finished = /(\d\/4 [a-d]-[^\n\u001b]+ 0\/\d+\n){4}/.source
    expect(outcome.stderr).toMatch(
      new RegExp(`^4 submissions; \\d at a time, \\d threads each; seed \\w{32}\n${finished}$`),
    )
    expect(submissions.map(({ name }) => name)).toEqual(['a-empty', 'b-shouting', 'c-forging', named])
  })

  it('gives nobody a point', () => {
    expect(submissions.map(({ score }) => score)).toEqual([0, 0, 0, 0])
  })

  it('lists every task of the manifest once, with its points', () => {
    for (const { exercises: results, maxScore: most } of submissions) {
      const tasks = results.flatMap((exercise) => exercise.tasks)
      expect(new Set(tasks.map(({ id }) => id)).size).toBe(taskCount())
      expect([most, tasks.reduce((sum, task) => sum + task.maxScore, 0)]).toEqual([maxScore(), maxScore()])
      expect(Object.keys(tasks[0]).filter((key) => key !== 'missing')).toEqual([
        'id',
        'title',
        'status',
        'score',
        'maxScore',
        'message',
        'durationMs',
        'checks',
        'references',
        'notes',
      ])
    }
  })

  it('tells what was not handed in from what is wrong', () => {
    for (const exercise of exercises) expect(statuses('a-empty', exercise)).toEqual(['not-attempted'])
    expect(statuses('b-shouting', first)).toEqual(['error'])
    expect(statuses('b-shouting', second)).toEqual(['not-attempted'])
    expect(statuses('c-forging', first)).toEqual(['fail'])
    expect(statuses('c-forging', second)).toEqual(['error'])
  })

  it('defuses what a submission says, in every output', async () => {
    const report = await readFile(join(folder, 'out/submissions/b-shouting/report.md'), 'utf8')
    for (const text of [outcome.stdout, report]) {
      expect(text).toContain('set-output')
      expect(text).not.toMatch(/^\s*::|##\[|\u001b/m)
    }
  })

  it('points at the import it refused', () => {
    const { findings } = submissions[2]
    const path = `${second.id}/${second.slug}.ts`
    expect(findings).toContainEqual(expect.objectContaining({ rule: 'import', file: path, line: 1 }))
  })

  it('says which defences held', () => {
    for (const { isolation } of submissions) {
      expect(isolation).toMatchObject({ process: true, permission: true, emptyEnv: true })
      expect(isolation).toHaveProperty(
        'level',
        expect.stringMatching(/^(process|limits|namespaces|bubblewrap)$/),
      )
    }
  })

  it('writes a report a submission and one for the class', async () => {
    const index = await readFile(join(folder, 'out/report.md'), 'utf8')
    expect(index).toContain(`[b-shouting](submissions/b-shouting/report.md)`)
    const one = JSON.parse(
      await readFile(join(folder, 'out/submissions/a-empty/result.json'), 'utf8'),
    ) as Report
    expect(one).toMatchObject({ schema: 'sd3-workshop/grade/v1', score: 0, maxScore: maxScore() })
  })
})
