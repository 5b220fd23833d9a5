import { chmod, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { attackText, SandboxFixture } from './fixture.ts'
import { noWrappers } from './launch.ts'
import type { Sandbox } from './sandbox.ts'

let place: SandboxFixture

beforeAll(async () => {
  place = await SandboxFixture.make()
})
afterAll(() => place.close())

const open = async (attack: string): Promise<Sandbox> =>
  place.open(await place.submit(await attackText(attack)))
const never = new AbortController().signal

/** What became of a call: the value, or the error's code and words. */
async function outcome(
  call: Promise<unknown>,
): Promise<{ value: unknown } | { code: unknown; message: string }> {
  try {
    return { value: await call }
  } catch (error) {
    const { code, message } = error as Error & { code?: unknown }
    return { code, message }
  }
}

const answer = (sandbox: Sandbox, ...args: unknown[]) => outcome(sandbox.call('answer', args, never))
const other = (sandbox: Sandbox) => outcome(sandbox.call('other', [1, 2], never))

describe('an attack while the module is loaded costs the exercise, and the grader waits no longer than it said', () => {
  it.each([
    ['exit-at-import', undefined, 'process.exit is not available'],
    ['loop-at-import', 'TIMEOUT', 'Importing the module took more than 3 seconds'],
  ])('%s', async (attack, code, message) => {
    const sandbox = await open(attack)
    expect(await answer(sandbox)).toEqual({ code, message: expect.stringContaining(message) as string })
    const before = performance.now()
    expect(await other(sandbox)).toEqual({ code, message: expect.stringContaining(message) as string })
    expect(performance.now() - before).toBeLessThan(1000)
  })
})

describe('an attack inside a function costs that call only', () => {
  it.each([
    ['exit-in-function', undefined, 'process.exit is not available'],
    ['loop-in-function', 'TIMEOUT', 'answer() took more than 2 seconds'],
    ['never-settles', 'TIMEOUT', 'answer() took more than 2 seconds'],
    ['heap-bomb', 'CRASH', 'out of memory'],
    ['endless-recursion', undefined, 'Maximum call stack size exceeded'],
    ['import-at-run-time', undefined, 'Dynamic require'],
    ['unhandled-rejection', 'CRASH', 'The process ended'],
    ['forged-todo', 'PASS', 'passed'],
  ])('%s', async (attack, code, message) => {
    const sandbox = await open(attack)
    expect(await answer(sandbox)).toEqual({ code, message: expect.stringContaining(message) as string })
    expect(await other(sandbox)).toEqual({ value: 3 })
  })
})

describe('a result is plain data or no result', () => {
  it.each([
    ['function-result', 'could not be cloned'],
    ['proxy-result', 'could not be cloned'],
    ['asymmetric-matcher', 'could not be cloned'],
    ['exotic-result', 'answer().numbers is a Map'],
    ['cyclic-result', 'nested more than 32 deep'],
    ['exploding-result', 'holds more than 1000000 values'],
    ['sparse-result', 'has 4294967295 elements'],
    ['huge-bigint', 'answer().value is a bigint of more than 128 bits'],
    ['many-views', 'holds more than 134217728 bytes'],
  ])('%s', async (attack, message) => {
    const sandbox = await open(attack)
    expect(await answer(sandbox)).toEqual({
      code: 'NOT_PLAIN_DATA',
      message: expect.stringContaining(message) as string,
    })
    expect(await other(sandbox)).toEqual({ value: 3 })
  })

  it('getter-result: looked at once, on the side where it was made', async () => {
    const result = await answer(await open('getter-result'))
    expect(result).toEqual({ value: { value: 41 } })
    expect(Object.getOwnPropertyDescriptor((result as { value: object }).value, 'value')).toHaveProperty(
      'value',
      41,
    )
  })

  it('huge-result: costs the call, not the grader', async () => {
    const sandbox = await open('huge-result')
    // Node 20 sends it and is cut off; Node 24 cannot even serialise it within its limits.
    expect(await answer(sandbox)).toMatchObject({
      code: expect.stringMatching(/CRASH|NOT_PLAIN_DATA/) as string,
    })
    expect(await other(sandbox)).toEqual({ value: 3 })
  })
})

describe('the channel belongs to the grader', () => {
  it('forged-messages: no forged answer counts', async () => {
    const sandbox = await open('forged-messages')
    expect(await answer(sandbox)).toEqual({ value: 41 })
    expect(await other(sandbox)).toEqual({ value: 3 })
  })

  it.each(['garbage-on-channel', 'huge-message'])(
    '%s: even from beyond the fence it only ends the process',
    async (attack) => {
      const sandbox = await place.openRaw(await attackText(attack))
      expect(await answer(sandbox)).toMatchObject({ code: expect.stringMatching(/CRASH|TIMEOUT/) as string })
      expect(await other(sandbox)).toEqual({ value: 3 })
    },
  )

  it('stdout-flood: output is drained, not kept', async () => {
    expect(await answer(await open('stdout-flood'))).toEqual({ value: 42 })
  })

  it('odd-throws: whatever is thrown arrives as words', async () => {
    const sandbox = await open('odd-throws')
    for (let turn = 0; turn < 7; turn++) {
      expect(await answer(sandbox)).toEqual({ code: undefined, message: expect.any(String) as string })
    }
    expect(await other(sandbox)).toEqual({ value: 3 })
  })
})

describe('nothing outside can be reached', () => {
  it.each(['import-vitest', 'import-solution'])('%s: refused before it runs', async (attack) => {
    await expect(open(attack)).rejects.toMatchObject({
      code: 'REFUSED',
      message: expect.stringMatching(/fixture\.ts:\d+: An exercise cannot import/) as string,
    })
  })

  it('doubling-enum: refused before the compiler works it out', async () => {
    await expect(open('doubling-enum')).rejects.toMatchObject({
      code: 'REFUSED',
      message: expect.stringContaining('cannot declare an enum (line 2)') as string,
    })
    const named = 'const of = { enum: 1 } // an enum of two\nexport const answer = () => of.enum'
    expect(await answer(await place.open(await place.submit(named)))).toEqual({ value: 1 })
  })

  it('many siblings are refused', async () => {
    const submission = await place.submit(
      Array.from({ length: 21 }, (_, i) => `import './file-${i}.ts'`).join('\n'),
    )
    for (let i = 0; i < 21; i++) await writeFile(join(submission, `file-${i}.ts`), '')
    await expect(place.open(submission)).rejects.toThrow('more than 20 files beside it')
  })

  it('escape-routes: none is open', async () => {
    expect(await answer(await open('escape-routes'))).toEqual({ value: [] })
  })

  it('evaluated-code: text does not become code', async () => {
    expect(await answer(await open('evaluated-code'))).toEqual({ value: 0 })
  })

  it('prototype-pollution: stays on its own side', async () => {
    const result = await answer(await open('prototype-pollution'))
    expect(Object.keys(Object.prototype)).toEqual([])
    expect([[1].map(String), Math.abs(-1), Object.is(1, 2)]).toEqual([['1'], 1, false])
    expect(result).toMatchObject({ code: 'NOT_PLAIN_DATA' })
  })

  it.each([
    ['all that this machine has', () => place.launcher.wrappers],
    ['Node alone', () => noWrappers],
  ])('system-calls: past the fence, files, programs and threads are refused by %s', async (_, wrappers) => {
    const server = createServer((socket) => socket.destroy())
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const sandbox = await place.openRaw(await attackText('system-calls'), wrappers())
    const result = await answer(sandbox, (server.address() as AddressInfo).port)
    server.close()
    const isCutOff = wrappers() !== noWrappers && place.launcher.isolation.networkNamespace
    expect(result).toEqual({ value: isCutOff ? [] : ['reach the network'] })
  })

  it.runIf(process.platform === 'linux')('buffer-bomb: memory outside the heap is limited too', async () => {
    const sandbox = await open('buffer-bomb')
    expect(await answer(sandbox)).not.toHaveProperty('value')
    expect(await other(sandbox)).toEqual({ value: 3 })
  })
})

describe('a submission is read, never followed', () => {
  it('a symbolic link for a file is refused', async () => {
    const submission = join(place.folder, 'link-file')
    await mkdir(submission)
    await symlink(resolve('package.json'), join(submission, 'fixture.ts'))
    await expect(place.open(submission)).rejects.toThrow('fixture.ts is a symbolic link.')
  })

  it('a symbolic link for a folder on the way is refused', async () => {
    const submission = join(place.folder, 'link-folder')
    await mkdir(submission)
    await symlink(resolve('solutions'), join(submission, 'exercises'))
    await expect(place.open(submission)).rejects.toThrow('exercises is a symbolic link.')
  })

  it('a folder, or a file too large, in the place of a source is refused', async () => {
    const submission = join(place.folder, 'odd-files')
    await mkdir(join(submission, 'fixture.ts'), { recursive: true })
    await expect(place.open(submission)).rejects.toThrow('neither a file nor a folder as expected')
    await expect(place.open(await place.submit('//'.repeat(2 ** 18)))).rejects.toThrow('at most 256 KB')
  })

  it.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
    'a file that may not be read is refused, and grading goes on',
    async () => {
      const submission = await place.submit('export const answer = () => 42')
      await chmod(join(submission, 'fixture.ts'), 0)
      await expect(place.open(submission)).rejects.toMatchObject({ code: 'REFUSED' })
    },
  )

  it('text too deep for a parser fails alone, and the compiler lives on', async () => {
    const deep = `export const answer = () => ${'['.repeat(60_000)}${']'.repeat(60_000)}`
    expect(await answer(await place.open(await place.submit(deep)))).not.toHaveProperty('value')
    expect(await answer(await place.open(await place.submit('export const answer = () => 42')))).toEqual({
      value: 42,
    })
  })

  it('its own package.json and tsconfig.json are not read', async () => {
    const submission = await place.submit('export const answer = () => 42')
    await symlink('/dev/zero', join(submission, 'tsconfig.json'))
    await symlink('/dev/zero', join(submission, 'package.json'))
    expect(await answer(await place.open(submission))).toEqual({ value: 42 })
  })
})

it('every attack in grader/attacks has its test', async () => {
  const paths = ['sandbox/attacks.test.ts', 'sandbox/pipeline-handle.test.ts', 'cli.test.ts']
  const tests = await Promise.all(paths.map((path) => readFile(`grader/${path}`, 'utf8')))
  const names = (await readdir('grader/attacks')).filter((name) => name.endsWith('.ts'))
  const untested = names.filter((name) => !tests.some((text) => text.includes(name.slice(0, -'.ts'.length))))
  expect(untested).toEqual([])
})
