import { createServer, type AddressInfo } from 'node:net'
import { platform } from 'node:os'
import { dirname } from 'node:path'
import type { Isolation } from '#grader/result.ts'
import type { Reach } from './child/probe.ts'
import { SandboxError } from './errors.ts'
import { findWrappers, launchCommand, noWrappers, type Wrappers } from './launch.ts'
import { limits } from './limits.ts'
import type { Runtime } from './runtime.ts'
import { Sandbox } from './sandbox.ts'

/** How to start students' processes on this machine, and what was seen to hold. */
export interface Launcher {
  wrappers: Wrappers
  isolation: Isolation
}

/**
 * Starts a probe as a submission would be started and reports which walls it met. Where the system's own defences
 * do not start together, the process goes without them; without Node's permissions there is no grading.
 * @throws SandboxError when not even those hold
 */
export async function proveLauncher(runtime: Runtime): Promise<Launcher> {
  const found = findWrappers()
  for (const wrappers of found.commands.length > 0 ? [found, noWrappers] : [noWrappers]) {
    const reach = await probe(runtime, wrappers).catch(() => null)
    if (!reach) continue
    if (reach.files || reach.programs) break
    return { wrappers, isolation: isolationOf(wrappers, reach) }
  }
  const remedy = 'Use Node 20.19 or later, and grade on another machine if that is not it.'
  throw new SandboxError('REFUSED', 'Student code cannot be kept from this machine’s files.', remedy)
}

async function probe({ program, probe: module }: Runtime, wrappers: Wrappers): Promise<Reach> {
  const server = createServer((socket) => socket.destroy())
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const sandbox = new Sandbox(launchCommand(wrappers, program, module, [dirname(program)]), dirname(program))
  try {
    const { port } = server.address() as AddressInfo
    return (await sandbox.call('probe', [port, process.pid], new AbortController().signal)) as Reach
  } finally {
    sandbox.close()
    server.close()
  }
}

function isolationOf(wrappers: Wrappers, reach: Reach): Isolation {
  return {
    process: true,
    permission: !reach.files && !reach.programs,
    emptyEnv: !reach.environment,
    processGroup: platform() !== 'win32',
    heapLimitMegabytes: limits.heapMegabytes,
    dataLimitMegabytes: wrappers.limitsData ? limits.dataMegabytes : 0,
    diesWithGrader: wrappers.diesWithGrader,
    networkNamespace: !reach.network,
    processNamespace: !reach.host,
    otherUser: reach.user !== undefined && reach.user !== process.getuid?.(),
    bubblewrap: false,
  }
}
