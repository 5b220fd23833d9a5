/** One thing that must hold, and what is wrong when it does not. */
export interface Check {
  name: string
  problem: string | null
  /** It says itself that it is not for this machine. */
  skipped?: boolean
}

/** A named group of checks. */
export interface Step {
  name: string
  run: () => Promise<Check[]>
  /** Why it is not for this machine; null when it is. */
  notHere?: string | null
}

export function check(name: string, holds: boolean, problem: string): Check {
  return { name, problem: holds ? null : problem }
}

/**
 * Runs steps one after another; a step that throws is a failed check, and the next one runs all the same.
 * @returns the checks that were made; those that are not for this machine are only printed
 */
export async function runSteps(steps: readonly Step[], print: (line: string) => void): Promise<Check[]> {
  const all: Check[] = []
  for (const { name, run, notHere } of steps) {
    if (typeof notHere === 'string') {
      print(`--    ${name.padEnd(18)} not here: ${notHere}`)
      continue
    }
    const startedAt = performance.now()
    const checks: Check[] = await run().catch((error: unknown) => [
      { name, problem: error instanceof Error ? (error.stack ?? error.message) : String(error) },
    ])
    const made = checks.filter(({ skipped }) => !skipped)
    if (checks.length === 0) made.push({ name, problem: 'There was nothing to check.' })
    const failed = made.filter(({ problem }) => problem !== null)
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
    const passed = `${made.length - failed.length}/${made.length}`
    print(
      `${failed.length === 0 ? 'ok  ' : 'FAIL'}  ${name.padEnd(18)} ${passed.padStart(9)}  ${seconds.padStart(6)} s`,
    )
    for (const { name: what, problem } of failed) print(indent(`${what}\n${indent(problem ?? '')}`))
    for (const { name: what } of checks.filter(({ skipped }) => skipped)) print(indent(`not here: ${what}`))
    all.push(...made)
  }
  return all
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '    ')
}
