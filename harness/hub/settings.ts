import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { hubHome } from '../checkpoint/hub-cache.ts'
import { HubError } from '../errors.ts'

type Environment = Record<string, string | undefined>

/** Which hub to ask, and as whom. */
export interface HubSettings {
  /** Without a slash at its end. */
  endpoint: string
  token: string | null
  /** Where the token was found, for messages: they never hold the token. */
  tokenSource: string | null
}

/**
 * Reads the settings of Hugging Face's own tools: HF_ENDPOINT, HF_TOKEN or the file that `hf auth login` writes, and
 * HF_HUB_OFFLINE. Source: huggingface_hub `constants.py`, `utils/_auth.py`.
 * @throws HubError when downloads are switched off, or a setting is not what it should be
 */
export function hubSettings(env: Environment = process.env): HubSettings {
  if (/^(1|true|yes|on)$/i.test(env.HF_HUB_OFFLINE ?? '')) {
    throw new HubError(
      'HF_HUB_OFFLINE forbids downloads.',
      'Unset it, or set SD3_MODEL to a folder that is here.',
    )
  }
  const endpoint = (env.HF_ENDPOINT || 'https://huggingface.co').replace(/\/+$/, '')
  if (!URL.canParse(endpoint) || !/^https?:/.test(endpoint)) {
    throw new HubError(`HF_ENDPOINT is "${endpoint}".`, 'Set it to a URL, such as https://huggingface.co.')
  }
  return { endpoint, ...readToken(env) }
}

function readToken(env: Environment): Pick<HubSettings, 'token' | 'tokenSource'> {
  const name = ['HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN'].find((variable) => env[variable]?.trim())
  const path = env.HF_TOKEN_PATH?.replace(/^~(?=[/\\])/, homedir()) || join(hubHome(env), 'token')
  const token = (name === undefined ? read(path) : env[name]!).trim()
  const tokenSource = name ?? path
  if (token === '') return { token: null, tokenSource: null }
  // A header refuses other characters with an error that quotes them.
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new HubError(
      `The token from ${tokenSource} holds spaces, line breaks or other characters that no token has.`,
      'Copy it again: it is one word that begins with hf_.',
    )
  }
  return { token, tokenSource }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
