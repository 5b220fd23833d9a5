import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { strToU8, zipSync, type ZippableFile } from 'fflate'
import { parseOptions, runCommand } from '../../harness/cli/command.ts'
import { folderDestination } from '../../harness/cli/destination.ts'
import { usageLine } from '../../harness/cli/usage.ts'
import { ArgumentError } from '../../harness/errors.ts'
import { exercises, modulePath, type Exercise } from '#grader/manifest/index.ts'
import { mutantsOf } from '#grader/mutants/index.ts'
import { applyMutant } from '#grader/mutants/plugin.ts'

/** Files of one submission, by path. */
type Files = Record<string, string>

const call = 'npx tsx grader/class/class-of.ts'
const config = {
  does: 'Makes a class of COUNT submissions (200) to try the grader on: known mistakes, stubs, attacks.',
  operands: '[COUNT]',
  options: {
    hostile: { type: 'string', takes: 'N', default: '10', does: 'how many of them attack the grader' },
    seed: { type: 'string', takes: 'TEXT', default: 'class', does: 'draws the same class again' },
    out: { type: 'string', takes: 'DIR', default: 'out/class', does: 'where they go' },
  },
} as const

/** Draws that follow from a seed: the same class every time. */
class Draws {
  readonly #seed: string
  #count = 0

  constructor(seed: string) {
    this.#seed = seed
  }

  below(limit: number): number {
    const text = `${this.#seed}/${this.#count++}`
    return createHash('sha256').update(text).digest().readUIntBE(0, 6) % limit
  }

  of<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]
  }
}

/**
 * `npx tsx grader/class/class-of.ts [N] [--hostile N] [--seed TEXT] [--out DIR]`: makes a class to grade. Most are
 * the solutions with known mistakes, some of it still to do, functions renamed and comments added, so that no two
 * are alike; some are hostile; handed in as folders and zips, in the shapes that hosts give them.
 */
await runCommand(async () => {
  const { values, positionals } = parseOptions(config, call)
  const [operand = '200', more] = positionals
  if (more !== undefined)
    throw new ArgumentError(`"${more}" came beside COUNT.`, `Usage: ${usageLine(call, config)}`)
  const count = wholeNumber('COUNT', operand, 1)
  const draws = new Draws(values.seed)
  const attacks = await attackFiles()
  const hostile = new Set<number>()
  const most = Math.min(wholeNumber('--hostile', values.hostile, 0), count, attacks.length)
  while (hostile.size < most) hostile.add(draws.below(count))
  folderDestination('--out', values.out)
  await rm(values.out, { recursive: true, force: true })
  await mkdir(values.out, { recursive: true })
  for (let i = 0; i < count; i++) {
    const files = hostile.has(i)
      ? await hostileSubmission(attacks.splice(draws.below(attacks.length), 1)[0])
      : await ordinarySubmission(draws)
    await handIn(files, join(values.out, `student-${String(i + 1).padStart(3, '0')}`), i, draws)
  }
  console.log(`${count} submissions, ${hostile.size} of them hostile: ${resolve(values.out)}`)
})

/** @throws ArgumentError quoting what came, unless it is a whole number from `least` on */
function wholeNumber(name: string, text: string, least: number): number {
  if (/^\d+$/.test(text) && Number(text) >= least) return Number(text)
  throw new ArgumentError(`${name} is "${text}".`, `Pass a whole number, at least ${least}.`)
}

/** The attacks lie in folders by what they aim at. */
async function attackFiles(): Promise<string[]> {
  const entries = await readdir('grader/attacks', { withFileTypes: true, recursive: true })
  const isNested = (parent: string) => resolve(parent) !== resolve('grader/attacks')
  const files = entries.filter((entry) => entry.name.endsWith('.ts') && isNested(entry.parentPath))
  return files.map((entry) => join(entry.parentPath, entry.name)).sort()
}

async function ordinarySubmission(draws: Draws): Promise<Files> {
  const files: Files = {}
  for (const exercise of exercises) {
    const solution = await readFile(join('solutions', modulePath(exercise)), 'utf8')
    const stub = await readFile(join('exercises', modulePath(exercise)), 'utf8')
    const kind = draws.of(['right', 'right', 'wrong', 'wrong', 'wrong', 'stub'])
    const text = kind === 'wrong' ? await withMistakes(exercise, solution, draws) : solution
    files[modulePath(exercise)] = kind === 'stub' ? stub : disguised(text, draws)
  }
  return files
}

/** One to three known mistakes, as far as they can be made together. */
async function withMistakes(exercise: Exercise, solution: string, draws: Draws): Promise<string> {
  const mutants = await mutantsOf(exercise)
  let text = solution
  for (let i = draws.below(3); i >= 0; i--) {
    try {
      text = applyMutant(text, draws.of(mutants))
    } catch {
      // Its place is taken by an earlier mistake.
    }
  }
  return text
}

/** Renames the functions that are not exported, and adds comments. */
function disguised(text: string, draws: Draws): string {
  const suffix = draws.of(['Of', 'For', 'By', 'From', 'Helper']) + String(draws.below(1000))
  const own = [...text.matchAll(/^(?:async )?function\*? (\w+)/gm)].map(([, name]) => name)
  const renamed = own.reduce(
    (result, name) => result.replaceAll(new RegExp(`(?<![.\\w$])${name}(?![\\w$])`, 'g'), name + suffix),
    text,
  )
  const remark = () =>
    `// ${draws.of(['see the brief', 'as in the lesson', 'checked twice'])} ${draws.below(1e6)}`
  return renamed.replaceAll(/^export (async )?function/gm, (start) => `${remark()}\n${start}`)
}

/** One exercise is an attack in the place of every task, the others are right. */
async function hostileSubmission(attack: string): Promise<Files> {
  const files: Files = {}
  for (const [i, exercise] of exercises.entries()) {
    const path = modulePath(exercise)
    const text = await readFile(attack, 'utf8')
    const names = exercise.tasks.map((task) => `answer as ${task.export}`).join(', ')
    files[path] =
      i === attack.length % exercises.length
        ? `${text}\nexport { ${names} }\n`
        : await readFile(join('solutions', path), 'utf8')
  }
  return files
}

/** In the shapes that people and hosts give to what is handed in. */
async function handIn(files: Files, name: string, i: number, draws: Draws): Promise<void> {
  const below = (folder: string): Files =>
    Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}${path}`, text]))
  const moodle = `${name}_${100_000 + draws.below(900_000)}_assignsubmission_file_`
  const shapes: (() => Promise<void>)[] = [
    () => writeFiles(name, below('exercises/')),
    () => writeFiles(name, below('')),
    () => writeZip(`${name}.zip`, below('sd3-workshop-main/exercises/'), draws),
    () => writeFiles(join(moodle, 'exercises'), below('')),
    async () => {
      await mkdir(moodle, { recursive: true })
      await writeZip(join(moodle, 'my work.zip'), below('exercises/'), draws)
    },
  ]
  await shapes[i % shapes.length]()
}

async function writeFiles(folder: string, files: Files): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
}

async function writeZip(path: string, files: Files, draws: Draws): Promise<void> {
  const mtime = new Date(2026, 4, 1 + draws.below(28), draws.below(24), draws.below(60))
  const entries = Object.entries(files).map(([name, text]): [string, ZippableFile] => [
    name,
    [strToU8(text), { mtime }],
  ])
  await writeFile(path, zipSync(Object.fromEntries(entries)))
}
