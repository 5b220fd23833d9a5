import { parseOptions, runCommand } from '../../harness/cli/command.ts'
import { ArgumentError } from '../../harness/errors.ts'
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
await runCommand(async () => {
  const names = steps.map(({ name }) => name).join(', ')
  const does = `Checks everything that must hold, or only the steps whose names begin so: ${names}.`
  const { positionals } = parseOptions({ does, operands: '[STEP…]' }, 'npm run verify')
  const unknown = positionals.find((part) => !steps.some(({ name }) => name.startsWith(part)))
  if (unknown !== undefined)
    throw new ArgumentError(`No step starts with "${unknown}".`, `Pass one of: ${names}.`)
  const isChosen = ({ name }: Step) => positionals.some((part) => name.startsWith(part))
  const chosen = positionals.length === 0 ? steps : steps.filter(isChosen)
  const checks = await runSteps(chosen, (line) => console.log(line))
  const failed = checks.filter(({ problem }) => problem !== null).length
  console.log(`${checks.length - failed} passed, ${failed} failed`)
  return failed === 0 ? 0 : 1
})
