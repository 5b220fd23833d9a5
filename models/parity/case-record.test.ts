import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it as always } from 'vitest'

/** Needs nothing but Python's own library. */
const python = 'python3'
const it = always.skipIf(spawnSync(python, ['--version']).status !== 0)

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'case-record-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Prints whether the tiny pictures are stored: before they are, then, and with each of these changes to the record. */
const script = `
import json, sys
from pathlib import Path
from case_record import is_stored, write_record
from cases import tiny_cases
folder = Path(sys.argv[1])
case = next(case for case in tiny_cases() if case.kind == "picture")
answers = [is_stored(folder, case, 7)]
write_record(folder, case, 7, {"date": "a day"})
answers.append(is_stored(folder, case, 7))
path = folder / f"{case.name}.json"
record = json.loads(path.read_text())
for change in json.loads(sys.argv[2]):
    changed = {key: value for key, value in (record | change).items() if value is not None}
    path.write_text(json.dumps(changed))
    answers.append(is_stored(folder, case, 7))
print(json.dumps({"record": record, "answers": answers}))
`

it('a case is stored when seeds, texts and the number of cases are those of today', () => {
  const changes = [
    { environment: { date: 'another' } },
    { seeds: 3 },
    { prompts: ['another'] },
    { negative_prompts: null },
    { checkpoint_cases: null },
    { options: { steps: 5 } },
  ]
  const { stdout, stderr } = spawnSync(python, ['-c', script, folder, JSON.stringify(changes)], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  })
  expect(stderr).toBe('')
  const { record, answers } = JSON.parse(stdout) as { record: object; answers: boolean[] }
  expect(record).toMatchObject({ kind: 'picture', checkpoint_cases: 7, environment: { date: 'a day' } })
  expect(answers).toEqual([false, true, true, false, false, false, false, false])
})
