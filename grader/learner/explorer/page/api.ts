import type { DrawSettings, ModelInfo, PictureKind, RunEvent } from '../wire.ts'

/** Which attention: of one block at one step, of one head or the mean over all. */
export interface Place {
  run: string
  step: number
  block: number
  head: number | 'mean'
}

export async function fetchModel(): Promise<ModelInfo> {
  return (await ask('/api/model')).json() as Promise<ModelInfo>
}

/** Draws, and tells of each event as it comes. @throws Error that says what to do; an AbortError when cancelled here */
export async function draw(
  settings: DrawSettings,
  signal: AbortSignal,
  tell: (event: RunEvent) => void,
): Promise<void> {
  const { body } = await ask('/api/runs', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(settings),
    signal,
  })
  const reader = body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  for (;;) {
    const { done, value } = await reader.read().catch(explain)
    if (done) break
    text += value
    const lines = text.split('\n')
    text = lines.pop()!
    for (const line of lines) tell(JSON.parse(line) as RunEvent)
  }
}

/** @returns [tokens, tokens]: rows are queries, columns are keys */
export async function fetchWeights({ run, ...where }: Place, signal: AbortSignal): Promise<Float32Array> {
  const query = new URLSearchParams(Object.entries(where).map(([name, value]) => [name, String(value)]))
  const response = await ask(`/api/runs/${run}/attention?${query.toString()}`, { signal })
  return new Float32Array(await response.arrayBuffer())
}

export function pictureUrl(run: string, step: number, kind: PictureKind): string {
  return `/api/runs/${run}/steps/${step}/${kind}.png`
}

/** The answer, unless it is a refusal. @throws Error that says what to do; an AbortError when cancelled here */
async function ask(url: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(url, init).catch(explain)
  if (response.ok) return response
  const { problem, remedy } = (await response.json()) as { problem: string; remedy: string }
  throw new Error(`${problem} ${remedy}`)
}

/** Browsers word a lost connection each in its own way. */
function explain(error: Error): never {
  if (error.name === 'AbortError') throw error
  throw new Error('The server does not answer. Start it again: npm run explore.')
}
