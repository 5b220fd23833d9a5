import { resolve } from 'node:path'
import { ArgumentError, locateCheckpoint } from '#harness'
import { parseOptions, runCommand } from '../../../harness/cli/command.ts'
import { usageLine } from '../../../harness/cli/usage.ts'
import { openPage } from '../browser/open-page.ts'
import { Explorer } from './explorer.ts'
import { serve } from './serve.ts'

const PORT = 4733
const call = 'npm run explore'
const config = {
  does: 'Shows the attention of the model while it draws your prompt, in a page on this machine, until Ctrl-C.',
  options: {
    port: {
      type: 'string',
      takes: 'N',
      default: String(PORT),
      does: 'the port of the page; 0 is any free one',
    },
    'no-open': { type: 'boolean', default: false, does: 'does not open the page in a browser' },
  },
} as const

/** `npm run explore`: the attention explorer, in a page on this machine, until Ctrl-C. */
await runCommand(async () => {
  const { values } = parseOptions(config, call)
  const port = portOption(values.port)
  const folder = locateCheckpoint(process.env.SD3_MODEL || resolve('models/sd3-nano'))
  const explorer = await Explorer.open(folder)
  const served = await serve(explorer, port).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') throw error
    throw new ArgumentError(
      `Port ${port} of 127.0.0.1 cannot be had: ${error.code === 'EACCES' ? 'it needs more rights' : 'it is in use'}.`,
      'Close the other program, or take any free port: npm run explore -- --port 0.',
    )
  })
  console.log(`Attention explorer of ${explorer.model.name} on ${explorer.model.device}: ${served.url}`)
  console.log('Only this machine can open it. Ctrl-C ends it.')
  if (!values['no-open']) openPage(served.url)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void served.close().finally(() => process.exit(0)))
  }
})

/** @throws ArgumentError for what is no port */
function portOption(text: string): number {
  const port = Number(text)
  if (text.trim() !== '' && Number.isInteger(port) && port >= 0 && port < 65536) return port
  throw new ArgumentError(
    `--port is "${text}", not a whole number from 0 to 65535.`,
    `Usage: ${usageLine(call, config)}`,
  )
}
