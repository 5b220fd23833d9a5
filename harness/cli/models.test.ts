import { execFile, type ChildProcess } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { StableDiffusion3Pipeline } from '../index.ts'
import { startLocalHub, type LocalHub } from '../hub/local-hub.ts'
import { pullModel } from './models/pull.ts'
import { verifyModel } from './models/verify.ts'

const NANO = resolve('models/sd3-nano')
const TOKEN = 'hf_neverprinted'
const LARGEST = 'text_encoder_2/model-00001-of-00002.safetensors'

let server: LocalHub
let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'models-'))
  const names = await readdir(NANO, { recursive: true, withFileTypes: true })
  const paths = names.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
  const files = await Promise.all(
    paths.map(
      async (path) => [path.slice(NANO.length + 1).replaceAll('\\', '/'), await readFile(path)] as const,
    ),
  )
  server = await startLocalHub({
    repository: 'owner/nano',
    files: Object.fromEntries(files),
    allowed: [TOKEN],
    card: { license: 'mit' },
  })
})
afterAll(async () => {
  await server.close()
  await rm(root, { recursive: true })
})
beforeEach(() => {
  for (const path of Object.keys(server.faults)) delete server.faults[path]
})

interface Ended {
  code: number
  stdout: string
  stderr: string
}

/** Runs `npm run models` without npm between, so that signals reach it. */
function models(
  args: string[],
  { env = {}, started }: { env?: object; started?: (child: ChildProcess) => void } = {},
) {
  const { PATH } = process.env
  return new Promise<Ended>((done) => {
    const all = { PATH, HF_ENDPOINT: server.endpoint, HF_TOKEN: TOKEN, HF_HOME: join(root, 'home'), ...env }
    const command = ['--import', 'tsx', 'harness/cli/models.ts', ...args]
    const child = execFile(process.execPath, command, { env: all }, (_, stdout, stderr) =>
      done({ code: child.exitCode ?? -1, stdout, stderr }),
    )
    started?.(child)
  })
}
const pull = (to: string, ...more: string[]) => ['pull', 'owner/nano', '--to', join(root, to), ...more]

describe('models pull', () => {
  it('brings a checkpoint that draws, says whose it is, and never shows the token', async () => {
    server.faults[LARGEST] = [{ cutAfter: 5_000_000 }]
    const { code, stdout, stderr } = await models(pull('whole'))
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(
      /^owner\/nano at [0-9a-f]{12}, gated\nThe weights are owner's, under their licence \(mit\)/,
    )
    expect(stdout).toMatch(/26 files, 62\.\d MB/)
    expect(stdout).toMatch(/Complete.*\n {2}SD3_MODEL=.*whole /)
    expect(stdout + stderr).not.toContain(TOKEN)
    expect(server.requests.some((line) => /bytes=\d+-/.test(line))).toBe(true)

    const pipe = await StableDiffusion3Pipeline.fromPretrained(join(root, 'whole'), { device: 'cpu' })
    const options = { prompt: 'a red ball', height: 64, width: 64, numInferenceSteps: 1 }
    const { images } = await pipe.generate(options)
    await pipe.release()
    expect(images[0].data).toHaveLength(64 * 64 * 3)
    const verified = await models(['verify', join(root, 'whole')])
    expect(verified.code).toBe(0)
    expect(verified.stdout).toMatch(/\nAll \d+ files are as manifest\.json says\.\n$/)
  })

  it('without T5 brings a checkpoint that draws without it', async () => {
    expect((await models(pull('small', '--without-t5'))).code).toBe(0)
    const pipe = await StableDiffusion3Pipeline.fromPretrained(join(root, 'small'), { device: 'cpu' })
    expect((await pipe.components()).textEncoder3).toBeNull()
    const { promptEmbeds } = await pipe.encodePrompt({ prompt: 'a red ball' })
    expect(promptEmbeds.dims.at(-1)).toBe(4096)
    await pipe.release()
  })

  it('stopped with Ctrl-C keeps what came, and goes on from there', async () => {
    server.faults[LARGEST] = [{ stallAfter: 8_000_000 }]
    const held = async () => {
      const folder = join(root, 'stopped', 'text_encoder_2')
      const part = (await readdir(folder).catch(() => [])).find((name) => name.endsWith('.part'))
      return part === undefined ? 0 : (await stat(join(folder, part))).size
    }
    const { code, stderr } = await models(pull('stopped'), {
      started(child) {
        const timer = setInterval(() => {
          void held().then((size) => {
            if (size < 8_000_000) return
            clearInterval(timer)
            child.kill('SIGINT')
          })
        }, 50)
      },
    })
    expect(code).toBe(2)
    expect(stderr).toMatch(/^Stopped with .* MB of .* MB here\.\nRun the same command again.*\n$/)
    expect(await held()).toBe(8_000_000)
    expect(await readdir(join(root, 'stopped'))).not.toContain('.pull-lock')
    server.requests.length = 0
    expect((await models(pull('stopped'))).code).toBe(0)
    expect(server.requests.filter((line) => line.endsWith('bytes=8000000-'))).not.toEqual([])
  })

  it('without a token is refused in two lines', async () => {
    const { code, stderr } = await models(pull('refused'), { env: { HF_TOKEN: '' } })
    expect(code).toBe(2)
    expect(stderr).toMatch(/^owner\/nano is gated.*\n.*settings\/tokens.*\n$/)
  })

  it('finds the token where the hub’s own tool keeps it', async () => {
    const home = join(root, 'logged-in')
    await mkdir(home)
    await writeFile(join(home, 'token'), `${TOKEN}\n`)
    const { code } = await models(pull('whole'), { env: { HF_TOKEN: undefined, HF_HOME: home } })
    expect(code).toBe(0)
  })

  it.each([undefined, 'nonsense', '../etc', 'a/b/c', '/a', 'a/..'])('refuses the model %s', async (model) => {
    await expect(pullModel(model, {})).rejects.toThrow(/^There is no model .*to pull\.\nPass sd3-medium, /)
  })
})

describe('models verify', () => {
  it('names a damaged file and the command that restores it', async () => {
    const folder = join(root, 'damaged')
    expect((await models(pull('damaged'))).code).toBe(0)
    await writeFile(join(folder, 'vae', 'config.json'), '{}')
    await rm(join(folder, LARGEST))
    const { code, stdout, stderr } = await models(['verify', folder])
    expect(code).toBe(1)
    expect(stdout).toMatch(/damaged vae\/config\.json: 2 bytes, expected \d+/)
    expect(stdout).toMatch(/damaged text_encoder_2\/model-00001-of-00002\.safetensors: missing/)
    expect(stderr).toMatch(
      /^2 of \d+ files differ\.\nRestore them: npm run models -- pull owner\/nano --revision/,
    )
  })

  it.each([
    ['is not JSON', '{', /manifest\.json is not valid JSON/],
    ['is a list', '[]', /manifest\.json holds a list/],
    ['names no files', '{}', /has no "files"/],
    ['names a file elsewhere', '{"files":{"../a":{}}}', /names "\.\.\/a", which lies outside/],
    ['lacks a hash', '{"files":{"a":{"bytes":1}}}', /gives a no "bytes" and "sha256"/],
    ['is missing', null, /There is no .*manifest\.json/],
  ])('of a manifest that %s is refused in two lines', async (_, text, message) => {
    const folder = await mkdtemp(join(root, 'manifest-'))
    await writeFile(join(folder, 'model_index.json'), '{}')
    if (text !== null) await writeFile(join(folder, 'manifest.json'), text)
    await expect(verifyModel(folder)).rejects.toThrow(message)
    await expect(verifyModel(folder)).rejects.toThrow(/^[^\n]+\n[^\n]+$/)
  })
})

it('models list tells complete from configs only and from what the cache holds in part', async () => {
  const snapshot = join(root, 'home', 'hub', 'models--owner--half', 'snapshots', 'a')
  await cp(NANO, snapshot, { recursive: true })
  await rm(join(snapshot, LARGEST))
  const { code, stdout } = await models(['list'])
  expect(code).toBe(0)
  expect(stdout).toMatch(/^sd3-nano .*\n.*62\.\d MB of weights, complete$/m)
  expect(stdout).toMatch(/^sd3-medium .*\n.* 7,692,768,483 parameters, configs only$/m)
  expect(stdout).toMatch(/^owner\/half .*cache\n.*incomplete: text_encoder_2$/m)
  expect(stdout).toMatch(/text_encoder_2 .*lists model-00001-of-00002\.safetensors, which is not there/)
  expect(stdout).toMatch(/transformer +SD3Transformer2DModel +10,548,800 {2}23\.\d MB float16$/m)
})
