import { describe, expect, it } from 'vitest'
import type { Graded } from '#grader/grade.ts'
import type { ReportHeader, TaskResult } from '#grader/result.ts'
import { markdownIndex, markdownReport } from './markdown.ts'

const header: ReportHeader = { schema: 'sd3-workshop/grade/v1', model: 'sd3-nano', device: 'cpu' }

const task = (rest: Partial<TaskResult>): TaskResult => ({
  ...{ id: 't', title: 'Task', status: 'pass', score: 1, maxScore: 1, message: '', durationMs: 1 },
  ...rest,
})

function graded(rest: Partial<Graded> = {}, tasks = [task({})]): Graded {
  const exercises = [{ id: 'one', title: 'One', score: 1, maxScore: 3, tasks }]
  return {
    name: 'someone',
    result: { score: 1, maxScore: 3, exercises, findings: [], isolation: { process: true } },
    attachments: new Map(),
    predictions: new Map(),
    ...rest,
  }
}

describe('markdownReport', () => {
  it('links pictures relative to the report, each with its caption', () => {
    const picture = { name: 'strip', caption: '10 and 20 steps', file: 'out/report/pictures/one/strip.png' }
    const report = markdownReport(
      header,
      graded({ attachments: new Map([['one', [picture]]]) }),
      'out/report',
    )
    expect(report).toContain('![10 and 20 steps](pictures/one/strip.png)')
  })

  it('quotes the message of what is wrong, and does not scold for what was not begun', () => {
    const wrong = task({ title: 'Wrong', status: 'fail', message: 'expected 6,\nreceived 1.' })
    const untouched = task({ title: 'Untouched', status: 'not-attempted', message: 'TODO' })
    const report = markdownReport(header, graded({}, [wrong, untouched]), '.')
    expect(report).toContain('**Wrong**\n\n    expected 6,\n    received 1.')
    expect(report).not.toContain('TODO')
  })

  it('shows predictions beside what was measured, once there are any', () => {
    const blank = { question: 'How many?', answer: '', measured: '' }
    const show = (answer: string) =>
      markdownReport(header, graded({ predictions: new Map([['one', [{ ...blank, answer }]]]) }), '.')
    expect(show('')).not.toContain('predicted')
    expect(show('77 | 333')).toContain('| How many? | 77 \\| 333 |  |')
  })

  it('keeps markup in names, captions and texts from acting', () => {
    const text = { name: 'trace', caption: '<img src=x>', text: '``` \n# heading\n::notice::x' }
    const report = markdownReport(
      header,
      graded({ name: '[a](b)', attachments: new Map([['one', [text]]]) }),
      '.',
    )
    expect(report).toContain('# \\[a\\](b): 1 of 3 points')
    expect(report).toContain('*\\<img src=x\\>*\n\n    ``` \n    # heading\n    : :notice::x')
  })
})

it('markdownIndex links every report, with points for each exercise and together', () => {
  expect(markdownIndex([graded({ name: 'a b' }), graded({ name: 'c' })], (name) => `${name}/report.md`)).toBe(
    [
      '# 2 submissions\n',
      ...['| submission | One | together |', '| --- | --- | --- |'],
      ...['| [a b](a%20b/report.md) | 1/3 | 1/3 |', '| [c](c/report.md) | 1/3 | 1/3 |\n'],
    ].join('\n'),
  )
})

describe('what the points of a class do not say has a column where there is any', () => {
  const late = {
    submittedAt: '2026-06-02T00:00:00Z',
    due: '2026-06-01T00:00:00Z',
    late: { bySeconds: 86_400 },
  }
  const someone = (name: string, more: object, tasks = [task({})]) => {
    const one = graded({ name }, tasks)
    return { ...one, result: { ...one.result, ...more } }
  }

  it('late, and not graded', () => {
    const all = [
      someone('in time', {}),
      someone('slow', late),
      someone('torn', {}, [task({ status: 'invalid' })]),
    ]
    const index = markdownIndex(all, () => null)
    expect(index).toContain('| submission | One | together | tasks not graded | seconds late |')
    expect(index).toContain('| in time | 1/3 | 1/3 |  |  |')
    expect(index).toContain('| slow | 1/3 | 1/3 |  | 86400 |')
    expect(index).toContain('| torn | 1/3 | 1/3 | 1 |  |')
  })

  it('and none where there is not', () => {
    expect(markdownIndex([someone('in time', {})], () => null)).toContain('| submission | One | together |\n')
  })
})
