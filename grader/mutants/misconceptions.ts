import { exercises } from '#grader/manifest/index.ts'
import { mutantsOf } from './index.ts'

/** A mistake that the specs recognise, and words of what they then say. Each is a mutant that `verify` runs. */
export interface Misconception {
  exercise: string
  task: string
  mistake: string
  says: string
}

export async function misconceptions(): Promise<Misconception[]> {
  const perExercise = exercises.map(async (exercise) => {
    const order = exercise.tasks.map(({ id }) => id)
    const known = (await mutantsOf(exercise)).flatMap(({ task, name, diagnosis }) =>
      diagnosis === undefined ? [] : [{ exercise: exercise.title, task, mistake: name, says: diagnosis }],
    )
    return known.toSorted((a, b) => order.indexOf(a.task) - order.indexOf(b.task))
  })
  return (await Promise.all(perExercise)).flat()
}

/** The table for instructors: what students get wrong, and what they are told. */
export async function misconceptionTable(): Promise<string> {
  const all = await misconceptions()
  const cell = (text: string) => text.replaceAll('|', '\\|')
  const sections = exercises.map(({ title }) => {
    const rows = all.filter((one) => one.exercise === title)
    const lines = rows.map(
      ({ task, mistake, says }) => `| \`${task}\` | ${cell(mistake)} | … ${cell(says)} … |`,
    )
    return [
      `## ${title} (${rows.length})`,
      '',
      '| task | the student | is told |',
      '| --- | --- | --- |',
      ...lines,
    ]
  })
  return [
    '# Recognised misconceptions',
    '',
    `${all.length} mistakes that the specs tell apart from any other wrong answer. Each is kept as a mutant of the reference`,
    'solution; `npm run verify -- mutants` runs the specs on it and expects these words. Written by',
    '`npm run misconceptions`.',
    ...sections.flatMap((lines) => ['', ...lines]),
    '',
  ].join('\n')
}
