import { createHash } from 'node:crypto'

const LONGEST = 80
/** With a hash at its end a name has at most 255, the most that a disk takes. */
const MOST_BYTES = 246
/** Names that Windows keeps for devices, whatever their ending. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i

/**
 * A folder name for each submission's report: safe in every file system, and different from all others also where
 * upper and lower case, or two spellings of an accent, are the same. A name that had to change or meets another gets
 * a hash of itself at the end, so that it keeps its folder when the class grows.
 */
export function reportFolders(names: readonly string[]): Map<string, string> {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(fold(name), (counts.get(fold(name)) ?? 0) + 1)
  return new Map(
    names.map((name) => {
      const safe = safeName(name)
      const isOwn = safe === name && counts.get(fold(name)) === 1
      return [name, isOwn ? safe : `${safe}-${hashOf(name)}`]
    }),
  )
}

function safeName(name: string): string {
  const safe = name
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{N}._@+-]+/gu, '_')
    .replaceAll(/^[.\-]+|\.+$/g, '_')
  const cut = cutTo([...safe].slice(0, LONGEST), MOST_BYTES)
  return DEVICE.test(cut) || cut === '' ? `_${cut}` : cut
}

/** By characters, not in the middle of one. */
function cutTo(characters: string[], most: number): string {
  let bytes = 0
  return characters.filter((one) => (bytes += Buffer.byteLength(one)) <= most).join('')
}

function fold(name: string): string {
  return name.normalize('NFKC').toLowerCase().normalize('NFKC')
}

function hashOf(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 8)
}
