import { parseArgs } from 'node:util'
import { ArgumentError, HarnessError } from '../errors.ts'
import { fileProblem } from './file-problem.ts'
import { nearest } from './nearest.ts'
import { helpText, usageLine, type CommandConfig } from './usage.ts'

/**
 * Runs a command line program: 0 done, 1 the subject fell short, 2 the command could not run.
 * Errors go to stderr in two lines, what was wrong and what to do; only a bug prints a stack.
 * A reader that closes the pipe does not end the work: what is left to print is dropped.
 * @param main returns the exit code; nothing is 0
 */
export async function runCommand(main: () => Promise<number | void>): Promise<void> {
  for (const stream of [process.stdout, process.stderr])
    if (!stream.listeners('error').includes(dropWhatNobodyReads)) stream.on('error', dropWhatNobodyReads)
  try {
    process.exitCode = (await main()) ?? 0
  } catch (error) {
    process.exitCode = error instanceof HelpAsked ? 0 : 2
    if (error instanceof HelpAsked) console.log(error.message)
    else console.error(error instanceof HarnessError ? error.message : (fileProblem(error) ?? error))
  }
}

interface Parsed<T extends CommandConfig> {
  values: ReturnType<typeof parseArgs<T>>['values']
  positionals: string[]
}

/**
 * `util.parseArgs`, whose complaints become errors that quote the usage. `--help` ends the command with the help.
 * @param call how the command is called, such as `npm run judge`; what may follow is added from the config
 */
export function parseOptions<const T extends CommandConfig>(config: T, call: string): Parsed<T> {
  const options = { ...config.options, help: { type: 'boolean', short: 'h' } } as const
  const allowPositionals = config.allowPositionals ?? config.operands !== undefined
  let parsed: { values: { help?: boolean }; positionals: string[] }
  try {
    parsed = parseArgs({ ...config, options, allowPositionals })
  } catch (error) {
    throw new ArgumentError(
      complaint(error as Error, options, config.args ?? process.argv.slice(2)),
      `Usage: ${usageLine(call, config)}`,
    )
  }
  if (parsed.values.help) throw new HelpAsked(helpText(call, config))
  return parsed
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

/** Thrown to leave a command that was only asked what it does. */
class HelpAsked extends Error {}

/** What parseArgs says behind its first sentence. That quotes what came, which may hold dots and line ends of its own. */
const SECOND_SENTENCE = /\. (?=This command does|To specify )|\.?\n(?=Did you forget )/

/** parseArgs' first sentence in one line, and what was probably meant. */
function complaint({ message }: Error, options: object, args: readonly string[]): string {
  const [first] = message.split(SECOND_SENTENCE)
  const sentence = first
    .replaceAll('\n', ' ')
    .replace(/^Option '(?:-\w, )?(--[^' ]+)(?: <value>)?'/, "Option '$1'")
    .replace(/\.?$/, '.')
  const ambiguous = /^Option '([^']+)' argument is ambiguous/.exec(sentence)?.[1]
  if (ambiguous !== undefined)
    return `${sentence} A value that begins with a dash is written ${withDash(ambiguous, args)}.`
  const unknown = /^Unknown option '--([^']+)'/.exec(message)?.[1]
  const meant = unknown === undefined ? null : nearest(unknown, Object.keys(options))
  return meant === null ? sentence : `${sentence} The nearest is --${meant}.`
}

/** How the option's value that came is written so that it is one. */
function withDash(option: string, args: readonly string[]): string {
  const value = args.find((arg, i) => args[i - 1] === option && arg.startsWith('-')) ?? '-1'
  const quoted = /^[\w=.,:/+-]+$/.test(value) ? value : JSON.stringify(value)
  return `${option}${option.startsWith('--') ? '=' : ''}${quoted}`
}

function dropWhatNobodyReads(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error
}
