import { execFileSync } from 'node:child_process'
import { chmod, link, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { platform } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SandboxFixture } from '#grader/sandbox/fixture.ts'
import { gradeFixture } from './judge-attack.ts'

const HONEST = 'export const answer = async () => 42\nexport const other = async (a, b) => a + b'
const POSIX = platform() !== 'win32'

let place: SandboxFixture
let count = 0

beforeAll(async () => {
  place = await SandboxFixture.make()
})
afterAll(() => place.close())

/** A submission of these files, relative to its folder. */
async function submission(files: Record<string, string> = {}): Promise<string> {
  const folder = join(place.folder, `hostile-folder-${++count}`)
  await mkdir(folder)
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(folder, path, '..'), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  return folder
}

const grade = (folder: string) =>
  gradeFixture(() => place.open(folder, { importMs: 30_000, callMs: 30_000 }), [])
const scores = async (folder: string) => {
  const { answer, other } = await grade(folder)
  return [answer.status, other.status]
}

describe('a submission is read, never followed', () => {
  it('C5: a symbolic link to the solution, or to any file, is refused', async () => {
    const folder = await submission()
    await symlink(resolve('package.json'), join(folder, 'fixture.ts'))
    const { answer } = await grade(folder)
    expect(answer).toMatchObject({ status: 'error', message: /^fixture\.ts is a symbolic link\./ })
  })

  it('C6: nothing of the file that a link names is quoted', async () => {
    const folder = await submission()
    await symlink('/etc/passwd', join(folder, 'fixture.ts'))
    expect((await grade(folder)).answer.message).not.toContain('root')
  })

  it('a symbolic link for a folder on the way is refused', async () => {
    const folder = await submission()
    await symlink(resolve('solutions'), join(folder, 'exercises'))
    expect((await grade(folder)).answer.message).toContain('exercises is a symbolic link.')
  })

  it('a link for a file beside it is refused', async () => {
    const folder = await submission({ 'fixture.ts': `import './beside.ts'\n${HONEST}` })
    await symlink('/etc/passwd', join(folder, 'beside.ts'))
    expect((await grade(folder)).answer.message).toContain('beside.ts is a symbolic link.')
  })

  it.runIf(POSIX)('a pipe that nobody writes to is refused, not waited for', async () => {
    const folder = await submission()
    execFileSync('mkfifo', [join(folder, 'fixture.ts')])
    expect((await grade(folder)).answer.message).toContain('neither a file nor a folder as expected')
  })

  it('a hard link is the file it is: whoever could make it could have copied it', async () => {
    const folder = await submission({ 'original.ts': HONEST })
    await link(join(folder, 'original.ts'), join(folder, 'fixture.ts'))
    const before = await stat(join(folder, 'original.ts'))
    expect(await scores(folder)).toEqual(['pass', 'pass'])
    expect(await stat(join(folder, 'original.ts'))).toMatchObject({
      mtimeMs: before.mtimeMs,
      size: before.size,
    })
  })

  it('a folder, or a file too large, in the place of a source is refused', async () => {
    expect((await grade(await submission({ 'fixture.ts/x': '' }))).answer.message).toContain(
      'neither a file nor',
    )
    const large = await submission({ 'fixture.ts': '//'.repeat(2 ** 18) })
    expect((await grade(large)).answer.message).toContain('at most 256 KB')
  })

  it.skipIf(process.getuid?.() === 0 || !POSIX)('a file that may not be read is refused', async () => {
    const folder = await submission({ 'fixture.ts': HONEST })
    await chmod(join(folder, 'fixture.ts'), 0)
    expect((await grade(folder)).answer.message).toContain('cannot be opened')
  })

  it('its source map is not: esbuild would read that file, whichever it is', async () => {
    for (const url of ['file:///etc/passwd', 'file:///dev/zero', '../../etc/passwd', './beside.map']) {
      for (const comment of ['//#', '//@', '/*#']) {
        const end = comment === '/*#' ? ' */' : ''
        const text = `${HONEST}\n${comment} sourceMappingURL=${url}${end}\n`
        const files = {
          'fixture.ts': `import './beside.ts'\n${text}`,
          'beside.ts': text,
          'beside.map': 'root',
        }
        expect(await scores(await submission(files))).toEqual(['pass', 'pass'])
      }
    }
  })
})

describe('only the files that belong to an exercise are taken', () => {
  it('A23: a spec of its own, full of free points, is not run', async () => {
    const spec = 'import { it } from "vitest"\nfor (let i = 0; i < 96; i++) it(`${i}`, () => {})'
    const folder = await submission({ 'fixture.ts': 'export const answer = 1', 'fixture.spec.ts': spec })
    expect(await scores(folder)).toEqual(['error', 'error'])
  })

  it.each([
    [
      'C1: build configuration',
      { 'postcss.config.cjs': 'process.exit(1)', 'vite.config.ts': 'process.exit(1)' },
    ],
    [
      'C2: npm configuration',
      { '.npmrc': 'node-options=--require ./evil.cjs', 'evil.cjs': 'process.exit(1)' },
    ],
    ['C3: npm scripts', { 'package.json': '{ "scripts": { "pretest": "exit 1", "pregrade": "exit 1" } }' }],
    ['C4: snapshots', { '__snapshots__/fixture.spec.ts.snap': 'exports[`answer 1`] = `41`' }],
    [
      'C7: points of its own',
      { 'manifest.ts': 'export const points = 1e9', 'result.json': '{ "score": 1e9 }' },
    ],
    ['module resolution', { 'package.json': '{ "imports": { "#harness": "./evil.ts" } }', 'evil.ts': 'x(' }],
    [
      'compiler options',
      { 'tsconfig.json': '{ "compilerOptions": { "jsxFactory": "evil" }, "extends": "/dev/zero" }' },
    ],
    [
      'packages',
      { 'node_modules/vitest/package.json': '{}', 'node_modules/vitest/index.js': 'process.exit(1)' },
    ],
  ])('%s of a submission changes nothing', async (_, files) => {
    const folder = await submission({ 'fixture.ts': HONEST, ...files })
    expect(await scores(folder)).toEqual(['pass', 'pass'])
  })

  it('devices in the place of configuration are not read', async () => {
    const folder = await submission({ 'fixture.ts': HONEST })
    for (const name of ['tsconfig.json', 'package.json']) await symlink('/dev/zero', join(folder, name))
    expect(await scores(folder)).toEqual(['pass', 'pass'])
  })

  it('twenty thousand files beside it take no time', async () => {
    const folder = await submission({ 'fixture.ts': HONEST })
    await mkdir(join(folder, 'many'))
    for (let i = 0; i < 20_000; i += 500)
      await Promise.all(
        Array.from({ length: 500 }, (_, j) => writeFile(join(folder, 'many', `${i + j}.ts`), '')),
      )
    const startedAt = performance.now()
    expect(await scores(folder)).toEqual(['pass', 'pass'])
    expect(performance.now() - startedAt).toBeLessThan(30_000)
    expect(await readdir(join(folder, 'many'))).toHaveLength(20_000)
  })

  it('more than twenty of them imported are refused', async () => {
    const names = Array.from({ length: 21 }, (_, i) => `file-${i}.ts`)
    const files = Object.fromEntries(names.map((name) => [name, '']))
    const folder = await submission({
      ...files,
      'fixture.ts': names.map((name) => `import './${name}'`).join('\n'),
    })
    expect((await grade(folder)).answer.message).toContain('more than 20 files beside it')
  })

  it('a name that only looks alike is another file', async () => {
    const alike = ['fiхture.ts', 'fixture.ts\u200b', 'ﬁxture.ts', 'fixture.ts ', 'fixture\u202e.ts']
    const folder = await submission(Object.fromEntries(alike.map((name) => [name, HONEST])))
    expect(await scores(folder)).toEqual(['not-attempted', 'not-attempted'])
  })

  it('names that differ in case are one file or two, as the disk has it, and never a surprise', async () => {
    const folder = await submission({ 'fixture.ts': HONEST, 'FIXTURE.ts': HONEST, 'Fixture.TS': HONEST })
    expect(await scores(folder)).toEqual(['pass', 'pass'])
  })

  it.each([
    '../fixture.ts',
    './deeper/x.ts',
    '/etc/passwd',
    './x.json',
    'file:///etc/passwd',
    'data:text/javascript,1',
  ])('an import of %s is refused', async (path) => {
    const folder = await submission({ 'fixture.ts': `import '${path}'\n${HONEST}`, 'deeper/x.ts': '' })
    expect((await grade(folder)).answer.message).toContain(`An exercise cannot import "${path}".`)
  })
})

describe('a pattern of files is refused, whatever lies on this disk', () => {
  const refused =
    'An exercise cannot import what a pattern names.\nImport by name, from #harness or from files beside this one.'

  it.each([
    'import(`./solutions/01-pipeline-inspection/${name}.ts`)',
    'require("./solutions/01-pipeline-inspection/" + name)',
    'import(`./grader/oracles/${name}.json`)',
    'import(`./solutions/no-such-folder/${name}.ts`)',
    'import(`./solutions/01-pipeline-inspection/${name}.py`)',
    'import(`../../../../etc/${name}.conf`)',
  ])('%s', async (call) => {
    const text = `export const answer = (name) => ${call}\nexport const other = async (a, b) => a + b`
    const folder = await submission({ 'fixture.ts': text })
    expect((await grade(folder)).answer).toEqual({ status: 'error', message: refused })
    const beside = { 'fixture.ts': "export * from './beside.ts'", 'beside.ts': text }
    expect((await grade(await submission(beside))).answer).toEqual({ status: 'error', message: refused })
  })

  it('a file beside it may still be imported by name at run time', async () => {
    const text = `export const answer = async () => (await import('./beside.ts')).answer()\n`
    const other = 'export const other = async (a, b) => a + b'
    const files = { 'fixture.ts': text + other, 'beside.ts': HONEST }
    expect(await scores(await submission(files))).toEqual(['pass', 'pass'])
  })
})

it('text too deep for a parser fails alone, and the compiler lives on', async () => {
  const deep = `export const answer = () => ${'['.repeat(60_000)}${']'.repeat(60_000)}`
  expect((await grade(await submission({ 'fixture.ts': deep }))).answer.status).not.toBe('pass')
  expect(await scores(await submission({ 'fixture.ts': HONEST }))).toEqual(['pass', 'pass'])
})

it('says in the corpus what became of every attack that was published with a number', async () => {
  const ids = Array.from({ length: 38 }, (_, i) => `A${String(i + 1).padStart(2, '0')}`)
  const texts = await Promise.all(
    ['corpus.ts', 'folders.test.ts', 'README.md'].map((name) =>
      readFile(join('grader/attacks', name), 'utf8'),
    ),
  )
  const missing = [...ids, 'C1', 'C2', 'C3', 'C4', 'C5', 'C6', 'C7'].filter(
    (id) => !texts.some((text) => new RegExp(`\\b${id}\\b`).test(text)),
  )
  expect(missing).toEqual([])
})
