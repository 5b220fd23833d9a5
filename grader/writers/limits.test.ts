import { describe, expect, it } from 'vitest'
import { exercise, context, graded, hostileSubmission, task } from './fixture.ts'
import { cut, cutLines } from './cut.ts'
import { writers } from './index.ts'
import { embedAttachments } from './embed.ts'
import type { Graded } from '#grader/grade.ts'

const many = (count: number, length: number): Graded =>
  graded('a', [
    exercise(
      'e',
      'E',
      Array.from({ length: count }, (_, i) => task(`t${i}`, 'fail', 0, 1, '漢字\n'.repeat(length / 3))),
    ),
  ])

async function bytes(format: string, one: Graded): Promise<number> {
  const writer = writers[format]
  const text = await (writer.holds === 'one' ? writer.write(one, context) : writer.write([one], context))
  return Buffer.byteLength(text)
}

describe('a host that limits size gets less, and is told so', () => {
  it("Exercism's 500 kB", async () => {
    expect(await bytes('exercism', many(44, 4000))).toBeLessThanOrEqual(500_000)
    expect(await bytes('exercism', many(400, 4000))).toBeLessThanOrEqual(500_000)
  })

  it("PrairieLearn's 1 MiB", async () => {
    expect(await bytes('prairielearn', many(44, 4000))).toBeLessThanOrEqual(2 ** 20)
  })

  it("GitHub's 1 MiB for a step summary", async () => {
    const writer = writers['github-summary']
    if (writer.holds !== 'many') throw new Error('holds many')
    const text = await writer.write(
      Array.from({ length: 60 }, () => many(10, 3000)),
      context,
    )
    expect(Buffer.byteLength(text)).toBeLessThan(2 ** 20 - 2)
    expect(text.endsWith('artifacts of this run.**')).toBe(true)
  })

  it("GitHub's ten annotations of a kind", async () => {
    const writer = writers['github-annotations']
    if (writer.holds !== 'one') throw new Error('holds one')
    const lines = (await writer.write(many(44, 30), context)).trimEnd().split('\n')
    expect(lines.filter((line) => line.startsWith('::error'))).toHaveLength(10)
    expect(lines.at(-1)).toContain('Not shown as annotations: 34 more tasks.')
  })

  it('pictures that do not fit leave a sentence', async () => {
    const [strip, , text] = await embedAttachments(hostileSubmission, 20)
    expect(strip).toMatchObject({ left: 'Left out here, 1 KiB are too many: see the full report.' })
    expect(text).toHaveProperty('text')
  })
})

describe('cut', () => {
  it('leaves short text, says how long the rest was, never passes the limit', () => {
    expect(cut('abc', 3)).toBe('abc')
    expect(cut('a'.repeat(100), 60)).toMatch(/^a{20}\n\[cut: the first part of 100 characters\]$/)
    for (let longest = 0; longest < 70; longest++) {
      expect(cut('🙂'.repeat(50), longest).length).toBeLessThanOrEqual(longest)
      // Half a pair would become U+FFFD on the way through UTF-8.
      expect(Buffer.from(cut('🙂'.repeat(50), longest)).toString()).not.toContain('\ufffd')
    }
  })

  it('keeps whole lines', () => {
    expect(cutLines('one\ntwo\nthree', 13, 'note')).toBe('one\ntwo\nthree')
    expect(cutLines('one\ntwo\nthree', 12, 'note')).toBe('one\n\nnote')
  })
})
