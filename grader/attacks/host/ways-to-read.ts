/** Reads a file in every way there is: other calls, other spellings of its path, Node’s own functions replaced. */
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'

const allowed = path.dirname(process.argv[2])
const require = createRequire(import.meta.url)

const spellings = (secret) => ({
  plain: secret,
  buffer: Buffer.from(secret),
  url: pathToFileURL(secret),
  climbing: `${allowed}/${path.relative(allowed, secret)}`,
  'climbing bytes': Buffer.from(`${allowed}/${path.relative(allowed, secret)}`),
  'through the root': `/proc/self/root${secret}`,
  'through itself': `/proc/self/cwd/${path.relative(allowed, secret)}`,
  'bytes that change': Object.assign(new Uint8Array(Buffer.from(secret)), { toString: () => allowed }),
})

const ways = {
  readFileSync: (place) => fs.readFileSync(place, 'utf8'),
  'readFileSync, open flags': (place) => fs.readFileSync(place, { encoding: 'utf8', flag: 'as+' }),
  readFile: (place) => fs.promises.readFile(place, 'utf8'),
  open: async (place) => (await fs.promises.open(place)).readFile('utf8'),
  openSync: (place) => fs.readFileSync(fs.openSync(place), 'utf8'),
  blob: async (place) => (await fs.openAsBlob(place)).text(),
  stream: async (place) => {
    let text = ''
    for await (const chunk of fs.createReadStream(place)) text += chunk
    return text
  },
  copy: (place) => (fs.copyFileSync(place, `${allowed}/copy`), fs.readFileSync(`${allowed}/copy`, 'utf8')),
  'recursive copy': (place) => (
    fs.cpSync(place, `${allowed}/copy`),
    fs.readFileSync(`${allowed}/copy`, 'utf8')
  ),
  link: (place) => (fs.linkSync(place, `${allowed}/copy`), fs.readFileSync(`${allowed}/copy`, 'utf8')),
  symlink: (place) => (fs.symlinkSync(place, `${allowed}/copy`), fs.readFileSync(`${allowed}/copy`, 'utf8')),
  import: async (place) => JSON.stringify(await import(String(place), { with: { type: 'json' } })),
  require: (place) => JSON.stringify(require(String(place))),
  environment: (place) => (process.loadEnvFile(place), JSON.stringify(process.env)),
  report: () => process.report.writeReport(),
}

/** What some Node has trusted in its checks of paths. */
const patches = {
  none: () => () => {},
  'path.resolve': () => {
    const { resolve } = path
    path.resolve = (...parts) => (String(parts.at(-1)).includes('secret') ? allowed : resolve(...parts))
    return () => Object.assign(path, { resolve })
  },
  'Buffer.from': () => {
    const { from } = Buffer
    const { utf8Write } = Buffer.prototype
    Buffer.from = (value, ...rest) => from(String(value).includes('secret') ? allowed : value, ...rest)
    Buffer.prototype.utf8Write = function (text, ...rest) {
      return utf8Write.call(this, text === allowed ? '/etc/passwd' : text, ...rest)
    }
    return () => {
      Buffer.from = from
      Buffer.prototype.utf8Write = utf8Write
    }
  },
}

export async function answer({ secret }) {
  const found = []
  for (const [patch, put] of Object.entries(patches)) {
    for (const [spelling, place] of Object.entries(spellings(secret))) {
      for (const [way, read] of Object.entries(ways)) {
        let undo = () => {}
        try {
          undo = put()
        } catch {} // Frozen, where Node itself looks at paths.
        try {
          const text = await read(place)
          if (String(text).includes('secret')) found.push(`${way}, ${spelling}, ${patch}`)
        } catch {
        } finally {
          undo()
        }
      }
    }
  }
  return found
}

export async function other(a, b) {
  return a + b
}
