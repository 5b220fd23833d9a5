import { readFile } from 'node:fs/promises'
import { defaultGuidance, defaultSteps, found } from '../facts.ts'
import { inWords } from '../figures.ts'
import { given, quoted, said, type Claim } from '../said.ts'

export const attacks: Claim[] = [
  said`asked for ${await found('grader/attacks/corpus.ts', /`answer` is asked for (\d+)/)} and does something else`,
  said`in its own Vitest worker, where ${quoted('nine', 'the collection that A01 to A38 come from')} of them get full marks`,
]

const callSeconds =
  Number((await found('grader/sandbox/limits.ts', /callMs: ([\d_]+)/)).replaceAll('_', '')) / 1000
const budget = Number((await found('grader/grader.ts', /BUDGET_MS = .* \? ([\d_]+) :/)).replaceAll('_', ''))

export const gradedClass: Claim[] = [
  said`time is bounded: ${inWords(callSeconds)} seconds a call`,
  said`takes its whole budget, ${inWords(budget / 60_000)} minutes by default`,
]

export const mutation: Claim[] = [
  said`at least ${await found('grader/mutation/cli.ts', /LEAST = (\d+)/)} % of the mutants of each exercise`,
]

const prompts = (
  JSON.parse(await readFile('harness/fixtures/tokenizer.json', 'utf8')) as { prompts: unknown[] }
).prompts.length
const oracles = 'harness/fixtures/network_oracles.py'
const [low, high] = (await found('harness/fixtures/schedule_oracles.py', /for shift in \((.*)\):/))
  .split(', ')
  .map(Number)

export const fixtures: Claim[] = [
  said`noised samples at shift ${low} and ${high} |`,
  said`token ids of ${prompts} awkward prompts`,
  said`holds every ${await found(oracles, /every\((\d+), "text_encoder_3/)}rd value`,
]

const bench = 'models/parity/bench_diffusers.py'
const cases = 'models/parity/cases.py'
const scatterTool = 'models/parity/tiny_scatter.py'
const [low90, high90] = (await found(scatterTool, /np\.quantile\(values, \[(.*)\]\)/)).split(', ').map(Number)
const scatterCounts = (await found(scatterTool, /COUNTS = \((.*)\)/)).split(', ')

const tinyPrompts = await found(cases, /TINY_PROMPTS = (\d+)/)
const tinySeeds = await found(cases, /TINY_SEEDS = (\d+)/)

async function scatter(count: string): Promise<Claim> {
  const line = new RegExp(`text_encoder_2 pooled, ${count} seeds: .*all values ([\\d.]+…[\\d.]+)`)
  const [low, high] = (await found('models/parity/tiny-scatter.txt', line)).split('…').map(Number)
  return said`| ${count} prompts | ${low.toFixed(2)}…${high.toFixed(2)} |`
}

/** How far from 1, in per cent, the bands reach that each row has over as many seeds as it is judged over. */
async function largestChance(): Promise<string> {
  const lines = (await readFile('models/parity/tiny-scatter.txt', 'utf8')).split('\n').filter((line) => {
    const seeds = /transformer|vae/.test(line) ? tinySeeds : tinyPrompts
    return line.includes(`, ${seeds} seeds:`)
  })
  const ends = lines.flatMap((line) => /all values ([\d.]+)…([\d.]+)/.exec(line)!.slice(1).map(Number))
  return (100 * Math.max(...ends.map((end) => Math.abs(end - 1)))).toFixed(0)
}

export const parity: Claim[] = [
  said`about ${given(35)} GB of disk in WORKDIR and ${given(50)} GB of GPU memory`,
  said`biases and norms are not ${given(0)} and ${given(1)}`,
  said`a second attention in ${await found('models/parity/configs.py', /"dual_attention_layers": list\(range\((\d+)\)\)/)} blocks`,
  said`exceed ${(2 - 2 ** -10) * 2 ** 15}, float16's largest number`,
  said`at most ${await found('models/parity/judge-case.ts', /ALLOWED_RATIO = (\S+)/)} passes`,
  said`in levels of ${Uint8Array.of(-1)[0]}`,
  said`a pooled embedding of a tiny checkpoint has ${await found('models/parity/configs.py', /"projection_dim": (\d+)/)}`,
  said`where the ratio ought to be ${given(1)}. Its middle ${Math.round(100 * (high90 - low90))} % for that embedding`,
  ...(await Promise.all(scatterCounts.map(scatter))),
  said`is judged over ${tinyPrompts} of them for the tiny checkpoints`,
  said`whose outputs are larger, over ${tinySeeds} seeds. That leaves at most ${await largestChance()} % to chance`,
  said`${defaultSteps} guided steps amplify rounding`,
  said`one pass of the transformer with batch ${given(2)}`,
  said`encode prompt and negative, ${defaultSteps} steps, guidance ${defaultGuidance}, decode`,
  said`pictures of ${await found('models/parity/bench.ts', /i < (\d+); i\+\+\) pictures/)} runs, steps of
    ${await found('models/parity/bench.ts', /repeats: .*default: '(\d+)'/)}`,
  said`of the process on its card every ${await found('models/parity/gpu-memory.ts', /POLL_MILLISECONDS = (\d+)/)} ms`,
  said`a float16 product of ${await found(bench, /side = (\d+) if/)}³ on the same card`,
]
