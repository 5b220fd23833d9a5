import { mkdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { runInNewContext } from 'node:vm'
import { findSubmissions } from '#grader/class/find-submissions.ts'
import { receive } from '#grader/class/receive.ts'
import { exercises, modulePath, type Exercise } from '#grader/manifest/index.ts'
import { readExerciseSource } from '#grader/sandbox/read-source.ts'
import { readDocument, type Document } from './corpus.ts'
import { fixtureTexts } from './fixtures.ts'

/** TypeScript's parser takes exponential time for a few nested `async (a = async (…` of a submission. */
const LONGEST_MS = 10_000

/** What a class handed in for one exercise. */
export interface Collected {
  exercise: Exercise
  documents: Document[]
  /** The reference, and what the kit has of independent solutions: nobody's work, only to compare with. */
  background: Document[]
  stub: Document
}

/** A submission, or a file of one, that is not compared. */
export interface Unread {
  author: string
  reason: string
}

/**
 * Reads a class as the grader does: the same files of the same folders and zips, links and large files refused.
 * One submission's fault is noted and never stops the others.
 * @param scratch an empty folder, for what is unpacked
 */
export async function collect(
  folder: string,
  scratch: string,
): Promise<{ collected: Collected[]; unread: Unread[]; authors: number }> {
  const found = await findSubmissions(resolve(folder))
  const unread: Unread[] = []
  const collected = await Promise.all(exercises.map(emptyCollection))
  for (const [i, submission] of found.entries()) {
    const { name: author } = submission
    const own = join(scratch, String(i))
    await mkdir(own, { recursive: true })
    try {
      const { folder: place } = await receive(submission, own)
      for (const one of collected) {
        const document = await readOne(author, place, one.exercise).catch((error: unknown) => {
          unread.push({ author, reason: `${one.exercise.id}: ${messageOf(error)}` })
          return null
        })
        if (document) one.documents.push(document)
      }
    } catch (error) {
      unread.push({ author, reason: messageOf(error) })
    }
  }
  return { collected, unread, authors: found.length }
}

async function readOne(author: string, folder: string, exercise: Exercise): Promise<Document | null> {
  const source = await readExerciseSource(folder, exercise)
  return source && withinTime(() => readDocument(author, source.text, functionsOf(exercise)))
}

async function emptyCollection(exercise: Exercise): Promise<Collected> {
  const functions = functionsOf(exercise)
  const background = [...(await fixtureTexts(exercise))].map(([name, text]) =>
    readDocument(name, text, functions),
  )
  const stub = await readFile(join('exercises', modulePath(exercise)), 'utf8')
  return { exercise, documents: [], background, stub: readDocument('stub', stub, functions) }
}

function functionsOf({ tasks }: Exercise): string[] {
  return tasks.map((task) => task.export)
}

/** Runs synchronous work, and ends it where it stands when it takes too long. */
function withinTime<T>(work: () => T): T {
  return runInNewContext('work()', { work }, { timeout: LONGEST_MS }) as T
}

function messageOf(error: unknown): string {
  return String((error as Error | undefined)?.message ?? error).split('\n')[0]
}
