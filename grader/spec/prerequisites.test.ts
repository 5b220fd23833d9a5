import { chmod, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Project } from 'ts-morph'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exerciseById, exercises, modulePath, type Exercise } from '#grader/manifest/index.ts'
import type { TaskResult } from '#grader/result.ts'
import { SpecRunner } from '#grader/run/spec-runner.ts'
import { proveLauncher, type Launcher } from '#grader/sandbox/prove.ts'
import { buildRuntime, type Runtime } from '#grader/sandbox/runtime.ts'
import { stageExercise } from '#grader/sandbox/stage.ts'
import { score } from '#grader/score.ts'

const inspection = exerciseById('01-pipeline-inspection')
const steps = exerciseById('03-flow-matching-steps')
const todo = (task: string) => `throw Object.assign(new Error('TODO'), { code: 'TODO', task: '${task}' })`

let folder: string
let runtime: Runtime
let launcher: Launcher
let count = 0

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'prerequisites-')))
  await chmod(folder, 0o755)
  runtime = await buildRuntime(join(folder, 'runtime'))
  launcher = await proveLauncher(runtime)
})
afterAll(() => rm(folder, { recursive: true }))

/** Grades the solution of an exercise with some functions' bodies replaced, as a submission is graded. */
async function gradeWith(
  exercise: Exercise,
  bodies: Record<string, string>,
): Promise<Map<string, TaskResult>> {
  const solution = await readFile(join('solutions', modulePath(exercise)), 'utf8')
  const file = new Project({ useInMemoryFileSystem: true }).createSourceFile('solution.ts', solution)
  for (const [name, body] of Object.entries(bodies)) file.getFunctionOrThrow(name).setBodyText(body)
  const submission = join(folder, `submission-${++count}`)
  const path = join(submission, 'exercises', modulePath(exercise))
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, file.getFullText())
  const stage = join(folder, `stage-${count}`)
  await stageExercise(submission, exercise, stage, runtime.harness)
  const runner = await SpecRunner.open('exercises', [exercise])
  try {
    const { wrappers } = launcher
    const subject = { kind: 'sandbox', stage, program: runtime.program, wrappers } as const
    const run = await runner.run({ subject })
    return new Map(
      score(run, [], {})
        .exercises.flatMap(({ tasks }) => tasks)
        .map((task) => [task.id, task]),
    )
  } finally {
    await runner.close()
  }
}

describe('a task whose prerequisite is wrong', () => {
  it('is graded with the reference in its place, and says so', async () => {
    const tasks = await gradeWith(inspection, { countParameters: 'return 1' })
    expect(tasks.get('count-parameters')).toMatchObject({ status: 'fail', score: 0, references: [] })
    for (const id of [
      'describe-text-encoders',
      'describe-transformer',
      'parameter-groups',
      'parameter-budget',
    ])
      expect(tasks.get(id)).toMatchObject({
        status: 'pass',
        references: expect.arrayContaining(['count-parameters']) as string[],
      })
    expect(tasks.get('parameter-groups')?.message).toBe(
      'Graded with the reference for countParameters, because yours is wrong or missing.',
    )
    expect(tasks.get('block-projections')).toMatchObject({ status: 'pass', references: [], message: '' })
  })

  it('is graded so where the prerequisite is not written, through others too; what is returned must be its own', async () => {
    const tasks = await gradeWith(inspection, {
      countParameters: todo('count-parameters'),
      describeTransformer: todo('describe-transformer'),
      parameterBudget: 'return (await describeTextEncoders(components)) as never',
    })
    expect([...tasks.values()].map(({ status }) => status)).not.toContain('blocked')
    expect(tasks.get('describe-transformer')).toMatchObject({ status: 'not-attempted', score: 0 })
    expect(tasks.get('last-block')).toMatchObject({
      status: 'pass',
      references: ['count-parameters', 'describe-transformer'],
    })
    expect(tasks.get('parameter-budget')).toMatchObject({ status: 'fail', score: 0 })
  })

  it('gets no help from a task that comes after it', async () => {
    const tasks = await gradeWith(inspection, {
      countParameters: 'return (await describeTransformer(component)).parameters',
      describeTransformer: todo('describe-transformer'),
    })
    expect(tasks.get('count-parameters')).toMatchObject({ status: 'blocked', score: 0 })
  })

  it('may hand on the pipeline, and its own mistake is still seen', async () => {
    const others = steps.tasks.filter(({ id }) => !id.startsWith('compare-'))
    const todos = others.map((task): [string, string] => [task.export, todo(task.id)])
    const tasks = await gradeWith(steps, {
      ...Object.fromEntries(todos),
      // What the lesson's own specs draw would take a minute.
      comparePrompts: `if (prompts.simple === 'a sunset over the ocean') throw new Error('no time')
        const [simple, compositional] = [prompts.simple, prompts.compositional]
        return {
          simple: (await generateAtSteps(pipe, simple, defaultSteps, settings)).image,
          compositional: (await generateAtSteps(pipe, compositional, defaultSteps, settings)).image,
        }`,
      compareStepCounts: `if (stepCounts.includes(50)) throw new Error('no time')
        return Promise.all(stepCounts.map((steps) => generateAtSteps(pipe, prompt, steps, settings)))`,
    })
    const checkOf = (task: string, title: string) =>
      tasks.get(task)?.checks?.find((check) => check.title === title)
    expect(tasks.get('compare-prompts')?.references).toEqual(['generate-at-steps'])
    expect(checkOf('compare-prompts', 'draws both prompts in 28 steps from the same noise')).toMatchObject({
      status: 'pass',
    })
    expect(checkOf('compare-step-counts', 'starts every run from the same noise')?.status).toBe('pass')
    expect(checkOf('compare-step-counts', 'lets one run finish before the next begins')?.message).toContain(
      'Promise.all starts every run at once',
    )
  })
})

it('needs name earlier tasks of the same exercise', () => {
  for (const { tasks } of exercises) {
    for (const [i, { needs = [] }] of tasks.entries())
      expect(tasks.slice(0, i).map(({ id }) => id)).toEqual(expect.arrayContaining(needs))
  }
})
