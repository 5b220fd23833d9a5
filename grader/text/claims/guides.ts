import { exercises, taskCount } from '#grader/manifest/index.ts'
import type { JudgedRow } from '../../../models/judge/judged-row.ts'
import { elements, encodersOf, defaultGuidance, defaultSteps, found, medium, parametersOf } from '../facts.ts'
import { inWords, percent } from '../figures.ts'
import { measured } from '../measured.ts'
import { given, said, seen, type Claim } from '../said.ts'

const pictures = 'models/pictures/draw.ts'
const stepCounts = (await found(pictures, /stepCounts = \[(.*)\]/)).split(', ')
const stages = Number(
  await found('exercises/04-pipeline-trace/pipeline-trace.ts', /The whole trace: stages 1 to (\d+) in order/),
)
const [first, second, third, fourth] = exercises.map(({ tasks }) => tasks.length)

interface Judged {
  rows: JudgedRow[]
}
const { tally } = (await measured<Judged>('judge')).rows[0]

export const readme: Claim[] = [
  said`by writing it: ${taskCount()} small functions in TypeScript`,
  seen('models/pictures/lesson.png', 'Three prompts drawn'),
  said`two CPU cores: ${defaultSteps} steps, guidance ${defaultGuidance}, seed ${await found(pictures, /seed = (\d+)/)}.`,
  said`You need Node ${await found('package.json', /"node": ">=([\d.]+)"/)} or newer`,
  ...exercises.map(({ title }, i) => said`| ${i + 1} ${title} |`),
  said`SD3 Medium's configs | ${first} |`,
  said`| the ${inWords(4)} quadrants, drawn from a trained model's real attention | ${second} |`,
  said`how many are enough? | ${third} |`,
  said`| ${inWords(stages)} stages from prompt to picture, each with a measured shape | ${fourth} |`,
  said`Of ${tally.captions} captions that it never saw it draws ${percent(tally.whole / tally.captions, 0)} % right`,
  said`The same noise in ${stepCounts[0]} to ${stepCounts[stepCounts.length - 1]} steps`,
  seen('models/pictures/steps.png', 'The same noise in'),
]

const parity = 'harness/parity.test.ts'

export const harness: Claim[] = [
  said`to a relative error of ${await found(parity, /ONE_PASS = (\S+)/)}, and the finished picture of ${defaultSteps} steps to
    ${await found(parity, /expectPicture\(images\[0\], await readPicture\(name\), (\d+)\)/)} of ${Uint8Array.of(-1)[0]} levels`,
  said`stays within ${await found('models/parity/judge-case.ts', /ALLOWED_RATIO = (\S+)/)} times diffusers' own float16 error`,
]

const exercism = Number(
  (await found('grader/writers/exercism.ts', /MOST_BYTES = ([\d_]+)/)).replaceAll('_', ''),
)
const prairieLearn = await found('grader/writers/prairielearn.ts', /no results above (\d+) MiB/)

export const grader: Claim[] = [
  said`Exit codes: ${given(0)} full marks, ${given(1)} points are missing, ${given(2)} could not run.`,
  said`Set the container to ${given(2)} CPUs and ${given(3)} GB at least and the timeout to ${given(20)} minutes.`,
  said`want a file below ${prairieLearn} MiB and ${exercism / 1000} kB`,
  said`expects the specs to notice (${await found('grader/mutation/result.md', /\| all \| \d+ \| (\d+) \|/)} mutants)`,
]

const billions =
  [...encodersOf(medium), medium.transformer, medium.vae].reduce((sum, one) => sum + parametersOf(one), 0) /
  1e9
const t5Bytes = 2 * elements(medium.textEncoder3!.parameters)

export const models: Claim[] = [
  said`exercise ${exercises.findIndex(({ id }) => id === '03-flow-matching-steps') + 1} and \`npm run twin\``,
  said`SD3 Medium's ${billions.toFixed(2)} billion parameters`,
  said`Below ${percent(Number(await found('models/judge/cli.ts', /^const needed = ([\d.]+)/m)), 0)} % right it ends with
    exit code ${given(1)}`,
  said`leaves out T5, ${(t5Bytes / 1e9).toFixed(1)} GB, as diffusers does`,
]
