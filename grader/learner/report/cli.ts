import { relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { HarnessError } from '#harness'
import { openPage } from '../browser/open-page.ts'
import { gatherReport } from './gather-report.ts'
import { MeasuringLine } from './measuring-line.ts'
import { writeReport } from './write-report.ts'

const USAGE = 'Use: npm run report [-- [--out FILE] [--fresh] [--no-open]]'

/** `npm run report`: measures what is not known yet, writes the page, and shows it to whoever sits at the terminal. */
async function main(args: string[]): Promise<number> {
  const options = parse(args)
  if (options === null) return 2
  const line = new MeasuringLine(process.stderr)
  const data = await gatherReport('.', {
    isFresh: options.isFresh,
    onStart: (work, subject) => line.start(work, subject),
    onAdvance: (name) => line.advance(name),
  })
  line.end()
  const file = resolve(options.out)
  try {
    await writeReport(file, data)
  } catch (error) {
    console.error(`${relative('.', file)} cannot be written: ${(error as Error).message}.`)
    console.error('Pass --out with the name of a file that can.')
    return 2
  }
  console.log(`Report: ${relative('.', file)}`)
  for (const { exercise, isAsked } of data.exercises) {
    if (!isAsked)
      console.log(`Not in it yet, ${exercise.title}: npm run predict -- ${exercise.id.slice(0, 2)}`)
  }
  if (options.isOpened && process.stdout.isTTY) openPage(pathToFileURL(file).href)
  return 0
}

interface Options {
  out: string
  isFresh: boolean
  isOpened: boolean
}

function parse(args: string[]): Options | null {
  const options = {
    out: { type: 'string' },
    fresh: { type: 'boolean' },
    'no-open': { type: 'boolean' },
  } as const
  try {
    const { values } = parseArgs({ args, options })
    const { out = 'out/my-report.html', fresh: isFresh = false } = values
    return { out, isFresh, isOpened: !values['no-open'] }
  } catch (error) {
    console.error(`${(error as Error).message.split('. ')[0].replace(/\.?$/, '.')}\n${USAGE}`)
    return null
  }
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  process.exitCode = 2
  console.error(error instanceof HarnessError ? error.message : error)
}
