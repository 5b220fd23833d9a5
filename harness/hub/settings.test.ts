import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hubSettings } from './settings.ts'

let HF_HOME: string
beforeEach(async () => {
  HF_HOME = await mkdtemp(join(tmpdir(), 'hub-home-'))
})
afterEach(() => rm(HF_HOME, { recursive: true }))

describe('the settings of the hub', () => {
  it('are those of the public hub, without a token, when nothing is set', () => {
    const none = { endpoint: 'https://huggingface.co', token: null, tokenSource: null }
    expect(hubSettings({ HF_HOME })).toEqual(none)
  })

  it('take HF_TOKEN before the file of the hub’s own tool', async () => {
    const path = join(HF_HOME, 'token')
    await writeFile(path, 'hf_file\n')
    expect(hubSettings({ HF_HOME })).toMatchObject({ token: 'hf_file', tokenSource: path })
    expect(hubSettings({ HF_HOME, HF_TOKEN: ' hf_env ' })).toMatchObject({ token: 'hf_env' })
    expect(hubSettings({ HF_HOME, HF_TOKEN: ' ' })).toMatchObject({ token: 'hf_file' })
    expect(hubSettings({ HF_TOKEN_PATH: path })).toMatchObject({ token: 'hf_file' })
  })

  it('honour HF_ENDPOINT, with or without a slash at its end', () => {
    expect(hubSettings({ HF_HOME, HF_ENDPOINT: 'http://mirror/hub/' }).endpoint).toBe('http://mirror/hub')
  })

  it.each([
    [{ HF_HUB_OFFLINE: '1' }, /^HF_HUB_OFFLINE forbids downloads\.\n/],
    [{ HF_ENDPOINT: 'huggingface' }, /^HF_ENDPOINT is "huggingface"\.\n/],
    [{ HF_ENDPOINT: 'file:///tmp' }, /^HF_ENDPOINT is /],
    [{ HF_TOKEN: 'hf_two words' }, /^The token from HF_TOKEN holds spaces/],
    [{ HF_TOKEN: 'hf_“quoted”' }, /^The token from HF_TOKEN holds spaces/],
  ])('%o are refused, without quoting a token', (env, message) => {
    const reading = () => hubSettings({ HF_HOME, ...env })
    expect(reading).toThrow(message)
    expect(reading).not.toThrow(/two|quoted/)
  })
})
