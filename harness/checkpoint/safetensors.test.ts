import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CheckpointError } from '../errors.ts'
import { readSafetensorsHeader } from './safetensors.ts'
import { Weights } from './weights.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'safetensors-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** A file with the given header, claimed header length and number of data bytes. */
async function file(
  name: string,
  header: unknown,
  { claimed = undefined as number | undefined, data = 8 } = {},
) {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(claimed ?? json.length))
  const path = join(folder, name)
  await writeFile(path, Buffer.concat([length, json, Buffer.alloc(data)]))
  return path
}

const entry = (over = {}) => ({ w: { dtype: 'F16', shape: [2, 2], data_offsets: [0, 8], ...over } })

describe('a safetensors header', () => {
  it('gives each tensor its type, shape and absolute place', async () => {
    const path = await file('good.safetensors', { __metadata__: { format: 'pt' }, ...entry() })
    const stored = await readSafetensorsHeader(path)
    const start = 8 + JSON.stringify({ __metadata__: { format: 'pt' }, ...entry() }).length
    expect(Object.fromEntries(stored)).toEqual({
      w: { type: 'float16', shape: [2, 2], offset: start, length: 8 },
    })
  })

  it.each([
    ['a file cut inside its data', entry(), { data: 7 }, /ends at byte \d+, but w should reach to byte \d+/],
    ['a header longer than the file', entry(), { claimed: 4096 }, /claims a header of 4096/],
    ['a header longer than memory', entry(), { claimed: Number.MAX_SAFE_INTEGER }, /claims a header/],
    ['text that is not JSON', '{"w": ', {}, /not a JSON object/],
    ['JSON that is not an object', '[1]', {}, /not a JSON object/],
    [
      'a range that does not fit the shape',
      entry({ data_offsets: [0, 6] }),
      {},
      /gives w 6 bytes where \[2, 2\]/,
    ],
    ['a range that runs backwards', entry({ data_offsets: [8, 0] }), {}, /gives w -8 bytes/],
    ['a negative range', entry({ data_offsets: [-8, 0] }), {}, /gives w the range \[-8,0\]/],
    ['a shape that is not one', entry({ shape: [2, 'x'] }), {}, /gives w the shape/],
    ['an unknown type', entry({ dtype: 'F4' }), {}, /stores w as "F4"/],
    ['an entry that is null', { w: null }, {}, /stores w as undefined/],
  ])('refuses %s', async (name, header, options, message) => {
    const path = await file(`${name}.safetensors`, header, options)
    const reading = readSafetensorsHeader(path)
    await expect(reading).rejects.toThrow(message)
    await expect(reading).rejects.toBeInstanceOf(CheckpointError)
    await expect(reading).rejects.toThrow(path)
  })

  it('refuses a file shorter than the length field', async () => {
    const path = join(folder, 'short.safetensors')
    await writeFile(path, Buffer.alloc(5))
    await expect(readSafetensorsHeader(path)).rejects.toThrow(/5 bytes long, too short/)
  })

  it('refuses a folder in the place of a file', async () => {
    const path = join(folder, 'folder.safetensors')
    await mkdir(path)
    await expect(readSafetensorsHeader(path)).rejects.toBeInstanceOf(CheckpointError)
  })

  it('knows a Git LFS pointer, and says how to fetch the weights', async () => {
    const path = join(folder, 'pointer.safetensors')
    await writeFile(path, 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 15839840\n')
    await expect(readSafetensorsHeader(path)).rejects.toThrow(/Git LFS pointer.*\nRun git lfs pull/)
  })
})

describe('the weights of a folder', () => {
  const shard = (name: string) => ({ [name]: { dtype: 'F32', shape: [2], data_offsets: [0, 8] } })
  const folderOf = async (files: Record<string, unknown>) => {
    const path = await mkdtemp(join(folder, 'weights-'))
    for (const [name, content] of Object.entries(files)) {
      if (name.endsWith('.json')) await writeFile(join(path, name), JSON.stringify(content))
      else await file(join(path.slice(folder.length + 1), name), content)
    }
    return path
  }

  it('are found through an index of shards', async () => {
    const path = await folderOf({
      'model.safetensors.index.json': {
        weight_map: { a: 'm-1-of-2.safetensors', b: 'm-2-of-2.safetensors' },
      },
      'm-1-of-2.safetensors': shard('a'),
      'm-2-of-2.safetensors': shard('b'),
    })
    const weights = await Weights.open(path)
    expect(weights.locate('b', [2]).data.file).toBe('m-2-of-2.safetensors')
  })

  it('prefer the plain variant to fp16', async () => {
    const path = await folderOf({ 'model.fp16.safetensors': shard('a'), 'model.safetensors': shard('a') })
    expect((await Weights.open(path)).locate('a', [2]).data.file).toBe('model.safetensors')
  })

  it('are read from the fp16 shards when of the plain ones only the index is there', async () => {
    const path = await folderOf({
      'model.safetensors.index.json': { weight_map: { a: 'model-00001-of-00001.safetensors' } },
      'model.safetensors.index.fp16.json': { weight_map: { a: 'model.fp16-00001-of-00001.safetensors' } },
      'model.fp16-00001-of-00001.safetensors': shard('a'),
    })
    const weights = await Weights.open(path)
    expect(weights.locate('a', [2]).data.file).toBe('model.fp16-00001-of-00001.safetensors')
  })

  it('name a shard that is missing', async () => {
    const path = await folderOf({
      'model.safetensors.index.json': { weight_map: { a: 'm-1-of-1.safetensors' } },
    })
    await expect(Weights.open(path)).rejects.toThrow(/lists m-1-of-1.safetensors, which is not there/)
  })

  it.skipIf(process.platform === 'win32')(
    'are found behind links, as Hugging Face’s download cache lays them',
    async () => {
      const path = await folderOf({
        'model.safetensors.index.json': {
          weight_map: { a: 'm-1-of-2.safetensors', b: 'm-2-of-2.safetensors' },
        },
      })
      const blobs = join(path, '..', 'blobs')
      await mkdir(blobs)
      for (const [blob, name] of ['a', 'b'].entries()) {
        await file(join('blobs', `${blob}`), shard(name))
        await symlink(join('..', 'blobs', `${blob}`), join(path, `m-${blob + 1}-of-2.safetensors`))
      }
      const weights = await Weights.open(path)
      expect(weights.root).toBe(await realpath(blobs))
      expect(weights.locate('b', [2]).data.file).toBe('1')
      expect(() => weights.locate('b', [3])).toThrow(/m-2-of-2\.safetensors stores b/)
    },
  )

  it.skipIf(process.platform === 'win32')('have one root even when only some are links', async () => {
    const path = await folderOf({
      'model.safetensors.index.json': {
        weight_map: { a: 'm-1-of-2.safetensors', c: 'm-2-of-2.safetensors' },
      },
      'm-1-of-2.safetensors': shard('a'),
    })
    const elsewhere = await folderOf({ 'c.safetensors': shard('c') })
    await symlink(join(elsewhere, 'c.safetensors'), join(path, 'm-2-of-2.safetensors'))
    const weights = await Weights.open(path)
    expect(weights.root).toBe(await realpath(folder))
    expect(weights.locate('a', [2]).data.file).toBe(`${basename(path)}/m-1-of-2.safetensors`)
    expect(weights.locate('c', [2]).data.file).toBe(`${basename(elsewhere)}/c.safetensors`)
  })

  it.each([
    [
      'names a file outside its folder',
      { weight_map: { a: '../m.safetensors' } },
      /lists \.\.\/m\.safetensors/,
    ],
    ['lists nothing', { weight_map: {} }, /no "weight_map" that lists a file/],
    ['has no map', {}, /no "weight_map"/],
    ['is null', null, /index\.json holds null/],
  ])('are refused when the index %s', async (_, index, message) => {
    await file('m.safetensors', shard('a'))
    const opening = Weights.open(await folderOf({ 'model.safetensors.index.json': index }))
    await expect(opening).rejects.toThrow(message)
    await expect(opening).rejects.toBeInstanceOf(CheckpointError)
  })

  it('name a tensor that is missing, and one of another shape', async () => {
    const weights = await Weights.open(await folderOf({ 'model.safetensors': shard('a') }))
    expect(() => weights.locate('b', [2])).toThrow(/has no tensor b\.\n.*\[2\]/)
    expect(() => weights.locate('a', [3])).toThrow(/stores a with shape \[2\]\.\n.*\[3\]/)
  })

  it('say that a folder is missing or holds only configs', async () => {
    await expect(Weights.open(join(folder, 'nowhere'))).rejects.toThrow(/no folder .*nowhere/)
    await expect(Weights.open(await folderOf({ 'config.json': {} }))).rejects.toThrow(
      /holds no complete .safetensors/,
    )
  })
})
