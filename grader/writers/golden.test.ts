import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { context, golden, honestSubmission, hostileSubmission } from './fixture.ts'
import { writers } from './index.ts'

const endings: Record<string, string> = {
  ...{ markdown: 'md', html: 'html', csv: 'csv', junit: 'xml', 'github-summary': 'md' },
  ...{ 'github-result': 'txt', 'github-annotations': 'txt' },
}

describe('what every format makes of one hostile submission has not changed (vitest -u rewrites it)', () => {
  it.each(Object.keys(writers))('%s', async (format) => {
    const writer = writers[format]
    const text =
      writer.holds === 'one'
        ? await writer.write(hostileSubmission, context)
        : await writer.write([hostileSubmission, honestSubmission], context)
    await expect(text).toMatchFileSnapshot(join(golden, `${format}.${endings[format] ?? 'json'}`))
  })
})

// The kit's own JSON holds what score() has made safe already.
const foreign = Object.keys(writers).filter((format) => format !== 'json')

describe('no format lets a submission act', () => {
  it.each(foreign)('%s', async (format) => {
    const writer = writers[format]
    const text =
      writer.holds === 'one'
        ? await writer.write(hostileSubmission, context)
        : await writer.write([hostileSubmission], context)
    const decoded = format === 'github-result' ? Buffer.from(text, 'base64').toString() : text
    const commands = decoded.split(/\r?\n/).filter((line) => /^\s*::|##\[/.test(line))
    if (format === 'github-annotations') {
      // Its own commands, and none with a score in it that a submission wrote.
      for (const line of commands) expect(line).toMatch(/^::(error|warning|notice) (file|title)=/)
      expect(commands.length).toBe(decoded.trimEnd().split('\n').length)
    } else {
      expect(commands).toEqual([])
    }
    expect(decoded).not.toMatch(/[\u0000\u001b\u202e\ud800]/u)
    expect(decoded).not.toContain('SEED')
    if (['html', 'gradescope', 'junit'].includes(format)) expect(decoded).not.toContain('<script')
  })
})
