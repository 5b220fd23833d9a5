import type { Exercise } from '#grader/manifest/index.ts'
import { readSource } from '#grader/sandbox/read-source.ts'

/** What a student expected before running anything, from the brief's "Predict first". */
export interface Prediction {
  question: string
  /** Empty when nothing was written. */
  answer: string
  /** What they noted down afterwards, where the brief asks for it. */
  measured: string
}

/** Reads the predictions in a submitted brief; none when it was not submitted, or cannot be read safely. */
export async function readPredictions(submission: string, { id }: Exercise): Promise<Prediction[]> {
  for (const path of [`exercises/${id}/README.md`, `${id}/README.md`]) {
    const text = await readSource(submission, path).catch(() => null)
    if (text !== null) return parsePredictions(text)
  }
  return []
}

/** Numbered questions under `## Predict first`, each followed by `Your answer:` and perhaps `Measured:`. */
export function parsePredictions(brief: string): Prediction[] {
  const [, section = ''] = brief.split(/^## Predict first$/m)
  const [questions] = section.split(/^## /m)
  const [, ...items] = questions.split(/^\d+\. /m)
  return items.map((item) => {
    const [question, rest = ''] = item.split('Your answer:')
    const [answer, measured = ''] = rest.split('Measured:')
    return { question: oneLine(question), answer: oneLine(answer), measured: oneLine(measured) }
  })
}

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ')
}
