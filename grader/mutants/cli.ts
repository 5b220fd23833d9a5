import { writeFile } from 'node:fs/promises'
import { parseOptions, runCommand } from '../../harness/cli/command.ts'
import { misconceptions, misconceptionTable } from './misconceptions.ts'

/** `npm run misconceptions`: writes the table for instructors from the mutants. */
await runCommand(async () => {
  const file = 'grader/mutants/README.md'
  parseOptions({ does: `Writes the table of known mistakes, ${file}.` }, 'npm run misconceptions')
  await writeFile(file, await misconceptionTable())
  console.log(`${(await misconceptions()).length} recognised misconceptions in ${file}`)
})
