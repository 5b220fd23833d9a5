import { ArgumentError } from '#harness'

/** In a path, Vite takes these for the start of a query, of a fragment, or of an escaped character. */
const MISREAD = ['?', '#', '%']

/** @throws ArgumentError when the kit lies in a folder from which Vite, and with it Vitest, cannot load a file */
export function checkKitFolder(folder: string): void {
  const found = MISREAD.filter((character) => folder.includes(character))
  if (found.length === 0) return
  throw new ArgumentError(
    `The kit lies in ${folder}, and Vitest cannot load files from a path with ${found.join(' or ')} in it.`,
    'Move or rename the folder; spaces and letters of any language are fine.',
  )
}
