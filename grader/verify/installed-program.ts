import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/**
 * The script behind a command of an installed package, to be run with this very node.
 * `node_modules/.bin` would do on POSIX; on Windows it holds scripts of a shell, which cannot be started directly.
 * @throws Error when the package is not installed, or has no such command
 */
export function installedProgram(command: string, packageName = command): string {
  const folder = resolve('node_modules', packageName)
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    bin?: string | Record<string, string>
  }
  const script = typeof bin === 'string' ? bin : bin?.[command]
  if (script === undefined) throw new Error(`${packageName} has no command ${command}.\nRun npm ci.`)
  return join(folder, script)
}
