import { afterEach, expect, it, vi } from 'vitest'
import { timeLimit, type Budget } from './budget.ts'

let budget: Budget | undefined
vi.mock('vitest', async (original) => ({
  ...(await original<typeof import('vitest')>()),
  inject: () => budget,
}))
afterEach(() => {
  budget = undefined
})

it('in grading a spec may wait for the model as long as its submission has time: the model is not its fault', () => {
  budget = { deadline: Date.now() + 600_000, lostMs: 60_000 }
  expect(timeLimit().timeout).toBeGreaterThan(600_000)
})

it('a spec whose submission has no time left says so itself, before Vitest does', () => {
  budget = { deadline: Date.now() - 5000, lostMs: 60_000 }
  expect(timeLimit().timeout).toBe(30_000)
})

it('elsewhere the limits are those of the project', () => {
  expect(timeLimit()).toEqual({})
})
