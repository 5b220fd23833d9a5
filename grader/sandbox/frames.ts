import type { Duplex } from 'node:stream'
import { deserialize, serialize } from 'node:v8'

/** Sends and receives values by structured clone, each behind its length in bytes. */
export interface Frames {
  send: (message: unknown) => void
}

const HEADER_BYTES = 4

/**
 * Frames a two-way stream. Not Node's own IPC: that has no limit on a message's size,
 * and lets a peer send messages that Node itself acts upon.
 * @param largest bytes a received message may have
 * @param onProtocolError called once, with no further messages after it
 */
export function frame(
  stream: Duplex,
  largest: number,
  onMessage: (message: unknown) => void,
  onProtocolError: (reason: string) => void,
): Frames {
  const chunks: Buffer[] = []
  let held = 0
  let broken = false
  const take = (bytes: number): Buffer => {
    const all = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)
    const rest = all.subarray(bytes)
    chunks.splice(0, chunks.length, rest)
    held -= bytes
    return all.subarray(0, bytes)
  }
  const breakOff = (reason: string) => {
    broken = true
    chunks.length = 0
    onProtocolError(reason)
  }
  let wanted: number | null = null
  stream.on('data', (chunk: Buffer) => {
    if (broken) return
    chunks.push(chunk)
    held += chunk.length
    while (!broken) {
      if (wanted === null) {
        if (held < HEADER_BYTES) return
        wanted = take(HEADER_BYTES).readUInt32LE()
        if (wanted > largest) return breakOff(`a message of ${wanted} bytes, more than ${largest}`)
      }
      if (held < wanted) return
      const body = take(wanted)
      wanted = null
      let message: unknown
      try {
        message = deserialize(body)
      } catch {
        return breakOff('a message that cannot be read')
      }
      onMessage(message)
    }
  })
  return {
    send(message) {
      const body = serialize(message)
      const header = Buffer.alloc(HEADER_BYTES)
      header.writeUInt32LE(body.length)
      stream.write(header)
      stream.write(body)
    },
  }
}
