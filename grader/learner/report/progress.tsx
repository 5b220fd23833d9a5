import { maxScore, type Task } from '#grader/manifest/index.ts'
import type { TaskProgress } from '../progress/progress-file.ts'
import type { ReportedExercise } from './report-data.ts'

/** How far each exercise is: also the page's table of contents. */
export function Overview({ exercises }: { exercises: ReportedExercise[] }) {
  return (
    <nav aria-label="Exercises">
      <ul class="overview">
        {exercises.map((reported) => {
          const { exercise } = reported
          const { passed, points } = tally(reported)
          return (
            <li key={exercise.id}>
              <div class="row">
                <a href={`#${exercise.id}`}>
                  {Number(exercise.id.slice(0, 2))}. {exercise.title}
                </a>
                <span class="muted">
                  {passed} of {exercise.tasks.length} tasks, {points} of {maxScore(exercise.tasks)} points
                </span>
              </div>
              <ProgressBar share={exercise.tasks.length === 0 ? 0 : passed / exercise.tasks.length} />
            </li>
          )
        })}
      </ul>
    </nav>
  )
}

/** Passed tasks and points of an exercise, as last judged. */
export function tally({ exercise, progress }: ReportedExercise): { passed: number; points: number } {
  const judged = exercise.tasks.map(({ id }) => progress[id]).filter((one) => one !== undefined)
  return {
    passed: judged.filter(({ status }) => status === 'pass').length,
    points: judged.reduce((sum, { score }) => sum + score, 0),
  }
}

function ProgressBar({ share }: { share: number }) {
  return (
    <svg class="bar" aria-hidden="true">
      <rect class="rest" width="100%" height="8" rx="4" />
      {share > 0 && <rect class="done" width={`${(100 * share).toFixed(1)}%`} height="8" rx="4" />}
    </svg>
  )
}

/** An exercise's tasks, one a line. */
export function TaskList({ exercise, progress }: ReportedExercise) {
  return (
    <ul class="tasks">
      {exercise.tasks.map((task) => (
        <TaskRow key={task.id} task={task} judged={progress[task.id]} />
      ))}
    </ul>
  )
}

function TaskRow({ task, judged }: { task: Task; judged: TaskProgress | undefined }) {
  const [kind, mark, word] = stateOf(judged)
  return (
    <li class={kind}>
      <span class="mark" role="img" aria-label={word}>
        {mark}
      </span>
      <span>{task.title}</span>
      <span>
        {judged?.score ?? 0}/{task.points}
      </span>
    </li>
  )
}

function stateOf(judged: TaskProgress | undefined): [kind: string, mark: string, word: string] {
  if (judged === undefined || judged.status === 'not-attempted') return ['open', '·', 'to do']
  if (judged.status === 'pass') return ['pass', '✓', 'passed']
  if (judged.status === 'blocked') return ['open', '·', 'blocked']
  return ['wrong', '✗', 'failed']
}
