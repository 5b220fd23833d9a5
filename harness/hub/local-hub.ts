import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What goes wrong with one request for a file's content. */
export interface Fault {
  /** The connection is cut after so many bytes of the answer's body. */
  cutAfter?: number
  /** Nothing more arrives after so many bytes, and the connection stays open. */
  stallAfter?: number
  /** One bit of the answer's last byte is wrong. */
  flip?: boolean
  /** The file is sent from its start, whatever was asked for. */
  ignoreRange?: boolean
  /** The range that is sent starts so many bytes too late. */
  shiftRange?: number
  /** Sent instead of the file. */
  status?: number
  headers?: Record<string, string>
}

export interface LocalHubOptions {
  repository: string
  files: Record<string, Uint8Array | string>
  /** Tokens whose account may read the files; undefined when the repository is open to all. */
  allowed?: string[]
  /** What refusals say in `X-Error-Message`. */
  message?: string
  card?: object
}

/** A server for tests that speaks the hub's protocol on this machine, and a second one that large files lie on. */
export interface LocalHub {
  endpoint: string
  commit: string
  /** Every request: `METHOD url range`, those to the store of large files with `store ` before them. */
  requests: string[]
  /** The authorization headers that came to the store of large files. */
  leaked: string[]
  /** Faults by path, one for each request, used up in their order; API requests go by `api`. */
  faults: Record<string, Fault[]>
  close(): Promise<void>
}

export const LARGE = /\.safetensors$|\/tokenizer\.json$/

export async function startLocalHub(options: LocalHubOptions): Promise<LocalHub> {
  const { repository, allowed, card = {}, message = '' } = options
  const files = new Map(Object.entries(options.files).map(([path, data]) => [path, Buffer.from(data)]))
  const commit = createHash('sha1').update(repository).digest('hex')
  const requests: string[] = []
  const leaked: string[] = []
  const faults: Record<string, Fault[]> = {}
  const bySha = new Map([...files].map(([path, data]) => [sha256(data), path]))

  const store = await listen((request, response) => {
    requests.push(`store ${line(request)}`)
    if (request.headers.authorization) leaked.push(request.headers.authorization)
    const path = bySha.get(request.url!.slice(1))
    if (path === undefined) return end(response, 404)
    send(request, response, files.get(path)!, faults[path]?.shift())
  })

  const hub = await listen((request, response) => {
    requests.push(line(request))
    const url = new URL(request.url!, endpoint)
    const path = decodeURIComponent(url.pathname)
    const api = `/api/models/${repository}`
    const fault = path.startsWith('/api/models/') ? faults.api?.shift() : undefined
    if (fault?.status) return end(response, fault.status, fault.headers)
    if (path === `${api}/revision/main` || path === `${api}/revision/${commit}`) {
      const gated = allowed ? 'auto' : false
      return json(response, { _id: '1', id: repository, sha: commit, gated, private: false, cardData: card })
    }
    if (path.startsWith(`${api}/revision/`)) return refuse(response, 404, 'RevisionNotFound', '')
    if (path === `${api}/tree/${commit}`) return tree(url, response)
    const resolved = `/${repository}/resolve/${commit}/`
    const cached = `/api/resolve-cache/models/${repository}/${commit}/`
    const prefix = [resolved, cached].find((start) => path.startsWith(start))
    if (prefix === undefined) return refuse(response, 404, 'RepoNotFound', 'Repository not found')
    const token = request.headers.authorization?.replace('Bearer ', '')
    if (allowed && !allowed.includes(token ?? '')) {
      return refuse(response, token === undefined ? 401 : 403, 'GatedRepo', message)
    }
    const name = path.slice(prefix.length)
    const data = files.get(name)
    if (!data) return refuse(response, 404, 'EntryNotFound', 'Entry not found')
    if (LARGE.test(name)) {
      const oid = sha256(data)
      const linked = { 'x-linked-etag': `"${oid}"`, 'x-linked-size': String(data.length) }
      return end(response, 302, { location: `${origin(store)}/${oid}`, 'x-repo-commit': commit, ...linked })
    }
    if (prefix === resolved) return end(response, 307, { location: encodeURI(cached + name) })
    send(request, response, data, faults[name]?.shift())
  })
  const endpoint = origin(hub)

  /** Two pages, linked as the hub does. */
  function tree(url: URL, response: ServerResponse): void {
    const entries = [...files].map(([path, data]) => ({
      type: 'file',
      path,
      oid: gitBlob(data),
      size: data.length,
      ...(LARGE.test(path) && { lfs: { oid: sha256(data), size: data.length, pointerSize: 134 } }),
    }))
    const middle = entries.length >> 1
    if (url.searchParams.has('cursor')) return json(response, entries.slice(middle))
    url.searchParams.set('cursor', 'next')
    json(response, entries.slice(0, middle), { link: `<${url.href}>; rel="next"` })
  }

  const close = async () => {
    await Promise.all([hub, store].map(stop))
  }
  return { endpoint, commit, requests, leaked, faults, close }
}

function send(request: IncomingMessage, response: ServerResponse, data: Buffer, fault: Fault = {}): void {
  if (fault.status) return end(response, fault.status, fault.headers)
  const asked = fault.ignoreRange ? null : /^bytes=(\d+)-$/.exec(request.headers.range ?? '')
  const start = asked ? Number(asked[1]) + (fault.shiftRange ?? 0) : 0
  const body = Buffer.from(data.subarray(start))
  if (fault.flip) body[body.length - 1] ^= 1
  const range = { 'content-range': `bytes ${start}-${data.length - 1}/${data.length}` }
  response.writeHead(asked ? 206 : 200, { 'content-length': body.length, ...(asked && range) })
  const { cutAfter, stallAfter } = fault
  if (cutAfter !== undefined) response.write(body.subarray(0, cutAfter), () => response.destroy())
  else if (stallAfter !== undefined) response.write(body.subarray(0, stallAfter))
  else response.end(body)
}

const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest('hex')
const gitBlob = (data: Uint8Array) =>
  createHash('sha1').update(`blob ${data.length}\0`).update(data).digest('hex')
const origin = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
const line = ({ method, url, headers }: IncomingMessage) => `${method} ${url} ${headers.range ?? ''}`.trim()

function end(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  response.writeHead(status, headers).end()
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  end(response, status, { 'x-error-code': code, 'x-error-message': message })
}

function json(response: ServerResponse, value: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value))
}

async function listen(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<Server> {
  const server = createServer(handle)
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return server
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections()
  await new Promise((done) => server.close(done))
}
