import type { Graded } from '#grader/grade.ts'
import { cut } from './cut.ts'
import { allTasks, feedback } from './feedback.ts'
import { oneLine } from './one-line.ts'
import { wholePoints } from './whole-points.ts'
import type { Writer } from './writer.ts'

const LONGEST = 2000

/**
 * Classroom 50's `result.json`, schema `classroom50/result/v1`. Who and what was submitted comes from the environment
 * in which its runner starts an autograder. Scores there are integers, so fractions of points are rounded down.
 */
export const classroom50: Writer = {
  description: 'result.json of Classroom 50 (classroom50/result/v1)',
  holds: 'one',
  requires: ['CLASSROOM', 'ASSIGNMENT', 'SUBMISSION_TAG', 'COMMIT_URL', 'RELEASE_URL'],
  write(graded: Graded, { env, now }): string {
    const rows = allTasks(graded.result)
    const points = wholePoints(rows.map(({ task }) => task))
    const tests = rows.map(({ exercise, task }, i) => ({
      'test-name': oneLine(`${exercise.title}: ${task.title}`),
      passed: task.status === 'pass',
      score: points[i],
      'max-score': task.maxScore,
      // Kept as they are: the host allows fields of the grader's own on a test.
      status: task.status,
      message: task.status === 'pass' ? '' : cut(feedback(task), LONGEST),
    }))
    const result = {
      schema: 'classroom50/result/v1',
      classroom: env.CLASSROOM,
      assignment: env.ASSIGNMENT,
      assignment_type: env.ASSIGNMENT_TYPE || 'individual',
      owner: env.OWNER || env.USERNAME || graded.name,
      submission: env.SUBMISSION_TAG,
      commit: env.COMMIT_URL,
      release: env.RELEASE_URL,
      review: env.REVIEW_URL || env.COMMIT_URL,
      datetime: seconds(submittedAt(graded, env) ?? now),
      graded_at: seconds(now),
      score: points.reduce((sum, point) => sum + point, 0),
      'max-score': graded.result.maxScore,
      tests,
    }
    return `${JSON.stringify(result, null, 2)}\n`
  },
}

/** The commit's own time, so that grading again never makes a submission late. */
function submittedAt(graded: Graded, env: NodeJS.ProcessEnv): Date | null {
  const date = new Date(graded.result.submittedAt ?? env.SUBMITTED_AT ?? '')
  return Number.isNaN(date.getTime()) ? null : date
}

/** `2026-06-01T14:32:01Z`: the host takes no fractions of seconds. */
function seconds(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z')
}
