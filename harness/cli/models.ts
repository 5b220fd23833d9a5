import { resolve } from 'node:path'
import { locateCheckpoint } from '../checkpoint/locate.ts'
import { ArgumentError } from '../errors.ts'
import { parseOptions, runCommand } from './command.ts'
import { folderDestination } from './destination.ts'
import { modelFolder } from './model-folder.ts'
import { listModels } from './models/list.ts'
import { pullModel } from './models/pull.ts'
import { verifyModel } from './models/verify.ts'
import { nearest } from './nearest.ts'
import { usageLine } from './usage.ts'

const config = {
  does: 'Lists the checkpoints that are here, checks one against the hashes it came with, or downloads one.',
  operands: 'list | verify [MODEL] | pull MODEL',
  options: {
    'without-t5': { type: 'boolean', does: 'pull: leaves out T5, by far the largest part' },
    revision: { type: 'string', takes: 'REVISION', does: 'pull: a branch, tag or commit (main)' },
    to: { type: 'string', takes: 'FOLDER', does: 'pull: into this folder (models/pulled/NAME)' },
  },
} as const
const call = 'npm run models'
const usage = usageLine(call, config)

/** Lists the checkpoints that are here, checks one against the hashes it came with, or downloads one. */
await runCommand(async () => {
  const { positionals, values } = parseOptions(config, call)
  const [command, model, ...rest] = positionals
  const { revision, to, 'without-t5': withoutT5 } = values
  if (rest.length) throw new ArgumentError(`"${rest[0]}" is one argument too many.`, `Usage: ${usage}`)
  switch (command) {
    case 'list':
      return listModels()
    case 'verify':
      return verifyModel(model === undefined ? modelFolder() : locateCheckpoint(model))
    case 'pull':
      return pullModel(model, { revision, withoutT5, to: to && resolve(folderDestination('--to', to)) })
    default: {
      const meant = nearest(command ?? '', ['list', 'verify', 'pull'])
      const guess = meant === null ? '' : ` The nearest is ${meant}.`
      throw new ArgumentError(
        command ? `There is no command "${command}".${guess}` : 'There is no command.',
        `Usage: ${usage}`,
      )
    }
  }
})
