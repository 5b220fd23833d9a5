import { createServer, type AddressInfo } from 'node:net'
import { dirname } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { SandboxFixture } from './fixture.ts'
import { launchCommand, noWrappers } from './launch.ts'
import { Sandbox } from './sandbox.ts'

let place: SandboxFixture

beforeAll(async () => {
  place = await SandboxFixture.make()
})
afterAll(() => place.close())

it('reports what was seen to hold', () => {
  expect(place.launcher.isolation).toMatchObject({ process: true, permission: true, emptyEnv: true })
})

it('says of every defence whether it was used', () => {
  const { wrappers, isolation } = place.launcher
  const uses = (program: string, option: string) =>
    wrappers.commands.some((command) => command[0] === program && command.includes(option))
  expect({ ...isolation, bubblewrap: undefined }).toMatchObject({
    networkNamespace: uses('unshare', '--net'),
    processNamespace: uses('unshare', '--pid') || uses('setpriv', '--reuid'),
    otherUser: uses('setpriv', '--reuid'),
    diesWithGrader: uses('setpriv', '--pdeathsig'),
  })
})

it('the probe notices when a wall is missing', async () => {
  const { program, probe } = place.runtime
  const server = createServer((socket) => socket.destroy())
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const command = launchCommand(noWrappers, program, probe, [])
  const open = command.filter((part) => !part.includes('permission'))
  const sandbox = new Sandbox(open, dirname(program))
  const { port } = server.address() as AddressInfo
  const reach = await sandbox.call('probe', [port, process.pid], new AbortController().signal)
  sandbox.close()
  server.close()
  expect(reach).toEqual({
    ...{ files: true, programs: true, environment: false, network: true, host: true },
    user: process.getuid?.(),
  })
})
