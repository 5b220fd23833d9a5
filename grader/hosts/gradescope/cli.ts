import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { gradescopeZip } from './zip.ts'

/** `npm run gradescope [-- FILE]`: builds the autograder to upload. */
const file = resolve(process.argv[2] ?? 'out/gradescope.zip')
const zip = await gradescopeZip(process.cwd())
await mkdir(dirname(file), { recursive: true })
await writeFile(file, zip)
console.log(`${file}: ${(zip.length / 2 ** 20).toFixed(1)} MiB. Upload it under Configure Autograder.`)
