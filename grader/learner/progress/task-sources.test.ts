import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exercises, modulePath, type Exercise } from '#grader/manifest/index.ts'
import { changedTasks, taskSources } from './task-sources.ts'

const task = (id: string, name: string) => ({
  id,
  export: name,
  title: id,
  points: 1,
  hints: ['', '', ''] as const,
})
const exercise: Exercise = {
  ...{ id: '09-sources', slug: 'sources', title: 'Sources', level: 'Guided' },
  tasks: [task('one', 'one'), task('two', 'two'), task('three', 'three')],
}
const module = `import { rows, tensor } from '#harness'
import { beside } from './beside.ts'

/** Makes one. */
export async function one(n: number): Promise<number> {
  return helper(n) + 1 // at last
}
export const two = async () => tensor([1], [beside()])
async function third() {
  return { rows: LIMIT, text: 'a  b' }
}
function helper(n: number): number {
  return n < LIMIT ? rows(n).length : n
}
const LIMIT = 3
export { third as three }
`

let root: string
const at = (name: string) => join(root, 'exercises', exercise.id, name)
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sources-'))
  await mkdir(join(root, 'exercises', exercise.id), { recursive: true })
})
afterAll(() => rm(root, { recursive: true }))

async function sources(text: string, files: Record<string, string> = {}) {
  const all = {
    'beside.ts': "export { beside } from './further.ts'",
    'further.ts': '',
    'sources.spec.ts': '',
  }
  for (const [name, content] of Object.entries({ ...all, ...files })) await writeFile(at(name), content)
  await writeFile(at('sources.ts'), text)
  return taskSources(exercise, root)
}

async function changed(text: string, files: Record<string, string> = {}): Promise<string[]> {
  const [before, after] = [await sources(module), await sources(text, files)]
  return changedTasks(exercise, before!, after!)
}

describe('a save touches', () => {
  it.each([
    ['nothing when it is the same', module],
    [
      'nothing by comments and blanks',
      module.replace('// at last', '').replaceAll('\n', '\n\n').replace('Makes', 'Gives'),
    ],
    ['nothing by line endings', module.replaceAll('\n', '\r\n')],
    ['nothing by the order of declarations', `const LIMIT = 3\n${module.replace('const LIMIT = 3\n', '')}`],
    ['nothing by an import that nobody uses', module.replace('rows,', 'rows, concat,')],
    ['nothing by a function that nobody uses', `${module}\nfunction unused() {}`],
  ])('%s', async (_, text) => {
    expect(await changed(text)).toEqual([])
  })

  it.each([
    ['its own task', module.replace('+ 1', '+ 2'), ['one']],
    ['an arrow function’s task', module.replace('[1]', '[2]'), ['two']],
    ['a task exported under another name', module.replace("'a  b'", "'a b'"), ['three']],
    ['who calls a helper', module.replace('n < LIMIT', 'n <= LIMIT'), ['one']],
    [
      'who reaches a constant, through others too',
      module.replace('LIMIT = 3', 'LIMIT = 4'),
      ['one', 'three'],
    ],
    ['who uses an import', module.replace('{ rows, tensor }', '{ concat as rows, tensor }'), ['one']],
    ['a removed task', module.replace('export const two', 'const two2'), ['two']],
    ['all of them by what runs on load', `${module}\nconsole.log('loaded')`, ['one', 'two', 'three']],
    ['all of them by an import for its effects', `import './effects.ts'\n${module}`, ['one', 'two', 'three']],
  ])('%s', async (_, text, tasks) => {
    expect(text).not.toBe(module)
    expect(await changed(text)).toEqual(tasks)
  })

  it('who imports a file beside the module, through others too', async () => {
    expect(await changed(module, { 'further.ts': 'export const beside = () => 2' })).toEqual(['two'])
  })

  it('all of them when it is the specs', async () => {
    expect(await changed(module, { 'sources.spec.ts': '// new' })).toEqual(['one', 'two', 'three'])
  })
})

it('there are no sources in a module with a syntax error, or without a module', async () => {
  expect(await sources(`${module}\nexport async function x( {`)).toBeNull()
  await rm(at('sources.ts'))
  expect(await taskSources(exercise, root)).toBeNull()
})

it.each(exercises.map((one) => [one.id, one] as const))(
  'every task of %s has a source of its own',
  async (_, one) => {
    const path = join(root, 'exercises', modulePath(one))
    await cp(join('exercises', one.id), join(root, 'exercises', one.id), { recursive: true })
    const stub = (await taskSources(one, root))!
    expect(new Set(stub.values()).size).toBe(one.tasks.length)
    const [task] = one.tasks
    const text = await readFile(path, 'utf8')
    await writeFile(
      path,
      text.replace(new RegExp(`(throw new TodoError\\([^)]*'${task.id}')`), 'await null\n  $1'),
    )
    expect(changedTasks(one, stub, (await taskSources(one, root))!)).toEqual([task.id])
  },
)
