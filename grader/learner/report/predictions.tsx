import type { Answer } from '../measurements/answers/index.ts'
import { NO_ANSWER, type Prediction } from '../predictions/predictions.ts'

interface PredictionsProps {
  predictions: Prediction[]
  answers: Answer[]
}

/** What was predicted beside what was measured. Nothing here is right or wrong. */
export function Predictions({ predictions, answers }: PredictionsProps) {
  return (
    <ol class="predictions">
      {predictions.map(({ question, answer, measured }) => (
        <li key={question}>
          <p class="question">{withCode(question)}</p>
          <dl>
            <div>
              <dt>You predicted</dt>
              <dd class={isGiven(answer) ? undefined : 'muted'}>
                {isGiven(answer) ? answer : 'nothing written'}
              </dd>
              {measured !== '' && (
                <>
                  <dt>You noted</dt>
                  <dd>{measured}</dd>
                </>
              )}
            </div>
            <div class="measured">
              <dt>Measured</dt>
              <Measured answer={answers.find(({ about }) => about.test(question))} />
            </div>
          </dl>
        </li>
      ))}
    </ol>
  )
}

function Measured({ answer }: { answer: Answer | undefined }) {
  if (!answer) return <dd class="muted">not measured here</dd>
  return (
    <dd>
      {answer.text} {answer.figure !== undefined && <a href={`#${answer.figure}`}>See the figure.</a>}
    </dd>
  )
}

/** Text as a brief has it, where backticks mark code. */
function withCode(text: string) {
  return text.split('`').map((part, i) => (i % 2 === 1 ? <code key={i}>{part}</code> : part))
}

function isGiven(answer: string): boolean {
  return answer !== '' && answer !== NO_ANSWER
}
