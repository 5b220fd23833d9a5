import { flowMatchingSteps } from '#grader/manifest/03-flow-matching-steps.ts'
import {
  cellsAt,
  defaultGuidance,
  defaultSteps,
  found,
  lastSigma,
  medium,
  nano,
  printedAs,
  setting,
  sigmasOf,
} from '../facts.ts'
import { inWords } from '../figures.ts'
import { given, quoted, said, seen, when, type Claim } from '../said.ts'
import { briefClaims, resultsClaims } from './exercise.ts'

const spec = 'exercises/03-flow-matching-steps/flow-matching-steps.spec.ts'
const seed = await found(spec, /settings: \{.*seed: (\d+)/)
const pixels = Number(await found(spec, /settings: \{ height: (\d+)/))
const counts = (await found(spec, /stepCounts: \[(.*)\],\n {2}settings/)).split(', ').map(Number)
const [ten, twenty, thirty, longest] = counts
const pathCounts = (await found(spec, /pathCounts: \[(.*)\]/)).split(', ')
const listed = `${ten}, ${twenty}, ${thirty} and ${longest}`

const shift = setting(medium.scheduler, 'shift')
const above = (sigma: number, shifted: number) =>
  sigmasOf(defaultSteps, shifted).filter((level) => level > sigma).length
const [half, high] = [0.5, 0.75]
/** Where the last step would start if its σ were shifted once. */
const lowest = 1 / setting(medium.scheduler, 'num_train_timesteps')
const shiftedOnce = ((shift * lowest) / (1 + (shift - 1) * lowest)).toFixed(3)

const quarterCircle = (steps: number) =>
  printedAs('03-flow-matching-steps/curvature-cost', new RegExp(`(?<![0-9])${steps} steps: .* curved (\\S+)`))
const distance = (steps: number) =>
  printedAs('03-flow-matching-steps/step-counts', new RegExp(`(?<![0-9])${steps} steps +distance +(\\S+) of`))
const gain = (i: number) => (Number(distance(counts[i])) - Number(distance(counts[i + 1]))).toFixed(1)
/** As the exercise asks it: the fewest steps from which on every gain is below the threshold. */
const paysUpTo = (threshold: number) =>
  counts.find((_, from) => counts.slice(from, -1).every((_, i) => Number(gain(from + i)) < threshold))!
const thresholds = [10, 5, 2]
const notebook = "the lesson's notebook"
const answers = thresholds.map(paysUpTo)
/** The lesson's own rule: it takes some threshold to arrive at it. */
const lessonSays = [20, 30]

export const briefOfFlowMatchingSteps: Claim[] = [
  ...briefClaims(flowMatchingSteps),
  said`\`compareStepCounts\`: ${listed} steps from the same noise`,
  said`a simple and a compositional prompt, ${defaultSteps} steps each`,
  said`SD3 shifts its noise levels by ${shift}. Of ${defaultSteps} steps, how many are spent above σ = ${given(half)}?`,
  said`at ${listed} steps: which step up`,
  said`a run of ${longest} steps take ${inWords(longest / ten)} times as long as one of ${ten}?`,
  said`What would ${longest} straight steps give?`,
  said`its DDPM twin at ${pathCounts[0]}, ${pathCounts[1]} and ${pathCounts[2]} steps`,
  said`the lesson calls ${quoted(10, notebook)} steps of DDPM poor, ${quoted(20, notebook)} mediocre and
    ${quoted(50, notebook)} good. Of captions`,
  said`what share will be right at ${pathCounts[0]}, ${pathCounts[1]} and ${pathCounts[2]} steps, and what`,
  said`straightness, for question ${given(6)}; the shares of question ${given(7)} take`,
  said`(for questions ${given(1)} and ${given(2)})`,
  said`(the lesson's ${inWords(counts.length)} runs)`,
  said`These pictures are ${pixels} × ${pixels}, the size`,
  said`notebook uses ${quoted(512, notebook)} × ${quoted(512, notebook)} and a GPU`,
  said`you compare ${inWords(counts.length)} different pictures, not ${inWords(counts.length)} step counts`,
  said`It has no negatives: ${given(3)} − ${given(5)} becomes ${new Uint8Array([3 - 5])[0]}.`,
]

export const resultsOfFlowMatchingSteps: Claim[] = [
  ...resultsClaims(flowMatchingSteps),
  said`when the steps double: ${quarterCircle(4)} at ${given(4)} steps, ${quarterCircle(8)} at ${given(8)},
    ${quarterCircle(16)} at ${given(16)}.`,
  said`with \`nextSigma\` ${given(0)} and you have it`,
  said`Of ${defaultSteps} steps, ${above(half, shift)} start above σ = ${given(half)} and ${above(high, shift)} above
    ${given(high)}; without the shift ${above(half, 1)} and ${above(high, 1)}.`,
  said`Esser et al. ${given(2024)}`,
  said`the last step starts at σ = ${lastSigma} rather than ${shiftedOnce}.`,
  said`on sd3-nano, seed ${seed} (`,
  said`| steps | distance to ${longest} steps | gain of the next longer run |
    | ${ten} | ${distance(ten)} | ${gain(0)} |
    | ${twenty} | ${distance(twenty)} | ${gain(1)} |
    | ${thirty} | ${distance(thirty)} | ${gain(2)} |`,
  when(
    new Set(answers).size > 1 && answers.some((answer) => lessonSays.includes(answer)),
    said`answers ${answers[0]} at a threshold of ${given(thresholds[0])}, ${answers[1]} at
      ${given(thresholds[1])} and ${answers[2]} at ${given(thresholds[2])}: the lesson's
      "${quoted(lessonSays[0], notebook)} to ${quoted(lessonSays[1], notebook)}" is one choice of threshold`,
  ),
  seen('03-flow-matching-steps/step-counts.png', 'By eye the cat'),
  said`Below ${ten} it is guidance that costs steps. At guidance ${defaultGuidance} one step`,
  said`the second step starts at σ = ${lastSigma}, there is nothing left to do`,
  seen('few-steps.png', 'At guidance'),
  said`difference of two velocities by ${defaultGuidance}`,
  said`Hold your answer to question ${given(3)} against`,
  said`its chord is ${(Math.SQRT2 / (Math.PI / 2)).toFixed(2)} of its arc.`,
  said`Song et al. ${given(2020)}`,
  said`It sets ${quoted(20, notebook)} to ${quoted(30, notebook)} steps of SD3 against ${quoted(50, notebook)} of SD v1.5`,
  said`the solver: ${quoted(50, "diffusers' StableDiffusionPipeline")} is diffusers' default for SD v1.5`,
  said`brought the same network to about ${quoted(20, 'DPM-Solver++, arXiv 2211.01095')}.`,
  seen('03-flow-matching-steps/without-t5.png', 'with T5 silenced'),
  seen('03-flow-matching-steps/without-t5.png', 'What changes is'),
  said`from σ = ${given(1)} to ${given(0)}. Few steps`,
]

/** The model under study was trained for the size that the lesson's pictures are drawn at here. */
if (setting(nano.transformer, 'sample_size') !== cellsAt(pixels, nano))
  throw new Error(`sd3-nano is not of ${pixels} pixels.`)
