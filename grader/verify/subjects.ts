import { exercises, type Exercise } from '#grader/manifest/index.ts'
import { mutantsOf, type Mutant } from '#grader/mutants/index.ts'
import type { SpecResult, SpecRun } from '#grader/run/collector.ts'
import { SpecRunner } from '#grader/run/spec-runner.ts'
import { change } from '#grader/text/change.ts'
import { readPrinted, type Printed } from '#grader/text/printed.ts'
import { runSolutions } from '#grader/text/run-solutions.ts'
import { check, type Check, type Step } from './step.ts'

/** Every spec of every task fails on the stub, and fails because it is the stub. */
export const stubsStep: Step = {
  name: 'stubs are red',
  async run() {
    const run = await runAll('exercises')
    const tasks = exercises.flatMap(({ tasks }) => tasks)
    const checks = tasks.map(({ id }) => {
      const specs = run.specs.filter(({ task }) => task === id)
      const wrong = specs.filter(({ failure }) => failure?.code !== 'TODO' || failure.task !== id)
      const holds = specs.length > 0 && wrong.length === 0
      return check(id, holds, wrong.map(describe).join('\n') || 'It has no spec.')
    })
    return [...checks, ...problemsOf(run)]
  },
}

/** Every spec passes on the reference solution, and prints what the texts quote. */
export const solutionsStep: Step = {
  name: 'solutions are green',
  async run() {
    const { run, printed } = await runSolutions()
    const checks = run.specs.map((spec) =>
      check(`${spec.task}: ${spec.title}`, spec.state === 'passed', describe(spec)),
    )
    return [...checks, ...problemsOf(run), ...(await checkPrinted(printed))]
  },
}

/** What is printed of the bundled model on the CPU; about any other the texts say nothing. */
async function checkPrinted(printed: Printed): Promise<Check[]> {
  if (process.env.SD3_MODEL || process.env.SD3_DEVICE) return []
  const { printed: quoted } = await readPrinted()
  const names = [...new Set([...Object.keys(quoted), ...Object.keys(printed)])]
  return names.map((name) => {
    const changed = change(quoted[name] ?? '', printed[name] ?? '')
    const remedy = 'When that is right, run npx tsx grader/text/measure.ts and mend the texts that quote it.'
    return check(`${name}: as quoted`, changed === null, `${changed}\n${remedy}`)
  })
}

/**
 * Every known-wrong solution is caught by a spec of its task, which names its mistake; and none takes it for another:
 * neither one known mistake for the next, nor a wrong answer of no known kind for any.
 */
export const mutantsStep: Step = {
  name: 'mutants are red',
  async run() {
    const run = await runAll('mutants')
    const checks = await Promise.all(exercises.map((exercise) => checkMutants(exercise, run)))
    return [...checks.flat(), ...problemsOf(run)]
  },
}

async function checkMutants(exercise: Exercise, run: SpecRun): Promise<Check[]> {
  const mutants = await mutantsOf(exercise)
  return mutants.map((mutant) => {
    const { name, task } = mutant
    const specs = run.specs.filter(
      (spec) => spec.exercise === exercise.id && spec.subject === name && spec.task === task,
    )
    const failed = specs.filter(({ state }) => state === 'failed')
    const problem =
      failed.length === 0
        ? `It survives: ${specs.length} specs ran and none failed.`
        : misdiagnosed(mutant, failed)
    return check(`${task}: ${name}`, problem === null, problem ?? '')
  })
}

/** What the failures of a mutant say that they should not, or do not say; null when it is just what is wrong. */
function misdiagnosed({ diagnosis, orElse }: Mutant, failed: readonly SpecResult[]): string | null {
  const messages = failed.map(({ failure }) => failure?.message ?? '')
  if (diagnosis !== undefined && !messages.some((message) => message.includes(diagnosis)))
    return `No failure says "${diagnosis}":\n${failed.map(describe).join('\n')}`
  const said = messages.flatMap((message) =>
    [...message.matchAll(/^Likely mistake: (.*)$/gm)].map(([, one]) => one),
  )
  const fitting = [diagnosis, orElse].filter((words) => words !== undefined)
  const other = said.find((one) => !fitting.some((words) => one.includes(words)))
  return other === undefined ? null : `A failure takes it for another mistake: ${other}`
}

async function runAll(project: 'exercises' | 'mutants'): Promise<SpecRun> {
  const runner = await SpecRunner.open(project, exercises)
  try {
    return await runner.run()
  } finally {
    await runner.close()
  }
}

function problemsOf({ problems }: SpecRun): Check[] {
  return problems.map((problem) => check('outside any spec', false, problem))
}

function describe({ title, state, failure }: SpecResult): string {
  return `${title}: ${failure?.message ?? state}`
}
