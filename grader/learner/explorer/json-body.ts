import type { IncomingMessage } from 'node:http'
import { RequestError } from './draw-settings.ts'

/** A prompt of 1000 characters, escaped at worst, and a few numbers. */
const LARGEST = 8192 // bytes

/** Reads a request's JSON. @throws RequestError when it is another type, too large, or no JSON */
export async function jsonBody(request: IncomingMessage): Promise<unknown> {
  const type = request.headers['content-type'] ?? 'nothing'
  if (type.split(';')[0].trim() !== 'application/json')
    throw new RequestError(415, `The body is ${type}.`, 'Send application/json.')
  const chunks: Buffer[] = []
  let size = 0
  // Not destroyed when it is too large: the answer goes over the same socket.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > LARGEST)
      throw new RequestError(413, `The body has more than ${LARGEST} bytes.`, 'Send a shorter one.')
    chunks.push(chunk)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch {
    throw new RequestError(400, 'The body is no JSON.', 'Send a JSON object.')
  }
}
