import { CheckpointError, UnsupportedError } from './errors.ts'

/** Reads a component's `config.json` field by field; what a network does not implement is refused by name. */
export class ConfigReader {
  readonly source: string
  /** The fields read so far, with code defaults filled in. */
  readonly read: Record<string, unknown>
  private readonly raw: Record<string, unknown>

  /** @param source the file, for messages */
  constructor(raw: Record<string, unknown>, source: string) {
    this.raw = raw
    this.source = source
    this.read = { ...raw }
  }

  /** A positive number; `fallback` is the default of diffusers' or transformers' code. */
  number(field: string, fallback?: number): number {
    const value = this.field(field, fallback)
    if (typeof value === 'number' && value > 0) return value
    return this.refuse(field, value, 'a positive number')
  }

  /** A number that may be 0 or negative. */
  anyNumber(field: string, fallback?: number): number {
    const value = this.field(field, fallback)
    return typeof value === 'number' && Number.isFinite(value) ? value : this.refuse(field, value, 'a number')
  }

  boolean(field: string, fallback?: boolean): boolean {
    const value = this.field(field, fallback)
    return typeof value === 'boolean' ? value : this.refuse(field, value, 'true or false')
  }

  numbers(field: string, fallback?: number[]): number[] {
    const value = this.field(field, fallback)
    if (Array.isArray(value) && value.every((item) => typeof item === 'number')) return value
    return this.refuse(field, value, 'a list of numbers')
  }

  strings(field: string, fallback?: string[]): string[] {
    const value = this.field(field, fallback)
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value
    return this.refuse(field, value, 'a list of names')
  }

  /** One of the values this harness implements. @throws UnsupportedError for any other. */
  choice<const T extends string | null>(field: string, supported: readonly T[], fallback?: T): T {
    const value = this.field(field, fallback)
    const found = supported.find((candidate) => candidate === value)
    if (found !== undefined) return found
    throw new UnsupportedError(
      `${this.source}: "${field}" is ${JSON.stringify(value)}.`,
      `This harness implements ${supported.map((option) => JSON.stringify(option)).join(', ')}.`,
    )
  }

  /** Demands one value, for fields that would change the computation. */
  only(field: string, supported: boolean | number | string | null, fallback = supported): void {
    const value = this.field(field, fallback)
    if (value === supported) return
    throw new UnsupportedError(
      `${this.source}: "${field}" is ${JSON.stringify(value)}.`,
      `This harness implements ${JSON.stringify(supported)} only.`,
    )
  }

  private field(field: string, fallback?: unknown): unknown {
    const value = this.raw[field] === undefined ? fallback : this.raw[field]
    if (value === undefined) {
      throw new CheckpointError(
        `${this.source} has no "${field}".`,
        'Restore the config.json of the checkpoint.',
      )
    }
    this.read[field] = value
    return value
  }

  private refuse(field: string, value: unknown, expected: string): never {
    throw new CheckpointError(
      `${this.source}: "${field}" is ${JSON.stringify(value)}.`,
      `Expected ${expected}; restore the config.json of the checkpoint.`,
    )
  }
}
