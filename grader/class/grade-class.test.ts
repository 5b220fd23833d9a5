import { spawn, type ChildProcess } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { strToU8, zipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exercises, modulePath } from '#grader/manifest/index.ts'
import type { SubmissionResult } from '#grader/result.ts'

type Named = { name: string } & SubmissionResult

const [first] = exercises
const module = modulePath(first)

/** Answers of one task, from right to not at all; the rest of the exercise is missing. */
const answers = {
  right: 'parameters.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0)',
  tensors: 'parameters.length',
  nothing: 'undefined',
  throws: '(() => { throw new Error("no idea") })()',
}
const solved = (answer: string, remark = '') =>
  `// ${remark}\nexport async function countParameters({ parameters }) { return ${answer} }\n`

const handedIn = new Date('2026-05-01T12:00:00Z')

let folder: string
/** Workshops of these runs lie here, apart from those of other tests. */
let temporary: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'class-test-'))
  await chmod(folder, 0o755) // As the system's own folder for such: the sandbox may run as another user.
  temporary = join(folder, 'tmp')
  await mkdir(temporary, { mode: 0o755 })
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function submit(name: string, text: string): Promise<void> {
  const path = join(folder, 'class', name, 'exercises', module)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
  await utimes(path, handedIn, handedIn)
}

interface Run {
  code: number | null
  stdout: string
  stderr: string
  /** Lines of progress: one for every submission. */
  finished: string[]
}

/** Runs the command; `onLine` sees what it prints on the way, and may end it. */
function run(args: string[], onLine: (line: string, child: ChildProcess) => void = () => {}): Promise<Run> {
  const tsx = resolve('node_modules/tsx/dist/cli.mjs')
  const { PATH = '' } = process.env
  const options = ['--submissions', join(folder, 'class'), '--seed', 'fixed', ...args]
  const child = spawn(process.execPath, [tsx, 'grader/cli.ts', ...options], {
    env: { PATH, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    const seen = stderr.split('\n').length - 1
    stderr += text
    for (const line of stderr.split('\n').slice(seen, -1)) onLine(line, child)
  })
  return new Promise((done) => {
    child.on('close', (code) => {
      done({ code, stdout, stderr, finished: stderr.split('\n').filter((line) => /^\d+\/\d+ /.test(line)) })
    })
  })
}

const isFinished = (line: string, count: number) => line.startsWith(`${count}/`)

/** The class's result without times, which are all in fields named so. */
async function resultOf(out: string): Promise<string> {
  const text = await readFile(join(out, 'result.json'), 'utf8')
  return text.replaceAll(/"durationMs": \d+/g, '"durationMs": 0')
}

const submissionsIn = async (out: string) =>
  (JSON.parse(await resultOf(out)) as { submissions: Named[] }).submissions

/** Processes with a name in their command lines. */
function processesNaming(name: string): number[] {
  const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))
  return pids.map(Number).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(name)
    } catch {
      return false
    }
  })
}

/** The process that is the command itself: tsx starts it as its child. */
const commandPid = () =>
  processesNaming('grader/cli.ts')
    .filter((pid) => processesNaming(folder).includes(pid))
    .at(-1)!

describe('a class', { timeout: 600_000 }, () => {
  const all = Object.entries(answers)

  beforeAll(async () => {
    for (let i = 0; i < 6; i++) {
      const [kind, answer] = all[i % all.length]
      await submit(`${i}-${kind}`, solved(answer, `student ${i}`))
    }
    // Names that a report, or a file system, uses itself.
    await submit('report.md', solved(answers.right))
    await submit('REPORT.md', solved(answers.nothing))
    await writeFile(
      join(folder, 'class/slip.zip'),
      zipSync({ [module]: strToU8(solved(answers.right)), '../../slip.ts': strToU8('') }),
    )
    const zipped = { [`repository-main/exercises/${module}`]: strToU8(solved(answers.right)) }
    await writeFile(join(folder, 'class/zipped.zip'), zipSync(zipped))
    await run(['--out', join(folder, 'out-undisturbed'), '--jobs', '1'])
    undisturbed = await resultOf(join(folder, 'out-undisturbed'))
  }, 600_000)

  const whole = () => join(folder, 'out-whole')
  /** The result of a run that nothing disturbed, one submission after the other. */
  let undisturbed: string

  /** The same bytes, times aside; else the first line that differs. */
  async function expectUndisturbed(out: string): Promise<void> {
    const [lines, expected] = [await resultOf(out), undisturbed].map((text) => text.split('\n'))
    const at = lines.findIndex((line, i) => line !== expected[i])
    if (at >= 0 || lines.length !== expected.length)
      expect.fail(`Line ${at + 1} was ${expected[at]}, and is ${lines[at]}, after ${lines[at - 1]}`)
  }
  /** Begun while another run used the same folder. */
  let second: Promise<Run> | undefined

  it('is graded in parallel: right and wrong as they deserve, each with a report of its own', async () => {
    const { code, stderr, stdout, finished } = await run(['--out', whole(), '--jobs', '2'], (line) => {
      if (line.includes('at a time')) second = run(['--out', whole()])
    })
    expect(code).toBe(1)
    expect(stderr).toContain('10 submissions; 2 at a time')
    expect(finished).toHaveLength(10)
    const graded = await submissionsIn(whole())
    const points = Object.fromEntries(graded.map(({ name, score }) => [name, score]))
    const { points: most } = first.tasks[0]
    expect(points).toMatchObject({ '0-right': most, '4-right': most, 'report.md': most, zipped: most })
    expect(points).toMatchObject({ '2-nothing': 0, '3-throws': 0, 'REPORT.md': 0, slip: 0 })
    expect(graded.map(({ name }) => name)).toEqual(graded.map(({ name }) => name).sort())
    expect(stdout).toContain(`0-right: ${most}/`)

    const folders = await readdir(join(whole(), 'submissions'))
    expect(new Set(folders.map((name) => name.toLowerCase())).size).toBe(10)
    const index = await readFile(join(whole(), 'report.md'), 'utf8')
    for (const name of folders) {
      expect(index).toContain(`(submissions/${encodeURIComponent(name)}/report.md)`)
      expect(await readFile(join(whole(), 'submissions', name, 'report.md'), 'utf8')).toContain(' points\n')
    }
  })

  it('leaves alone what another run is grading into', async () => {
    const { code, stderr } = await second!
    expect(code).toBe(2)
    expect(stderr).toMatch(/is grading into .*journal\.\nWait for it/)
  })

  it('calls an archive that it refuses invalid, and says why; no other submission suffers', async () => {
    const graded = await submissionsIn(whole())
    const statuses = (one: Named) =>
      new Set(one.exercises.flatMap(({ tasks }) => tasks.map(({ status }) => status)))
    const slip = graded.find(({ name }) => name === 'slip')!
    expect(statuses(slip)).toEqual(new Set(['invalid']))
    expect(slip.exercises[0].tasks[0].message).toMatch(
      /^The zip cannot be read: invalid relative path.*\nMake it again/,
    )
    for (const one of graded) if (one !== slip) expect(statuses(one)).not.toContain('invalid')
  })

  it('keeps the seed from those who may be graded again with it', async () => {
    expect((await submissionsIn(whole())).map(({ seed }) => seed)).toEqual(Array(10).fill('fixed'))
    for (const name of await readdir(join(whole(), 'submissions'))) {
      const one = await readFile(join(whole(), 'submissions', name, 'result.json'), 'utf8')
      expect(one).toContain('"score"')
      expect(one).not.toContain('"seed"')
    }
  })

  it('gives the same bytes again, times aside, with another number of jobs in another folder', async () => {
    await expectUndisturbed(whole())
  })

  it('is not graded again when nothing has changed, and then neither is its time', async () => {
    const path = join(folder, 'class/0-right/exercises', module)
    const now = new Date()
    await utimes(path, now, now)
    const { stderr } = await run(['--out', whole()])
    expect(stderr).toContain('10 submissions, 10 of them finished earlier')
    await expectUndisturbed(whole())
    await utimes(path, handedIn, handedIn) // As it was: folders graded afresh go by it.
  })

  it('is graded again where it has changed', async () => {
    await submit('5-tensors', solved(answers.right))
    const { stderr } = await run(['--out', whole()])
    expect(stderr).toContain('9 of them finished earlier')
    const changed = (await submissionsIn(whole())).find(({ name }) => name === '5-tensors')!
    expect(changed.score).toBe(first.tasks[0].points)
    await submit('5-tensors', solved(answers.tensors, 'student 5'))
  })

  describe.skipIf(process.platform !== 'linux')('that is ended with kill -9', () => {
    const workshops = () => readdirSync(temporary).filter((name) => name.startsWith('grade-'))
    const workersOf = (workshop: string) =>
      processesNaming(workshop).filter((pid) => commandLine(pid).includes('worker.ts'))

    it('goes on where it was, whenever and however often it happens', async () => {
      const out = await mkdtemp(join(folder, 'out-killed-'))
      const moments: [signal: NodeJS.Signals, jobs: string, isMoment: (line: string) => boolean][] = [
        ['SIGKILL', '2', (line) => line.includes('at a time')], // Nothing is finished.
        ['SIGKILL', '2', (line) => /^\d+\//.test(line)], // The first is.
        ['SIGKILL', '2', (line) => Number(/^(\d+)\//.exec(line)?.[1]) >= 4],
        ['SIGTERM', '2', (line) => Number(/^(\d+)\//.exec(line)?.[1]) >= 6],
        ['SIGKILL', '1', (line) => isFinished(line, 9)], // Of two at a time, both might be.
      ]
      let finished = 0
      for (const [signal, jobs, isMoment] of moments) {
        let isEnded = false
        const ended = await run(['--out', out, '--jobs', jobs], (line) => {
          if (isEnded || !isMoment(line)) return
          isEnded = true
          process.kill(commandPid(), signal)
        })
        const kept = Number(/(\d+) of them finished earlier/.exec(ended.stderr)?.[1] ?? 0)
        expect(kept).toBeGreaterThanOrEqual(finished)
        finished = ended.finished.length
        expect(await readFile(join(out, 'result.json'), 'utf8').catch(() => 'none')).toBe('none')
        if (signal === 'SIGTERM') {
          expect(ended.code).toBe(130)
          expect(ended.stderr).toContain('Run the same command again')
          expect(workshops()).toEqual([])
        } else {
          expect(ended.code).not.toBe(0)
          expect(workshops()).toHaveLength(1) // What the next run clears away.
        }
      }
      const [workshop] = workshops()
      // Also when no other run comes.
      await expect.poll(() => processesNaming(workshop), { timeout: 20_000 }).toEqual([])

      const resumed = await run(['--out', out])
      expect(resumed.stderr).toMatch(/10 submissions, (9|10) of them finished earlier/)
      const journal = (await readdir(join(out, 'journal'))).filter((name) => name !== 'run.json')
      expect(journal).toHaveLength(10)
      await expectUndisturbed(out)
      expect(workshops()).toEqual([])
    })

    it('is graded again altogether with --fresh, also what a worker was grading when it was killed', async () => {
      // Once: a submission whose worker ends twice is invalid, and on a busy machine both could be the same one's.
      let killed = 0
      const { code, stderr, finished } = await run(['--out', whole(), '--fresh', '--jobs', '2'], (line) => {
        if (!isFinished(line, 1)) return
        process.kill(workersOf(workshops()[0])[0], 'SIGKILL')
        killed++
      })
      expect(stderr).toContain('10 submissions; ')
      expect({ code, killed, count: finished.length }).toEqual({ code: 1, killed: 1, count: 10 })
      await expectUndisturbed(whole())
    })
  })

  it('takes times of submission that are given, for those that have one, and grades nobody again for that', async () => {
    const given = join(folder, 'times.csv')
    await writeFile(given, 'name,time\n0-right,2026-05-31T23:59:00Z\n"5-tensors",2026-06-01T08:00:00+02:00\n')
    const { stderr } = await run(['--out', whole(), '--submitted-at', given])
    expect(stderr).toContain('10 submissions, 10 of them finished earlier; ')
    const times = Object.fromEntries((await submissionsIn(whole())).map((one) => [one.name, one.submittedAt]))
    expect(times).toMatchObject({
      '0-right': '2026-05-31T23:59:00.000Z',
      '5-tensors': '2026-06-01T06:00:00.000Z',
    })
    expect(times['1-tensors']).toBeDefined()
    expect(times.slip).toBeUndefined()
  })
})

describe('a submission that loops in every call', { timeout: 600_000 }, () => {
  it('ends with its time, and costs no other', async () => {
    await rm(join(folder, 'class'), { recursive: true })
    const loops = first.tasks.map((task) => `export async function ${task.export}() { for (;;); }`)
    await submit('a-loops', loops.join('\n'))
    await submit('b-right', solved(answers.right))
    const out = join(folder, 'out-loops')
    const start = performance.now()
    await run(['--out', out, '--budget', '30', '--jobs', '1'])
    expect(performance.now() - start).toBeLessThan(100_000)
    const [looping, right] = await submissionsIn(out)
    const tasks = looping.exercises[0].tasks
    expect(new Set(tasks.map(({ status }) => status))).toEqual(new Set(['timeout']))
    expect(tasks.at(-1)!.message).toContain('the time for the whole submission is over')
    expect(right.score).toBe(first.tasks[0].points)
  })
})

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}
