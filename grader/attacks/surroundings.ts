import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { homedir, hostname, platform, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { execFile } from 'node:child_process'

/** Where attacks find what they are after. All of it lies around the sandbox, as it would around a grader's. */
export interface Targets {
  port: number
  /** Its local socket, for the grader's user alone. */
  socket: string
  /** The grader's. */
  pid: number
  /** Of an honest submission that is under way. */
  neighbour: number
  secret: string
  results: string
  spec: string
  golden: string[]
  weights: string[]
  caches: string[]
  githubFiles: string[]
}

const SECRET = 'a-secret-that-nobody-may-see'

/** Plants files, a server and an environment to be stolen or spoilt, and tells whether they were. */
export class Surroundings {
  readonly targets: Targets
  readonly #servers: Server[]
  readonly #folder: string
  #asked = 0

  private constructor(folder: string, server: Server, local: Server) {
    this.#folder = folder
    this.#servers = [server, local]
    const inside = (...names: string[]) => names.map((name) => join(folder, name))
    const [secret, results, spec] = inside('secret.json', 'results.json', 'answer.spec.ts')
    const socket = platform() === 'win32' ? '\\\\.\\pipe\\attacked' : join(folder, 'socket')
    this.targets = {
      port: (server.address() as AddressInfo).port,
      pid: process.pid,
      neighbour: process.pid,
      ...{ socket, secret, results, spec },
      golden: [folder, resolve('solutions'), resolve('grader/oracles'), join(folder, 'memo')],
      weights: inside('model.safetensors'),
      caches: [...inside('cache'), resolve('node_modules/.vite/attack'), join(tmpdir(), 'attack-cache')],
      githubFiles: inside('github-env', 'github-output'),
    }
  }

  static async plant(folder: string): Promise<Surroundings> {
    const serve = () =>
      createServer((_, response) => {
        surroundings.#asked++
        response.end('42')
      })
    const [server, local] = [serve(), serve()]
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const surroundings = new Surroundings(folder, server, local)
    await new Promise<void>((done) => local.listen(surroundings.targets.socket, done))
    if (platform() !== 'win32') await chmod(surroundings.targets.socket, 0o600)
    await mkdir(join(folder, 'memo'), { recursive: true })
    for (const [path, text] of surroundings.#planted()) await writeFile(path, text)
    process.env.GRADER_SECRET = SECRET
    return surroundings
  }

  /** What of it was changed, or asked, since it was planted. */
  async damage(): Promise<string[]> {
    const damaged: string[] = []
    for (const [path, text] of this.#planted())
      if ((await readFile(path, 'utf8').catch(() => null)) !== text) damaged.push(path)
    for (const path of [...this.targets.caches, `${this.targets.results}.heapsnapshot`])
      if (await readdir(path).catch(() => null)) damaged.push(path)
    return this.#asked > 0 ? [...damaged, 'the network'] : damaged
  }

  /** What of this machine must not be told. */
  secrets(): string[] {
    const names = [hostname(), homedir()].filter((name) => name.length > 4)
    return [SECRET, tmpdir(), process.cwd(), process.execPath, ...names]
  }

  close(): void {
    delete process.env.GRADER_SECRET
    for (const server of this.#servers) {
      server.close()
      server.closeAllConnections()
    }
  }

  #planted(): [path: string, text: string][] {
    const { secret, results, spec, weights, githubFiles } = this.targets
    return [
      [secret, JSON.stringify({ default: SECRET })],
      [results, '{ "score": 1 }'],
      [spec, 'it("is 42", () => expect(answer()).toBe(42))'],
      [join(this.#folder, 'memo', 'remembered'), '42'],
      ...[...weights, ...githubFiles].map((path): [string, string] => [path, SECRET]),
    ]
  }
}

/** Command lines that hold a text, of all processes that this user sees. */
export async function processesWith(...texts: string[]): Promise<string[]> {
  if (platform() === 'win32') return []
  const all = await new Promise<string>((done) =>
    execFile('ps', ['-axww', '-o', 'args='], { maxBuffer: 2 ** 24 }, (_, stdout) => done(stdout)),
  )
  return all.split('\n').filter((line) => texts.some((text) => line.includes(text)))
}
