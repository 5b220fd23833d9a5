import { readdir } from 'node:fs/promises'

/** What is installed, made or downloaded, at any depth, and is no part of the kit. */
export const NOT_OURS = ['node_modules', 'out', '.git', '.vite', '__pycache__', 'pulled']

/** Every file and folder of the kit as it is spelt, relative to its root, with `/`. */
export async function kitFiles(folder = ''): Promise<string[]> {
  const entries = await readdir(folder === '' ? '.' : folder, { withFileTypes: true })
  const below = entries
    .filter(({ name }) => !NOT_OURS.includes(name))
    .map(async (entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      return entry.isDirectory() ? [path, ...(await kitFiles(path))] : [path]
    })
  return (await Promise.all(below)).flat().sort()
}

/** The kit's Markdown, but for what tests keep as expected output. */
export async function documents(): Promise<string[]> {
  return (await kitFiles()).filter((path) => path.endsWith('.md') && !path.includes('/golden/'))
}
