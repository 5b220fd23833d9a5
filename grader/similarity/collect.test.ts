import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { collect } from './collect.ts'
import { rankPairs } from './rank.ts'
import { htmlReport, textReport, WARNING } from './report.ts'

const code = (name: string) =>
  `export async function attentionCost(${name}) {\n  const s = Math.hypot(${name}.image, 3) - ${name}.text / 7\n  return { separate: s * 11, joint: s ** 5, ratio: '<script>'.length }\n}\n`

let folder: string
let result: Awaited<ReturnType<typeof collect>>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'similarity-test-'))
  const submit = async (author: string, text: string) => {
    const path = join(folder, 'class', author, '02-joint-attention/joint-attention.ts')
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
  }
  await submit('first', code('counts'))
  await submit('second', `// all my own work\n${code('c')}`)
  await submit('<b>third', 'export const attentionCost = () => 1')
  await submit('broken', 'export async function ((((( {{{ `${')
  await submit('deep', `const f = ${'('.repeat(60_000)}`)
  await submit('huge', 'const a = 1\n'.repeat(100_000))
  await mkdir(join(folder, 'class/linked/02-joint-attention'), { recursive: true })
  await symlink('/etc/hostname', join(folder, 'class/linked/02-joint-attention/joint-attention.ts'))
  await mkdir(join(folder, 'class/empty'))
  await writeFile(join(folder, 'class/damaged.zip'), 'no zip')
  await mkdir(join(folder, 'scratch'))
  result = await collect(join(folder, 'class'), join(folder, 'scratch'))
})

afterAll(() => rm(folder, { recursive: true }))

it('ranks those who share code first, whatever else the class handed in', () => {
  const [top, next] = rankPairs(result.collected, 5).pairs
  expect([top.left.author, top.right.author].sort()).toEqual(['first', 'second'])
  expect(top.similarity).toBeGreaterThan(0.7) // as much as three lines can prove
  expect(next.similarity).toBeLessThan(0.1)
  expect(top.tasks[0].title).toBe('Compare the cost of cross and joint attention')
})

it('says what it could not compare', () => {
  const authors = result.unread.map(({ author }) => author).sort()
  expect(authors).toEqual(['damaged', 'deep', 'huge', 'linked'])
})

it('warns, shows the lines of both, and runs nothing of what was handed in', () => {
  const { pairs } = rankPairs(result.collected, 50)
  const html = htmlReport(pairs, result.unread)
  expect(html).toContain(WARNING)
  expect(html).toContain('   2    const s')
  expect(html).toContain('   3    const s')
  expect(html).not.toContain('<script>')
  expect(html).not.toContain('<b>')
  expect(textReport(pairs, result.unread)).toContain('not compared: huge: ')
  expect(textReport(pairs, result.unread)).not.toContain('()') // a pair that shares no task
})
