import { ArgumentError } from './errors.ts'
import { sizeOf, tensor, type Tensor } from './tensor.ts'

const WORDS = 624
const PERIOD = 397
const UPPER_BIT = 0x80000000
const LOWER_BITS = 0x7fffffff
const TWIST = 0x9908b0df

/** torch's vectorised CPU kernel makes normals in blocks of this many, and only from this size on. */
const BLOCK = 16

/** Makes the generator `torch.Generator('cpu').manual_seed(seed)` would be. @throws ArgumentError as {@link Generator}. */
export function manualSeed(seed: number | bigint): Generator {
  return new Generator(seed)
}

/**
 * Draws the numbers `torch.Generator('cpu')` draws, so that a picture can be held against diffusers' own.
 * Source: ATen's mt19937 (`MT19937RNGEngine.h`), `DistributionTemplates.h` and `DistributionsHelper.h`.
 */
export class Generator {
  readonly #state = new Uint32Array(WORDS)
  #position = WORDS
  /** Box-Muller makes normals in pairs; torch keeps the second for the next small draw. */
  #spare: number | null = null

  /** @throws ArgumentError unless `seed` is a whole number from 0 to 2^64 − 1 (as a `number`, to 2^53 − 1). */
  constructor(seed: number | bigint) {
    const valid =
      typeof seed === 'bigint' ? seed >= 0n && seed < 2n ** 64n : Number.isSafeInteger(seed) && seed >= 0
    if (!valid) {
      throw new ArgumentError(
        `The seed is ${seed}.`,
        'Pass a whole number from 0 to 9007199254740991, or a bigint below 2n ** 64n.',
      )
    }
    // mt19937 starts from 32 bits: torch drops the upper half of the seed too.
    this.#state[0] = Number(BigInt(seed) & 0xffffffffn)
    for (let i = 1; i < WORDS; i++) {
      const previous = this.#state[i - 1] ^ (this.#state[i - 1] >>> 30)
      this.#state[i] = Math.imul(1812433253, previous) + i
    }
  }

  /**
   * Draws standard normal float32 values as `torch.randn(dims, generator=…)` does; the state moves on as torch's does.
   * Agrees with torch within 1e-6: its vectorised sine and logarithm differ from these in the last bit.
   */
  randn(dims: readonly number[]): Tensor {
    const values = new Float32Array(sizeOf(dims))
    if (values.length >= BLOCK) this.#fillNormals(values)
    else for (let i = 0; i < values.length; i++) values[i] = this.#normal()
    return tensor(dims, values)
  }

  /** ATen's `normal_fill`: float32 Box-Muller, cosines in a block's first half and sines in its second. */
  #fillNormals(values: Float32Array): void {
    for (let i = 0; i < values.length; i++) values[i] = this.#uniform24()
    for (let i = 0; i + BLOCK <= values.length; i += BLOCK) boxMuller(values.subarray(i, i + BLOCK))
    if (values.length % BLOCK === 0) return
    // torch draws the whole last block afresh, so that it overwrites normals which were already finished.
    const last = values.subarray(values.length - BLOCK)
    for (let i = 0; i < BLOCK; i++) last[i] = this.#uniform24()
    boxMuller(last)
  }

  /** ATen's `normal_distribution<double>`, for tensors too small for the vectorised kernel. */
  #normal(): number {
    if (this.#spare !== null) {
      const spare = this.#spare
      this.#spare = null
      return spare
    }
    const theta = 2 * Math.PI * this.#uniform53()
    const radius = Math.sqrt(-2 * Math.log1p(-this.#uniform53()))
    this.#spare = radius * Math.sin(theta)
    return radius * Math.cos(theta)
  }

  #uniform24(): number {
    return (this.#next() & 0xffffff) / 2 ** 24
  }

  #uniform53(): number {
    const high = this.#next() & 0x1fffff
    return (high * 2 ** 32 + this.#next()) / 2 ** 53
  }

  /** The next 32 bits of mt19937. */
  #next(): number {
    if (this.#position === WORDS) this.#twist()
    let y = this.#state[this.#position++]
    y ^= y >>> 11
    y ^= (y << 7) & 0x9d2c5680
    y ^= (y << 15) & 0xefc60000
    return (y ^ (y >>> 18)) >>> 0
  }

  #twist(): void {
    const state = this.#state
    for (let i = 0; i < WORDS; i++) {
      const y = (state[i] & UPPER_BIT) | (state[(i + 1) % WORDS] & LOWER_BITS)
      state[i] = state[(i + PERIOD) % WORDS] ^ (y >>> 1) ^ (y & 1 ? TWIST : 0)
    }
    this.#position = 0
  }
}

/** Turns a block of 16 uniforms into normals in place, rounding where torch's float32 kernel rounds. */
function boxMuller(block: Float32Array): void {
  for (let i = 0; i < BLOCK / 2; i++) {
    const radius = Math.fround(Math.sqrt(-2 * Math.log(1 - block[i]))) // 1 − u lies in (0, 1], safe for log
    const theta = Math.fround(Math.fround(2 * Math.PI) * block[i + BLOCK / 2])
    block[i] = radius * Math.cos(theta)
    block[i + BLOCK / 2] = radius * Math.sin(theta)
  }
}
