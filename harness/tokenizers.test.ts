import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ArgumentError, CheckpointError } from './errors.ts'
import oracle from './fixtures/tokenizer.json' with { type: 'json' }
import { readTokenizerFiles } from './tokenizer-files.ts'
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

it.each(['tokenizer', 'tokenizer_2'])(
  '%s saved as tokenizer.json, as transformers 5 does, gives the same ids',
  async (name) => {
    const folder = await mkdtemp(join(tmpdir(), 'tokenizer-'))
    try {
      await cp(join(NANO, name, 'tokenizer_config.json'), join(folder, 'tokenizer_config.json'))
      const vocab = JSON.parse(await readFile(join(NANO, name, 'vocab.json'), 'utf8')) as Record<
        string,
        number
      >
      const merges = (await readFile(join(NANO, name, 'merges.txt'), 'utf8')).trim().split('\n').slice(1)
      const { definition } = await readTokenizerFiles(join(NANO, name))
      const normalizers = [
        { type: 'NFC' },
        { type: 'Replace', pattern: { Regex: '\\s+' }, content: ' ' },
        { type: 'Lowercase' },
      ]
      const saved = {
        ...definition,
        normalizer: { type: 'Sequence', normalizers },
        model: { type: 'BPE', end_of_word_suffix: '</w>', continuing_subword_prefix: '', vocab, merges },
      }
      await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(saved))
      const { ids } = oracle.tokenizers.find((one) => one.folder === name)!
      const { inputIds } = (await loadTokenizer(folder)).encode(oracle.prompts)
      expect(inputIds.map((row, i) => row.slice(0, ids[i].length))).toEqual(ids)
    } finally {
      await rm(folder, { recursive: true })
    }
  },
)

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

describe('where tokens come from', () => {
  /** Per token: its stretch of the prompt, or what it is instead. */
  const readable = async (folder: string, prompt: string, maxLength: number) =>
    (await load(folder))
      .origins(prompt, maxLength)
      .map((origin) => (origin.kind === 'text' ? prompt.slice(origin.start, origin.end) : `<${origin.kind}>`))

  it('is a word, or a special token, or padding', async () => {
    const clip = await readable('tokenizer', 'a red  ball', 7)
    expect(clip).toEqual(['<start>', 'a', 'red', 'ball', '<end>', '<padding>', '<padding>'])
    expect(await readable('tokenizer_2', 'a red  ball', 7)).toEqual(clip)
    const t5 = await readable('tokenizer_3', 'a red  ball', 6)
    expect(t5).toEqual(['a', 'red', 'ball', '<end>', '<padding>', '<padding>'])
  })

  it('is the whole word for each of its pieces', async () => {
    const clip = await readable('tokenizer', 'Zwiebelkuchen, sliced', 77)
    expect(clip.filter((text) => text === 'Zwiebelkuchen').length).toBeGreaterThan(1)
    expect(clip.slice(clip.indexOf(','), clip.indexOf('<end>')).slice(0, 2)).toEqual([',', 'sliced'])
  })

  it('is several words where the tokenizer does not keep them apart', async () => {
    // CLIP reads 's as one word, T5 any run of signs it does not know as one token.
    const clip = await readable('tokenizer', "a cat's hat", 77)
    expect([...new Set(clip)].slice(0, 6)).toEqual(['<start>', 'a', 'cat', "'s", 'hat', '<end>'])
    const t5 = await readable('tokenizer_3', 'a 𝟙𝟚 hat', 7)
    expect([...new Set(t5)]).toEqual(['a', '𝟙𝟚', 'hat', '<end>', '<padding>'])
  })

  it('stops where the encoder stops reading', async () => {
    expect(await readable('tokenizer', 'a red ball', 4)).toEqual(['<start>', 'a', 'red', '<end>'])
    expect(await readable('tokenizer_3', 'a red ball', 2)).toEqual(['a', '<end>'])
    expect(await readable('tokenizer', 'a red ball', 2)).toEqual(['<start>', '<end>'])
    await expect(readable('tokenizer', 'a', 1)).rejects.toThrow(/at least 2/)
  })

  it('is nothing for a prompt without a word', async () => {
    expect(await readable('tokenizer', '  ', 3)).toEqual(['<start>', '<end>', '<padding>'])
    expect(await readable('tokenizer_3', '', 2)).toEqual(['<end>', '<padding>'])
  })

  it.each(['tokenizer', 'tokenizer_2', 'tokenizer_3'])(
    'in %s agrees with the ids, for every awkward prompt',
    async (folder) => {
      const tokenizer = await load(folder)
      for (const prompt of oracle.prompts) {
        const { tokens } = tokenizer.encode([prompt])
        const origins = tokenizer.origins(prompt)
        expect(origins).toHaveLength(tokens[0].length)
        const stretches = origins.filter((origin) => origin.kind === 'text')
        // In order, one after another, and nothing but spaces between them.
        let end = 0
        for (const [i, stretch] of stretches.entries()) {
          if (stretch === stretches[i - 1]) continue
          expect(prompt.slice(end, stretch.start).trim()).toBe('')
          end = stretch.end
        }
        if (stretches.length > 0 && tokenizer.encode([prompt]).truncated[0] === null)
          expect(prompt.slice(end).trim()).toBe('')
        const mark = origins.findIndex(({ kind }) => kind === 'end')
        expect(tokens[0][mark]).toBe(folder === 'tokenizer_3' ? '</s>' : '<|endoftext|>')
      }
    },
  )
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
