import { sep } from 'node:path'
import { limits } from './limits.ts'

/** How `node` is wrapped when a student's process is started. Plain data: spec workers are handed it. */
export interface Wrappers {
  /** Programs, outermost first, each with its arguments. */
  commands: string[][]
  /** What `node` is called inside of them. */
  node: string
  /** Whether the last of them is bubblewrap, which shows the process only what it is told to. */
  ownFiles: boolean
}

export const noWrappers: Wrappers = { commands: [], node: process.execPath, ownFiles: false }

/**
 * The command that starts a student's process.
 * @param program see `buildRuntime`
 * @param module the staged exercise
 * @param folders all that it may read
 */
export function launchCommand(
  wrappers: Wrappers,
  program: string,
  module: string,
  folders: string[],
): string[] {
  return [...wrapped(wrappers, folders), ...permissionOptions(folders), ...NODE_OPTIONS, program, module]
}

/** Everything before node's own options. */
export function wrapped({ commands, node, ownFiles }: Wrappers, folders: string[]): string[] {
  const shown = ownFiles
    ? [...folders.flatMap((folder) => ['--ro-bind', folder, folder]), '--remount-ro', '/', '--']
    : []
  return [...commands.flat(), ...shown, node]
}

/** Node's permission model: these folders may be read; nothing may be written, started or loaded. */
export function permissionOptions(folders: string[]): string[] {
  const permission = process.allowedNodeEnvironmentFlags.has('--permission')
    ? '--permission'
    : '--experimental-permission'
  return [permission, ...folders.map((folder) => `--allow-fs-read=${folder}${sep}`)]
}

const NODE_OPTIONS = [
  `--max-old-space-size=${limits.heapMegabytes}`,
  '--disallow-code-generation-from-strings',
  '--enable-source-maps',
  '--no-warnings',
]
