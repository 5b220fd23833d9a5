import { expect, it } from 'vitest'
import { context, exercise, graded, task } from './fixture.ts'
import { writers } from './index.ts'
import { textReport } from './text.ts'

const file = 'exercises/02-joint-attention/joint-attention.ts'
const absent = { ...task('weights', 'not-attempted', 0, 4, 'SandboxError: none'), missing: file }
const submission = graded('a', [
  exercise('02-joint-attention', 'Joint attention', [absent]),
  exercise('03-flow-matching-steps', 'Flow matching steps', [task('mix', 'not-attempted', 0, 1, 'TODO')]),
])

// Who hands in "joint-attention (1).ts" has to hear that it was not found, not that nothing was done.
const one = [
  'html',
  'markdown',
  'github-summary',
  'github-annotations',
  'gradescope',
  'classroom50',
  'exercism',
]
it.each([...one, 'prairielearn', 'github-result', 'junit'])(
  '%s names the file that is not there',
  async (format) => {
    const writer = writers[format]
    const text =
      writer.holds === 'one'
        ? await writer.write(submission, context)
        : await writer.write([submission], context)
    const decoded = format === 'github-result' ? Buffer.from(text, 'base64').toString() : text
    expect(decoded).toContain(`Not handed in: there is no ${file}`)
  },
)

it('the terminal says it once for each exercise', () => {
  const lines = textReport(submission, 'out/report.md').split('\n')
  expect(lines.filter((line) => line.includes('Not handed in'))).toEqual([
    `      Not handed in: there is no ${file}.`,
  ])
})
