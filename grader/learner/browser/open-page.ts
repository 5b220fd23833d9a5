import { spawn } from 'node:child_process'

/** Asks the system to show a page in the user's browser. Does nothing where there is no way to. */
export function openPage(url: string): void {
  const [program, args] = opener(process.platform)
  // The browser outlives this program, and what it says is no business of this terminal.
  const child = spawn(program, [...args, url], { stdio: 'ignore', detached: true })
  child.on('error', () => undefined) // no such program: the URL has been printed
  child.unref()
}

function opener(platform: NodeJS.Platform): [program: string, args: string[]] {
  if (platform === 'darwin') return ['open', []]
  if (platform === 'win32') return ['rundll32', ['url.dll,FileProtocolHandler']]
  return ['xdg-open', []]
}
