import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exercises } from '#grader/manifest/index.ts'
import { encodePng } from '#harness'
import { attentivePipeline, measuredOn } from '../measurements/fixture.ts'
import { parsePredictions } from '../predictions/predictions.ts'
import type { TaskProgress } from '../progress/progress-file.ts'
import type { ReportData } from './report-data.ts'

/** What a student may write, and a page must not believe. */
export const hostile = '<img src=https://example.org/x onerror=alert(1)> & </style><script>alert(2)</script>'

const statuses: TaskProgress['status'][] = ['pass', 'fail', 'not-attempted', 'blocked']

/** A report on a pipeline nobody has seen, with tasks in every state. @param asked ids of exercises that were asked */
export async function someReport(asked = exercises.map(({ id }) => id)): Promise<ReportData> {
  const folder = await mkdtemp(join(tmpdir(), 'report-'))
  const measured = await measuredOn(attentivePipeline().pipe, folder)
  await rm(folder, { recursive: true })
  const png = await encodePng({ width: 900, height: 300, data: new Uint8Array(900 * 300 * 3).fill(90) })
  const tasks = exercises.flatMap((exercise) => exercise.tasks)
  const progress = Object.fromEntries(
    tasks.map(({ id, points }, i): [string, TaskProgress] => {
      const status = statuses[i % statuses.length]
      const score = status === 'pass' ? points : 0
      return [id, { status, score, source: '0', at: '2020-02-02T02:02:02.000Z' }]
    }),
  )
  delete progress[tasks[0].id] // never judged
  return {
    ...{ model: 'some-model', device: 'cpu', processor: '2 × a processor', measured, writtenAt: new Date() },
    exercises: await Promise.all(
      exercises.map(async (exercise) => {
        const isAsked = asked.includes(exercise.id)
        const brief = await readFile(`exercises/${exercise.id}/README.md`, 'utf8')
        const predictions = parsePredictions(brief).map((prediction, i) => {
          return {
            ...prediction,
            answer: i === 0 ? hostile : `my guess ${i}`,
            measured: i === 1 ? 'seen' : '',
          }
        })
        return {
          ...{ exercise, isAsked, progress, predictions },
          ownWork: [
            { name: 'own-text', caption: 'Printed', text: `${hostile}\n${'wide '.repeat(60)}` },
            { name: 'own-picture', caption: 'Drawn', png: Buffer.from(png).toString('base64') },
          ],
        }
      }),
    ),
  }
}
