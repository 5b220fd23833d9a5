import { pipelineTrace } from '#grader/manifest/04-pipeline-trace.ts'
import {
  cellsAt,
  clipTokens,
  defaultSteps,
  found,
  imageTokensAt,
  lastSigma,
  medium,
  printedAs,
  setting,
  t5Tokens,
  textTokens,
} from '../facts.ts'
import { inWords } from '../figures.ts'
import { anything, given, quoted, said, seen, type Claim } from '../said.ts'
import { briefClaims, resultsClaims } from './exercise.ts'

const module = 'exercises/04-pipeline-trace/pipeline-trace.ts'
const spec = 'exercises/04-pipeline-trace/pipeline-trace.spec.ts'

const stages = Number(await found(module, /The whole trace: stages 1 to (\d+) in order/))
/** The first and the last stage of a part of the trace. */
const partOf = async (task: string) => {
  const numbers = (await found(spec, new RegExp(`'${task}',[^[]*traces\\(\\[([^\\]]*)\\]`))).split(', ')
  return [Number(numbers[0]), Number(numbers[numbers.length - 1])]
}
const [reading, conditioning, sequence] = [
  await partOf('trace-text-encoding'),
  await partOf('trace-conditioning'),
  await partOf('trace-sequence'),
]
const [blocks, sampling, decoding] = [
  await partOf('trace-blocks'),
  await partOf('trace-sampling'),
  await partOf('trace-decoding'),
]
const happens = [
  'CLIP ViT-L reads',
  'OpenCLIP ViT-bigG reads',
  'T5 reads',
  'pooled CLIP vectors',
  'text embeddings',
  'noisy latents',
  'image and text tokens',
  'each block',
  'the image tokens',
  'tokens are put back',
  'one flow matching step',
  'stages',
  'the VAE decodes',
]

const filmed = Number(await found(spec, /numInferenceSteps: (\d+),\n\s+guidanceScale/))
const sd15 = await found(module, /sd15: Record<string, string \| number> = \{([^}]*)\}/)
const rows = sd15.trim().split('\n').length
const channels15 = Number(/'latent channels': (\d+)/.exec(sd15)?.[1])
const channels = setting(medium.transformer, 'in_channels')
const scale = medium.vaeScaleFactor
/** Bytes of a picture that share one number of the latents. */
const compression = (latentChannels: number) => (3 * scale ** 2) / latentChannels
const heads = setting(medium.transformer, 'num_attention_heads')
const headSize = setting(medium.transformer, 'attention_head_dim')
const contextWidth = setting(medium.transformer, 'joint_attention_dim')
const [small, large] = [512, 1024] // pixels on a side
const [side, sideOfLarge] = [cellsAt(small), cellsAt(large)]
const joint = imageTokensAt(small) + textTokens
const notebook = "the lesson's notebook"

/** Every shape in the table of stages keeps its batch, and every velocity its eighths. */
const [batch, eighth] = [given(1), scale]

export const briefOfPipelineTrace: Claim[] = [
  ...briefClaims(pipelineTrace),
  said`in between are ${inWords(stages)} stages`,
  said`The ${inWords(stages)} stages`,
  ...happens.map((words, i) => said`| ${i + 1} | ${words}`),
  said`hidden states [${batch}, tokens, width]`,
  said`adaLN-Zero | [${batch}, width] |`,
  said`tokens | [${batch}, tokens, width] |`,
  said`sequence | [${batch}, tokens, width] |`,
  said`last block | [${batch}, tokens, width] |`,
  said`first block: [${batch}, heads, tokens, tokens]`,
  said`[${batch}, channels, height / ${eighth}, width / ${eighth}]`,
  said`| stages ${sequence[0]} to ${sampling[0]} again, about ${defaultSteps} times |
    [steps, channels, height / ${eighth}, width / ${eighth}]`,
  said`[height, width, ${setting(medium.vae, 'out_channels')}]`,
  said`only stage ${blocks[0]} has two`,
  said`\`traceTextEncoding\`: stages ${reading[0]} to ${reading[1]}`,
  said`\`traceConditioning\`: stages ${conditioning[0]} and ${conditioning[1]}`,
  said`\`traceSequence\`: stages ${sequence[0]} and ${sequence[1]}`,
  said`\`traceBlocks\`: stages ${blocks[0]} to ${blocks[1]}`,
  said`\`traceSampling\`: stages ${sampling[0]} and ${sampling[1]}`,
  said`\`traceDecoding\`: stage ${decoding[0]}`,
  said`\`tracePipeline\`: all ${inWords(stages)}`,
  said`The lesson's list says ${quoted(77, notebook)} text tokens`,
  said`SD3 Medium, ${heads} heads of ${headSize}? Where does the ${contextWidth} go`,
  said`A latent of ${given(side)} × ${given(side)} cells`,
  said`In the film of ${filmed} steps`,
  said`latents have ${channels15} channels, SD3's have ${channels}.`,
  said`Of the ${inWords(rows)} rows in \`sd15\``,
  said`keep their batch of ${given(1)}; under guidance the transformer sees a batch of ${given(2)}.`,
  said`A run of ${given(3)} steps is another path with other noise levels, not the first part of a run of ${filmed}.`,
]

export const resultsOfPipelineTrace: Claim[] = [
  ...resultsClaims(pipelineTrace),
  said`Stages ${conditioning[0]} and ${conditioning[1]} are the fork`,
  said`stage ${blocks[1] - 1} has image tokens only`,
  seen('04-pipeline-trace/denoising-film.png', 'the horizon shows'),
  seen('04-pipeline-trace/denoising-film.png', 'Then it is the sky'),
  said`the last step, from σ = ${lastSigma}, changes`,
  said`${printedAs('04-pipeline-trace/vae-round-trip', /: (\S+) dB/)} dB on sd3-nano, ${inWords(compression(channels))}
    numbers in one`,
  seen('04-pipeline-trace/vae-round-trip.png', 'Flat areas'),
  said`Three rows of ${inWords(rows)} are preserved (question ${given(6)}): ${anything}, and ${scale} pixels per latent cell.`,
  said`| text tokens [${quoted(77, notebook)}, d], joint sequence [${quoted(1101, notebook)}, d] at ${small} × ${small} |
    ${clipTokens} + ${t5Tokens} = ${textTokens}; ${imageTokensAt(small)} + ${textTokens} = ${joint} |`,
  said`| d = \`joint_attention_dim\` = ${contextWidth} | ${heads * headSize} = ${heads} × ${headSize} |`,
  said`| latents [${quoted(4, notebook)}, ${side}, ${side}] | [${channels}, ${side}, ${side}] |`,
  said`| a ${side} × ${side} latent decodes to ${quoted(1024, notebook)} × ${quoted(1024, notebook)} | to ${small} × ${small};
    ${large} needs ${sideOfLarge} × ${sideOfLarge} |`,
  said`${channels} channels instead of ${channels15}: ${compression(channels)} numbers into one instead of
    ${compression(channels15)} |`,
]
