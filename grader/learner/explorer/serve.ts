import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { loadAssets, type Asset } from './assets.ts'
import { RequestError } from './draw-settings.ts'
import type { Explorer } from './explorer.ts'
import { assertOwnPage, setHeaders } from './guard.ts'
import { jsonBody } from './json-body.ts'

export interface Served {
  url: string
  /** Ends open answers and frees the model; once, however often it is called. */
  close(): Promise<void>
}

interface Site {
  explorer: Explorer
  assets: Map<string, Asset>
}

/** Serves the explorer on 127.0.0.1. @param port 0 takes any free one @throws when the port is taken */
export async function serve(explorer: Explorer, port: number): Promise<Served> {
  const site = { explorer, assets: await loadAssets() }
  const server = createServer((request, response) => void answer(site, request, response))
  server.maxConnections = 64
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  let closing: Promise<void> | undefined
  return {
    url,
    close: () => (closing ??= close(server, explorer)),
  }
}

async function close(server: Server, explorer: Explorer): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
  await explorer.close()
}

async function answer(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  response.on('error', () => gone.abort())
  setHeaders(response)
  try {
    assertOwnPage(request, request.socket.localPort ?? 0)
    await route(site, request, response, gone.signal)
  } catch (error) {
    if (gone.signal.aborted) return
    if (response.headersSent) response.destroy()
    else refuse(response, error)
  }
}

async function route(
  { explorer, assets }: Site,
  request: IncomingMessage,
  response: ServerResponse,
  gone: AbortSignal,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1')
  if (pathname === '/api/runs') {
    allow(request, 'POST')
    const settings = explorer.settings(await jsonBody(request))
    response.writeHead(200, { 'content-type': 'application/x-ndjson; charset=utf-8' })
    await explorer.draw(settings, gone, (event) => response.write(`${JSON.stringify(event)}\n`))
    response.end()
    return
  }
  allow(request, 'GET')
  const asset = assets.get(pathname)
  if (asset) return send(response, asset.type, asset.body)
  if (pathname === '/api/model')
    return send(response, 'application/json', Buffer.from(JSON.stringify(explorer.model)))
  const picture = /^\/api\/runs\/(run-\d+)\/steps\/(\d+)\/(latents|estimate)\.png$/.exec(pathname)
  if (picture) {
    const [, run, step, kind] = picture
    const png = await explorer.picture(run, Number(step), kind as 'latents' | 'estimate', gone)
    return send(response, 'image/png', png)
  }
  const attention = /^\/api\/runs\/(run-\d+)\/attention$/.exec(pathname)
  if (attention) {
    const index = (name: string) => Number(searchParams.get(name) ?? NaN)
    const head = searchParams.get('head') === 'mean' ? 'mean' : index('head')
    const where = { step: index('step'), block: index('block'), head } as const
    const { buffer, byteOffset, byteLength } = await explorer.weights(attention[1], where, gone)
    return send(response, 'application/octet-stream', Buffer.from(buffer, byteOffset, byteLength))
  }
  throw new RequestError(404, `There is nothing at ${pathname}.`, 'Open /.')
}

function allow({ method }: IncomingMessage, allowed: 'GET' | 'POST'): void {
  if (method !== allowed) throw new RequestError(405, `${method} is not answered here.`, `Send ${allowed}.`)
}

function send(response: ServerResponse, type: string, body: Uint8Array): void {
  response.writeHead(200, { 'content-type': type, 'content-length': body.byteLength }).end(body)
}

function refuse(response: ServerResponse, error: unknown): void {
  const known = error instanceof RequestError
  if (!known) console.error(error)
  const [status, problem, remedy] = known
    ? [error.status, error.problem, error.remedy]
    : [500, 'The server failed.', 'Look at the terminal that runs it.']
  // What is left of a request that is too large is not read.
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' })
  response.end(JSON.stringify({ problem, remedy }))
}
