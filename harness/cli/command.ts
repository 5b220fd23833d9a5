import { parseArgs, type ParseArgsConfig } from 'node:util'
import { ArgumentError, HarnessError } from '../errors.ts'

/**
 * Runs a command line program: 0 done, 1 the subject fell short, 2 the command could not run.
 * Errors go to stderr in two lines, what was wrong and what to do; only a bug prints a stack.
 * @param main returns the exit code; nothing is 0
 */
export async function runCommand(main: () => Promise<number | void>): Promise<void> {
  try {
    process.exitCode = (await main()) ?? 0
  } catch (error) {
    process.exitCode = 2
    console.error(error instanceof HarnessError ? error.message : error)
  }
}

/** `util.parseArgs`, whose complaints become errors that quote the usage. */
export function parseOptions<T extends ParseArgsConfig>(
  config: T,
  usage: string,
): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config)
  } catch (error) {
    throw new ArgumentError((error as Error).message.split('.')[0] + '.', `Usage: ${usage}`)
  }
}

/** Reads an option that counts something. @throws ArgumentError quoting what came, unless it is a whole number from 1 */
export function countOption(name: string, text: string | undefined): number | undefined {
  const value = numberOption(name, text)
  if (value === undefined || (Number.isInteger(value) && value >= 1)) return value
  throw new ArgumentError(`--${name} is "${text}".`, 'Pass a whole number, at least 1.')
}

/** Reads a number option. @throws ArgumentError quoting what came */
export function numberOption(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (text.trim() !== '' && Number.isFinite(value)) return value
  throw new ArgumentError(`--${name} is "${text}".`, `Pass a number, such as --${name} 28.`)
}
