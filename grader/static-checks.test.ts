import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { exercises, modulePath } from './manifest/index.ts'
import { staticChecks } from './static-checks.ts'

const [exercise] = exercises
const path = modulePath(exercise)
const solution = await readFile(`solutions/${path}`, 'utf8')
const check = (text: string) => staticChecks(exercise, { path, text })
const [{ export: name }] = exercise.tasks

describe('staticChecks', () => {
  it('has nothing to say about the solution', async () => {
    expect(await check(solution)).toEqual([])
  })

  it('counts the tasks that are still to do', async () => {
    const findings = await check(await readFile(`exercises/${path}`, 'utf8'))
    expect(findings.map(({ rule }) => rule)).toEqual(exercise.tasks.map(() => 'todo'))
  })

  it('shows the signature to restore', async () => {
    const changed = solution.replace(new RegExp(`(function ${name}\\()[^)]*\\)`), '$1x: string)')
    expect(changed).not.toBe(solution)
    const [finding] = await check(changed)
    expect(finding).toMatchObject({ rule: 'signature', file: path })
    expect(finding.message).toMatch(/^\w+ is declared \(string\) => .*\nRestore its signature: \(.+\) => /)
  })

  it('lets parameters be renamed', async () => {
    expect(await check(solution.replaceAll('component', 'network'))).toEqual([])
  })

  it('misses what is not exported, however it is declared', async () => {
    const hidden = solution.replace(new RegExp(`export (async )?function ${name}`), `$1function ${name}`)
    const line = hidden.split('\n').findIndex((text) => text.includes(`function ${name}(`)) + 1
    expect(await check(hidden)).toMatchObject([{ rule: 'missing-export', line }])
    expect(await check(`${hidden}\nexport const ${name}2 = ${name}`)).toMatchObject([
      { rule: 'missing-export' },
    ])
  })

  it.each([
    ["import { readFileSync } from 'node:fs'", 'import'],
    ["export * from '../../solutions/x.ts'", 'import'],
    ["const fs = await import('node:fs')", 'dynamic-import'],
    ['process.exit(0)', 'construct'],
    ["eval('1')", 'construct'],
    ["new Function('return 1')", 'construct'],
    ["require('fs')", 'construct'],
    ["globalThis['fetch']", 'construct'],
  ])('points at %s', async (line, rule) => {
    expect(await check(`${solution}\n${line}\n`)).toMatchObject([
      { rule, line: solution.split('\n').length + 1 },
    ])
  })

  it.each([
    "import type { Tensor } from 'node:fs'",
    "import { helper } from './helper.ts'",
    'const value = { process: 1 }.process',
    'type F = Function',
    '// process.exit, eval',
  ])('says nothing about %s', async (line) => {
    expect(await check(`${solution}\n${line}\n`)).toEqual([])
  })

  it('survives text that is no TypeScript, or too deep for its parser', async () => {
    expect(await check('}}}} <<<')).not.toEqual([])
    expect(await check('('.repeat(100_000))).toMatchObject([{ rule: 'unreadable' }])
  })

  it('shows what the harness was asked for beyond what the solution needs', async () => {
    const findings = await check(
      `import { FlowMatchEulerDiscreteScheduler as S } from '#harness'\n${solution}`,
    )
    expect(findings).toMatchObject([{ rule: 'harness', line: 1 }])
    expect(findings[0].message).toContain('imports FlowMatchEulerDiscreteScheduler from #harness')
    expect(await check(`import * as harness from '#harness'\n${solution}`)).toMatchObject([
      { rule: 'harness' },
    ])
    expect(
      await check(`import { type FlowMatchEulerDiscreteScheduler } from '#harness'\n${solution}`),
    ).toEqual([])
  })

  it('shows characters that nobody sees, but a byte order mark', async () => {
    const [finding] = await check(`\ufeff${solution}\nconst access = 'user\u202e \u2066'`)
    expect(finding).toMatchObject({ rule: 'invisible', line: solution.split('\n').length + 1 })
    expect(finding.message).toContain('U+202E')
    expect(await check(`\ufeff${solution}`)).toEqual([])
  })

  it('gives up on text that a parser takes for ever to read', async () => {
    const nested = `x = ${'async (a = '.repeat(60)}1${')'.repeat(60)}`
    expect(await check(nested)).toMatchObject([{ rule: 'unreadable' }])
    expect(await check(solution)).toEqual([])
  })

  it('reports a hundred findings, not a hundred thousand', async () => {
    expect(await check('eval;'.repeat(1000))).toHaveLength(100)
  })
})
