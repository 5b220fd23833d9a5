import { diffLines } from 'diff'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { modulePath, type Exercise, type Task } from '#grader/manifest/index.ts'
import { style } from '#grader/learner/progress/style.ts'
import { functionText } from './function-text.ts'

/** How a student's function differs from the solution's, a line each. */
export async function solutionDiff(exercise: Exercise, task: Task, root = '.'): Promise<string[]> {
  const [own, solution] = await Promise.all(
    ['exercises', 'solutions'].map(async (folder) => {
      const text = await readFile(join(root, folder, modulePath(exercise)), 'utf8').catch(() => '')
      return functionText(text, task.export)?.code.replaceAll('\r', '') ?? null
    }),
  )
  if (solution === null) return ['This kit has no solutions to compare with.']
  if (own === null) return [`There is no function ${task.export} to compare.`]
  if (inWords(own) === inWords(solution)) return ['Yours is the solution, word for word.']
  const changes = diffLines(`${own}\n`, `${solution}\n`, { ignoreWhitespace: true })
  return [
    `${style.red('- yours')}  ${style.green('+ the solution')}  There is more than one right way.`,
    '',
    ...changes.flatMap(({ value, added, removed }) => {
      const lines = value.replace(/\n$/, '').split('\n')
      if (added) return lines.map((line) => style.green(`+ ${line}`))
      if (removed) return lines.map((line) => style.red(`- ${line}`))
      return lines.map((line) => `  ${line}`)
    }),
  ]
}

function inWords(code: string): string {
  return code.replaceAll(/\s+/g, ' ')
}
