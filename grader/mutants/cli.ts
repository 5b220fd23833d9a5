import { writeFile } from 'node:fs/promises'
import { misconceptions, misconceptionTable } from './misconceptions.ts'

/** `npm run misconceptions`: writes the table for instructors from the mutants. */
const file = 'grader/mutants/README.md'
await writeFile(file, await misconceptionTable())
console.log(`${(await misconceptions()).length} recognised misconceptions in ${file}`)
