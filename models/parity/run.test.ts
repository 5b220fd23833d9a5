import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, expect, it as always } from 'vitest'

/** run.sh is for Linux: it needs GNU's timeout. */
const it = always.skipIf(process.platform !== 'linux')
const script = join(import.meta.dirname, 'run.sh')

/**
 * Stands in for node and python: notes what it was asked and fails where a file `fail` names one of the words. It says
 * of the graphs' form that it is plain unless SD3_GRAPH names another.
 */
const tool = `#!/usr/bin/env bash
folder=$(dirname "$0")
if [[ $* == *judged-form.ts ]]; then echo "\${SD3_GRAPH:-plain}"; exit; fi
echo "$SD3_GRAPH $*" >>"$folder/asked"
if [[ -e $folder/fail ]] && grep -qw -f "$folder/fail" <<<"$*"; then exit 1; fi
`

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parity-run-'))
  for (const name of ['node', 'python']) {
    writeFileSync(join(folder, name), tool)
    chmodSync(join(folder, name), 0o755)
  }
})
afterEach(() => rmSync(folder, { recursive: true }))

function run(stages: string[], environment: Record<string, string> = {}) {
  rmSync(join(folder, 'asked'), { force: true })
  const { status, stdout, stderr } = spawnSync('bash', [script, join(folder, 'work'), ...stages], {
    encoding: 'utf8',
    env: {
      PATH: `${folder}${delimiter}${process.env.PATH}`,
      SD3_DEVICE: 'cpu',
      PARITY_SIZE: 'small',
      ...environment,
    },
  })
  const asked = existsSync(join(folder, 'asked')) ? readFileSync(join(folder, 'asked'), 'utf8') : ''
  const begun = [...stdout.matchAll(/^== (\w+), at most/gm)].map(([, stage]) => stage)
  return { status, stdout, stderr, asked, begun }
}

const checkpoints = {
  small: ['small', 'small-sd35', 'small-t5-overflow', 'tiny', 'tiny-sd35'],
  full: ['medium', 'sd35-medium', 't5-overflow', 'tiny', 'tiny-sd35'],
}

/** Stores what the parity stage would of a checkpoint, as far as run.sh reads it. */
function judged(names: string[], { form = 'plain', complete = true, pass = true } = {}) {
  mkdirSync(join(folder, 'work/results'), { recursive: true })
  const result = JSON.stringify({ rows: [{ pass }], complete }, null, 1)
  for (const name of names) writeFileSync(join(folder, `work/results/parity-${form}-${name}.json`), result)
}

it('goes on with what has not ended well, and makes again only what that needs', () => {
  writeFileSync(join(folder, 'fail'), 'lesson')
  const first = run([])
  expect(first.begun).toHaveLength(11)
  expect(first.status).toBe(1)
  expect(first.stderr).toContain('Failed: lesson')
  rmSync(join(folder, 'fail'))
  judged(checkpoints.small)
  const second = run([])
  expect(second.begun).toEqual(['checkpoint', 'lesson', 'report'])
  expect(second.status).toBe(0)
  expect(run([]).begun).toEqual(['report'])
  const stored = readFileSync(join(folder, 'work/results/stage-lesson.json'), 'utf8')
  expect(JSON.parse(stored)).toMatchObject({ stage: 'lesson', exitCode: 0 })
})

it.each(checkpoints.full)('judges again while %s was not judged, whatever the others are called', (left) => {
  judged(checkpoints.full.filter((name) => name !== left))
  expect(run([], { PARITY_SIZE: 'full' }).begun).toContain('parity')
  judged([left])
  expect(run([], { PARITY_SIZE: 'full' }).begun).not.toContain('parity')
})

it('judges again when a checkpoint was not judged to its end, or in another form of the graphs', () => {
  judged(['tiny'])
  judged(['tiny-sd35'], { complete: false })
  expect(run([], { PARITY_ONLY: 'tiny' }).begun).not.toContain('parity')
  expect(run([], { PARITY_ONLY: 'tiny tiny-sd35' }).begun).toContain('parity')
  expect(run([], { PARITY_ONLY: 'tiny', SD3_GRAPH: 'fused' }).begun).toContain('parity')
})

it('does not judge again what failed, and fails for it all the same', () => {
  judged(['tiny', 'tiny-sd35'])
  judged(['tiny-sd35'], { pass: false })
  const { begun, status, stderr } = run([], { PARITY_ONLY: 'tiny tiny-sd35' })
  expect(begun).not.toContain('parity')
  expect(status).toBe(1)
  expect(stderr).toMatch(/^Failed: parity of tiny-sd35$/m)
  expect(run([], { PARITY_ONLY: 'tiny' }).status).toBe(0)
})

it('says what it does with --help, and refuses what only looks like an option', () => {
  const { status, stdout, stderr } = spawnSync('bash', [script, '--help'], { encoding: 'utf8' })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout).toMatch(/^Holds the harness .*\n\n {2}bash models\/parity\/run\.sh WORKDIR/)
  expect(stdout).toMatch(/\nSD3_DEVICE .*\n$/)
  const mistyped = spawnSync('bash', [script, '--hlep'], { encoding: 'utf8' })
  expect(mistyped).toMatchObject({ status: 2, stdout: '' })
  expect(mistyped.stderr).toMatch(/^run\.sh: --hlep is no WORKDIR\nUsage: /)
})

it('names the stages that there is no time for', () => {
  const { status, stderr, begun } = run(['parity', 'report'], { PARITY_SECONDS: '5' })
  expect({ status, begun }).toEqual({ status: 1, begun: [] })
  expect(stderr).toContain('Left for the next call: parity report')
})

it('ends a stage that takes too long, and the next one runs', () => {
  writeFileSync(join(folder, 'python'), '#!/usr/bin/env bash\nsleep 20\n')
  const { begun, stderr } = run(['reference', 'report'], { PARITY_STAGE_SECONDS: '1' })
  expect(begun).toEqual(['reference', 'report'])
  expect(stderr).toContain('Failed: reference')
})

it('times each form of the graphs in a process of its own, on the CPU the only one that runs there', () => {
  const timed = (device: string) => {
    const { asked } = run(['harness'], { SD3_DEVICE: device })
    const benches = asked.split('\n').filter((line) => line.includes('watch-harness'))
    return benches.map((line) => /^(\w+).* (watch-harness-\w+)/.exec(line)?.slice(1))
  }
  const plain = ['plain', 'watch-harness-plain']
  expect(timed('cuda')).toEqual([plain, ['fused', 'watch-harness-fused']])
  expect(timed('cpu')).toEqual([plain])
})

it('hands on the checkpoints that it is kept to', () => {
  const { asked } = run(['checkpoint', 'reference', 'parity'], { PARITY_ONLY: 'tiny tiny-sd35' })
  const [checkpoint, reference, parity] = asked.trim().split('\n')
  expect(checkpoint).toMatch(/--size tiny tiny-sd35$/)
  expect(reference).toMatch(/--only tiny tiny-sd35$/)
  expect(parity).toMatch(/--only tiny,tiny-sd35$/)
})
