import { spawn } from 'node:child_process'
import { readdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { Watchdog } from './watchdog.ts'

it('a worker that was ended while it wrote its note stops no later pass', async () => {
  const watchdog = await Watchdog.make()
  const ended = { pid: 2 ** 30, exercise: 'e', title: 't' } // Higher than any process has.
  await writeFile(join(watchdog.folder, '1073741823.json'), '')
  await writeFile(join(watchdog.folder, '1073741824.json'), JSON.stringify(ended))
  expect(await watchdog.rest()).toEqual([ended])
  expect(await readdir(watchdog.folder)).toEqual([])
  await watchdog.close()
})

it('a worker is not blocked because the machine slept: its note is old, and nobody has looked at it', async () => {
  const watchdog = await Watchdog.make()
  const worker = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  const note = join(watchdog.folder, `${worker.pid}.json`)
  await writeFile(note, JSON.stringify({ pid: worker.pid, exercise: 'e', title: 't' }))
  await utimes(note, new Date(0), new Date(0))
  const blocked: string[] = []
  watchdog.watch(({ title }) => blocked.push(title))
  await setTimeout(2500)
  expect(blocked).toEqual([])
  expect(worker.signalCode).toBeNull()
  worker.kill()
  await watchdog.close()
})
