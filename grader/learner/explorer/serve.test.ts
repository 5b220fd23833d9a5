import { request } from 'node:http'
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { attentionAlong, headMean } from '#grader/oracles/captured-attention.ts'
import { decodePng, StableDiffusion3Pipeline } from '#harness'
import { Explorer } from './explorer.ts'
import { serve, type Served } from './serve.ts'
import type { DrawSettings, RunEvent, RunStart } from './wire.ts'

const NANO = resolve('models/sd3-nano')
const SETTINGS: DrawSettings = {
  ...{ prompt: 'a red ball', height: 64, width: 96, numInferenceSteps: 3, guidanceScale: 7, seed: 5 },
}

let served: Served
let port: number

beforeAll(async () => {
  served = await serve(await Explorer.open(NANO), 0)
  port = Number(new URL(served.url).port)
})
afterAll(() => served.close())

/** As a browser would never let a page do: with any headers. */
function send(
  path: string,
  {
    method = 'GET',
    headers = {},
    body = '',
  }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; text: string }> {
  return new Promise((done, failed) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        done({
          status: response.statusCode!,
          headers: response.headers,
          text: Buffer.concat(chunks).toString('utf8'),
        }),
      )
    })
    sent.on('error', failed)
    sent.end(body)
  })
}

const own = () => ({ origin: `http://127.0.0.1:${port}`, 'content-type': 'application/json' })
const post = (body: unknown, headers: Record<string, string> = own()) =>
  send('/api/runs', { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) })

/** Draws, and calls back for every event. */
async function draw(
  settings: Partial<DrawSettings>,
  onEvent?: (event: RunEvent) => void,
  signal?: AbortSignal,
) {
  const response = await fetch(`${served.url}api/runs`, {
    ...{ method: 'POST', headers: own(), body: JSON.stringify({ ...SETTINGS, ...settings }) },
    signal: signal ?? null,
  })
  const events: RunEvent[] = []
  let text = ''
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk
    const lines = text.split('\n')
    text = lines.pop()!
    for (const event of lines.map((line) => JSON.parse(line) as RunEvent)) {
      events.push(event)
      onEvent?.(event)
    }
  }
  return events
}

describe('whom the server answers', () => {
  it('its own page, under either name of this machine', async () => {
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`]) {
      const { status, headers } = await send('/', { headers: { host } })
      expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
    }
  })

  it.each([
    'evil.example',
    'evil.example:80',
    '127.0.0.1',
    '127.0.0.1:1',
    '0.0.0.0',
    'localhost.evil.example',
  ])('not a page that calls it %s', async (host) => {
    for (const path of ['/', '/api/model', '/explorer.js'])
      expect((await send(path, { headers: { host } })).status).toBe(403)
  })

  it.each(['http://evil.example', 'null', 'https://127.0.0.1', 'http://127.0.0.1:1'])(
    'not a page from %s',
    async (origin) => {
      expect((await post(SETTINGS, { ...own(), origin })).status).toBe(403)
      expect((await send('/api/model', { headers: { origin } })).status).toBe(403)
    },
  )

  it('nobody who posts without saying from where', async () => {
    expect((await post(SETTINGS, { 'content-type': 'application/json' })).status).toBe(403)
  })

  it('with headers that let nothing else be loaded, framed or kept', async () => {
    const { headers } = await send('/')
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self'/,
    )
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
    expect(headers['content-security-policy']).not.toMatch(/unsafe|\*|https?:/)
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['cross-origin-resource-policy']).toBe('same-origin')
    expect(headers['access-control-allow-origin']).toBeUndefined()
  })
})

describe('what the server refuses', () => {
  it('bodies that are too large, announced or not', async () => {
    const large = JSON.stringify({ ...SETTINGS, prompt: 'x'.repeat(20_000) })
    expect((await post(large)).status).toBe(413)
    expect((await post(large, { ...own(), 'transfer-encoding': 'chunked' })).status).toBe(413)
  })

  it('bodies of another type, and what is no JSON', async () => {
    expect((await post(SETTINGS, { ...own(), 'content-type': 'text/plain' })).status).toBe(415)
    expect((await post('{')).status).toBe(400)
    expect((await post('[]')).status).toBe(400)
    expect((await post('null')).status).toBe(400)
  })

  it.each([
    [{ prompt: 5 }, 'There is no prompt'],
    [{ prompt: 'x'.repeat(1001) }, 'The prompt has 1001 characters'],
    [{ height: 100 }, 'height is 100'],
    [{ width: 0 }, 'width is 0'],
    [{ height: 1040 }, 'height is 1040'],
    [{ numInferenceSteps: 0 }, 'numInferenceSteps is 0'],
    [{ numInferenceSteps: 2.5 }, 'numInferenceSteps is 2.5'],
    [{ numInferenceSteps: 1e9 }, 'numInferenceSteps is 1000000000'],
    [{ guidanceScale: '7' }, 'guidanceScale is "7"'],
    [{ seed: -1 }, 'seed is -1'],
  ])('%j', async (changes, problem) => {
    const { status, text } = await post({ ...SETTINGS, ...changes })
    const answer = JSON.parse(text) as { problem: string; remedy: string }
    expect([status, answer.problem.slice(0, problem.length)]).toEqual([400, problem])
    expect(answer.remedy).not.toBe('')
  })

  it('what is not there, by any method that is not asked for', async () => {
    const { run } = (await draw({}))[0] as RunStart
    const status = async (path: string, method = 'GET') =>
      (await send(path, { method, headers: { origin: own().origin } })).status
    expect(await status('/../../package.json')).toBe(404)
    expect(await status('/api/runs/run-999/steps/0/latents.png')).toBe(404)
    expect(await status(`/api/runs/${run}/steps/3/latents.png`)).toBe(404)
    for (const query of [
      '',
      '?step=0&block=0',
      '?step=0&block=4&head=0',
      '?step=0&block=0&head=4',
      '?step=0&block=-1&head=0',
      '?step=0.5&block=0&head=mean',
    ])
      expect(await status(`/api/runs/${run}/attention${query}`)).toBe(404)
    expect(await status('/', 'POST')).toBe(405)
    expect(await status('/api/runs')).toBe(405)
    expect(await status('/api/model', 'DELETE')).toBe(405)
  })
})

describe('a run', () => {
  it('tells of its words, then of each step when its picture is there', async () => {
    const events = await draw({})
    expect(events.map(({ type }) => type)).toEqual(['start', 'step', 'step', 'step', 'done'])
    const start = events[0] as RunStart
    expect(start.grid).toEqual({ rows: 4, columns: 6 })
    expect(start.words.map(({ text }) => text)).toEqual(['a', 'red', 'ball'])
    const png = await fetch(`${served.url}api/runs/${start.run}/steps/0/latents.png`)
    expect(await decodePng(new Uint8Array(await png.arrayBuffer()))).toMatchObject({ width: 96, height: 64 })
  })

  it('ends in the picture that the pipeline draws, which is also where its last step leads', async () => {
    const { run } = (await draw({}))[0] as RunStart
    const pipe = await StableDiffusion3Pipeline.fromPretrained(NANO)
    const { images } = await pipe.generate(SETTINGS)
    await pipe.release()
    const picture = async (kind: string) => {
      const response = await fetch(`${served.url}api/runs/${run}/steps/2/${kind}.png`)
      return decodePng(new Uint8Array(await response.arrayBuffer()))
    }
    expect(await picture('latents')).toEqual(images[0])
    const estimate = await picture('estimate')
    const largest = estimate.data.reduce(
      (most, byte, i) => Math.max(most, Math.abs(byte - images[0].data[i])),
      0,
    )
    expect(largest).toBeLessThanOrEqual(1) // σ's share of the last step is rounded
  })

  it('gives the attention that the harness computes, of any block, step and head', async () => {
    const { run } = (await draw({}))[0] as RunStart
    const pipe = await StableDiffusion3Pipeline.fromPretrained(NANO)
    const look = await attentionAlong(pipe, { ...SETTINGS, step: 0, block: 0 })
    for (const [step, block] of [
      [0, 0],
      [2, 1],
      [1, 3],
    ]) {
      const expected = await look({ step, block }) // [1, heads, tokens, tokens]
      const [, , tokens] = expected.dims
      const received = async (head: number | 'mean') => {
        const query = `step=${step}&block=${block}&head=${head}`
        const response = await fetch(`${served.url}api/runs/${run}/attention?${query}`)
        return new Float32Array(await response.arrayBuffer())
      }
      expectClose(await received('mean'), headMean(expected).data)
      expectClose(await received(3), expected.data.subarray(3 * tokens ** 2, 4 * tokens ** 2))
    }
    await pipe.release()
  })

  it('without guidance is the prompt’s own', async () => {
    const events = await draw({ guidanceScale: 1 })
    expect(events.at(-1)).toEqual({ type: 'done' })
  })

  it('is cancelled by a newer one', async () => {
    let second: Promise<RunEvent[]> | undefined
    const first = await draw({ numInferenceSteps: 100 }, ({ type }) => {
      if (type === 'step') second ??= draw({})
    })
    expect(first.at(-1)).toEqual({ type: 'cancelled' })
    expect(first.length).toBeLessThan(100)
    expect((await second!).at(-1)).toEqual({ type: 'done' })
  })

  it('ends when its page goes away, so that the next begins at once', async () => {
    const page = new AbortController()
    const gone = draw({ numInferenceSteps: 100 }, ({ type }) => type === 'step' && page.abort(), page.signal)
    await expect(gone).rejects.toThrow(/abort/i)
    expect((await draw({})).at(-1)).toEqual({ type: 'done' })
  })

  it('is forgotten when others have been drawn since', async () => {
    const { run } = (await draw({ numInferenceSteps: 1 }))[0] as RunStart
    const path = `/api/runs/${run}/steps/0/latents.png`
    for (let i = 0; i < 2; i++) await draw({ numInferenceSteps: 1 })
    expect((await send(path)).status).toBe(200)
    await draw({ numInferenceSteps: 1 })
    expect((await send(path)).status).toBe(404)
  })
})

function expectClose(received: Float32Array, expected: Float32Array): void {
  expect(received.length).toBe(expected.length)
  const worst = received.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i])), 0)
  expect(worst).toBeLessThan(1e-6)
}
