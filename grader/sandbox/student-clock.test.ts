import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { StudentClock } from './student-clock.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds)
const lasting = (milliseconds: number) => () => new Promise<void>((done) => setTimeout(done, milliseconds))

it('expires when the time is used up, not before', async () => {
  const expired = vi.fn()
  new StudentClock(100, expired)
  await pass(99)
  expect(expired).not.toHaveBeenCalled()
  await pass(1)
  expect(expired).toHaveBeenCalledOnce()
})

it('stands still during trusted work, however many pieces overlap', async () => {
  const expired = vi.fn()
  const clock = new StudentClock(100, expired)
  await pass(60)
  void clock.pausedDuring(lasting(500))
  void clock.pausedDuring(lasting(1000))
  await pass(1000)
  await pass(39)
  expect(expired).not.toHaveBeenCalled()
  await pass(1)
  expect(expired).toHaveBeenCalledOnce()
})

it('runs while trusted work waits for a callback', async () => {
  const expired = vi.fn()
  const clock = new StudentClock(100, expired)
  void clock.pausedDuring(async () => {
    await lasting(1000)()
    await clock.runningDuring(lasting(90))
    await lasting(1000)()
  })
  await pass(2090)
  expect(expired).not.toHaveBeenCalled()
  await pass(10)
  expect(expired).toHaveBeenCalledOnce()
})

it('goes on after trusted work that failed', async () => {
  const expired = vi.fn()
  const clock = new StudentClock(100, expired)
  await expect(clock.pausedDuring(() => Promise.reject(new Error('model')))).rejects.toThrow('model')
  await pass(100)
  expect(expired).toHaveBeenCalledOnce()
})

it('never expires once stopped, also when work ends afterwards', async () => {
  const expired = vi.fn()
  const clock = new StudentClock(100, expired)
  void clock.pausedDuring(lasting(10))
  clock.stop()
  await pass(1000)
  expect(expired).not.toHaveBeenCalled()
})
