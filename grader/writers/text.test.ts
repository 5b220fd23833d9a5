import { expect, it } from 'vitest'
import type { SubmissionResult } from '#grader/result.ts'
import { honestSubmission, hostileSubmission } from './fixture.ts'
import { classLine, textReport } from './text.ts'

const endOf = (isolation: SubmissionResult['isolation']) => {
  const graded = { ...honestSubmission, result: { ...honestSubmission.result, isolation } }
  return textReport(graded, 'out/report.md').split('\n').slice(-2)
}

it('ends with how the submission was kept apart, and with its points', () => {
  const [held, points] = endOf({ level: 'bubblewrap', process: true, otherUser: true })
  expect(held).toBe('Isolation: bubblewrap, every defence held.')
  expect(points).toMatch(/: \d+\/\d+ points\. Report: out\/report\.md$/)
})

it('names the defences that did not hold', () => {
  const [held] = endOf({ level: 'limits', process: true, otherUser: false, ownFiles: false })
  expect(held).toBe('Isolation: limits, without otherUser, ownFiles.')
})

it('says nothing of it where nothing ran', () => {
  expect(endOf({})[0]).not.toContain('Isolation')
})

it('a line of a class says what its points do not: what is not final, and what came late', () => {
  expect(classLine(honestSubmission)).toMatch(/_file: \d+\/\d+ points\.$/)
  const line = classLine(hostileSubmission)
  expect(line).toContain('Not final: 1 task could not be graded')
  expect(line).toContain('Late by 1921 s: handed in 2026-06-01T14:32:01Z, due 2026-06-01T14:00:00Z.')
})
