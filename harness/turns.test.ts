import { describe, expect, it } from 'vitest'
import { Turns, type Holder } from './turns.ts'

/** Holders that write what happens to them into one log. */
function scene(mode: ConstructorParameters<typeof Turns>[0]) {
  const log: string[] = []
  const turns = new Turns(mode)
  const holder = (name: string): Holder & { run: () => Promise<string> } => {
    const self = {
      release: async () => void log.push(`${name} released`),
      run: () =>
        turns.take(self, async () => {
          log.push(`${name} begins`)
          await new Promise((resolve) => setTimeout(resolve, 2))
          log.push(`${name} ends`)
          return name
        }),
    }
    return self
  }
  return { log, turns, holder }
}

describe('turns', () => {
  it('let everybody hold and run at once in resident mode', async () => {
    const { log, holder } = scene('resident')
    await Promise.all([holder('a').run(), holder('b').run()])
    expect(log).toEqual(['a begins', 'b begins', 'a ends', 'b ends'])
  })

  it('release one before another begins, however many wait', async () => {
    const { log, holder } = scene('small')
    const [a, b] = [holder('a'), holder('b')]
    expect(await Promise.all([a.run(), b.run(), b.run(), a.run()])).toEqual(['a', 'b', 'b', 'a'])
    expect(log.filter((line) => !line.endsWith('ends'))).toEqual([
      'a begins',
      'a released',
      'b begins',
      'b begins',
      'b released',
      'a begins',
    ])
  })

  it('keep a group together in sequential mode, and nobody else', async () => {
    const { log, turns, holder } = scene('sequential')
    const [text, transformer, vae] = [holder('text'), holder('transformer'), holder('vae')]
    turns.group('pictures', [transformer, vae])
    for (const each of [text, transformer, vae, transformer, text]) await each.run()
    expect(log.filter((line) => line.endsWith('released'))).toEqual([
      'text released',
      'transformer released',
      'vae released',
    ])
  })

  it('go on after a run that failed', async () => {
    const { turns, holder } = scene('small')
    const [a, b] = [holder('a'), holder('b')]
    await expect(turns.take(a, () => Promise.reject(new Error('lost')))).rejects.toThrow('lost')
    expect(await b.run()).toBe('b')
  })
})
