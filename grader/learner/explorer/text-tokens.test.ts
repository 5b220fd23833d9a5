import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { describePipeline } from '#harness'
import { PromptReader } from './text-tokens.ts'

const NANO = resolve('models/sd3-nano')

const open = async ({ withoutT5 = false } = {}) => {
  const components = await describePipeline(NANO)
  return PromptReader.open(NANO, withoutT5 ? { ...components, textEncoder3: null } : components)
}

describe('a prompt’s text rows', () => {
  it('are the 77 that both CLIPs share, then the 256 of T5, each called what it is', async () => {
    const { tokens } = (await open()).read('a red ball')
    const kinds = (encoder: string) =>
      tokens.filter((token) => token.encoder === encoder).map(({ kind }) => kind)
    expect(kinds('clip')).toEqual([
      'start',
      'text',
      'text',
      'text',
      'end',
      ...Array<string>(72).fill('padding'),
    ])
    expect(kinds('t5')).toEqual(['text', 'text', 'text', 'end', ...Array<string>(252).fill('padding')])
    expect(tokens[3]).toEqual({ encoder: 'clip', row: 3, kind: 'text', piece: 'ball</w>' })
    expect(tokens[77 + 2]).toEqual({ encoder: 't5', row: 2, kind: 'text', piece: '▁ball' })
  })

  it('tie each word to its rows in both encoders', async () => {
    const { words, unread } = (await open()).read('a red ball, a red cube')
    expect(words.map(({ text }) => text)).toEqual(['a', 'red', 'ball', ',', 'a', 'red', 'cube'])
    expect(words.map(({ before }) => before)).toEqual(['', ' ', ' ', '', ' ', ' ', ' '])
    expect(words.map(({ tokens }) => tokens)).toEqual(
      words.map((_, i) => [1 + i, 77 + i]), // CLIP's begin behind its start token
    )
    expect(unread).toBe('')
  })

  it('keep a word whole that an encoder cuts in pieces', async () => {
    const { words, tokens } = (await open()).read('a Zwiebelkuchen here')
    expect(words.map(({ text }) => text)).toEqual(['a', 'Zwiebelkuchen', 'here'])
    const pieces = (encoder: string) =>
      words[1].tokens.filter((token) => tokens[token].encoder === encoder).length
    expect([pieces('clip'), pieces('t5')].every((count) => count > 1)).toBe(true)
  })

  it('leave out of CLIP what T5 alone has room for, and say what nobody reads', async () => {
    const long = Array.from({ length: 300 }, () => 'red').join(' ')
    const { words, unread } = (await open()).read(long)
    expect(words).toHaveLength(255) // T5's 256 less the end
    expect(words[74].tokens).toEqual([75, 77 + 74])
    expect(words[75].tokens).toEqual([77 + 75])
    expect(unread.split(' ')).toHaveLength(300 - 255)
  })

  it('are zeros in T5’s place in a checkpoint without it', async () => {
    const { tokens, words } = (await open({ withoutT5: true })).read('a ball')
    expect(tokens).toHaveLength(333)
    expect(tokens.slice(77).every(({ kind }) => kind === 'absent')).toBe(true)
    expect(words.map(({ tokens }) => tokens)).toEqual([[1], [2]])
  })

  it('hold no word for an empty prompt', async () => {
    const { tokens, words, unread } = (await open()).read('  ')
    expect([tokens.length, words, unread]).toEqual([333, [], ''])
  })
})
