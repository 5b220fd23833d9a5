import { execFileSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { exercisesNamed } from '#grader/exercises-named.ts'
import { exercises, type Exercise } from '#grader/manifest/index.ts'
import { parseOptions, runCommand } from '../../harness/cli/command.ts'
import { markdownReport, textReport } from './report.ts'
import { keep, keyOf, memoKey, recall, type Kept } from './results.ts'
import { complaints, score, type Scored } from './scores.ts'
import { runStryker, strykerVersion } from './run-stryker.ts'

const call = 'npm run mutation'
const config = {
  does: 'Mutates the solutions, and expects the specs to notice: of all exercises, or of those whose numbers are given.',
  operands: '[NN…]',
  options: { again: { type: 'boolean', default: false, does: 'forgets what earlier runs found' } },
} as const
/** Per cent of each exercise's mutants that must be killed. */
const LEAST = 95
const RESULT = 'grader/mutation/result.md'

/**
 * `npm run mutation`: mutates the solutions and counts which mutants the specs kill. What is finished is remembered
 * under out/mutation, so that a run that was ended goes on, and an exercise that has not changed is not run again.
 */
await runCommand(async () => {
  const { values, positionals } = parseOptions(config, call)
  const { again } = values
  const wanted = exercisesNamed(positionals)
  const version = await strykerVersion()
  const folder = resolve('out/mutation')
  await mkdir(folder, { recursive: true })
  const scored: Scored[] = []
  for (const exercise of wanted) scored.push(await finished(exercise, folder, version, again))
  console.log(`\n${textReport(scored)}`)
  if (wanted.length === exercises.length)
    await writeFile(RESULT, markdownReport(scored, provenance(version, { again, positionals })))
  const wrong = scored.flatMap((one) => complaints(one, LEAST))
  for (const line of wrong) console.error(line)
  return wrong.length === 0 ? 0 : 1
})

async function finished(
  exercise: Exercise,
  folder: string,
  version: string,
  again: boolean,
): Promise<Scored> {
  const key = await keyOf(exercise, version)
  const known = again ? null : await recall(folder, exercise, key)
  const { source, mutants, seconds } = known ?? (await run(exercise, folder, key))
  return score(exercise.id, { source, mutants }, seconds)
}

async function run(exercise: Exercise, folder: string, key: string): Promise<Kept> {
  const start = performance.now()
  const report = await runStryker(exercise, folder, join(folder, `memo-${await memoKey()}`))
  const [{ source, mutants }] = Object.values(report.files)
  const kept = { key, seconds: (performance.now() - start) / 1000, source, mutants }
  await keep(folder, exercise, kept)
  return kept
}

function provenance(stryker: string, { again, positionals }: { again: boolean; positionals: string[] }) {
  const args = [...positionals, ...(again ? ['--again'] : [])]
  const git = (...words: string[]) => execFileSync('git', words, { encoding: 'utf8' }).trim()
  const changed = git(
    'status',
    '--porcelain',
    '--',
    'solutions',
    'exercises',
    'grader/spec',
    'grader/oracles',
    'harness',
  )
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: `${git('rev-parse', '--short', 'HEAD')}${changed === '' ? '' : ' and changes not yet committed'}`,
    command: ['npm run mutation', ...(args.length > 0 ? ['--', ...args] : [])].join(' '),
    stryker,
    node: process.versions.node,
    cores: availableParallelism(),
  }
}
