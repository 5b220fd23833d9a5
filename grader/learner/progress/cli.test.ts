import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Project } from 'ts-morph'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { localPredictions } from '#grader/learner/predictions/predictions.ts'
import { writeAnswer } from '#grader/learner/predictions/write-answer.ts'
import { exercises, modulePath, taskCount } from '#grader/manifest/index.ts'
import { progressFile, readProgress } from './progress-file.ts'
import { taskSources } from './task-sources.ts'

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

let kit: string

/** A student's clone; and a model without weights, to show where they are not needed. */
beforeAll(async () => {
  kit = await realpath(await mkdtemp(join(tmpdir(), 'kit-')))
  for (const name of COPIED) await cp(name, join(kit, name), { recursive: true })
  await symlink(resolve('node_modules'), join(kit, 'node_modules'))
  const isWeight = (path: string) => path.endsWith('.safetensors')
  await cp('models/sd3-nano', join(kit, 'weightless'), { recursive: true, filter: (path) => !isWeight(path) })
  await symlink(resolve('models'), join(kit, 'models'))
})
afterAll(() => rm(kit, { recursive: true }))

function run(
  file: string,
  args: string[],
  env: NodeJS.ProcessEnv = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const { PATH = '' } = process.env
  const command = [resolve('node_modules/tsx/dist/cli.mjs'), `grader/learner/progress/${file}`, ...args]
  return new Promise((done) => {
    execFile(process.execPath, command, { cwd: kit, env: { PATH, ...env } }, (error, stdout, stderr) =>
      done({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    )
  })
}

/** The first exercise's stub with the bodies of some functions written. */
async function write(bodies: Record<string, string>): Promise<void> {
  const stub = await readFile(join('exercises', modulePath(first)), 'utf8')
  const file = new Project({ useInMemoryFileSystem: true }).createSourceFile('stub.ts', stub)
  for (const [name, body] of Object.entries(bodies)) file.getFunctionOrThrow(name).setBodyText(body)
  await writeFile(join(kit, 'exercises', modulePath(first)), file.getFullText())
}

const rowOf = (stdout: string, title: string) => stdout.split('\n').find((line) => line.includes(title)) ?? ''

describe('npm test', { timeout: 300_000 }, () => {
  it('on a fresh clone: all to do, none green, no weights needed, and where to begin', async () => {
    const { code, stdout, stderr } = await run('cli.ts', [], { SD3_MODEL: join(kit, 'weightless') })
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    expect(stdout.match(/· to do/g)).toHaveLength(taskCount())
    expect(stdout).not.toMatch(/passed|failed|\u001b/)
    const [task] = first.tasks
    expect(stdout.slice(stdout.indexOf('\nNext'))).toMatch(
      new RegExp(
        `^\\nNext\\n  ${task.title}\\n  exercises/${modulePath(first)}:\\d+  ${task.export}\\n  .*hint -- ${task.id}\\n$`,
      ),
    )
  })

  it('tells wrong from thrown, with the student’s own line and what was printed', async () => {
    const [wrong, thrown] = first.tasks
    await write({
      [wrong.export]: "console.log('looking at it')\nreturn { nothing: 'like it' } as never",
      [thrown.export]:
        'const missing = null as unknown as { length: number }\nreturn missing.length as never',
    })
    const { code, stdout } = await run('cli.ts', [first.id.slice(0, 2)])
    expect(code).toBe(1)
    expect(rowOf(stdout, wrong.title)).toContain('✗ failed')
    expect(stdout).toMatch(/expected .*, received \{ nothing: 'like it' \}/)
    expect(stdout).toMatch(/It printed:\n +looking at it/)
    expect(stdout).toContain("TypeError: Cannot read properties of null (reading 'length')")
    expect(stdout).toMatch(new RegExp(`at exercises/${modulePath(first)}:\\d+`))
    expect(stdout).toContain('Next: repair')
    expect(stdout).not.toContain(second.title)
  })

  it('keeps each task’s state with what it was judged on, and when work began', async () => {
    const { tasks, exercises: visits } = await readProgress(kit)
    const sources = await taskSources(first, kit)
    expect(Object.keys(tasks)).toHaveLength(taskCount())
    const [wrong, thrown, untouched] = first.tasks.map(({ id }) => tasks[id])
    expect([wrong.status, thrown.status, untouched.status]).toEqual(['fail', 'error', 'not-attempted'])
    expect([...sources!]).toEqual(first.tasks.map(({ id }) => [id, tasks[id].source]))
    expect(Object.keys(visits)).toEqual([first.id])
    expect(await readFile(join(kit, progressFile), 'utf8')).not.toContain(kit)
  })

  it('keeps its verdicts when the module cannot be read', async () => {
    const before = await readProgress(kit)
    const module = join(kit, 'exercises', modulePath(first))
    const text = await readFile(module, 'utf8')
    await writeFile(module, `${text}\nexport async function x( {`)
    await run('cli.ts', [first.id])
    expect(await readProgress(kit)).toEqual(before)
    await writeFile(module, text)
  })

  it('sets a damaged progress aside and says so', async () => {
    await writeFile(join(kit, progressFile), '{')
    const { stderr, stdout } = await run('cli.ts', [first.id])
    expect(stderr).toMatch(
      /^\.sd3-progress\.json cannot be read and was kept as \.sd3-progress\.damaged-\d+\.json;/,
    )
    expect(stdout).toContain('Progress')
    expect(Object.keys((await readProgress(kit)).tasks)).toHaveLength(first.tasks.length)
  })

  it('calls a task blocked when it needs another that is still to do', async () => {
    const [needed, needing] = first.tasks
    await write({ [needing.export]: `return (${needed.export} as () => never)()` })
    const { stdout } = await run('cli.ts', [first.id])
    expect(rowOf(stdout, needing.title)).toContain('· blocked')
    expect(stdout).toContain(`TODO ${needed.id}`)
  })

  it('shows a syntax error once', async () => {
    await writeFile(join(kit, 'exercises', modulePath(first)), 'export async function x( {')
    const { code, stdout } = await run('cli.ts', [first.id])
    expect(code).toBe(1)
    expect(stdout.match(/PARSE_ERROR/g)).toHaveLength(1)
    expect(stdout.match(/As above/g)).toHaveLength(first.tasks.length - 1)
  })

  it('says where an error came from that no spec heard of', async () => {
    await write({
      countParameters: "throw new Error('nobody waits')",
      widthRatio: 'void countParameters(null as never); return 1',
    })
    const { code, stdout } = await run('cli.ts', ['01'])
    expect(code).toBe(1)
    const file = modulePath(first).replaceAll('.', '\\.')
    expect(stdout).toMatch(
      new RegExp(`^nobody waits\\nat exercises/${file}:\\d+\\nLikely mistake: An await is missing`, 'm'),
    )
  })

  it('ends an endless loop, names the task, and still runs the other exercises', async () => {
    const [looping] = first.tasks
    await write({ [looping.export]: 'for (;;);' })
    const { code, stdout } = await run('cli.ts', [first.id, second.id])
    expect(code).toBe(1)
    expect(stdout).toMatch(
      new RegExp(`✗ failed +${looping.title}.*\\n.*\\n +Nothing moved for 20 seconds\\.`),
    )
    expect(stdout.match(/· to do/g)).toHaveLength(second.tasks.length)
  })

  it('ends with 0 when every task of the exercise passes', async () => {
    await cp(join('solutions', modulePath(first)), join(kit, 'exercises', modulePath(first)))
    const { code, stdout } = await run('cli.ts', [first.id])
    expect(stdout).toContain('Every task passes.')
    expect(stdout).not.toContain('Pictures')
    expect(stdout.match(/Predict first: npm run predict -- 01/g)).toHaveLength(2)
    expect(stdout).toContain(
      `Next exercise: exercises/${second.id}/README.md, then npm test -- ${second.id.slice(0, 2)}`,
    )
    expect(code).toBe(0)
  })

  it('points to the pictures once the predictions were asked', async () => {
    const predictions = await localPredictions(first, kit)
    for (const i of predictions.keys()) await writeAnswer(first, i, '', kit)
    const { stdout } = await run('cli.ts', [first.id])
    expect(stdout).toContain('Pictures: out/pictures/')
    expect(stdout).not.toContain('Predict first')
  })

  it('knows its exercises', async () => {
    const { code, stdout, stderr } = await run('cli.ts', ['99'])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^No exercise starts with "99"\.\nPass one of: 01-/)
  })
})

describe('npm run hint', () => {
  it('gives the first hint, and says how to get the next', async () => {
    const [task] = first.tasks
    const { code, stdout } = await run('hint.ts', [task.id])
    expect(code).toBe(0)
    expect(stdout).toContain(`Hint 1 of 3: ${task.hints[0]}`)
    expect(stdout).toContain(`npm run hint -- ${task.id} 2`)
    expect((await readProgress(kit)).hints[task.id]).toBe(1)
  })

  it('gives any hint, and remembers the highest', async () => {
    const [task] = first.tasks
    for (const level of [3, 2]) {
      const { stdout } = await run('hint.ts', [task.id, `${level}`])
      expect(stdout).toContain(`Hint ${level} of 3: ${task.hints[level - 1]}`)
      expect(stdout.includes('Still stuck')).toBe(level < 3)
    }
    expect((await readProgress(kit)).hints[task.id]).toBe(3)
  })

  it.each(['0', '4', 'x', '1.5'])('has no level %s', async (level) => {
    const { code, stdout, stderr } = await run('hint.ts', [first.tasks[0].id, level])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^".*" is no level of hint\.\nPass 1 to 3/)
  })

  it.each([[[]], [['no-such-task']]])('lists the tasks for %j', async (args: string[]) => {
    const { code, stderr } = await run('hint.ts', args)
    expect(code).toBe(2)
    expect(stderr).toContain(first.tasks[0].id)
  })
})
