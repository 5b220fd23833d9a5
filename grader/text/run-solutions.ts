import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exercises } from '#grader/manifest/index.ts'
import type { SpecRun } from '#grader/run/collector.ts'
import { SpecRunner } from '#grader/run/spec-runner.ts'
import type { Printed } from './printed.ts'

/** Where pictures wait for somebody to look at them. */
export const lookFolder = 'out/look'

/** Says with which weights they were drawn. */
export const drawnWith = `${lookFolder}/weights.txt`

/**
 * Runs the specs on the solutions and keeps what they would leave in out/pictures.
 * @param pictures folder for their pictures; without it nobody will look at them
 */
export async function runSolutions(pictures?: string): Promise<{ run: SpecRun; printed: Printed }> {
  const folder = pictures ?? (await mkdtemp(join(tmpdir(), 'printed-')))
  const runner = await SpecRunner.open('solutions', exercises)
  try {
    const run = await runner.run({ pictures: folder })
    return { run, printed: printedIn(run) }
  } finally {
    await runner.close()
    if (pictures === undefined) await rm(folder, { recursive: true })
  }
}

function printedIn({ specs }: SpecRun): Printed {
  const entries = specs.flatMap(({ exercise, attachments }) =>
    attachments.map((one): [string, string] => [
      `${exercise}/${one.name}`,
      withoutTimes('text' in one ? one.text : one.caption),
    ]),
  )
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Seconds are the machine's, and no text may quote them. */
function withoutTimes(text: string): string {
  return text.replaceAll(/ *\d+\.\d s\b/g, '')
}
