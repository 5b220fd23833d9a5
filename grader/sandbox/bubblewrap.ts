import { spawnSync } from 'node:child_process'
import { programPath } from './program-path.ts'

const NODE_INSIDE = '/node'

/**
 * bubblewrap (https://github.com/containers/bubblewrap), ready to be told which folders to show: a root that holds
 * node, the libraries that node loads, a /proc of its own, and nothing else. Null where it does not start.
 */
export function bubblewrapCommand(): { command: string[]; node: string; ownFiles: true } | null {
  const bwrap = programPath('bwrap')
  if (spawnSync(bwrap, ['--version'], { timeout: 5000 }).status !== 0) return null
  const libraries = librariesOfNode().flatMap((path) => ['--ro-bind', path, path])
  const command = [
    bwrap,
    ...['--unshare-all', '--die-with-parent', '--hostname', 'sandbox', '--proc', '/proc'],
    ...libraries,
    ...['--ro-bind', process.execPath, NODE_INSIDE],
  ]
  const starts = spawnSync(command[0], [...command.slice(1), NODE_INSIDE, '--version'], {
    timeout: 5000,
    env: {},
  })
  return starts.status === 0 ? { command, node: NODE_INSIDE, ownFiles: true } : null
}

/** Asked of a fresh node: this process has loaded more, onnxruntime above all. */
function librariesOfNode(): string[] {
  const script =
    'process.report.excludeNetwork = true; JSON.stringify(process.report.getReport().sharedObjects)'
  const { stdout } = spawnSync(process.execPath, ['-p', script], {
    timeout: 10_000,
    env: {},
    encoding: 'utf8',
  })
  try {
    // linux-vdso.so is no file.
    return (JSON.parse(stdout) as string[]).filter((path) => path.startsWith('/'))
  } catch {
    return []
  }
}
