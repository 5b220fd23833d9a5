import { join } from 'node:path'
import { parseOptions, runCommand } from '../../harness/cli/command.ts'
import { ArgumentError } from '../../harness/errors.ts'
import { describeMachine, type Machine } from './machine.ts'
import { judgeCase, type ParityRow } from './judge-case.ts'
import { workFolder } from './options.ts'
import { parityCells } from './parity-table.ts'
import { usedForm } from './graph-form.ts'
import { readCases, type ReferenceCase } from './reference-case.ts'
import { writeResult } from './results.ts'
import { openSubject, runCase, type Subject } from './run-case.ts'

const call = 'npx tsx models/parity/harness.ts'
const config = {
  does: 'Judges the harness by what reference.py stored, and prints a table.',
  operands: 'WORKDIR',
  options: {
    only: { type: 'string', takes: 'NAME,…', does: 'the checkpoints to judge (all that are stored)' },
  },
} as const

/** What the parity stage stores of each checkpoint: `results/parity-FORM-CHECKPOINT.json`. */
export interface ParityResult {
  machine: Machine
  /** The form of the harness' graphs. */
  form: string
  checkpoint: string
  reference: ReferenceCase['environment']
  rows: ParityRow[]
  /** Cases that could not run, with the reason. */
  failures: { case: string; reason: string }[]
  seconds: number
  /** Whether every case of the checkpoint could run; one that reference.py has not come to yet could not. */
  complete: boolean
}

/**
 * Runs every case that reference.py stored with the harness and prints, as they come, how far it and diffusers' float16
 * each lie from diffusers' float32. Exit code 1 when a row is more than 1.2 times as far, a case
 * fails, or a checkpoint that was asked for has none.
 */
await runCommand(async () => {
  const { values, positionals } = parseOptions(config, call)
  const work = workFolder(positionals, call, config)
  const only = values.only?.split(',')
  const stored = await readCases(join(work, 'reference'))
  if (stored.length === 0)
    throw new ArgumentError(`There are no stored cases in ${work}.`, 'Run the stage reference first.')
  const names = [...new Set(stored.map(({ checkpoint }) => checkpoint))]
  const absent = only?.filter((name) => !names.includes(name)) ?? []
  if (absent.length > 0 && absent.length === only?.length)
    throw new ArgumentError(
      `There are no stored cases of ${absent.join(', ')}.`,
      `Pass some of ${names.join(', ')}; the stage reference stores those of others.`,
    )
  const cases = stored.filter(({ checkpoint }) => only?.includes(checkpoint) ?? true)
  const machine = await describeMachine()
  const results: ParityResult[] = []
  for (const checkpoint of new Set(cases.map((one) => one.checkpoint))) {
    const own = cases.filter((one) => one.checkpoint === checkpoint)
    results.push(await judgeCheckpoint(work, checkpoint, own, machine))
  }
  const rows = results.flatMap((result) => result.rows)
  const failures = results.flatMap((result) => result.failures)
  const failed = failures.length + rows.filter(({ pass }) => pass === false).length
  const judged = rows.filter(({ pass }) => pass !== null).length
  console.log(`${rows.length} rows, ${judged} judged, ${failed} failed`)
  if (absent.length > 0) console.log(`There are no stored cases of ${absent.join(', ')}.`)
  return failed + absent.length > 0 ? 1 : 0
})

/** A checkpoint that cannot be opened fails each of its cases. */
async function judgeCheckpoint(
  work: string,
  checkpoint: string,
  cases: ReferenceCase[],
  machine: Machine,
): Promise<ParityResult> {
  const started = performance.now()
  const form = usedForm(machine)
  const [{ environment: reference, checkpoint_cases: total }] = cases
  const result: ParityResult = {
    machine,
    form,
    checkpoint,
    reference,
    rows: [],
    failures: [],
    seconds: 0,
    complete: false,
  }
  let subject: Subject | undefined
  for (const one of cases) {
    try {
      subject ??= await openSubject(join(work, 'checkpoints', checkpoint))
      const judged = subject.pipe.device.type === 'float16'
      const rows = await judgeCase(join(work, 'reference'), one, runCase.bind(null, subject, one), judged)
      for (const row of rows) console.log([...parityCells(row), row.note].join('  '))
      result.rows.push(...rows)
    } catch (error) {
      const reason = (error as Error).message
      console.log(`${one.name}  FAIL  ${reason}`)
      result.failures.push({ case: one.name, reason })
    }
    result.seconds = (performance.now() - started) / 1000
    result.complete = cases.length === total && one === cases.at(-1) && result.failures.length === 0
    await writeResult(work, `parity-${form}-${checkpoint}`, result)
  }
  await subject?.release()
  return result
}
