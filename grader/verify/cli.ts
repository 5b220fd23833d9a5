import { gradingSteps } from './grading.ts'
import { kitStep } from './kit.ts'
import { runSteps, type Step } from './step.ts'
import { mutantsStep, solutionsStep, stubsStep } from './subjects.ts'
import { testSteps } from './tests.ts'
import { toolStep } from './tools.ts'

const steps: Step[] = [
  toolStep('types', 'typescript', 'tsc'),
  toolStep('lint', 'eslint', 'eslint', '.'),
  toolStep('format', 'prettier', 'prettier', '--check', '.'),
  kitStep,
  stubsStep,
  solutionsStep,
  mutantsStep,
  ...gradingSteps,
  ...testSteps,
]

/** `npm run verify [-- STEP…]`: everything that must hold, or only the steps whose names begin so. */
async function main(wanted: string[]): Promise<number> {
  const chosen =
    wanted.length === 0 ? steps : steps.filter(({ name }) => wanted.some((part) => name.startsWith(part)))
  if (chosen.length === 0) {
    console.error(`No step starts with "${wanted.join('" or "')}".`)
    console.error(`Pass one of: ${steps.map(({ name }) => name).join(', ')}.`)
    return 2
  }
  const checks = await runSteps(chosen, (line) => console.log(line))
  const failed = checks.filter(({ problem }) => problem !== null).length
  console.log(`${checks.length - failed} passed, ${failed} failed`)
  return failed === 0 ? 0 : 1
}

process.exitCode = await main(process.argv.slice(2))
