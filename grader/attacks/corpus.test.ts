import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { attackText, SandboxFixture } from '#grader/sandbox/fixture.ts'
import { noWrappers, type Wrappers } from '#grader/sandbox/launch.ts'
import { corpus, type Attack } from './corpus.ts'
import { ReadyPipeline } from './ready-pipeline.ts'
import { gradeFixture } from './judge-attack.ts'
import { processesWith, Surroundings } from './surroundings.ts'

/** Compiling, loading and two calls, each given up after seconds, and what it takes to be sure of it. */
const LONGEST_MS = 60_000
const HONEST = 'export const answer = async () => 42\nexport const other = async (a, b) => a + b'

let place: SandboxFixture
let around: Surroundings

beforeAll(async () => {
  place = await SandboxFixture.make()
  const folder = join(place.folder, 'surroundings')
  await mkdir(folder)
  around = await Surroundings.plant(folder)
})
afterAll(async () => {
  around.close()
  await place.close()
})

/** Short where time has to run out, and otherwise long enough for a busy machine. */
const timesFor = (status: string) =>
  status === 'timeout' ? { importMs: 3000, callMs: 2000 } : { importMs: 30_000, callMs: 30_000 }

const honest = async () => place.open(await place.submit(HONEST), timesFor('pass'))

async function gradeAttack({ file, raw, given, answer: [status] }: Attack, wrappers?: Wrappers) {
  const text = await attackText(file)
  const args = given === 'pipeline' ? [new ReadyPipeline()] : given === 'targets' ? [around.targets] : []
  const times = timesFor(status)
  const open = async () =>
    raw ? place.openRaw(text, wrappers, times) : place.open(await place.submit(text), times)
  return gradeFixture(open, args)
}

describe.concurrent(
  'an attack scores what it honestly earned, ends, leaves nobody behind, harms nobody and tells nothing',
  () => {
    it.for(corpus.map((attack): [string, Attack] => [nameOf(attack), attack]))(
      '%s',
      async ([, attack], { skip, expect }) => {
        if (attack.needs && place.launcher.isolation[attack.needs] !== true) skip()
        const startedAt = performance.now()
        const { answer, other } = await gradeAttack(attack)
        expect(performance.now() - startedAt, 'milliseconds').toBeLessThan(LONGEST_MS)

        const [status, said] = attack.answer
        expect({ answer, other: other.status }).toEqual({
          answer: {
            status,
            message: typeof said === 'string' ? stringHolding(said) : (expect.stringMatching(said) as string),
          },
          other: attack.other ?? 'pass',
        })
        for (const { message } of [answer, other])
          for (const secret of around.secrets()) expect(message).not.toContain(secret)

        const neighbour = await gradeFixture(honest, [])
        expect([neighbour.answer.status, neighbour.other.status]).toEqual(['pass', 'pass'])
        expect(await around.damage(), 'damage').toEqual([])
      },
    )
  },
)

describe.concurrent('past the fence, Node’s permissions hold by themselves', () => {
  const onHost = corpus.filter(({ file, raw, needs }) => file.startsWith('host/') && raw && !needs)
  it.for(onHost)('$file', async (attack, { expect }) => {
    const { answer, other } = await gradeAttack(attack, noWrappers)
    expect([answer.status, other.status]).toEqual([attack.answer[0], 'pass'])
    for (const secret of around.secrets()) expect(answer.message).not.toContain(secret)
    expect(await around.damage(), 'damage').toEqual([])
  })
})

it('nobody is left behind', async () => {
  // The last of them may still be ending.
  const left = () => processesWith(join(place.folder, 'stage-'), 'sleep 3607')
  await expect.poll(left, { timeout: 20_000 }).toEqual([])
})

it('every file stands in the corpus', async () => {
  const files = await readdir('grader/attacks', { recursive: true })
  const attacks = files.filter((path) => path.includes('/') && path.endsWith('.ts'))
  const known = new Set(corpus.map(({ file }) => `${file}.ts`))
  expect(attacks.filter((path) => !known.has(path))).toEqual([])
})

function nameOf({ file, ids = [], raw }: Attack): string {
  return [file, ...(raw ? ['past the fence'] : []), ...ids].join(', ')
}

function stringHolding(text: string): string {
  return text === '' ? '' : (expect.stringContaining(text) as string)
}
