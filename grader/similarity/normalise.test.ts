import { describe, expect, it } from 'vitest'
import { normalise } from './normalise.ts'

const tokens = (text: string) =>
  normalise(text).map((unit) => unit.tokens.map((token) => token.text).join(' '))
const same = (one: string, other: string) => expect(tokens(one)).toEqual(tokens(other))

describe('normalise', () => {
  it('knows no names of variables, no comments, no layout and no types', () => {
    same(
      'export function f(total: number): number { const half = total / 2; return half }',
      'export function f(x) {\n  // my own idea\n  const y = (x as number) /\n    2\n  return y\n}',
    )
  })

  it('keeps names of properties, of imported functions, numbers and operators', () => {
    expect(tokens("import { rows as r } from '#harness'\nconst f = (t) => r(t, 0, 1).data[3] * 2")).toEqual([
      '= rows v 0 1 data at 3 * 2',
    ])
  })

  it('reads loops and methods that run a callback alike', () => {
    const loop = 'function f(list) { const out = []; for (const x of list) out.push(x * 2); return out }'
    const map = 'function f(list) { return list.map((x) => x * 2) }'
    expect(tokens(loop)[0]).toContain('v loop v * 2')
    expect(tokens(map)[0]).toContain('v loop v * 2')
  })

  it('reads a = a + b as a += b', () => same('function f(a) { a = a + 1 }', 'function f(a) { a += 1 }'))

  it('reads destructured properties as properties', () =>
    same('const f = (t) => t.data.length', 'const f = ({ data }) => data.length'))

  it('gives each declaration its own tokens, with their lines', () => {
    const units = normalise('const a = 1\n\nfunction b() {\n  return a + 2\n}\n')
    expect(units.map(({ name }) => name)).toEqual(['a', 'b'])
    expect(units[1].tokens.map(({ line }) => line)).toEqual([4, 4, 4])
    expect([...units[1].mentions]).toEqual(['a'])
  })

  it('reads whatever the parser makes of a broken file', () => {
    expect(() => normalise('export async function ((((( {{{ `${')).not.toThrow()
  })
})
