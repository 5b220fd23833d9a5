import { chmod, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { platform, tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type { Isolation } from '#grader/result.ts'
import type { Reach, Targets } from './child/probe.ts'
import { SandboxError } from './errors.ts'
import { launchCommand, permissionOptions, wrapped, type Wrappers } from './launch.ts'
import { levelOf, type Level, type Proof } from './levels.ts'
import { limits } from './limits.ts'
import { outlives } from './outlives.ts'
import type { Runtime } from './runtime.ts'
import { Sandbox } from './sandbox.ts'
import { wrapperChoices } from './wrappers.ts'

/** How to start students' processes on this machine, and what was seen to hold. */
export interface Launcher {
  wrappers: Wrappers
  level: Level
  isolation: Isolation
}

/**
 * Starts probes as a submission would be started and reports which walls they met, for the strongest way of starting
 * one that works here. Without Node's permissions there is no grading.
 * @throws SandboxError when not even those hold
 */
export async function proveLauncher(runtime: Runtime, choices = wrapperChoices()): Promise<Launcher> {
  const targets = await openTargets()
  try {
    for (const wrappers of choices) {
      const proven = await prove(runtime, wrappers, targets).catch(() => null)
      if (!proven) continue
      const level = levelOf(proven.proof)
      if (level) return { wrappers, level, isolation: { level, ...proven.isolation } }
    }
  } finally {
    await targets.close()
  }
  const remedy = 'Use Node 20.19 or later, and grade on another machine if that is not it.'
  throw new SandboxError('REFUSED', 'Student code cannot be kept from this machine’s files.', remedy)
}

async function prove(
  runtime: Runtime,
  wrappers: Wrappers,
  targets: Targets,
): Promise<{ proof: Proof; isolation: Isolation }> {
  const folders = [dirname(runtime.program)]
  const node = [...wrapped(wrappers, folders), ...permissionOptions(folders)]
  const [reach, unchecked, outlivesGroup, outlivesGrader] = await Promise.all([
    probe(launchCommand(wrappers, runtime.program, runtime.probe, folders), runtime, targets),
    // Past Node's permissions, for what the system holds by itself.
    probe([...wrapped(wrappers, folders), runtime.program, runtime.probe], runtime, targets),
    outlives('its group', node),
    outlives('the grader', node),
  ])
  const otherUser = reach.user !== undefined && reach.user !== process.getuid?.()
  const proof: Proof = {
    permission: !reach.files && !reach.hostFiles && !reach.programs,
    dataLimit: !unchecked.memory,
    diesWithGrader: !outlivesGrader,
    networkNamespace: !unchecked.network,
    localSockets: !unchecked.sockets,
    processNamespace: !unchecked.host,
    ordinaryUser: otherUser || process.getuid?.() !== 0,
    ownFiles: !unchecked.hostFiles,
  }
  const { permission, diesWithGrader, networkNamespace, localSockets, processNamespace, ownFiles } = proof
  const isolation = {
    process: true,
    permission,
    emptyEnv: reach.environment.every((name) => SET_BY_THE_SYSTEM.includes(name)),
    processGroup: !outlivesGroup,
    heapLimitMegabytes: limits.heapMegabytes,
    dataLimitMegabytes: proof.dataLimit ? limits.dataMegabytes : 0,
    ...{ diesWithGrader, networkNamespace, localSockets, processNamespace, otherUser, ownFiles },
    bubblewrap: wrappers.ownFiles,
  }
  return { proof, isolation }
}

/** By shells, bubblewrap and macOS, in an environment that was empty. */
const SET_BY_THE_SYSTEM = ['PWD', 'SHLVL', '_', '__CF_USER_TEXT_ENCODING']

async function probe(command: string[], { program }: Runtime, targets: Targets): Promise<Reach> {
  const sandbox = new Sandbox(command, dirname(program))
  try {
    const { port, socket, pid, file, memory } = targets
    const { signal } = new AbortController()
    return (await sandbox.call('probe', [{ port, socket, pid, file, memory }], signal)) as Reach
  } finally {
    sandbox.close()
  }
}

/** Servers and a file that nobody in a sandbox should reach. Anybody on the machine may read the file. */
async function openTargets(): Promise<Targets & { close(): Promise<void> }> {
  const server = createServer((socket) => socket.destroy())
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'isolation-')))
  const file = join(folder, 'readable.txt')
  await chmod(folder, 0o755)
  await writeFile(file, 'x')
  const socket = platform() === 'win32' ? `\\\\.\\pipe\\${basename(folder)}` : join(folder, 'socket')
  const local = createServer((connected) => connected.destroy())
  await new Promise<void>((done) => local.listen(socket, done))
  if (platform() !== 'win32') await chmod(socket, 0o600)
  return {
    port: (server.address() as AddressInfo).port,
    socket,
    pid: process.pid,
    file,
    memory: 1.25 * limits.dataMegabytes * 2 ** 20,
    async close() {
      server.close()
      local.close()
      await rm(folder, { recursive: true })
    },
  }
}
