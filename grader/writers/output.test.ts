import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { exercises } from '#grader/manifest/index.ts'
import { exercise, graded, header, task } from './fixture.ts'
import { checkFormat, parseOutput, writeOutput } from './output.ts'

describe('an output that cannot be written is refused before grading', () => {
  it.each([
    ['xml=a.xml', 1, 'There is no format "xml". Formats: text, json, markdown'],
    ['toString=a', 1, 'There is no format "toString"'],
    ['csv', 1, '--write csv names no file: use FORMAT=FILE.'],
    ['csv=', 1, '--write csv= names no file'],
    ['gradescope=results.json', 2, 'gradescope holds one submission: put {name} into'],
    ['classroom50=result.json', 1, 'classroom50 needs CLASSROOM, ASSIGNMENT, SUBMISSION_TAG, COMMIT_URL'],
  ])('%s for %i', (text, submissions, problem) => {
    expect(() => parseOutput(text, submissions, {})).toThrow(problem)
  })

  it('and nothing else is', () => {
    expect(parseOutput('csv=a=b.csv', 200, {})).toEqual({ format: 'csv', file: 'a=b.csv' })
    expect(parseOutput('html={name}.html', 200, {})).toEqual({ format: 'html', file: '{name}.html' })
    expect(() => checkFormat('gradescope', 1)).not.toThrow()
    expect(() => checkFormat('gradescope', 2)).toThrow('holds one')
  })
})

describe('writeOutput', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'output-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  const [first, second] = exercises
  const submission = (name: string) =>
    graded(name, [
      exercise(first.id, 'First', [task('a', 'pass', 2, 2)]),
      exercise(second.id, 'Second', [task('b', 'fail', 0, 3, 'wrong')]),
    ])
  const class2 = [submission('ada'), submission('bob')]

  it('makes a file for each submission and exercise that the name asks for', async () => {
    const file = join(folder, '{name}/{exercise}.json')
    const paths = await writeOutput({ format: 'exercism', file }, header, class2)
    expect(paths).toHaveLength(2 * exercises.length)
    expect(await readdir(folder)).toEqual(['ada', 'bob'])
    const read = async (path: string) => JSON.parse(await readFile(join(folder, path), 'utf8')) as object
    expect(await read(`ada/${first.id}.json`)).toMatchObject({ status: 'pass', tests: [{ task_id: 1 }] })
    expect(await read(`bob/${second.id}.json`)).toMatchObject({ status: 'fail', tests: [{ task_id: 1 }] })
  })

  it('takes a name as it is', async () => {
    const names = ['$&', '$`', "$'", '{exercise}']
    const file = join(folder, 'x-{name}.csv')
    await writeOutput({ format: 'csv', file }, header, names.map(submission))
    expect(await readdir(folder)).toEqual(names.map((name) => `x-${name}.csv`).sort())
  })

  it('makes one file for all otherwise', async () => {
    const file = join(folder, 'grades.csv')
    expect(await writeOutput({ format: 'csv', file }, header, class2)).toEqual([file])
    expect((await readFile(file, 'utf8')).split('\r\n')).toHaveLength(4)
  })

  it('counts the points of the exercise alone', async () => {
    const file = join(folder, '{exercise}.txt')
    await writeOutput({ format: 'github-result', file }, header, [class2[0]])
    const text = await readFile(join(folder, `${second.id}.txt`), 'utf8')
    expect(JSON.parse(Buffer.from(text, 'base64').toString())).toMatchObject({ max_score: 3 })
  })
})
