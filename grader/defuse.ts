const LONGEST = 4000

/**
 * Makes text that a submission may have shaped safe to print: no control or direction-changing characters, no line
 * that GitHub Actions would take for a command (it looks past leading space), no path of this machine, not endless.
 */
export function defuse(text: string): string {
  const clipped = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
  return clipped
    .replaceAll(`${process.cwd()}/`, '')
    .replaceAll('\r\n', '\n')
    .replaceAll(/[^\P{C}\n\t]/gu, '�')
    .replaceAll(/^(\s*):(?=:)/gm, '$1: ')
    .replaceAll('##[', '## [')
}
