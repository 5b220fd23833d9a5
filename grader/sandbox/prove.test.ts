import { platform } from 'node:os'
import { dirname } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SandboxFixture } from './fixture.ts'
import { noWrappers, wrapped } from './launch.ts'
import { levels } from './levels.ts'
import { outlives } from './outlives.ts'
import { proveLauncher, type Launcher } from './prove.ts'
import { Sandbox } from './sandbox.ts'
import { wrapperChoices } from './wrappers.ts'

let place: SandboxFixture

beforeAll(async () => {
  place = await SandboxFixture.make()
})
afterAll(() => place.close())

it('reports what was seen to hold', () => {
  const { level, isolation } = place.launcher
  expect(isolation).toMatchObject({
    level,
    ...{ process: true, permission: true, emptyEnv: true, processGroup: true, diesWithGrader: true },
  })
})

it('every way of starting that works here is at least as strong as the next one', async () => {
  const held: Launcher['level'][] = []
  for (const choice of wrapperChoices().slice(0, -1)) {
    const launcher = await proveLauncher(place.runtime, [choice]).catch(() => null)
    if (launcher) held.push(launcher.level)
  }
  expect(held).toEqual(held.toSorted((a, b) => levels.indexOf(b) - levels.indexOf(a)))
  expect(held[0]).toBe(place.launcher.level)
})

describe('a wall that is missing is noticed', () => {
  it('Node alone holds no more than the weakest level', async () => {
    const { level, isolation } = await proveLauncher(place.runtime, [noWrappers])
    expect(level).toBe('process')
    expect(isolation).toMatchObject({
      ...{ permission: true, processGroup: true, dataLimitMegabytes: 0, bubblewrap: false },
      ...{ networkNamespace: false, localSockets: false, processNamespace: false },
      ...{ ownFiles: false, otherUser: false },
    })
  })

  it('Node without its permissions reaches everything', async () => {
    const { program, probe } = place.runtime
    const sandbox = new Sandbox([...wrapped(noWrappers, []), program, probe], dirname(program))
    const targets = { port: 1, socket: program, pid: process.pid, file: program, memory: 2 ** 20 }
    const reach = await sandbox.call('probe', [targets], new AbortController().signal)
    sandbox.close()
    expect(reach).toMatchObject({ files: true, hostFiles: true, programs: true, host: true, memory: true })
  })

  it.skipIf(platform() === 'win32')('a process that nobody watches outlives the grader', async () => {
    expect(await outlives('the grader', [process.execPath])).toBe(true)
  })

  it.skipIf(platform() === 'win32')('one that is watched does not, with no more than a shell', async () => {
    const guardian = wrapperChoices().find(({ commands }) => commands[0]?.[0] === 'sh')!
    expect(await outlives('the grader', wrapped(guardian, []))).toBe(false)
    expect(await outlives('its group', wrapped(guardian, []))).toBe(false)
  })
})
