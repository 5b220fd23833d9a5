import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { moduleParts } from '#grader/learner/progress/module-parts.ts'
import { exercises, modulePath } from '#grader/manifest/index.ts'
import { withStub } from './reset.ts'

const stub = `import { TodoError, rows } from '#harness'

/** Gives one. */
export async function one(): Promise<number> {
  throw new TodoError(import.meta.url, 'one', 'Return 1.')
}

/** Gives two. */
export async function two(): Promise<number> {
  throw new TodoError(import.meta.url, 'two', 'Return 2.')
}
`
const written = stub
  .replace(/throw new TodoError\(.*'one'.*\)/, 'return helper()')
  .replace(/throw new TodoError\(.*'two'.*\)/, 'return 2')
  .replace('/** Gives two', 'function helper() {\n  return 1\n}\n\n/** Gives two')

describe('a reset', () => {
  it('puts one stub back and leaves the rest', () => {
    expect(withStub(written, stub, 'one')).toBe(
      written.replace('return helper()', "throw new TodoError(import.meta.url, 'one', 'Return 1.')"),
    )
    expect(withStub(withStub(stub.replace('Return 2.', 'x'), stub, 'two'), stub, 'one')).toBe(stub)
  })

  it('brings back the doc comment, the signature and the line endings', () => {
    const changed = written.replace('/** Gives two. */\n', '').replace('two(): Promise<number>', 'two(n = 1)')
    const windows = withStub(changed.replaceAll('\n', '\r\n'), stub, 'two')
    expect(windows.replaceAll('\r\n', '\n')).toContain(stub.slice(stub.indexOf('/** Gives two')))
    expect(windows.replaceAll('\r\n', '')).not.toContain('\n')
  })

  it('replaces a constant that holds a function', () => {
    const arrow = written.replace(/export async function two[^]*/, 'export const two = async () => 2\n')
    expect(withStub(arrow, stub, 'two')).toBe(withStub(written, stub, 'two'))
  })

  it('adds a function that is gone, and the import that it needs', () => {
    const gone = written.replace(/\/\*\* Gives two[^]*/, '').replace('TodoError, rows', 'rows')
    const back = withStub(gone, stub, 'two')
    expect(back).toContain("import { TodoError } from '#harness'\nimport { rows } from '#harness'")
    expect(back.endsWith(stub.slice(stub.indexOf('/** Gives two')))).toBe(true)
    expect(withStub('', stub, 'two')).toBe(stub)
  })

  it.each([
    ['an open brace', 'return helper({', 'one'],
    ['a closed one too many', 'return helper()}}', 'one'],
  ])('finds the function in a broken text: %s', (_, body) => {
    const broken = written.replace('return helper()', body)
    expect(moduleParts(broken)).toBeNull()
    expect(withStub(broken, stub, 'one')).toBe(withStub(written, stub, 'one'))
  })
})

it.each(exercises.map((exercise) => [exercise.id, exercise] as const))(
  'the stubs kept for %s are those that are handed out (if not, copy the exercise to grader/learner/watch/stubs)',
  async (_, exercise) => {
    const path = modulePath(exercise)
    const kept = await readFile(join('grader/learner/watch/stubs', path), 'utf8')
    expect(kept).toBe(await readFile(join('exercises', path), 'utf8'))
  },
)
