import { expect, it } from 'vitest'
import { Subject, SubjectError, type Request } from './subject.ts'

const environment = { ...process.env, SD3_THREADS: '2' }
const request: Request = { part: 'encode', repeats: 2, size: 8, steps: 1, prompt: 'x', seed: 1 }
const node = (code: string) => [process.execPath, '--input-type=module', '--eval', code]
const ready = "console.log(JSON.stringify({ versions: { it: '1' }, threads: 2 }));"
const answers =
  'import { createInterface } from "node:readline"; for await (const line of createInterface(process.stdin))'

it('asks a process that waits, line by line', async () => {
  const code = `${ready} ${answers} console.log(JSON.stringify({ seconds: Array(JSON.parse(line).repeats).fill(1) }))`
  const subject = await Subject.start('echo', node(code), environment)
  expect(subject.versions).toEqual({ it: '1' })
  expect(await subject.run(request)).toEqual({ seconds: [1, 1] })
  expect(await subject.run({ ...request, repeats: 1 })).toEqual({ seconds: [1] })
  subject.stop()
})

it('says what to install where there is no such program', async () => {
  const starting = Subject.start('diffusers', ['no-such-python', 'x.py'], environment)
  await expect(starting).rejects.toThrow(
    /diffusers cannot be measured.*ENOENT[^]*requirements\.txt.*--python/,
  )
  await expect(starting).rejects.toBeInstanceOf(SubjectError)
})

it('says what a subject that gives up said', async () => {
  const code = "console.log(JSON.stringify({ error: 'python has no torch.', repair: 'Install it.' }))"
  await expect(Subject.start('diffusers', node(code), environment)).rejects.toThrow(
    'diffusers cannot be measured: python has no torch.\nInstall it.',
  )
})

it('says how a subject ended that died', async () => {
  const code = `${ready} ${answers} { console.error('out of luck'); process.exit(3) }`
  const subject = await Subject.start('mortal', node(code), environment)
  await expect(subject.run(request)).rejects.toThrow(/mortal cannot be measured: exit code 3: out of luck/)
})

it('measures nobody on another number of threads', async () => {
  const code = `${ready} ${answers};`
  const starting = Subject.start('other', node(code), { ...environment, SD3_THREADS: '1' })
  await expect(starting).rejects.toThrow('other runs on 2 threads, not on 1.')
})
