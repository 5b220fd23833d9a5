import { readdir, readFile } from 'node:fs/promises'
import { Node, Project, SyntaxKind } from 'ts-morph'
import { exercises, modulePath, type Exercise, type Task } from '#grader/manifest/index.ts'
import { mutantsOf } from '#grader/mutants/index.ts'
import { applyMutant } from '#grader/mutants/plugin.ts'
import { staticChecks } from '#grader/static-checks.ts'
import { check, type Check, type Step } from './step.ts'

/** The kit is complete and agrees with itself, before any of it runs. */
export const kitStep: Step = {
  name: 'kit',
  async run() {
    const ids = exercises.flatMap(({ tasks }) => tasks.map(({ id }) => id))
    const unique = check('task ids', new Set(ids).size === ids.length, 'Two tasks share an id.')
    return [unique, ...(await Promise.all(exercises.map(checkExercise))).flat()]
  },
}

async function checkExercise(exercise: Exercise): Promise<Check[]> {
  const path = modulePath(exercise)
  const stub = await readFile(`exercises/${path}`, 'utf8')
  const solution = await readFile(`solutions/${path}`, 'utf8')
  const mutants = await mutantsOf(exercise)
  const findings = await staticChecks(exercise, { path, text: stub })
  const signatures = findings.filter(({ rule }) => rule === 'signature' || rule === 'missing-export')
  const [stubExports, solutionExports] = [exportsOf(stub), exportsOf(solution)]
  return [
    ...exercise.tasks.flatMap((task) => [
      checkTask(
        task,
        stub,
        mutants.map((mutant) => mutant.task),
      ),
      checkHints(task, solution),
    ]),
    ...mutants.map((mutant) => checkMutant(exercise, mutant, solution)),
    check(
      `${exercise.id}: signatures`,
      signatures.length === 0,
      signatures.map(({ message }) => message).join('\n'),
    ),
    check(
      `${exercise.id}: exports`,
      stubExports === solutionExports,
      `stub: ${stubExports}\nsolution: ${solutionExports}`,
    ),
    ...(await strayFiles(exercise)),
  ]
}

function checkTask(task: Task, stub: string, mutated: string[]): Check {
  const missing = [
    /^[a-z0-9]+(-[a-z0-9]+)*$/.test(task.id) ? null : 'an id in kebab-case',
    Number.isInteger(task.points) && task.points > 0 ? null : 'points',
    new RegExp(`new TodoError\\(\\s*import\\.meta\\.url,\\s*'${task.id}'`).test(stub)
      ? null
      : 'a TodoError in the stub',
    mutated.includes(task.id) ? null : 'a mutant',
  ].filter((what) => what !== null)
  return check(`${task.id}: complete`, missing.length === 0, `It has no ${missing.join(', no ')}.`)
}

/** Three hints, each its own, and none that holds the reference's answer to be pasted. */
function checkHints({ id, hints, export: name }: Task, solution: string): Check {
  const answers = returnedBy(solution, name).map(withoutSpace)
  const wrong = [
    hints.length === 3 && new Set(hints).size === 3 ? null : 'It needs three different hints.',
    hints.every((hint) => /^\S.*\S$/s.test(hint)) ? null : 'A hint is empty, or has space at its ends.',
    hints.some((hint) => answers.some((answer) => withoutSpace(hint).includes(answer)))
      ? 'A hint holds the whole of what the solution returns.'
      : null,
  ].filter((what) => what !== null)
  return check(`${id}: hints`, wrong.length === 0, wrong.join('\n'))
}

/** What an exported function returns, as its source has it; short names and plain objects of names are no secret. */
function returnedBy(text: string, name: string): string[] {
  const project = new Project({ useInMemoryFileSystem: true, skipLoadingLibFiles: true })
  const statements = project.createSourceFile('module.ts', text).getFunctionOrThrow(name).getStatements()
  return statements
    .filter(Node.isReturnStatement)
    .map((statement) => statement.getExpressionOrThrow())
    .filter((value) => value.getDescendantsOfKind(SyntaxKind.CallExpression).length > 0)
    .map((value) => value.getText())
}

function withoutSpace(text: string): string {
  return text.replaceAll(/\s/g, '')
}

function checkMutant(
  exercise: Exercise,
  mutant: Parameters<typeof applyMutant>[1] & { task: string },
  solution: string,
): Check {
  const name = `${exercise.id}: mutant "${mutant.name}" applies`
  if (!exercise.tasks.some(({ id }) => id === mutant.task))
    return check(name, false, `There is no task ${mutant.task}.`)
  try {
    return check(name, applyMutant(solution, mutant) !== solution, 'It changes nothing.')
  } catch (error) {
    return check(name, false, (error as Error).message)
  }
}

/** Everything in an exercise's folders is the kit's own, or something that one of its texts shows. */
async function strayFiles({ id, slug }: Exercise): Promise<Check[]> {
  const texts = ['README.md', 'what-just-happened.md']
  const [brief, explained] = await Promise.all(
    texts.map((name) => readFile(`exercises/${id}/${name}`, 'utf8').catch(() => '')),
  )
  const known = [...texts, `${slug}.ts`, `${slug}.spec.ts`]
  const stray = (await readdir(`exercises/${id}`)).filter(
    (name) => !known.includes(name) && !brief.includes(name) && !explained.includes(name),
  )
  const strayToo = (await readdir(`solutions/${id}`)).filter((name) => name !== `${slug}.ts`)
  return [
    check(`${id}: brief`, brief !== '', `There is no exercises/${id}/README.md.`),
    check(`${id}: results`, explained !== '', `There is no exercises/${id}/what-just-happened.md.`),
    check(`${id}: no stray files`, stray.length + strayToo.length === 0, [...stray, ...strayToo].join(', ')),
  ]
}

function exportsOf(text: string): string {
  const project = new Project({ useInMemoryFileSystem: true, skipLoadingLibFiles: true })
  return [...project.createSourceFile('module.ts', text).getExportedDeclarations().keys()].sort().join(', ')
}
