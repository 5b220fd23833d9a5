import { wrapAnsi } from 'fast-wrap-ansi'
import type { ParseArgsConfig } from 'node:util'

/** An option of `util.parseArgs`, and what a person is told of it. */
export type DescribedOption = NonNullable<ParseArgsConfig['options']>[string] & {
  /** What stands for its value: `N`, `DIR`, `cpu|cuda`. */
  takes?: string
  does?: string
  /** Whether the command cannot do without it; it then stands in the usage without brackets. */
  required?: boolean
}

/** What `util.parseArgs` reads, and what a person is told of it. */
export interface CommandConfig extends ParseArgsConfig {
  /** What the command does, in sentences. */
  does?: string
  /** What stands for its operands, as in `FOLDER` or `[NN…]`. */
  operands?: string
  options?: Record<string, DescribedOption>
}

/** `npm run template -- FOLDER [--kit OWNER/NAME@REF]`: the command as it is called, with what may follow. */
export function usageLine(call: string, { operands, options = {} }: CommandConfig): string {
  const described = Object.entries(options).filter(([, { does }]) => does !== undefined)
  const parts = described.map(([name, option]) => {
    const text = signature(name, option)
    return `${option.required ? text : `[${text}]`}${option.multiple ? '…' : ''}`
  })
  if (operands !== undefined) parts.unshift(operands)
  if (parts.length === 0) return call
  const isBehindNpm = call.startsWith('npm ') && !call.includes(' -- ')
  return `${call}${isBehindNpm ? ' --' : ''} ${parts.join(' ')}`
}

const WIDTH = 100

/** What `--help` prints: the usage, what the command does, and each option with what it does and its default. */
export function helpText(call: string, config: CommandConfig): string {
  const rows = Object.entries(config.options ?? {}).flatMap(([name, option]) =>
    option.does === undefined ? [] : [[signature(name, option), describe(option)]],
  )
  rows.push(['--help', 'shows this'])
  const column = Math.min(34, Math.max(...rows.map(([left]) => left.length)) + 4)
  const lines = rows.map(([left, right]) => {
    const [first, ...more] = wrapAnsi(right, WIDTH - column).split('\n')
    const head = `  ${left}`.padEnd(column)
    const indent = ' '.repeat(column)
    const start = head.length > column ? [head, indent + first] : [head + first]
    return [...start, ...more.map((line) => indent + line)].join('\n')
  })
  const does = config.does === undefined ? [] : [wrapAnsi(config.does, WIDTH)]
  return [`Usage: ${usageLine(call, config)}`, ...does, lines.join('\n')].join('\n\n')
}

function signature(name: string, { type, takes = 'VALUE' }: DescribedOption): string {
  return type === 'boolean' ? `--${name}` : `--${name} ${takes}`
}

function describe({ does, default: value, multiple }: DescribedOption): string {
  const notes = [
    ...(multiple ? ['may be given often'] : []),
    ...(typeof value === 'string' ? [`default ${value}`] : []),
  ]
  return [does, ...notes].join('; ')
}
