import { realpathSync } from 'node:fs'
import { homedir, hostname, tmpdir } from 'node:os'
import { pathToFileURL } from 'node:url'

const LONGEST = 4000
/** A shorter name is likely to be a word of the text. */
const SHORTEST_HOST_NAME = 5

/**
 * Makes text that a submission may have shaped safe to print: no control or direction-changing characters, no line
 * that GitHub Actions would take for a command (it looks past leading space), no path of this machine, not endless.
 */
export function defuse(text: string): string {
  const clipped = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
  return withoutPlaces(clipped)
    .replaceAll('\r\n', '\n')
    .replaceAll(/[^\P{C}\n\t]/gu, '�')
    .replaceAll(/^(\s*):(?=:)/gm, '$1: ')
    .replaceAll('##[', '## [')
}

/** Of a path in a temporary folder its last part is left, of one in the kit what follows the kit's folder. */
function withoutPlaces(text: string): string {
  let safe = text
  const kit = process.cwd()
  for (const folder of spellings(kit)) {
    safe = safe.replaceAll(`${folder}/`, '').replaceAll(`${folder}\\`, '').replaceAll(folder, '.')
  }
  const temporary = tmpdir().replace(/[/\\]$/, '')
  for (const folder of [temporary, realOf(temporary)].flatMap((name) => [...spellings(name)])) {
    const path = new RegExp(
      `(?:file:/{2,3})?${escaped(folder)}(?:[/\\\\]+(?:[^\\s/\\\\"'\`:]+[/\\\\])*)?`,
      'g',
    )
    safe = safe.replaceAll(path, '')
  }
  safe = safe.replaceAll(process.execPath, 'node')
  if (homedir().length > 1) for (const home of spellings(homedir())) safe = safe.replaceAll(home, '~')
  const host = hostname()
  return host.length < SHORTEST_HOST_NAME
    ? safe
    : safe.replaceAll(new RegExp(`\\b${escaped(host)}\\b`, 'g'), 'host')
}

/** How a folder may stand in a text: as a URL, whose blanks and letters beyond ASCII are encoded, or as a path. */
function spellings(folder: string): Set<string> {
  const { href, pathname } = pathToFileURL(folder)
  return new Set([href, pathname, folder, folder.replaceAll('\\', '/')])
}

/** What a link leads to; macOS' folder for temporary files is one. */
function realOf(folder: string): string {
  try {
    return realpathSync(folder)
  } catch {
    return folder
  }
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
