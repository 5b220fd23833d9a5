import { join } from 'node:path'
import { parseOptions, runCommand } from '../../harness/cli/command.ts'
import { ArgumentError } from '../../harness/errors.ts'
import { describeMachine, type Machine } from './machine.ts'
import { judgeCase, type ParityRow } from './judge-case.ts'
import { parityCells } from './parity-table.ts'
import { readCases, type ReferenceCase } from './reference-case.ts'
import { writeResult } from './results.ts'
import { openSubject, runCase, type Subject } from './run-case.ts'

const usage = 'npx tsx models/parity/harness.ts WORKDIR [--only TEXT]'

/** What the parity stage stores: `results/parity.json`. */
export interface ParityResult {
  machine: Machine
  reference: ReferenceCase['environment'] | null
  rows: ParityRow[]
  /** Cases that could not run, with the reason. */
  failures: { case: string; reason: string }[]
}

/**
 * Runs every case that reference.py stored with the harness and prints, as they come, how far it and diffusers' float16
 * each lie from diffusers' float32. Exit code 1 when a row is more than 1.2 times as far, or a case fails.
 */
await runCommand(async () => {
  const { values, positionals } = parseOptions(
    { allowPositionals: true, options: { only: { type: 'string' } } },
    usage,
  )
  const [work] = positionals
  if (!work) throw new ArgumentError('There is no WORKDIR.', `Usage: ${usage}`)
  const cases = (await readCases(join(work, 'reference'))).filter(({ name }) =>
    name.includes(values.only ?? ''),
  )
  const result: ParityResult = {
    machine: await describeMachine(),
    reference: cases[0]?.environment ?? null,
    rows: [],
    failures: [],
  }
  let subject: (Subject & { checkpoint: string }) | undefined
  for (const reference of cases) {
    try {
      if (subject?.checkpoint !== reference.checkpoint) {
        await subject?.release()
        const opened = await openSubject(join(work, 'checkpoints', reference.checkpoint))
        subject = { ...opened, checkpoint: reference.checkpoint }
      }
      const { pipe } = subject
      const run = runCase.bind(null, subject, reference)
      const rows = await judgeCase(join(work, 'reference'), reference, run, pipe.device.type === 'float16')
      for (const row of rows) console.log([...parityCells(row), row.note].join('  '))
      result.rows.push(...rows)
    } catch (error) {
      const reason = (error as Error).message
      console.log(`${reference.name}  FAIL  ${reason}`)
      result.failures.push({ case: reference.name, reason })
    }
    await writeResult(work, 'parity', result)
  }
  await subject?.release()
  const failed = result.failures.length + result.rows.filter(({ pass }) => pass === false).length
  const judged = result.rows.filter(({ pass }) => pass !== null).length
  console.log(`${result.rows.length} rows, ${judged} judged, ${failed} failed`)
  return failed > 0 ? 1 : 0
})
