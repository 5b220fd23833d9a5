import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ArgumentError, CheckpointError } from './errors.ts'
import oracle from './fixtures/tokenizer.json' with { type: 'json' }
import { loadTokenizer } from './tokenizers.ts'

const NANO = resolve(import.meta.dirname, '../models/sd3-nano')

const load = (folder: string) => loadTokenizer(join(NANO, folder))

describe.each(oracle.tokenizers)('$folder at $maxLength tokens', ({ folder, maxLength, ids }) => {
  it(`encodes ${ids.length} awkward prompts as transformers does`, async () => {
    const { inputIds } = (await load(folder)).encode(oracle.prompts, maxLength)
    const expected = ids.map((row) => [...row, ...Array<number>(maxLength - row.length).fill(row.at(-1)!)])
    expect(inputIds).toEqual(expected)
  })
})

describe('a prompt tokenizer', () => {
  it('pads CLIP-L with its end token and bigG with "!", as the checkpoint says', async () => {
    const [l, g] = await Promise.all(['tokenizer', 'tokenizer_2'].map(load))
    expect(l.encode(['a red ball']).tokens[0].slice(3, 6)).toEqual([
      'ball</w>',
      '<|endoftext|>',
      '<|endoftext|>',
    ])
    expect(g.encode(['a red ball']).tokens[0].slice(3, 6)).toEqual(['ball</w>', '<|endoftext|>', '!'])
  })

  it('takes its length from the checkpoint when none is asked for', async () => {
    const [clip, t5] = await Promise.all(['tokenizer', 'tokenizer_3'].map(load))
    expect([clip.maxLength, clip.encode(['a']).inputIds[0].length]).toEqual([77, 77])
    expect([t5.maxLength, t5.encode(['a']).inputIds[0].length]).toEqual([512, 512])
  })

  it('shows T5 pieces as the vocabulary writes them', async () => {
    const { tokens } = (await load('tokenizer_3')).encode(['a red ball'], 5)
    expect(tokens).toEqual([['▁a', '▁red', '▁ball', '</s>', '<pad>']])
  })

  it('quotes the text that it cut off, and only then', async () => {
    const clip = await load('tokenizer')
    const { truncated, tokens } = clip.encode(['a red ball', 'a red ball on a wooden table'], 5)
    expect(truncated).toEqual([null, 'on a wooden table'])
    expect(tokens[1]).toEqual(['<|startoftext|>', 'a</w>', 'red</w>', 'ball</w>', '<|endoftext|>'])
    expect((await load('tokenizer_3')).encode(['a red ball on a wooden table'], 4).truncated).toEqual([
      'on a wooden table',
    ])
  })

  it('refuses a length that the special tokens alone exceed', async () => {
    const clip = await load('tokenizer')
    expect(() => clip.encode(['a'], 1)).toThrow(ArgumentError)
    expect(() => clip.encode(['a'], 1)).toThrow(/at least 2/)
    expect(clip.encode(['a'], 2)).toMatchObject({ truncated: ['a'] })
  })
})

describe('a damaged tokenizer folder', () => {
  let folder: string

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tokenizer-'))
    await cp(join(NANO, 'tokenizer'), folder, { recursive: true })
  })
  afterEach(() => rm(folder, { recursive: true }))

  const expectNamed = async (file: string) => {
    const error = await loadTokenizer(folder).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(CheckpointError)
    expect((error as Error).message).toContain(join(folder, file))
  }

  it.each(['vocab.json', 'merges.txt', 'tokenizer_config.json'])(
    'without %s: the error names it',
    async (file) => {
      await rm(join(folder, file))
      await expectNamed(file)
    },
  )

  it.each(['vocab.json', 'tokenizer_config.json', 'special_tokens_map.json', 'merges.txt'])(
    'with half of %s: the error names it',
    async (file) => {
      const text = await readFile(join(folder, file), 'utf8')
      await writeFile(join(folder, file), text.slice(0, text.lastIndexOf(file === 'merges.txt' ? ' ' : '"')))
      await expectNamed(file)
    },
  )

  it.each(['vocab.json', 'tokenizer_config.json', 'special_tokens_map.json'])(
    'with null for %s: the error names it',
    async (file) => {
      await writeFile(join(folder, file), 'null')
      await expectNamed(file)
    },
  )

  it.each(['{}', '{"model": null}', '{"model": {"type": "Unigram", "vocab": {}}}'])(
    'whose tokenizer.json is %s: the error names it',
    async (text) => {
      await writeFile(join(folder, 'tokenizer.json'), text)
      await expectNamed('tokenizer.json')
    },
  )

  it('with Windows’ line ends in merges.txt gives the same ids', async () => {
    const path = join(folder, 'merges.txt')
    await writeFile(path, (await readFile(path, 'utf8')).replaceAll('\n', '\r\n'))
    const prompts = ['a red ball to the left of a blue cube']
    expect((await loadTokenizer(folder)).encode(prompts)).toEqual((await load('tokenizer')).encode(prompts))
  })

  it('whose vocabulary lacks the end token: the error names the file', async () => {
    const path = join(folder, 'vocab.json')
    await writeFile(path, (await readFile(path, 'utf8')).replace('<|endoftext|>', '<|end|>'))
    await expectNamed('vocab.json')
  })

  it('that names no pad token: the error names the config', async () => {
    const path = join(folder, 'tokenizer_config.json')
    await writeFile(path, (await readFile(path, 'utf8')).replace('"pad_token"', '"paid_token"'))
    await rm(join(folder, 'special_tokens_map.json'))
    await expectNamed('tokenizer_config.json')
  })
})
