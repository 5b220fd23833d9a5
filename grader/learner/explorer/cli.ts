import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ArgumentError, HarnessError, locateCheckpoint } from '#harness'
import { openPage } from '../browser/open-page.ts'
import { Explorer } from './explorer.ts'
import { serve } from './serve.ts'

const USAGE = 'npm run explore [-- --port N --no-open]'
const PORT = 4733

/** `npm run explore`: the attention explorer, in a page on this machine, until Ctrl-C. */
async function main(args: string[]): Promise<void> {
  const { port, open } = readOptions(args)
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
  if (open) openPage(served.url)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void served.close().finally(() => process.exit(0)))
  }
}

function readOptions(args: string[]): { port: number; open: boolean } {
  try {
    const { values } = parseArgs({
      args,
      options: { port: { type: 'string' }, 'no-open': { type: 'boolean', default: false } },
    })
    const port = values.port === undefined ? PORT : Number(values.port)
    if (values.port?.trim() !== '' && Number.isInteger(port) && port >= 0 && port < 65536)
      return { port, open: !values['no-open'] }
    throw new Error(`--port is "${values.port}", not a whole number from 0 to 65535.`)
  } catch (error) {
    throw new ArgumentError((error as Error).message.split('. ')[0], `Usage: ${USAGE}`)
  }
}

await main(process.argv.slice(2)).catch((error: unknown) => {
  process.exitCode = 2
  console.error(error instanceof HarnessError ? error.message : error)
})
