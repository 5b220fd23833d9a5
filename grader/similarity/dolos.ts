import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Comparer } from './measure.ts'

/** The options of Dolos that are tried, by its own names. */
export interface DolosOptions {
  kgramLength?: number
  kgramsInWindow?: number
  maxFingerprintPercentage?: number
}

/** The part of @dodona/dolos-lib that is used; the package is optional. */
interface DolosLibrary {
  Dolos: new (options: DolosOptions & { language: string }) => {
    analyzePaths(paths: string[], ignored?: string): Promise<{ allPairs(): DolosPair[] }>
  }
}

interface DolosPair {
  similarity: number
  leftFile: { path: string }
  rightFile: { path: string }
}

/** Compares with Dolos, the stub left out; null when it is not installed. */
export async function dolosSimilarity(options: DolosOptions): Promise<Comparer | null> {
  const entry = resolve('grader/similarity/dolos/node_modules/@dodona/dolos-lib/dist/index.js')
  const library = (await import(pathToFileURL(entry).href).catch(() => null)) as DolosLibrary | null
  if (!library) return null
  return async (texts, stub) => {
    const folder = await mkdtemp(join(tmpdir(), 'dolos-'))
    try {
      const paths: string[] = []
      for (const [author, text] of texts) {
        paths.push(join(folder, `${author}.ts`))
        await writeFile(paths[paths.length - 1], text)
      }
      const ignored = join(folder, 'ignored.ts')
      await writeFile(ignored, stub)
      const dolos = new library.Dolos({ ...options, language: 'typescript' })
      const report = await dolos.analyzePaths(paths, ignored)
      const authors = [...texts.keys()]
      const authorOf = ({ path }: { path: string }) =>
        authors.findIndex((author) => path.endsWith(`/${author}.ts`))
      const similarity = new Map<string, number>()
      for (const { leftFile, rightFile, similarity: value } of report.allPairs()) {
        const [a, b] = [authorOf(leftFile), authorOf(rightFile)].sort((x, y) => x - y)
        similarity.set(`${authors[a]}|${authors[b]}`, value)
      }
      return similarity
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
}
