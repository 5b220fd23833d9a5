import { join, relative } from 'node:path'
import { pulledFolder } from '../../checkpoint/locate.ts'
import { ArgumentError, HubError } from '../../errors.ts'
import { Hub } from '../../hub/hub.ts'
import { knownModels } from '../../hub/known-models.ts'
import { pull } from '../../hub/pull.ts'
import type { Repository } from '../../hub/repository.ts'
import { hubSettings } from '../../hub/settings.ts'
import { ByteProgress } from '../byte-progress.ts'
import { formatBytes } from '../bytes.ts'

export interface PullCommand {
  revision?: string | undefined
  withoutT5?: boolean | undefined
  /** The folder; default models/pulled/NAME. */
  to?: string | undefined
}

/** Downloads a checkpoint, and says whose it is, what comes and how to use it. Ctrl-C ends it; nothing is lost. */
export async function pullModel(model: string | undefined, options: PullCommand): Promise<void> {
  const { repository, name } = subjectOf(model)
  const { revision = 'main', withoutT5 = false, to } = options
  const folder = to ?? join(pulledFolder, name)
  const stop = new AbortController()
  const onSignal = () => stop.abort()
  // Once: a second Ctrl-C ends the process at once.
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal)
  const hub = new Hub(hubSettings(), { repository, revision }, { signal: stop.signal })
  const progress = new ByteProgress(0)
  try {
    await pull(hub, folder, {
      withoutT5,
      onRepository: (found) => introduce(repository, found),
      onPlan: (files) => {
        progress.total = files.reduce((sum, { size }) => sum + size, 0)
        const near = relative('', folder)
        const where = near === '' || near.startsWith('..') ? folder : near
        console.log(`${files.length} files, ${formatBytes(progress.total)}, into ${where}`)
      },
      onBytes: (count, from) => progress.add(count, from),
      onFile: ({ path, size }) => {
        progress.clear()
        console.log(`  ${path}  ${formatBytes(size)}`)
      },
    })
  } catch (error) {
    if (!stop.signal.aborted) throw error
    throw new HubError(
      `Stopped with ${formatBytes(progress.bytes)} of ${formatBytes(progress.total)} here.`,
      'Run the same command again: it goes on where it ended.',
    )
  } finally {
    progress.clear()
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
  }
  const use = to === undefined ? name : folder
  console.log(`Complete, sizes and hashes are right. Draw with it:`)
  console.log(`  SD3_MODEL=${use} SD3_DEVICE=cuda npm run generate -- --prompt "…"`)
}

/** The repository and the name of its folder. */
function subjectOf(model: string | undefined): { repository: string; name: string } {
  const known = Object.keys(knownModels).join(', ')
  if (model === undefined) {
    throw new ArgumentError('There is no model to pull.', `Pass ${known} or OWNER/NAME.`)
  }
  const alias = Object.entries(knownModels).find((entry) => entry.includes(model))
  if (alias) return { name: alias[0], repository: alias[1] }
  const [owner, name, ...rest] = model.split('/')
  const isName = (part: string | undefined) => /^[A-Za-z0-9_][\w.-]*$/.test(part ?? '')
  if (rest.length === 0 && isName(owner) && isName(name)) return { repository: model, name }
  throw new ArgumentError(
    `There is no model "${model}" to pull.`,
    `Pass ${known} or OWNER/NAME, a repository on the Hugging Face hub.`,
  )
}

function introduce(repository: string, { commit, gated, licence }: Repository): void {
  const owner = repository.startsWith('stabilityai/') ? 'Stability AI' : repository.split('/')[0]
  console.log(`${repository} at ${commit.slice(0, 12)}${gated ? ', gated' : ''}`)
  console.log(`The weights are ${owner}'s, under their licence (${licence.name}) and not under this kit's:`)
  console.log(`  ${licence.url}`)
}
