import { maxScore } from '#grader/manifest/index.ts'
import { points, type JudgedExercise } from './judged.ts'
import { style } from './style.ts'

const BAR_LENGTH = 20

/** How far each exercise is, and all of them together. */
export function summaryTable(judged: readonly JudgedExercise[]): string {
  const rows = judged.map(({ exercise, tasks }) => ({
    label: `${exercise.id.slice(0, 2)} ${exercise.title}`,
    tasks,
  }))
  if (rows.length > 1) rows.push({ label: 'Together', tasks: judged.flatMap(({ tasks }) => tasks) })
  const width = Math.max(...rows.map(({ label }) => label.length))
  const lines = rows.map(({ label, tasks }) => {
    const passed = tasks.filter(({ status }) => status === 'pass').length
    const filled = tasks.length === 0 ? 0 : Math.floor((passed / tasks.length) * BAR_LENGTH)
    const bar = style.green('█'.repeat(filled)) + style.dim('░'.repeat(BAR_LENGTH - filled))
    const most = maxScore(tasks.map(({ task }) => task))
    return `  ${label.padEnd(width)}  ${bar}  ${count(passed, tasks.length)} tasks  ${count(points(tasks), most)} points`
  })
  return [style.bold('Progress'), ...lines].join('\n')
}

function count(part: number, whole: number): string {
  return `${part}/${whole}`.padStart(7)
}
