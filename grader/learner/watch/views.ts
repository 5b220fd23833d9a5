import { existsSync } from 'node:fs'
import { exercises, maxScore, taskCount, type Exercise, type Task } from '#grader/manifest/index.ts'
import { picturesFolder } from '#grader/learner/progress/next.ts'
import { style } from '#grader/learner/progress/style.ts'
import type { JudgedTask } from '#grader/learner/progress/judged.ts'
import type { Batch, Judging } from './judging.ts'
import type { TaskStates } from './task-states.ts'

const BAR_LENGTH = 30

/** Which exercise this is, and how far all of them are. */
export function heading({ id, title, level }: Exercise, states: TaskStates): string[] {
  const passed = states.count('pass')
  const filled = Math.floor((passed / taskCount()) * BAR_LENGTH)
  const bar = style.green('█'.repeat(filled)) + style.dim('░'.repeat(BAR_LENGTH - filled))
  return [
    `${style.bold(`${id.slice(0, 2)} ${title}`)} ${style.dim(`[${level}]`)}`,
    `${bar}  ${passed} of ${taskCount()} tasks, ${states.points()} of ${maxScore()} points`,
    '',
  ]
}

/** What the watch is at. */
export function statusLine({ batch, last, left, problems }: Judging): string {
  if (problems.length > 0) return style.red(problems[0].split('\n')[0])
  if (batch && isLong(batch)) return style.yellow(longRun(batch, left))
  if (!last) return style.dim('Waiting for a save.')
  const { exercise, judged, ms, at, isShown } = last
  const what = judged.length === 1 ? '1 task' : tasksOf(exercise, judged.length)
  const which = isShown ? '' : verdicts(judged)
  return style.dim(
    `${at.toTimeString().slice(0, 8)}  ${what} checked in ${(ms / 1000).toFixed(2)} s${which}. Waiting for a save.`,
  )
}

/** Of tasks that are not on the screen. */
function verdicts(judged: readonly JudgedTask[]): string {
  const passed = judged.filter(({ status }) => status === 'pass').length
  if (judged.length > 1) return `, ${passed} pass`
  return `: ${judged[0].task.title}, which ${passed === 1 ? 'passes' : 'does not pass'}`
}

/** What is over so soon need not be announced. */
const LONG_MS = 300
const LOOPS_MS = 5000

export function isLong({ since }: Batch): boolean {
  return performance.now() - since > LONG_MS
}

function longRun({ tasks, exercise, since }: Batch, left: number): string {
  const ms = performance.now() - since
  const what = tasks.length === 1 ? tasks[0].title : tasksOf(exercise, tasks.length)
  const more = left > tasks.length ? `, ${left - tasks.length} more to come` : ''
  const seconds = ms < 1000 ? '' : `  ${Math.floor(ms / 1000)} s`
  const loops = ms < LOOPS_MS ? '' : '. Pictures take their time; a loop without end is stopped for you'
  return `Checking: ${what}${more}${seconds}${loops}`
}

function tasksOf({ id }: Exercise, count: number): string {
  return `${count} tasks of exercise ${id.slice(0, 2)}`
}

export function hintView(task: Task, shown: number): string[] {
  return task.hints
    .slice(0, shown)
    .flatMap((hint, i) => ['', style.bold(`Hint ${i + 1} of ${task.hints.length}`), `  ${hint}`])
}

/** What comes after a task that passes: the next one, the next exercise, the end. */
export function whatNext(exercise: Exercise, states: TaskStates): string[] {
  const isDone = (one: Exercise) => one.tasks.every((task) => states.of(task).status === 'pass')
  const compare = (which: string) => (existsSync('solutions') ? [`d  compare ${which}with the solution`] : [])
  if (!isDone(exercise)) return ['', 'n  the next task', ...compare('')]
  const explained = `exercises/${exercise.id}/what-just-happened.md`
  const following = exercises.find((one) => !isDone(one))
  return [
    '',
    style.bold(following ? `Exercise ${exercise.id.slice(0, 2)} is done.` : 'All exercises are done.'),
    ...(existsSync(explained) ? [`  What just happened: ${explained}`] : []),
    `  Your pictures: ${picturesFolder}/${exercise.id}/`,
    '',
    'o  the report: your predictions beside what happened',
    ...compare('this task '),
    following ? `n  exercise ${following.id.slice(0, 2)}: ${following.title}` : 'q  quit',
  ]
}

const KEYS: readonly (readonly [key: string, what: string])[] = [
  ['h', 'hint'],
  ['n', 'next'],
  ['p', 'previous'],
  ['l', 'list'],
  ['a', 'run all'],
  ['r', 'reset'],
  ['d', 'diff'],
  ['o', 'report'],
  ['q', 'quit'],
]

export function keysLine(): string {
  const here = KEYS.filter(([key]) => key !== 'd' || existsSync('solutions'))
  return here.map(([key, what]) => `${style.bold(key)} ${style.dim(what)}`).join('  ')
}
