import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { chmod, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { platform, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { exercises, modulePath } from '#grader/manifest/index.ts'
import { proveLauncher } from '#grader/sandbox/prove.ts'
import { buildRuntime } from '#grader/sandbox/runtime.ts'
import { stageSubmission } from '#grader/sandbox/stage.ts'
import type { SubjectMode } from '#grader/spec/subject.ts'
import { SpecRunner } from './spec-runner.ts'

const [, exercise] = exercises
const [{ export: name }] = exercise.tasks
const title = `spec-runner-${randomUUID()}`

let folder: string
let subject: SubjectMode

/** A submission that is right, and takes its time over the first task. */
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'spec-runner-')))
  await chmod(folder, 0o755)
  const solution = await readFile(join('solutions', modulePath(exercise)), 'utf8')
  const slow = solution.replace(
    `export async function ${name}(`,
    `export async function ${name}(...args: any[]): Promise<any> {
      await new Promise((resolve) => setTimeout(resolve, 4000))
      return (quick as any)(...args)
    }\nasync function quick(`,
  )
  expect(slow).not.toBe(solution)
  await writeFile(join(folder, `${exercise.slug}.ts`), slow)
  const runtime = await buildRuntime(join(folder, 'runtime'))
  const { wrappers } = await proveLauncher(runtime)
  const stage = join(folder, 'stage')
  await stageSubmission(folder, stage, runtime.harness)
  subject = { kind: 'sandbox', stage, program: runtime.program, wrappers }
})
afterAll(() => rm(folder, { recursive: true }))

function pidsOf(text: string): number[] {
  const all = execFileSync('ps', ['-axww', '-o', 'pid=,args='], { encoding: 'utf8' }).split('\n')
  return all.filter((line) => line.includes(text)).map((line) => Number.parseInt(line))
}

it.skipIf(platform() === 'win32')(
  'a judging process that dies costs the spec it was at; a fresh one runs the rest',
  async () => {
    const runner = await SpecRunner.open('exercises', [exercise], title)
    try {
      const run = runner.run({ subject })
      await expect.poll(() => pidsOf(join(folder, 'stage')).length, { timeout: 60_000 }).toBeGreaterThan(0)
      await new Promise((done) => setTimeout(done, 1500))
      const [worker] = pidsOf(title)
      process.kill(worker, 'SIGKILL')
      const { specs, problems } = await run
      expect(problems).toEqual([])
      const failed = specs.filter(({ state }) => state !== 'passed')
      expect(failed).toMatchObject([{ task: exercise.tasks[0].id, failure: { code: 'CRASH' } }])
      expect(new Set(specs.map(({ task }) => task))).toEqual(new Set(exercise.tasks.map(({ id }) => id)))
      expect(new Set(specs.map(({ task, title }) => `${task} ${title}`)).size).toBe(specs.length)
      expect(pidsOf(title)).not.toContain(worker)
    } finally {
      await runner.close()
    }
    await expect.poll(() => pidsOf(join(folder, 'stage')), { timeout: 20_000 }).toEqual([])
  },
)
