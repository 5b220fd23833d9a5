import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'

/** A folder or a zip in the folder of a class. */
export interface FoundSubmission {
  /** The folder's name, or the zip's without its ending; with it where another has that name too. */
  name: string
  path: string
  kind: 'folder' | 'zip'
}

/**
 * Lists what a host's bulk download holds: folders and zips. Hidden ones and other files (a gradebook, a host's own
 * metadata) are none. By name, in an order that does not depend on the machine's language.
 * @throws Error when the folder cannot be read
 */
export async function findSubmissions(folder: string): Promise<FoundSubmission[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const found = entries
    .filter(({ name }) => !name.startsWith('.') && name !== '__MACOSX')
    .flatMap((entry): FoundSubmission[] => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return [{ name: entry.name, path, kind: 'folder' }]
      if (entry.isFile() && isZip(entry.name)) return [{ name: entry.name.slice(0, -4), path, kind: 'zip' }]
      return []
    })
  const count = (name: string) => found.filter((one) => one.name === name).length
  // `x.zip` beside `x` or `x.ZIP` keeps its ending; a folder of that very name keeps it, and the zip says what it is.
  const twice = found.filter(({ name, kind }) => kind === 'zip' && count(name) > 1)
  for (const one of twice) one.name = basename(one.path)
  for (const one of twice) while (count(one.name) > 1) one.name += ' (zip)'
  return found.sort((a, b) => (a.name < b.name ? -1 : 1))
}

export function isZip(name: string): boolean {
  return name.toLowerCase().endsWith('.zip')
}
