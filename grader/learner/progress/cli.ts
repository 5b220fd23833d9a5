import { exercisesNamed } from '#grader/exercises-named.ts'
import type { Exercise } from '#grader/manifest/index.ts'
import { SpecRunner } from '#grader/run/spec-runner.ts'
import { predictFirst } from '#grader/learner/predictions/predict-first.ts'
import { parseOptions, runCommand } from '../../../harness/cli/command.ts'
import { judgeExercise, type JudgedExercise } from './judged.ts'
import { nextThing, picturesFolder } from './next.ts'
import { recordVerdicts } from './record.ts'
import { exerciseRows } from './rows.ts'
import { summaryTable } from './summary.ts'
import { taskSources } from './task-sources.ts'

/** `npm test [-- 02]`: every task's state, what is wrong, how far it is, what comes next. */
await runCommand(async () => {
  const { positionals } = parseOptions(
    {
      does: "Checks your exercises once, and says what to do next. NN is an exercise's number; without it, all of them.",
      operands: '[NN…]',
    },
    'npm test',
  )
  const chosen = exercisesNamed(positionals)
  const sources = await ofEach(chosen, taskSources)
  const unasked = await ofEach(chosen, predictFirst)
  const judged = new Map<Exercise, JudgedExercise>()
  let shown = 0
  const showNext = () => {
    for (; judged.has(chosen[shown]); shown++) {
      const question = unasked.get(chosen[shown])
      if (question) console.log(question)
      console.log(`${exerciseRows(judged.get(chosen[shown])!)}\n`)
    }
  }
  const runner = await SpecRunner.open('exercises', chosen)
  const { specs, problems } = await runner.run({
    pictures: picturesFolder,
    onExerciseDone(exercise, results) {
      judged.set(exercise, judgeExercise(exercise, results))
      showNext()
    },
  })
  await runner.close()
  for (const exercise of chosen) judged.set(exercise, judged.get(exercise) ?? judgeExercise(exercise, specs))
  showNext()
  const all = chosen.map((exercise) => judged.get(exercise)!)
  console.log(`${summaryTable(all)}\n`)
  for (const problem of problems) console.log(`${problem}\n`)
  console.log(await nextThing(all))
  for (const one of all) await recordVerdicts(one, sources.get(one.exercise)!).catch(notKept)
  const done =
    problems.length === 0 && all.every(({ tasks }) => tasks.every(({ status }) => status === 'pass'))
  return done ? 0 : 1
})

async function ofEach<T>(
  chosen: readonly Exercise[],
  find: (exercise: Exercise) => Promise<T>,
): Promise<Map<Exercise, T>> {
  return new Map(await Promise.all(chosen.map(async (exercise) => [exercise, await find(exercise)] as const)))
}

function notKept(error: Error): void {
  console.error(`Progress was not kept: ${error.message}`)
}
