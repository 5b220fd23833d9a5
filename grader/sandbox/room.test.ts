import { expect, it } from 'vitest'
import { Room } from './room.ts'

/** Work that ends when told to. */
function work(name: string, log: string[]) {
  let end = () => {}
  const ended = new Promise<void>((resolve) => (end = resolve))
  const run = async () => {
    log.push(name)
    await ended
  }
  return { run, end }
}

const settled = () => new Promise((done) => setTimeout(done))

it('lets in what fits, in order of arrival', async () => {
  const room = new Room(4)
  const log: string[] = []
  const [first, large, small] = ['first', 'large', 'small'].map((name) => work(name, log))
  const all = [room.during(2, first.run), room.during(3, large.run), room.during(1, small.run)]
  await settled()
  expect(log).toEqual(['first'])
  first.end()
  await settled()
  expect(log).toEqual(['first', 'large', 'small'])
  large.end()
  small.end()
  await Promise.all(all)
})

it('gives its place back after a failure', async () => {
  const room = new Room(1)
  await expect(room.during(1, () => Promise.reject(new Error('x')))).rejects.toThrow('x')
  expect(await room.during(1, async () => 'in')).toBe('in')
})

it('holds no place for one who waits outside', async () => {
  const room = new Room(1)
  const nested = room.during(1, () => room.outside(1, () => room.during(1, async () => 'both')))
  expect(await nested).toBe('both')
  expect(room.holds(1)).toBe(true)
  expect(room.holds(1.5)).toBe(false)
})
