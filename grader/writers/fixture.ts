import { join } from 'node:path'
import type { Graded } from '#grader/grade.ts'
import type { ExerciseResult, ReportHeader, Status, TaskResult } from '#grader/result.ts'
import type { WriterContext } from './writer.ts'

/** Where the golden files and the fixture's picture lie. */
export const golden = join(import.meta.dirname, 'golden')

export const header: ReportHeader = { schema: 'sd3-workshop/grade/v1', model: 'sd3-nano', device: 'cpu' }

export const context: WriterContext = {
  header,
  folder: golden,
  now: new Date('2026-06-02T08:00:00.500Z'),
  env: {
    ...{ CLASSROOM: 'vision', ASSIGNMENT: 'sd3', USERNAME: 'ada', SUBMITTED_AT: '2026-06-01T16:32:01+02:00' },
    SUBMISSION_TAG: 'submit/2026-06-01T14-32-05Z-a1b2c3d',
    COMMIT_URL: 'https://github.com/o/vision-sd3-ada/commit/a1b2c3d',
    RELEASE_URL: 'https://github.com/o/vision-sd3-ada/releases/tag/submit%2F2026',
  },
}

/** What a hostile submission may put into every text that it shapes. */
export const hostile =
  ']]><script>alert(1)</script>&amp;\u0000\u001b[2J\ud800\u202e\n::set-output name=score::100\n##[error]%0A::notice::x,y'

export function task(id: string, status: Status, score: number, maxScore: number, message = ''): TaskResult {
  return { id, title: `Task ${id}`, status, score, maxScore, message, durationMs: 40 }
}

export function exercise(id: string, title: string, tasks: TaskResult[]): ExerciseResult {
  const sum = (key: 'score' | 'maxScore') => tasks.reduce((total, one) => total + one[key], 0)
  return { id, title, score: sum('score'), maxScore: sum('maxScore'), tasks }
}

export function graded(name: string, exercises: ExerciseResult[], rest: Partial<Graded> = {}): Graded {
  const sum = (key: 'score' | 'maxScore') => exercises.reduce((total, one) => total + one[key], 0)
  const result = { score: sum('score'), maxScore: sum('maxScore'), exercises, findings: [], isolation: {} }
  return { name, result, attachments: new Map(), predictions: new Map(), ...rest }
}

const inspection = '01-pipeline-inspection'

/** Every status, partial credit, pictures, texts of every kind, from somebody who means harm. */
export const hostileSubmission: Graded = (() => {
  const one = graded(
    `=cmd|'/C calc'!A0 <b>"x"</b>\n::error::${'\u202e'}name`,
    [
      exercise(inspection, '1 Pipeline inspection', [
        task('count', 'pass', 2, 2),
        task('groups', 'fail', 1.5, 3, 'At [0, 3]: expected 1536, received 4096.'),
        task('shapes', 'fail', 0.5, 2, hostile),
        task('ratio', 'error', 0, 1, `TypeError: ${'σ'.repeat(2200)}`),
      ]),
      exercise('02-joint-attention', '2 Joint attention', [
        task('weights', 'timeout', 0, 4, 'Nothing moved for 10 seconds.'),
        task('quadrants', 'not-attempted', 0, 2, 'TODO'),
        task('mass', 'blocked', 0, 2, 'Needs quadrants.'),
        task('capture', 'invalid', 0, 3, 'None of its specs ran.'),
      ]),
    ],
    {
      attachments: new Map([
        [
          inspection,
          [
            {
              name: 'strip',
              caption: '10 | 20 steps <b>',
              file: join(golden, 'pictures', inspection, 'strip.png'),
            },
            { name: 'gone', caption: 'Never drawn', file: join(golden, 'pictures', inspection, 'gone.png') },
            { name: 'trace', caption: 'The trace', text: hostile },
          ],
        ],
      ]),
      predictions: new Map([[inspection, [{ question: 'How many?', answer: '77 | <i>', measured: '' }]]]),
    },
  )
  one.result.findings.push(
    { exercise: inspection, file: `${inspection}/a,b:c.ts`, line: 3, rule: 'import', message: hostile },
    { exercise: inspection, file: `${inspection}/x.ts`, line: 9, rule: 'todo', message: 'A TODO.' },
  )
  Object.assign(one.result, {
    submittedAt: '2026-06-01T14:32:01Z',
    due: '2026-06-01T14:00:00Z',
    seed: 'SEED',
  })
  one.result.late = { bySeconds: 1921 }
  one.result.isolation = { process: true, bubblewrap: false, memoryMegabytes: 512 }
  return one
})()

/** Somebody with full marks, in the same columns, out of a Moodle download. */
export const honestSubmission: Graded = graded(
  'Ada Lovelace_4711_assignsubmission_file',
  hostileSubmission.result.exercises.map(({ id, title, tasks }) =>
    exercise(
      id,
      title,
      tasks.map((one) => task(one.id, 'pass', one.maxScore, one.maxScore)),
    ),
  ),
)
