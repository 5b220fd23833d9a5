import { relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ArgumentError, HarnessError } from '#harness'
import { writeTemplate } from './write-template.ts'

const USAGE = 'Use: npm run template -- FOLDER [--kit OWNER/NAME@REF]'

/** `npm run template`: the repository that students start from, without solutions. */
async function main(args: string[]): Promise<void> {
  const { folder, kit } = readOptions(args)
  const count = await writeTemplate(process.cwd(), resolve(folder), kit)
  const workflow =
    kit === undefined ? ', without a workflow: none was named with --kit' : `, graded by ${kit}`
  console.log(`${relative('', resolve(folder)) || '.'}: ${count} files${workflow}.`)
  console.log('Make it a repository there (git init), push it, and mark it as a template.')
}

function readOptions(args: string[]): { folder: string; kit: string | undefined } {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { kit: { type: 'string' } },
    })
    if (positionals.length !== 1) throw new Error(`${positionals.length} folders are named, not one.`)
    if (values.kit !== undefined && !/^[\w.-]+\/[\w.-]+@[\w./-]+$/.test(values.kit))
      throw new Error(`--kit is "${values.kit}".`)
    return { folder: positionals[0], kit: values.kit }
  } catch (error) {
    throw new ArgumentError((error as Error).message.split('\n')[0], USAGE)
  }
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  console.error(error instanceof HarnessError ? error.message : error)
  process.exitCode = 2
}
