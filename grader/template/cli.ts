import { relative, resolve } from 'node:path'
import { ArgumentError } from '#harness'
import { parseOptions, runCommand } from '../../harness/cli/command.ts'
import { folderDestination } from '../../harness/cli/destination.ts'
import { usageLine } from '../../harness/cli/usage.ts'
import { writeTemplate } from './write-template.ts'

const call = 'npm run template'
const config = {
  does: 'Writes the repository that students start from, without solutions, into a new or an empty folder.',
  operands: 'FOLDER',
  options: {
    kit: {
      type: 'string',
      takes: 'OWNER/NAME@REF',
      does: 'where GitHub finds the kit that grades; without it there is no workflow',
    },
  },
} as const

/** `npm run template`: the repository that students start from, without solutions. */
await runCommand(async () => {
  const { positionals, values } = parseOptions(config, call)
  const usage = `Usage: ${usageLine(call, config)}`
  if (positionals.length !== 1)
    throw new ArgumentError(`${positionals.length} folders are named, not one.`, usage)
  const { kit } = values
  if (kit !== undefined && !/^[\w.-]+\/[\w.-]+@[\w./-]+$/.test(kit))
    throw new ArgumentError(`--kit is "${kit}".`, usage)
  const folder = resolve(folderDestination('FOLDER', positionals[0]))
  const count = await writeTemplate(process.cwd(), folder, kit)
  const workflow =
    kit === undefined ? ', without a workflow: none was named with --kit' : `, graded by ${kit}`
  console.log(`${relative('', folder) || '.'}: ${count} files${workflow}.`)
  console.log('Make it a repository there (git init), push it, and mark it as a template.')
})
