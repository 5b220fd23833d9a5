import { answersTo } from '../measurements/answers/index.ts'
import { measuredFor, type Measured } from '../measurements/results.ts'
import { ExerciseFigures } from './exercise-figures.tsx'
import type { OwnWork } from './own-work.ts'
import { Predictions } from './predictions.tsx'
import { TaskList } from './progress.tsx'
import type { ReportedExercise } from './report-data.ts'

/** An exercise: its tasks; and, once its predictions were asked, what was measured. */
export function ExerciseSection({ reported, measured }: { reported: ReportedExercise; measured: Measured }) {
  const { exercise, isAsked } = reported
  const number = exercise.id.slice(0, 2)
  return (
    <section id={exercise.id} aria-labelledby={`${exercise.id}-title`}>
      <h2 id={`${exercise.id}-title`}>
        {Number(number)}. {exercise.title} <small>[{exercise.level}]</small>
      </h2>
      <TaskList {...reported} />
      {isAsked ? (
        <Outcome reported={reported} measured={measured} />
      ) : (
        <div class="gate">
          <p>
            Predict first: <code>npm run predict -- {number}</code>
          </p>
          <p class="muted">Then this section shows what you expected beside what happened.</p>
        </div>
      )}
    </section>
  )
}

function Outcome({ reported, measured }: { reported: ReportedExercise; measured: Measured }) {
  const { exercise, predictions, ownWork } = reported
  const failures = (measuredFor[exercise.id] ?? []).flatMap((name) => measured.failures[name] ?? [])
  return (
    <>
      <h3>Predicted and measured</h3>
      <Predictions predictions={predictions} answers={answersTo(exercise.id, measured.results)} />
      {failures.length > 0 && (
        <div class="gate">
          <p>Something could not be measured:</p>
          <pre>{failures.join('\n\n')}</pre>
        </div>
      )}
      <ExerciseFigures exerciseId={exercise.id} results={measured.results} />
      {ownWork.length > 0 && (
        <>
          <h3>By your own functions</h3>
          {ownWork.map((own) => (
            <Own key={`${own.name} ${'text' in own}`} own={own} />
          ))}
        </>
      )}
    </>
  )
}

function Own({ own }: { own: OwnWork }) {
  return (
    <figure class="own">
      {'png' in own ? (
        <img src={`data:image/png;base64,${own.png}`} alt={own.caption} />
      ) : (
        <pre tabindex={0} role="group" aria-label={own.caption}>
          {own.text}
        </pre>
      )}
      <figcaption>
        <b>{own.caption}.</b>
      </figcaption>
    </figure>
  )
}
