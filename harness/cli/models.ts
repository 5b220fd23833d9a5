import { resolve } from 'node:path'
import { locateCheckpoint } from '../checkpoint/locate.ts'
import { ArgumentError } from '../errors.ts'
import { parseOptions, runCommand } from './command.ts'
import { modelFolder } from './model-folder.ts'
import { listModels } from './models/list.ts'
import { pullModel } from './models/pull.ts'
import { verifyModel } from './models/verify.ts'

const usage =
  'npm run models -- list | verify [MODEL] | pull MODEL [--without-t5] [--revision REVISION] [--to FOLDER]'

/** Lists the checkpoints that are here, checks one against the hashes it came with, or downloads one. */
await runCommand(async () => {
  const options = {
    revision: { type: 'string' },
    to: { type: 'string' },
    'without-t5': { type: 'boolean' },
  } as const
  const { positionals, values } = parseOptions({ allowPositionals: true, options }, usage)
  const [command, model, ...rest] = positionals
  const { revision, to, 'without-t5': withoutT5 } = values
  if (rest.length) throw new ArgumentError(`"${rest[0]}" is one argument too many.`, `Usage: ${usage}`)
  switch (command) {
    case 'list':
      return listModels()
    case 'verify':
      return verifyModel(model === undefined ? modelFolder() : locateCheckpoint(model))
    case 'pull':
      return pullModel(model, { revision, withoutT5, to: to && resolve(to) })
    default:
      throw new ArgumentError(
        command ? `There is no command "${command}".` : 'There is no command.',
        `Usage: ${usage}`,
      )
  }
})
