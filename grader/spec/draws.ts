import { createCipheriv, createHash, randomBytes } from 'node:crypto'
import { inject } from 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    /** What a run's fresh instances follow from; absent when every run shall differ. */
    seed: string | undefined
  }
}

const CHUNK = Buffer.alloc(4096)
const BYTES = 6

let cipher = streamOf(randomBytes(32))
let chunk = Buffer.alloc(0)
let used = 0

/**
 * Starts a new sequence of draws. The same seed and label give the same draws, whatever was drawn before: so all
 * submissions of a class are asked the same, and a grade can be repeated. Nobody can work out other draws from those
 * that a submission gets to see: they are a cipher's key stream.
 * @param label what is about to draw, such as a spec's title
 */
export function beginDraws(...label: string[]): void {
  const seed = inject('seed')
  const text = JSON.stringify([seed, ...label])
  cipher = streamOf(seed === undefined ? randomBytes(32) : createHash('sha256').update(text).digest())
  used = chunk.length
}

/** A number from 0 up to, but not including, 1: what Math.random gives, from the sequence that was begun last. */
export function draw(): number {
  if (used + BYTES > chunk.length) {
    chunk = cipher.update(CHUNK)
    used = 0
  }
  const number = chunk.readUIntBE(used, BYTES) / 2 ** (8 * BYTES)
  used += BYTES
  return number
}

function streamOf(key: Buffer) {
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16))
}
