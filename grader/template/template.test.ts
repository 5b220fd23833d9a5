import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { build, type BuildFailure } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exercises, modulePath, taskCount } from '#grader/manifest/index.ts'
import { nodesOf, parseMarkdown } from '#grader/text/markdown.ts'
import { checkUntouched } from './untouched.ts'
import { writeTemplate } from './write-template.ts'

const tsx = resolve('node_modules/tsx/dist/cli.mjs')
let folder: string
let repository: string
let paths: string[]

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'template-')))
  repository = join(folder, 'student')
  await writeTemplate(process.cwd(), repository, 'school/kit@v1.2')
  const found = await readdir(repository, { recursive: true, encoding: 'utf8' })
  paths = found.map((path) => path.replaceAll('\\', '/'))
  await symlink(resolve('node_modules'), join(repository, 'node_modules'), 'junction')
})
afterAll(() => rm(folder, { recursive: true }))

function run(...args: string[]): Promise<{ code: number; output: string }> {
  const { PATH = '' } = process.env
  return new Promise((done) => {
    execFile(process.execPath, args, { cwd: repository, env: { PATH } }, (error, stdout, stderr) =>
      done({ code: typeof error?.code === 'number' ? error.code : 0, output: stdout + stderr }),
    )
  })
}

describe('what students start from', () => {
  it('holds no solution: not those of the kit, nor those that its own tests are made of', () => {
    const sources = ['solutions', 'attacks', 'similarity', 'mutation', 'verify', 'hosts'].join('|')
    expect(paths.filter((path) => new RegExp(`(^|/)(${sources})(/|$)`).test(path))).toEqual([])
    expect(paths.filter((path) => /^grader\/mutants\/\d|^grader\/.*\.test\.ts/.test(path))).toEqual([])
    for (const exercise of exercises) expect(paths).toContain(`exercises/${modulePath(exercise)}`)
  })

  it('has only commands whose files are there, among them the loop', async () => {
    const { scripts } = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>
    }
    expect(Object.keys(scripts)).toEqual(
      expect.arrayContaining(['test', 'watch', 'hint', 'predict', 'report', 'explore', 'grade']),
    )
    expect(scripts).not.toHaveProperty('test:solutions')
    for (const word of Object.values(scripts).join(' ').split(' '))
      if (/\.(ts|sh)$/.test(word)) expect(paths).toContain(word)
  })

  it('is graded by the kit that was named', async () => {
    const text = await readFile(join(repository, '.github/workflows/classroom.yml'), 'utf8')
    expect(text).toMatch(/uses: school\/kit\/\.github\/workflows\/grade\.yml@v1\.2$/m)
    expect(text).toMatch(/kit: school\/kit\n +ref: 'v1\.2'$/m)
    expect(text).not.toContain('YOUR-ORG')
  })

  it('has no document with a link to what is not there', async () => {
    const broken: string[] = []
    for (const path of paths.filter((one) => one.endsWith('.md') && !one.includes('node_modules'))) {
      const document = parseMarkdown(await readFile(join(repository, path), 'utf8'))
      for (const node of nodesOf(document)) {
        if ((node.type !== 'link' && node.type !== 'image') || /^(https:|#)/.test(node.url)) continue
        const [file] = node.url.split('#')
        const target = join(dirname(path), decodeURI(file)).replaceAll('\\', '/').replace(/\/$/, '')
        if (!paths.includes(target)) broken.push(`${path}: ${node.url}`)
      }
    }
    expect(broken).toEqual([])
  })

  it('imports nothing that was left out', async () => {
    const { errors } = await build({
      absWorkingDir: repository,
      entryPoints: paths.filter((path) => /^(grader|harness|exercises)\/.*\.tsx?$/.test(path)),
      bundle: true,
      write: false,
      outdir: 'out',
      platform: 'node',
      format: 'esm',
      packages: 'external',
      external: ['#exercises/*'],
      logLevel: 'silent',
    }).catch((error: BuildFailure) => error)
    expect(errors.map(({ text, location }) => `${location?.file}: ${text}`)).toEqual([])
  })

  it('is all to do, and says where to begin', async () => {
    const { code, output } = await run(tsx, 'grader/learner/progress/cli.ts')
    expect(code).toBe(1)
    expect(output.match(/· to do/g)).toHaveLength(taskCount())
    expect(output).toContain(`exercises/${modulePath(exercises[0])}:`)
  })

  it('can score itself, with a solution too', async () => {
    const [exercise] = exercises
    const work = join(folder, 'work')
    await cp(join('solutions', exercise.id), join(work, 'exercises', exercise.id), { recursive: true })
    const out = join(folder, 'out')
    const { output } = await run(tsx, 'grader/cli.ts', '--submission', work, '--out', out, '--format', 'json')
    const { exercises: graded } = JSON.parse(output.slice(output.indexOf('{'))) as {
      exercises: { score: number; maxScore: number }[]
    }
    expect(graded.map(({ score, maxScore }) => score / maxScore)).toEqual([1, 0, 0, 0])
  })
})

describe('a template is not made', () => {
  it('into a folder that holds something', async () => {
    await expect(writeTemplate(process.cwd(), repository)).rejects.toThrow(/holds .* already\.\nName a new/)
  })

  it('of exercises that somebody has worked on', async () => {
    const kit = join(folder, 'kit')
    await cp('exercises', join(kit, 'exercises'), { recursive: true })
    await expect(checkUntouched(kit)).resolves.toBeUndefined()
    const brief = join(kit, 'exercises', exercises[2].id, 'README.md')
    const text = await readFile(brief, 'utf8')
    await writeFile(brief, text.replace('Your answer:', 'Your answer: 50'))
    await expect(checkUntouched(kit)).rejects.toThrow(/README\.md already answers its questions\.\nMake/)
    await cp('solutions', join(kit, 'exercises'), { recursive: true })
    await expect(checkUntouched(kit)).rejects.toThrow(/pipeline-inspection\.ts is no stub any more/)
  })
})
