import { createHash, type Hash } from 'node:crypto'

/**
 * A hash of plain data. Equal data has equal hashes, whatever the order of its keys, and whether a key is undefined
 * or absent. (Two serialisations by V8 may differ: it writes 256 in one way or another, as it happens to hold it.)
 * @throws TypeError for anything but plain data
 */
export function contentHash(value: unknown): string {
  const hash = createHash('sha256')
  add(hash, value)
  return hash.digest('hex')
}

/** Every part says what it is and how long, so that no two values are written alike. */
function add(hash: Hash, value: unknown): void {
  switch (typeof value) {
    case 'string':
      return void hash.update(`string ${Buffer.byteLength(value)}:`).update(value)
    case 'number':
      return void hash.update(`number ${Object.is(value, -0) ? '-0' : value};`)
    case 'bigint':
    case 'boolean':
    case 'undefined':
      return void hash.update(`${typeof value} ${value};`)
    case 'object':
      return addObject(hash, value)
    default:
      throw new TypeError(`A ${typeof value} is no plain data.`)
  }
}

function addObject(hash: Hash, value: object | null): void {
  if (value === null) return void hash.update('null;')
  if (ArrayBuffer.isView(value)) {
    const kind = Object.prototype.toString.call(value)
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    return void hash.update(`${kind} ${value.byteLength}:`).update(bytes)
  }
  if (Array.isArray(value)) {
    hash.update(`array ${value.length}:`)
    for (const item of value) add(hash, item)
    return
  }
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null)
    throw new TypeError(`A ${value.constructor.name} is no plain data.`)
  const entries = Object.entries(value).filter(([, one]) => one !== undefined)
  hash.update(`object ${entries.length}:`)
  for (const [key, one] of entries.sort(([a], [b]) => (a < b ? -1 : 1))) {
    add(hash, key)
    add(hash, one)
  }
}
