import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { exercises } from '#grader/manifest/index.ts'
import type { Graded } from '#grader/grade.ts'
import type { ReportHeader } from '#grader/result.ts'
import { writers } from './index.ts'
import type { WriterContext } from './writer.ts'

/** A file to write: `{name}` in it stands for each submission, `{exercise}` for each exercise. */
export interface Output {
  format: string
  file: string
}

/** An output that cannot be written, found before anything is graded. */
export class OutputError extends Error {
  override name = 'OutputError'
}

/**
 * Reads `--write FORMAT=FILE`.
 * @param submissions how many will be graded
 * @throws OutputError when the format is unknown, holds one submission where there are several, or lacks its environment
 */
export function parseOutput(text: string, submissions: number, env = process.env): Output {
  const [format] = text.split('=', 1)
  const file = text.slice(format.length + 1)
  if (file === '') throw new OutputError(`--write ${text} names no file: use FORMAT=FILE.`)
  checkFormat(format, submissions, file, env)
  return { format, file }
}

/** The same check for what is printed instead of written, where there is no file to name submissions in. */
export function checkFormat(format: string, submissions: number, file = '', env = process.env): void {
  if (!Object.hasOwn(writers, format)) {
    throw new OutputError(
      `There is no format "${format}". Formats: text, ${Object.keys(writers).join(', ')}.`,
    )
  }
  const { holds, requires = [] } = writers[format]
  if (holds === 'one' && submissions > 1 && !file.includes('{name}')) {
    throw new OutputError(`${format} holds one submission: put {name} into the file's name.`)
  }
  const missing = requires.filter((name) => !env[name])
  if (missing.length > 0) throw new OutputError(`${format} needs ${missing.join(', ')} in the environment.`)
}

/** Writes one output, as many files as its placeholders ask for. @returns their paths */
export async function writeOutput(
  { format, file }: Output,
  header: ReportHeader,
  graded: readonly Graded[],
): Promise<string[]> {
  const bySubmission = file.includes('{name}') ? graded.map((one) => [one]) : [graded]
  const paths: string[] = []
  for (const list of bySubmission) {
    const named = file.replaceAll('{name}', () => list[0]?.name ?? '') // `$&` is a name too.
    const ids = file.includes('{exercise}') ? exercises.map(({ id }) => id) : [null]
    for (const id of ids) {
      const path = resolve(id === null ? named : named.replaceAll('{exercise}', id))
      const part = id === null ? list : list.map((one) => onlyExercise(one, id))
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, await render(format, header, part, dirname(path)))
      paths.push(path)
    }
  }
  return paths
}

/** One format's text. @param folder where it will lie, for links to pictures */
export async function render(
  format: string,
  header: ReportHeader,
  graded: readonly Graded[],
  folder: string,
): Promise<string> {
  const writer = writers[format]
  const context: WriterContext = { header, folder, env: process.env, now: new Date() }
  return writer.holds === 'one' ? writer.write(graded[0], context) : writer.write(graded, context)
}

/** The part of a grade that concerns one exercise. */
function onlyExercise(graded: Graded, id: string): Graded {
  const exercises = graded.result.exercises.filter((exercise) => exercise.id === id)
  const sum = (key: 'score' | 'maxScore') => exercises.reduce((total, exercise) => total + exercise[key], 0)
  const findings = graded.result.findings.filter(({ exercise }) => exercise === id)
  return {
    ...graded,
    result: { ...graded.result, exercises, findings, score: sum('score'), maxScore: sum('maxScore') },
    attachments: new Map([...graded.attachments].filter(([exercise]) => exercise === id)),
    predictions: new Map([...graded.predictions].filter(([exercise]) => exercise === id)),
  }
}
