import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { exercises, modulePath, taskCount } from '#grader/manifest/index.ts'
import { withAnswer } from '#grader/learner/predictions/write-answer.ts'
import { parsePredictions } from '#grader/learner/predictions/predictions.ts'

const COPIED = ['exercises', 'grader', 'harness', 'package.json', 'vitest.config.ts', 'tsconfig.json']
const [first] = exercises

let folder: string
let kit: string

/** A kit without solutions where Windows users may have it, and as some of their editors save. */
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'anywhere-')))
  kit = join(folder, "Ünï's kit [1] (copy) & co")
  for (const name of COPIED) await cp(name, join(kit, name), { recursive: true })
  for (const name of ['node_modules', 'models']) await symlink(resolve(name), join(kit, name), 'junction')
  for (const path of await readdir(join(kit, 'exercises'), { recursive: true }))
    if (/\.(ts|md)$/.test(path)) await saveAsWindows(join('exercises', path), path)
})
afterAll(() => rm(folder, { recursive: true }))

/** With a byte order mark, and CRLF at the end of lines. */
async function saveAsWindows(from: string, path: string): Promise<string> {
  const text = `\ufeff${(await readFile(from, 'utf8')).replaceAll(/\r?\n/g, '\r\n')}`
  await writeFile(join(kit, 'exercises', path), text)
  return text
}

function run(script: string, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const { PATH = '' } = process.env
  const command = [resolve('node_modules/tsx/dist/cli.mjs'), script, ...args]
  return new Promise((done) => {
    execFile(process.execPath, command, { cwd: kit, env: { PATH } }, (error, stdout, stderr) =>
      done({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    )
  })
}

it('every task is to do, and the line of the first one is found', async () => {
  const { stdout, stderr } = await run('grader/learner/progress/cli.ts')
  expect(stderr).toBe('')
  expect(stdout.match(/· to do/g)).toHaveLength(taskCount())
  const lines = (await readFile(join('exercises', modulePath(first)), 'utf8')).split('\n')
  const line = lines.findIndex((one) => one.includes(`function ${first.tasks[0].export}(`)) + 1
  expect(stdout).toContain(`exercises/${modulePath(first)}:${line} `)
})

it('what was written is checked, and scored, without solutions in the kit', async () => {
  await saveAsWindows(join('solutions', modulePath(first)), modulePath(first))
  const { code, stdout } = await run('grader/learner/progress/cli.ts', first.id)
  expect(stdout.match(/✓ passed/g)).toHaveLength(first.tasks.length)
  expect(code).toBe(0)
  const graded = await run('grader/cli.ts', '--submission', '.', '--format', 'json')
  const { findings, exercises: scores } = JSON.parse(graded.stdout) as {
    findings: { exercise: string }[]
    exercises: { score: number; maxScore: number }[]
  }
  expect(scores.map(({ score, maxScore }) => score / maxScore)).toEqual([1, 0, 0, 0])
  expect(findings.filter(({ exercise }) => exercise === first.id)).toEqual([])
})

it.each(exercises)(
  'an answer to $id is written, and read again, and lines end as they did',
  async ({ id }) => {
    const brief = await saveAsWindows(join('exercises', id, 'README.md'), `${id}/README.md`)
    const questions = parsePredictions(brief)
    expect(questions.length).toBeGreaterThan(0)
    const answered = withAnswer(brief, 0, 'about a third')
    expect(parsePredictions(answered)).toEqual([
      { ...questions[0], answer: 'about a third' },
      ...questions.slice(1),
    ])
    expect(answered.replaceAll('\r\n', '')).not.toContain('\n')
  },
)
