import { format, inspect } from 'node:util'

/**
 * Replaces the globals through which an exercise could reach this process, its host or the network.
 * A seat belt, not the wall: the wall is that this process holds nothing worth having and decides nothing.
 * @param print where console output goes
 */
export function raiseFence(print: (line: string) => void): void {
  const { platform, arch, version, versions, hrtime } = process
  const refused = (name: string) => () => {
    throw new Error(
      `process.${name} is not available to an exercise.\nReturn a value, or throw an error, instead.`,
    )
  }
  replace('process', {
    ...{ platform, arch, version, versions, hrtime },
    memoryUsage: process.memoryUsage.bind(process),
    nextTick: process.nextTick.bind(process),
    env: {},
    argv: [],
    cwd: () => '/',
    exit: refused('exit'),
    abort: refused('abort'),
    kill: refused('kill'),
  })
  const log = (...values: unknown[]) => print(format(...values))
  const silent = () => {}
  replace('console', {
    ...{ log, info: log, debug: log, warn: log, error: log, trace: log, table: log },
    ...{ group: silent, groupEnd: silent, time: silent, timeEnd: silent, count: silent, assert: silent },
    dir: (value: unknown) => print(inspect(value)),
  })
  for (const name of ['fetch', 'WebSocket', 'EventSource', 'BroadcastChannel']) {
    delete (globalThis as Record<string, unknown>)[name]
  }
}

function replace(name: string, value: object): void {
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false })
}
