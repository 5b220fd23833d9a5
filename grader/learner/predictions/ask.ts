import { isCancel, log, text } from '@clack/prompts'
import type { Exercise } from '#grader/manifest/index.ts'
import { promptOutput } from '#grader/learner/progress/prompt-output.ts'
import { localPredictions, NO_ANSWER } from './predictions.ts'
import { writeAnswer } from './write-answer.ts'

/**
 * Asks an exercise's questions in the terminal, and writes each answer into the brief at once. What was answered
 * before stands there to be kept or changed.
 * @param onlyUnasked whether questions that have an answer are left out
 * @returns false when it was broken off; what was answered until then is kept
 */
export async function askPredictions(exercise: Exercise, onlyUnasked = false, root = '.'): Promise<boolean> {
  const predictions = await localPredictions(exercise, root)
  for (const [i, { question, answer }] of predictions.entries()) {
    if (onlyUnasked && answer !== '') continue
    const said = await text({
      message: `${i + 1} of ${predictions.length}. ${question}`,
      placeholder: 'Enter alone passes over it',
      initialValue: answer === NO_ANSWER ? '' : answer,
      output: promptOutput,
      withGuide: false,
    })
    if (isCancel(said)) return false
    await writeAnswer(exercise, i, said ?? '', root)
  }
  return true
}

/** What to know before the first question. */
export function introduce({ id, title }: Exercise): void {
  log.message(
    [
      `Predict first: ${id.slice(0, 2)} ${title}`,
      'What do you expect? A guess is enough, and nobody marks it.',
      'The report will show it beside what happened. Esc leaves the rest for later.',
    ],
    { output: promptOutput, withGuide: false },
  )
}
