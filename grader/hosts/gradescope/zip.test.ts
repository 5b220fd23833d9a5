import { spawnSync } from 'node:child_process'
import { chmod, copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { unzipSync } from 'fflate'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { gradescopeZip } from './zip.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gradescope-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('gradescopeZip', () => {
  /** A kit in small: every part with one file, and files that have no business in the zip. */
  async function kit(): Promise<void> {
    const files = [
      ...['exercises/01-a/a.ts', 'solutions/01-a/a.ts', 'harness/index.ts', 'harness/index.test.ts'],
      ...[
        'grader/cli.ts',
        'grader/attacks/loop.ts',
        'grader/writers/golden/csv.csv',
        'grader/writers/csv.ts',
      ],
      ...['models/sd3-nano/model_index.json', 'models/ddpm-twin/model_index.json'],
      ...['models/sd3-medium/model_index.json', 'models/README.md'],
      ...['package.json', 'package-lock.json', '.npmrc', 'tsconfig.json', 'vitest.config.ts', 'LICENSE'],
      ...[
        'node_modules/x/index.js',
        'grader/hosts/gradescope/setup.sh',
        'grader/hosts/gradescope/run_autograder',
      ],
    ]
    for (const file of files) {
      await mkdir(join(folder, file, '..'), { recursive: true })
      await writeFile(join(folder, file), `text of ${file}`)
    }
  }

  it('has the two scripts at its root and the kit beside them', async () => {
    await kit()
    const names = Object.keys(unzipSync(await gradescopeZip(folder)))
    expect(names.slice(0, 2)).toEqual(['setup.sh', 'run_autograder'])
    expect(names.slice(2).map((name) => name.replace(/^kit\//, ''))).toEqual([
      ...['exercises/01-a/a.ts', 'solutions/01-a/a.ts', 'harness/index.ts', 'grader/cli.ts'],
      ...['grader/writers/csv.ts', 'models/sd3-nano/model_index.json', 'models/ddpm-twin/model_index.json'],
      'models/sd3-medium/model_index.json',
      ...['package.json', 'package-lock.json', '.npmrc', 'tsconfig.json', 'vitest.config.ts', 'LICENSE'],
    ])
  })

  it('is the same twice', async () => {
    await kit()
    const [once, again] = [await gradescopeZip(folder), await gradescopeZip(folder)]
    expect(Buffer.from(once).equals(Buffer.from(again))).toBe(true)
  })
})

describe('run_autograder', () => {
  /** Gradescope's layout, with a grader in place of the kit's that does as it is told. */
  async function run(grader: string) {
    const kit = join(folder, 'source/kit')
    for (const path of ['source/kit/node_modules/tsx/dist', 'submission', 'results'])
      await mkdir(join(folder, path), { recursive: true })
    await writeFile(join(kit, 'node_modules/tsx/dist/cli.mjs'), grader)
    await writeFile(join(folder, 'results/results.json'), 'left by an earlier run')
    await copyFile('grader/hosts/gradescope/run_autograder', join(folder, 'run_autograder'))
    await chmod(join(folder, 'run_autograder'), 0o755)
    const env = { PATH: process.env.PATH, AUTOGRADER_ROOT: folder, SECRET: 'token' }
    const { status } = spawnSync('bash', [join(folder, 'run_autograder')], { env, encoding: 'utf8' })
    return { status, results: await readdir(join(folder, 'results')) }
  }

  const write = `import { writeFileSync } from 'node:fs'
    const [, file] = process.argv.at(-1).split('=')
    writeFileSync(file, JSON.stringify(process.env.SECRET ?? 'no secret'))\n`

  it('is content with missing points, and hands the grader no secret', async () => {
    expect(await run(`${write} process.exit(1)`)).toEqual({ status: 0, results: ['results.json'] })
  })

  it("leaves no results when the grader itself failed, not even an earlier run's", async () => {
    expect(await run(`${write} process.exit(2)`)).toEqual({ status: 2, results: [] })
    expect(await run('process.kill(process.pid, "SIGKILL")')).toEqual({ status: 137, results: [] })
  })
})
