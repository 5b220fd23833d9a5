import type { IncomingMessage, ServerResponse } from 'node:http'
import { RequestError } from './draw-settings.ts'

/** Nothing but what this server sends is loaded, run, framed or asked. */
const HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
}

/** Sets what every answer carries. */
export function setHeaders(response: ServerResponse): void {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value)
}

/**
 * Lets only this server's own page through. Another site may make a browser send requests to 127.0.0.1, under a name
 * of its own that it points there (DNS rebinding) or from its own pages: the Host and the Origin give it away.
 * @throws RequestError
 */
export function assertOwnPage({ method, headers }: IncomingMessage, port: number): void {
  const hosts = ['127.0.0.1', 'localhost'].map((name) => `${name}:${port}`)
  if (!hosts.includes(headers.host ?? ''))
    throw new RequestError(403, 'The Host is not this server.', `Open http://127.0.0.1:${port}/.`)
  const { origin } = headers
  if (origin === undefined ? method === 'GET' : origin === `http://${headers.host}`) return
  throw new RequestError(403, 'The Origin is not this page.', `Open http://127.0.0.1:${port}/.`)
}
