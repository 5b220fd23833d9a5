import { rm, writeFile } from 'node:fs/promises'
import { bundledWeights } from './bundled.ts'
import { notePrinted } from './printed.ts'
import { drawnWith, lookFolder, runSolutions } from './run-solutions.ts'

/**
 * `npx tsx grader/text/measure.ts`: runs the specs on the solutions, notes what they print, for the texts to quote, and
 * leaves their pictures for look.ts.
 */
if (process.env.SD3_MODEL || process.env.SD3_DEVICE) {
  console.error('The texts speak of the bundled model on the CPU, and SD3_MODEL or SD3_DEVICE names another.')
  console.error('Unset both, and run it again.')
  process.exit(2)
}
await rm(lookFolder, { recursive: true, force: true })
const { run, printed } = await runSolutions(lookFolder)
const failed = run.specs.filter(({ state }) => state !== 'passed')
if (failed.length + run.problems.length > 0) {
  console.error(`${failed.length} specs failed on the solutions, ${run.problems.length} problems.`)
  console.error('Run npm run test:solutions and mend what it names.')
  process.exitCode = 1
} else {
  await writeFile(drawnWith, await bundledWeights())
  console.log(`${await notePrinted(printed)}: ${Object.keys(printed).length} entries.`)
}
