import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { Project } from 'ts-morph'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { localPredictions, NO_ANSWER } from '#grader/learner/predictions/predictions.ts'
import { writeAnswer } from '#grader/learner/predictions/write-answer.ts'
import { readProgress } from '#grader/learner/progress/progress-file.ts'
import { exercises, modulePath, taskCount } from '#grader/manifest/index.ts'
import { hasTmux, Terminal } from './terminal.ts'

const COPIED = [
  'exercises',
  'grader',
  'harness',
  'solutions',
  'package.json',
  'vitest.config.ts',
  'tsconfig.json',
]
const [first, second] = exercises
const [one, two] = first.tasks
const WAITING = 'Waiting for a save.'

let kit: string
const terminal = new Terminal()
const module = () => join(kit, 'exercises', modulePath(first))
const tsx = resolve('node_modules/tsx/dist/cli.mjs')

beforeAll(async () => {
  kit = await realpath(await mkdtemp(join(tmpdir(), 'watched-')))
  for (const name of COPIED) await cp(name, join(kit, name), { recursive: true })
  for (const name of ['node_modules', 'models']) await symlink(resolve(name), join(kit, name))
  await terminal.open(kit)
})
afterAll(async () => {
  await terminal.close()
  await rm(kit, { recursive: true, force: true })
})

async function start(): Promise<void> {
  await terminal.type(
    `clear; exec 2>&1; '${process.execPath}' '${tsx}' '${join(kit, 'grader/learner/watch/cli.ts')}'`,
  )
}

/** Writes a function's body, as an editor that saves does. */
async function save(name: string, body: string): Promise<void> {
  await writeFile(module(), await withBody(name, body))
}

async function withBody(name: string, body: string): Promise<string> {
  const text = await readFile(module(), 'utf8')
  const file = new Project({ useInMemoryFileSystem: true }).createSourceFile('module.ts', text)
  file.getFunctionOrThrow(name).setBodyText(body)
  return file.getFullText()
}

async function solved(name: string): Promise<string> {
  const text = await readFile(join('solutions', modulePath(first)), 'utf8')
  const file = new Project({ useInMemoryFileSystem: true }).createSourceFile('module.ts', text)
  return file.getFunctionOrThrow(name).getBodyText()!
}

const watches = new Set<number>()

/** Those of every watch that was started here, and of the specs they run. */
async function processes(): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-axww', '-o', 'pid=,args='])
  const all = stdout.split('\n').map((line) => ({ pid: Number.parseInt(line), line }))
  const own = all.filter(({ line }) => line.includes(join(kit, 'grader/learner/watch/cli.ts')))
  for (const { pid } of own) watches.add(pid)
  const workers = all.filter(({ line }) =>
    [...watches].some((pid) => line.endsWith(`sd3-workshop-watch-${pid}`)),
  )
  return [...own, ...workers].map(({ pid }) => pid)
}

it('without a terminal the watch says what to do instead', async () => {
  const failed = await promisify(execFile)(process.execPath, [tsx, 'grader/learner/watch/cli.ts']).catch(
    (error: { code: number; stderr: string }) => error,
  )
  expect(failed).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^.* terminal.*\n.*npm test\.\n$/) as string,
  })
})

describe.skipIf(!hasTmux)('in a terminal, the watch', () => {
  it('asks the predictions before it shows a task, and keeps each answer at once', async () => {
    await start()
    const predictions = await localPredictions(first, kit)
    for (const i of predictions.keys()) {
      const screen = await terminal.sees(`${i + 1} of ${predictions.length}. `)
      expect(screen).not.toContain(one.title)
      await terminal.type(i === 1 ? '' : `my guess ${i}`)
    }
    await terminal.sees(one.title, `0 of ${taskCount()} tasks`, 'Still to write:', WAITING)
    expect((await localPredictions(first, kit)).map(({ answer }) => answer)).toEqual(
      predictions.map((_, i) => (i === 1 ? NO_ANSWER : `my guess ${i}`)),
    )
    expect((await readProgress(kit)).current).toBe(one.id)
  })

  it('shows what a wrong function was expected to give, and what it printed', async () => {
    await save(one.export, "console.log('looking at it')\n  return 7 as never")
    await terminal.sees(
      `✗ ${one.title}`,
      /expected\s+\d+,\s+received\s+7/,
      'It printed:',
      'looking at it',
      '1 task checked',
    )
  })

  it('runs nothing when only comments and blanks change', async () => {
    await save(one.export, "// A word.\n\n  console.log( 'looking at it' )\n  return 7 as never")
    await terminal.sees('Only comments or blanks changed: nothing to check.')
  })

  it('shows a syntax error, and goes on once it is repaired', async () => {
    const text = await readFile(module(), 'utf8')
    await writeFile(module(), text.replace('return 7', 'return ((7'))
    await terminal.sees('PARSE_ERROR')
    await writeFile(module(), text)
    await terminal.sees(/received\s+7/)
  })

  it('waits for a file that is gone, and takes one that an editor moves into place', async () => {
    const text = await withBody(one.export, 'return 9 as never')
    await rm(module())
    await terminal.sees('is gone')
    await writeFile(`${module()}.swp`, text.replaceAll('\n', '\r\n'))
    await rename(`${module()}.swp`, module())
    await terminal.sees(/received\s+9/)
  })

  it('ends an endless loop as soon as the file is saved again', async () => {
    await save(one.export, 'for (;;);')
    await terminal.sees(`Checking: ${one.title}`)
    await save(one.export, 'return 11 as never')
    await terminal.sees(/received\s+11/)
  })

  it('reveals the three hints one after the other, and remembers how many', async () => {
    for (const level of [1, 2, 3]) {
      await terminal.press('h')
      await terminal.sees(`Hint ${level} of 3`)
      await expect.poll(async () => (await readProgress(kit)).hints).toEqual({ [one.id]: level })
    }
  })

  it('shows no solution before the task passes', async () => {
    await terminal.press('d')
    await terminal.sees('The solution is shown once the task passes.')
  })

  it('turns green, compares with the solution, and goes on to the next task', async () => {
    await save(
      one.export,
      'return component.parameters.map((one) => sizeOf(one.shape)).reduce((a, b) => a + b, 0)',
    )
    await terminal.sees('sizeOf is not defined')
    await writeFile(module(), (await readFile(module(), 'utf8')).replace('TodoError,', 'TodoError, sizeOf,'))
    await terminal.sees(`✓ ${one.title}`, `1 of ${taskCount()} tasks`)
    await terminal.press('d')
    await terminal.sees(/^- .*parameters\.map/m, /^\+ .*parameters\.reduce/m)
    await save(one.export, await solved(one.export))
    await terminal.sees(`✓ ${one.title}`, '1 task checked')
    await terminal.press('d')
    await terminal.sees('Yours is the solution, word for word.')
    await terminal.press('n')
    await terminal.sees(`· ${two.title}`, two.export)
  })

  it('lists all tasks with their states, to choose one', async () => {
    await terminal.press('l')
    await terminal.sees(`All tasks: 1 of ${taskCount()} pass`, `✓ 01  ${one.title}`, `· 01  ${two.title}`)
    await terminal.sees('Esc: back')
    await terminal.press('Escape')
    await terminal.sees(`· ${two.title}`, WAITING)
    await terminal.press('l')
    await terminal.sees('All tasks')
    await terminal.press('Up', 'Enter')
    await terminal.sees(`✓ ${one.title}`, 'It passes.')
  })

  it('runs all tasks when asked to, and says of which exercise it speaks', async () => {
    const last = exercises[exercises.length - 1]
    await terminal.press('a')
    await terminal.sees(
      `${last.tasks.length} tasks of exercise ${last.id.slice(0, 2)} checked in`,
      '0 pass',
      WAITING,
    )
  })

  it('puts one stub back when asked twice, and keeps what was there', async () => {
    const before = await readFile(module(), 'utf8')
    await terminal.press('r')
    await terminal.sees(`Put the stub of ${one.export} back?`)
    await terminal.press('n')
    await terminal.sees('Nothing was reset.')
    expect(await readFile(module(), 'utf8')).toBe(before)
    await terminal.press('r')
    await terminal.sees(`Put the stub of ${one.export} back?`)
    await terminal.press('y')
    await terminal.sees(`${one.export} is the stub again.`, `· ${one.title}`, `0 of ${taskCount()} tasks`)
    const [kept] = await readdir(join(kit, 'out/before-reset', first.id))
    expect(await readFile(join(kit, 'out/before-reset', first.id, kept), 'utf8')).toBe(before)
    await writeFile(module(), before)
    await terminal.sees(`1 of ${taskCount()} tasks`)
  })

  it('keeps to the size of the terminal', async () => {
    await terminal.resize(50, 12)
    const small = await terminal.sees('quit', /lines above, \d+ below|It passes/)
    expect(small.split('\n').every((line) => line.length <= 50)).toBe(true)
    expect(small).toContain(one.title)
    await terminal.resize(120, 40)
    await terminal.sees('quit', 'It passes.')
    await terminal.resize(80, 24)
  })

  it('leaves nothing running when it is killed, and keeps its progress, even in a folder that moves', async () => {
    await expect.poll(async () => (await readProgress(kit)).tasks[one.id]?.status).toBe('pass')
    const text = await readFile(module(), 'utf8')
    await save(two.export, 'for (;;);')
    await terminal.sees(`Checking: ${two.title}`)
    const running = await processes()
    expect(running.length).toBeGreaterThanOrEqual(2)
    for (const pid of running) if (watches.has(pid)) process.kill(pid, 'SIGKILL')
    await expect.poll(processes, { timeout: 30_000 }).toEqual([])
    await writeFile(module(), text)
    const moved = `${kit}-moved`
    await rename(kit, moved)
    kit = moved
    await terminal.close()
    await terminal.open(kit)
    await start()
    await terminal.sees(`✓ ${one.title}`, `1 of ${taskCount()} tasks`, /^Waiting for a save\.$/m)
  })

  it('asks the next exercise’s predictions on entry, and lets them wait', async () => {
    for (const i of (await localPredictions(second, kit)).keys())
      if (i > 0) await writeAnswer(second, i, 'x', kit)
    await terminal.press('l')
    await terminal.sees('All tasks')
    await terminal.press(...Array<string>(first.tasks.length).fill('Down'), 'Enter')
    await terminal.sees('Predict first: 02', '1 of 4. ')
    await terminal.press('Escape')
    await terminal.sees(second.tasks[0].title, 'npm run predict -- 02')
  })

  it('leaves the terminal as it found it', async () => {
    await terminal.press('q')
    await terminal.sees(`1 of ${taskCount()} tasks pass. Go on with: npm run watch`)
    await terminal.type('echo still $((40 + 2)) here')
    await terminal.sees('still 42 here')
    await expect.poll(processes, { timeout: 30_000 }).toEqual([])
    await start()
    await terminal.sees('1 of 4. ')
    await terminal.press('C-c')
    await terminal.sees('Go on with: npm run watch')
    await expect.poll(processes, { timeout: 30_000 }).toEqual([])
  })

  it('paints nothing where colours are not wanted', async () => {
    await writeAnswer(second, 0, 'x', kit)
    await terminal.close()
    await terminal.open(kit, { env: { NO_COLOR: '1' } })
    await start()
    await terminal.sees(WAITING)
    expect(await terminal.coloured()).not.toContain('\u001b')
    await terminal.press('l')
    await terminal.sees('All tasks')
    expect(await terminal.coloured()).not.toContain('\u001b')
    await terminal.press('C-c')
    await terminal.sees('Go on with: npm run watch')
  })
})
