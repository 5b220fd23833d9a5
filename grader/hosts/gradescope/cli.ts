import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { ArgumentError } from '#harness'
import { parseOptions, runCommand } from '../../../harness/cli/command.ts'
import { fileDestination } from '../../../harness/cli/destination.ts'
import { gradescopeZip } from './zip.ts'

/** `npm run gradescope [-- FILE]`: builds the autograder to upload. */
await runCommand(async () => {
  const { positionals } = parseOptions(
    {
      does: 'Builds the zip to upload as Gradescope’s autograder, out/gradescope.zip unless another FILE is named.',
      operands: '[FILE]',
    },
    'npm run gradescope',
  )
  if (positionals.length > 1)
    throw new ArgumentError(`${positionals.length} files are named.`, 'Pass one, or none.')
  const file = resolve(fileDestination('FILE', positionals[0] ?? 'out/gradescope.zip'))
  const zip = await gradescopeZip(process.cwd())
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, zip)
  console.log(`${file}: ${(zip.length / 2 ** 20).toFixed(1)} MiB. Upload it under Configure Autograder.`)
})
