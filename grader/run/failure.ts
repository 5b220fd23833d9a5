import { relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import type { SerializedError } from 'vitest/node'

/** Why a spec failed, as plain data. */
export interface SpecFailure {
  /** The error's class name: `AssertionError`, `TodoError`, … */
  name: string
  /** The `code` of a HarnessError or sandbox error. */
  code: string | undefined
  /** The task a TodoError names. */
  task: string | undefined
  message: string
  /** Where it happened, innermost first, in this repository's own files. */
  frames: Frame[]
}

export interface Frame {
  file: string
  line: number
}

/** Reads Vitest's serialised error. */
export function failureOf(error: SerializedError): SpecFailure {
  const { code, task, location } = error
  return {
    name: error.name ?? 'Error',
    code: typeof code === 'string' ? code : undefined,
    task: typeof task === 'string' ? task : undefined,
    message: messageOf(error),
    frames: [
      ...(typeof location === 'string' ? [readLocation(location)] : []),
      ...(error.stacks ?? []).map(({ file, line }) => ({
        file: relative(process.cwd(), file).replaceAll('\\', '/'),
        line,
      })),
    ],
  }
}

/** `exercises/…/x.ts:12`, as a sandboxed submission reports its innermost frame. */
function readLocation(location: string): Frame {
  const [file, line] = location.split(':')
  return { file, line: Number(line) }
}

/** An assertion speaks for itself; any other error is named by its class. Colours are taken out. */
export function messageOf({ name, message }: SerializedError): string {
  const speaksForItself = name === undefined || ['AssertionError', 'TodoError', 'Error'].includes(name)
  const said = stripVTControlCharacters(speaksForItself ? message : `${name}: ${message}`).trim()
  return name === 'RangeError' && said.endsWith('call stack size exceeded') ? `${said}\n${STACK}` : said
}

const STACK =
  'Likely mistake: Math.max(...values) passes every value as an argument, too many for a real tensor. Use a loop. ' +
  '(Or a function calls itself without end.)'
