import { execFile, execFileSync } from 'node:child_process'
import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exercises } from '#grader/manifest/index.ts'
import { localPredictions, NO_ANSWER } from '../predictions/predictions.ts'
import { withAnswer } from '../predictions/write-answer.ts'
import { updateProgress } from '../progress/progress-file.ts'

const [first, second] = exercises
const hasTmux = succeeds('tmux', ['-V'])

let kit: string

/** A student's clone where the first exercise was asked and partly solved; `xdg-open` notes what it is asked to show. */
beforeAll(async () => {
  kit = await realpath(await mkdtemp(join(tmpdir(), 'report-kit-')))
  for (const name of ['exercises', 'grader', 'harness', 'package.json', 'tsconfig.json'])
    await cp(name, join(kit, name), { recursive: true })
  for (const name of ['node_modules', 'models']) await symlink(resolve(name), join(kit, name), 'junction')
  await mkdir(join(kit, 'bin'))
  await writeFile(join(kit, 'bin/xdg-open'), '#!/bin/sh\necho "$1" > opened\n')
  await chmod(join(kit, 'bin/xdg-open'), 0o755)
  await answer(first.id, ['as large', 'six times'])
  const [task] = first.tasks
  const at = new Date().toISOString()
  await updateProgress(({ tasks }) => {
    tasks[task.id] = { status: 'pass', score: task.points, source: '0', at }
  }, kit)
  const pictures = join(kit, 'out/pictures', first.id)
  await mkdir(pictures, { recursive: true })
  await writeFile(join(pictures, 'parameter-budget.txt'), 'my own <budget>')
  await writeFile(join(pictures, 'some-failed-spec-difference.png'), 'not of the lesson')
})
afterAll(() => rm(kit, { recursive: true }))

async function answer(id: string, answers: string[]): Promise<void> {
  const exercise = exercises.find((one) => one.id === id)!
  const path = join(kit, 'exercises', id, 'README.md')
  let brief = await readFile(path, 'utf8')
  for (const i of (await localPredictions(exercise, kit)).keys())
    brief = withAnswer(brief, i, answers[i] ?? NO_ANSWER)
  await writeFile(path, brief)
}

const environment = (): NodeJS.ProcessEnv => ({
  PATH: [join(kit, 'bin'), process.env.PATH].join(delimiter),
})

function report(
  args: string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const command = [resolve('node_modules/tsx/dist/cli.mjs'), 'grader/learner/report/cli.ts', ...args]
  return new Promise((done) => {
    const options = { cwd: kit, env: { ...environment(), ...env } }
    execFile(process.execPath, command, options, (error, stdout, stderr) =>
      done({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    )
  })
}

describe('npm run report', () => {
  it('measures what was asked, and nothing else', async () => {
    const { code, stdout, stderr } = await report()
    expect(stderr).toBe('Measuring sd3-nano on cpu, once; the next report remembers it.\n')
    expect(stdout).toMatch(/^Report: out.my-report\.html\n/)
    expect(stdout).toContain(`Not in it yet, ${second.title}: npm run predict -- ${second.id.slice(0, 2)}`)
    expect(stdout).not.toContain(`Not in it yet, ${first.title}`)
    expect(code).toBe(0)
    expect(await readdir(join(kit, 'out/measurements'))).toEqual(['sd3-nano-cpu-inspection.json'])
  })

  it('puts progress, predictions and the student’s own work into the page', async () => {
    const page = await readFile(join(kit, 'out/my-report.html'), 'utf8')
    const points = first.tasks[0].points
    expect(page).toContain(`1 of ${exercises.flatMap(({ tasks }) => tasks).length} tasks and ${points} of `)
    for (const text of ['as large', 'six times', 'nothing written', 'my own &lt;budget>', '7,692,768,483'])
      expect(page).toContain(text)
    expect(page).not.toContain('some-failed-spec')
  })

  it('remembers, and measures a damaged result anew', async () => {
    expect(await report(['--out', 'elsewhere/page.html'])).toMatchObject({ code: 0, stderr: '' })
    expect(await readFile(join(kit, 'elsewhere/page.html'), 'utf8')).toContain('</html>')
    await writeFile(join(kit, 'out/measurements/sd3-nano-cpu-inspection.json'), '{"key":')
    expect((await report()).stderr).toMatch(/^Measuring/)
    expect((await report()).stderr).toBe('')
    expect((await report(['--fresh'])).stderr).toMatch(/^Measuring/)
  })

  it('says that the page cannot be written before it measures', async () => {
    const { code, stderr } = await report(['--out', 'out'])
    expect(code).toBe(2)
    expect(stderr).toMatch(/^--out is "out", a folder\.\nPass a file, such as out.NAME\.\n$/)
  })

  it('opens no browser where nobody sits at a terminal', async () => {
    expect(await readdir(kit)).not.toContain('opened')
  })

  it.skipIf(!hasTmux || process.platform !== 'linux')(
    'opens one at a terminal, unless told not to',
    async () => {
      const opened = () => readFile(join(kit, 'opened'), 'utf8').catch(() => '')
      const session = `report-${process.pid}`
      const tmux = (...args: string[]) =>
        execFileSync('tmux', ['-L', session, ...args], { env: environment(), timeout: 100_000 })
      const program = `'${process.execPath}' '${resolve('node_modules/tsx/dist/cli.mjs')}' grader/learner/report/cli.ts`
      const script = `${program} --no-open; test ! -e opened && echo unopened > first; ${program}; tmux -L ${session} wait-for -S ended; sleep 600`
      try {
        tmux('new-session', '-d', '-c', kit, '-x', '100', '-y', '30', script)
        tmux('wait-for', 'ended')
        await until(async () => (await opened()).endsWith('\n'))
      } finally {
        tmux('kill-server')
      }
      expect(await readFile(join(kit, 'first'), 'utf8')).toBe('unopened\n')
      expect((await opened()).trim()).toBe(pathToFileURL(join(kit, 'out/my-report.html')).href)
    },
  )

  it.each([
    [['--open'], /^Unknown option '--open'.*\nUsage: npm run report/],
    [['page.html'], /^Unexpected argument 'page\.html'.*\nUsage: npm run report/],
    [['--out'], /^Option '--out' argument missing.*\nUsage: npm run report/],
  ])('refuses %j in two lines', async (args, message) => {
    const { code, stdout, stderr } = await report(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(message)
    expect(stderr.trimEnd().split('\n')).toHaveLength(2)
  })

  it('says what to do about a model that is not there', async () => {
    const { code, stderr } = await report([], { SD3_MODEL: 'no-such-model' })
    expect(code).toBe(2)
    expect(stderr).toMatch(/^There is no checkpoint no-such-model\.\nSet SD3_MODEL/)
  })
})

function succeeds(program: string, args: string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** The opener outlives the command, so that it may come a moment later. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((go) => setTimeout(go, 50))
}
