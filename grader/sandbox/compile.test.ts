import { readFileSync } from 'node:fs'
import { platform } from 'node:os'
import { stop } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { bundleExercise } from './bundle.ts'

const compiled = (text: string) =>
  bundleExercise('.', { path: 'fixture.ts', text }, 'exercises/fixture.ts', '/harness.js')
const nested = (before: string, after: string, times: number) =>
  `export const x = ${before.repeat(times)}0${after.repeat(times)}`

describe('a text that a compiler cannot cope with is refused, and the next one compiled', () => {
  it.each([
    ['blocks', '{'.repeat(200_000), 'nested more than 1000 deep.'],
    ['brackets', nested('[', ']', 1001), 'nested more than 1000 deep.'],
  ])('%s', async (_, text, problem) => {
    const [refusal, neighbour] = await Promise.allSettled([
      compiled(text),
      compiled('export const answer: number = 42'),
    ])
    expect(refusal).toMatchObject({ status: 'rejected', reason: { code: 'REFUSED' } })
    expect(String((refusal as PromiseRejectedResult).reason)).toContain(problem)
    expect(neighbour).toMatchObject({ value: expect.stringContaining('answer = 42') as string })
  })
})

it.runIf(platform() === 'linux')('another compiler is started for the one that ended', async () => {
  await stop() // The compiler of the tests before: it waits for work, and would be ended before it had this.
  await expect.poll(compilers).toEqual([]) // It was told to end; on a busy machine that takes a moment.
  const first = expect(compiled(nested('a ? (b) : c => (', ')', 40))).rejects.toThrow(
    'It ended the compiler.',
  )
  // A new compiler starts in some milliseconds of processor time; one that has used more is at work on the text.
  await expect.poll(() => Math.max(...compilers().map(ticks)), { timeout: 8000 }).toBeGreaterThan(20)
  for (const pid of compilers()) process.kill(pid, 'SIGKILL')
  await first
  expect(await compiled('export const answer = 42')).toContain('answer = 42')
})

function compilers(): number[] {
  const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8')
  return (children.match(/\d+/g) ?? []).map(Number).filter((pid) => commandLine(pid).includes('esbuild'))
}

function commandLine(pid: number): string {
  return processFile(pid, 'cmdline')
}

/** Processor time of a process so far, in hundredths of a second. */
function ticks(pid: number): number {
  // Behind the name in brackets: the state is the third value of all, time as a user and in the system are 14 and 15.
  const values = processFile(pid, 'stat').split(') ').at(-1)!.split(' ')
  return Number(values[11]) + Number(values[12])
}

function processFile(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8')
  } catch {
    return '' // It has just ended.
  }
}

it('a thousand brackets beside each other are nothing special', async () => {
  expect(await compiled(`export const x = [${'[0],'.repeat(5000)}]`)).toContain('x = [')
})

it('the reference can stand in for functions, and not for constants', async () => {
  const names = Array.from({ length: 12 }, (_, i) => `f${i}`)
  const text = names.map((name) => `export const ${name} = () => 1`).join('\n')
  const source = { path: 'fixture.ts', text: `${text}\nexport function own() {}` }
  const bundle = await bundleExercise('.', source, 'exercises/fixture.ts', '/h.js', [...names, 'own'])
  expect(bundle).toMatch(/own = f\b/)
  expect(bundle).not.toMatch(/f\d+ = f\b/)
})
