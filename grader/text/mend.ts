import { readFile, writeFile } from 'node:fs/promises'
import { claims } from './claims/index.ts'
import { mended } from './mended.ts'

/**
 * `npx tsx grader/text/mend.ts`: writes into the texts what was computed and measured since, and names the claims that
 * hold no longer in other ways. Exit code 1 when there are such.
 */
const left: string[] = []
for (const [path, made] of Object.entries(claims)) {
  let claimed
  try {
    claimed = typeof made === 'function' ? await made() : made
  } catch (error) {
    left.push(`${path}: ${(error as Error).message}`)
    continue
  }
  const before = await readFile(path, 'utf8')
  const { markdown, changes, unmended } = mended(before, claimed)
  if (markdown !== before) await writeFile(path, markdown)
  for (const change of changes) console.log(`${path}: ${change}`)
  left.push(...unmended.map((problem) => `${path}: ${problem}`))
}
if (left.length > 0) {
  console.error(`${left.length} claims are for you to mend, in the text or in grader/text/claims:`)
  console.error(left.join('\n'))
  process.exitCode = 1
}
