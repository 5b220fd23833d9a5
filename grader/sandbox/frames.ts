import type { Duplex } from 'node:stream'
import { decode, type WireLimits } from './decode.ts'
import { encode } from './encode.ts'

/** Sends and receives plain data, each value behind its length in bytes. */
export interface Frames {
  /** Settles when the other end has room for more. */
  send: (message: unknown) => Promise<void>
}

export interface FrameLimits extends WireLimits {
  /** Of one received message. */
  bytes: number
}

const HEADER_BYTES = 4

/**
 * Frames a two-way stream. Not Node's own IPC: that has no limit on a message's size,
 * and lets a peer send messages that Node itself acts upon.
 * @param onProtocolError called once, with no further messages after it
 */
export function frame(
  stream: Duplex,
  limits: FrameLimits,
  onMessage: (message: unknown, bytes: number) => void,
  onProtocolError: (reason: string) => void,
): Frames {
  let broken = false
  const breakOff = (reason: string) => {
    broken = true
    onProtocolError(reason)
  }
  const deliver = (body: Buffer) => {
    let message: unknown
    try {
      message = decode(body, limits)
    } catch {
      return breakOff('a message that cannot be read')
    }
    onMessage(message, body.length)
  }
  // One buffer that is filled, not a list of chunks: a peer may write byte by byte.
  const header = Buffer.alloc(HEADER_BYTES)
  let filling = header
  let filled = 0
  stream.on('data', (chunk: Buffer) => {
    for (let at = 0; at < chunk.length && !broken;) {
      const copied = chunk.copy(filling, filled, at)
      at += copied
      filled += copied
      if (filled < filling.length) return
      const whole = filling
      filled = 0
      filling = header
      if (whole !== header) deliver(whole)
      else {
        const length = header.readUInt32LE()
        if (length === 0 || length > limits.bytes)
          return breakOff(`a message of ${length} bytes, expected 1 to ${limits.bytes}`)
        filling = Buffer.allocUnsafe(length)
      }
    }
  })
  return {
    send(message) {
      const body = encode(message)
      const length = Buffer.alloc(HEADER_BYTES)
      length.writeUInt32LE(body.length)
      stream.write(length)
      return new Promise((done) => stream.write(body, () => done()))
    },
  }
}
