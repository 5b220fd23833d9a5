import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
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
