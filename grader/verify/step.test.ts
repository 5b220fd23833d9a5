import { expect, it } from 'vitest'
import { check, runSteps, type Step } from './step.ts'

async function run(...steps: Step[]) {
  const lines: string[] = []
  const checks = await runSteps(steps, (line) => lines.push(line.trimEnd()))
  return { checks, text: lines.join('\n') }
}
const step = (name: string, ...checks: Awaited<ReturnType<Step['run']>>): Step => ({
  name,
  run: async () => checks,
})

it('counts what holds and what does not, and says what is wrong', async () => {
  const { checks, text } = await run(step('one', check('a', true, ''), check('b', false, 'because')))
  expect(checks).toHaveLength(2)
  expect(text).toMatch(/^FAIL {2}one +1\/2 .*\n {4}b\n {8}because$/)
})

it('a step that throws, or checks nothing, has failed, and the next one runs', async () => {
  const broken = { name: 'broken', run: () => Promise.reject(new Error('no such file')) }
  const { checks, text } = await run(broken, step('empty'), step('last', check('a', true, '')))
  expect(checks.map(({ problem }) => problem !== null)).toEqual([true, true, false])
  expect(text).toContain('no such file')
  expect(text).toContain('There was nothing to check.')
})

it('what is not for this machine is said, and counts neither as passed nor as failed', async () => {
  const skipped = { name: 'needs a browser', problem: null, skipped: true }
  const elsewhere = { ...step('walls', check('a', false, 'x')), notHere: 'only on Linux' }
  const { checks, text } = await run(step('some', check('a', true, ''), skipped), elsewhere)
  expect(checks.map(({ name }) => name)).toEqual(['a'])
  expect(text).toMatch(/^ok {4}some +1\/1 /)
  expect(text).toContain('not here: needs a browser')
  expect(text).toMatch(/^-- {4}walls +not here: only on Linux$/m)
})
