import { readdirSync } from 'node:fs'
import { platform } from 'node:os'
import { join } from 'node:path'
import type { Step } from './step.ts'
import { testsStep } from './tools.ts'

/** Folders of the grader whose tests press on walls, pipes and processes as Linux has them. */
const WALLS = ['attacks', 'class', 'hosts', 'run', 'sandbox']

const files = readdirSync('grader', { recursive: true, encoding: 'utf8' })
  .map((path) => join('grader', path).replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.test.ts') && !path.includes('node_modules'))

const inside = (...folders: string[]) =>
  files.filter((path) => folders.some((folder) => path.startsWith(`grader/${folder}/`)))
const learner = inside('learner')
const walls = inside(...WALLS)
const others = files.filter((path) => !learner.includes(path) && !walls.includes(path))

/** All the tests that are not specs of an exercise. */
export const testSteps: Step[] = [
  testsStep('harness tests', 'harness'),
  testsStep('models tests', 'models'),
  testsStep('learner tests', 'grader', learner),
  testsStep('grader tests', 'grader', others),
  {
    ...testsStep('sandbox tests', 'grader', walls),
    notHere: platform() === 'linux' ? null : 'what keeps submissions in is tested on Linux alone',
  },
]
