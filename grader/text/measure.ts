import { writeFile } from 'node:fs/promises'
import { format, resolveConfig } from 'prettier'
import { printedFile } from './printed.ts'
import { runSolutions } from './run-solutions.ts'

/** `npx tsx grader/text/measure.ts`: runs the specs on the solutions and notes what they print, for the texts to quote. */
const { run, printed } = await runSolutions()
const failed = run.specs.filter(({ state }) => state !== 'passed')
if (failed.length + run.problems.length > 0) {
  console.error(`${failed.length} specs failed on the solutions, ${run.problems.length} problems.`)
  console.error('Run npm run test:solutions and mend what it names.')
  process.exitCode = 1
} else {
  const options = { ...(await resolveConfig(printedFile)), filepath: printedFile }
  await writeFile(printedFile, await format(JSON.stringify(printed), options))
  console.log(`${printedFile}: ${Object.keys(printed).length} entries.`)
}
