import { readFile } from 'node:fs/promises'
import type { Root } from 'mdast'
import { describe, expect, it } from 'vitest'
import { documents, kitFiles, NOT_OURS } from './kit-files.ts'
import { anchorsOf, codeOf, linksOf, relativeTo, scriptsIn } from './links.ts'
import { parseMarkdown } from './markdown.ts'

/** Where links may lead outside the kit. A new host is a decision: add it here. */
const HOSTS = ['arxiv.org', 'huggingface.co']

const files = new Set(await kitFiles())
const paths = await documents()
const scripts = (JSON.parse(await readFile('package.json', 'utf8')) as { scripts: object }).scripts
const parsed = new Map<string, Promise<Root>>()
const read = (path: string) => {
  const document = parsed.get(path) ?? readFile(path, 'utf8').then(parseMarkdown)
  parsed.set(path, document)
  return document
}

it('all documents are read', () => {
  expect(paths).toContain('README.md')
  expect(paths.length).toBeGreaterThan(15)
})

describe.each(paths)('%s', (path) => {
  it('links to what is there, as it is spelt', async () => {
    const broken: string[] = []
    for (const link of linksOf(await read(path))) {
      if (/^\w+:/.test(link)) continue
      const [file, anchor] = link.split('#')
      const target = file === '' ? path : relativeTo(path, file)
      if (!files.has(target)) broken.push(`${link}: there is no ${target}`)
      else if (anchor !== undefined && !(target.endsWith('.md') && anchorsOf(await read(target)).has(anchor)))
        broken.push(`${link}: ${target} has no heading for it`)
    }
    expect(broken).toEqual([])
  })

  it('links outside by https, to known hosts', async () => {
    const outside = linksOf(await read(path)).filter((link) => /^\w+:/.test(link))
    const strange = outside.filter((link) => {
      const { protocol, hostname, port } = new URL(link)
      return protocol !== 'https:' || port !== '' || !HOSTS.includes(hostname)
    })
    expect(strange).toEqual([])
  })

  it('runs scripts that there are', async () => {
    const run = codeOf(await read(path)).flatMap(scriptsIn)
    expect(run.filter((script) => !(script in scripts))).toEqual([])
  })

  it('names files that there are', async () => {
    const names = codeOf(await read(path)).filter((code) => /^[\w.@-]+(\/[\w.@-]+)*\/?$/.test(code))
    expect(names.filter((name) => isMissing(path, name))).toEqual([])
  })
})

/** A path whose first folder is the kit's, or a source file that lies nowhere. */
function isMissing(document: string, name: string): boolean {
  const bare = name.replace(/\/$/, '')
  if (files.has(bare) || files.has(relativeTo(document, bare))) return false
  const [first, ...rest] = bare.split('/')
  if (NOT_OURS.includes(rest[0])) return false
  if (rest.length > 0) return files.has(first) || files.has(relativeTo(document, first))
  return /^[^.].*\.(ts|tsx|py|sh|yml|md)$/.test(bare) && ![...files].some((file) => file.endsWith(`/${bare}`))
}
