import { describe, expect, it } from 'vitest'
import { Recent } from './recent.ts'

describe('recent values', () => {
  it('are made once, and dropped when others were used since and the budget is spent', async () => {
    const made: string[] = []
    const recent = new Recent<string>(2)
    const get = (name: string) => recent.get(name, 1, async () => (made.push(name), name))
    for (const name of ['a', 'b', 'a', 'c', 'a', 'b']) expect(await get(name)).toBe(name)
    expect(made).toEqual(['a', 'b', 'c', 'b'])
  })

  it('keep the last one, however large', async () => {
    const recent = new Recent<number>(1)
    let made = 0
    const get = () => recent.get('large', 100, async () => ++made)
    expect([await get(), await get()]).toEqual([1, 1])
  })

  it('are tried again after a failure', async () => {
    const recent = new Recent<string>(1)
    await expect(recent.get('a', 1, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await recent.get('a', 1, async () => 'yes')).toBe('yes')
  })
})
