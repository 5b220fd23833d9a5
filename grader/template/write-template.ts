import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ArgumentError } from '#harness'
import { adaptPackage, adaptWorkflow, studentReadme } from './adapt.ts'
import { templatePaths } from './contents.ts'
import { checkUntouched } from './untouched.ts'

/**
 * Writes the repository that students start from.
 * @param root the kit
 * @param folder new or empty
 * @param kit where GitHub finds the kit that grades, OWNER/NAME@REF; without it there is no workflow
 * @returns how many files there are now
 * @throws ArgumentError when the folder holds something, or an exercise of the kit is not the stub
 */
export async function writeTemplate(root: string, folder: string, kit?: string): Promise<number> {
  const present = await readdir(folder).catch(() => [])
  if (present.length > 0)
    throw new ArgumentError(`${folder} holds ${present[0]} already.`, 'Name a new or an empty folder.')
  await checkUntouched(root)
  const paths = await templatePaths(root)
  for (const path of paths) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await copyFile(join(root, path), join(folder, path))
  }
  const texts = { 'README.md': studentReadme(), 'package.json': '' }
  texts['package.json'] = adaptPackage(await readFile(join(root, 'package.json'), 'utf8'), paths)
  for (const [path, text] of Object.entries(texts)) await writeFile(join(folder, path), text)
  if (kit === undefined) return paths.length + 1
  const workflow = await readFile(join(root, 'grader/hosts/github/classroom.yml'), 'utf8')
  await mkdir(join(folder, '.github/workflows'), { recursive: true })
  await writeFile(join(folder, '.github/workflows/classroom.yml'), adaptWorkflow(workflow, kit))
  return paths.length + 2
}
