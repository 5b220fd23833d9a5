/** One thing that must hold, and what is wrong when it does not. */
export interface Check {
  name: string
  problem: string | null
}

/** A named group of checks. */
export interface Step {
  name: string
  run: () => Promise<Check[]>
}

export function check(name: string, holds: boolean, problem: string): Check {
  return { name, problem: holds ? null : problem }
}

/** Runs steps one after another; a step that throws is a failed check, and the next one runs all the same. */
export async function runSteps(steps: readonly Step[], print: (line: string) => void): Promise<Check[]> {
  const all: Check[] = []
  for (const { name, run } of steps) {
    const startedAt = performance.now()
    const checks = await run().catch((error: unknown) => [
      { name, problem: error instanceof Error ? (error.stack ?? error.message) : String(error) },
    ])
    if (checks.length === 0) checks.push({ name, problem: 'There was nothing to check.' })
    const failed = checks.filter(({ problem }) => problem !== null)
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
    const passed = `${checks.length - failed.length}/${checks.length}`
    print(
      `${failed.length === 0 ? 'ok  ' : 'FAIL'}  ${name.padEnd(18)} ${passed.padStart(9)}  ${seconds.padStart(6)} s`,
    )
    for (const { name: what, problem } of failed) print(indent(`${what}\n${indent(problem ?? '')}`))
    all.push(...checks)
  }
  return all
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '    ')
}
