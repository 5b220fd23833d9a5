import { pipelineInspection } from '#grader/manifest/01-pipeline-inspection.ts'
import {
  buffersOf,
  clipTokens,
  elements,
  encodersOf,
  medium,
  parametersOf,
  setting,
  t5Tokens,
  textTokens,
} from '../facts.ts'
import { grouped, inWords, percent } from '../figures.ts'
import { given, quoted, said, type Claim } from '../said.ts'
import { briefClaims, resultsClaims } from './exercise.ts'

const { textEncoder, textEncoder2, textEncoder3, transformer, vae } = medium
const [clipL, bigG, t5] = [textEncoder!, textEncoder2!, textEncoder3!]
const networks = [...encodersOf(medium), transformer, vae]
const reading = encodersOf(medium).reduce((sum, encoder) => sum + parametersOf(encoder), 0)
const drawing = parametersOf(transformer)
const total = networks.reduce((sum, network) => sum + parametersOf(network), 0)
const tensors = networks.reduce((sum, { parameters }) => sum + parameters.length, 0)
const stored = 2 * (total + buffersOf(transformer)) // bytes, in float16

const [widthL, widthG] = [setting(clipL, 'hidden_size'), setting(bigG, 'hidden_size')]
const widthT5 = setting(t5, 'd_model')
const pooled = setting(clipL, 'projection_dim') + setting(bigG, 'projection_dim')

const blocks = setting(transformer, 'num_layers')
const block = (i: number) =>
  transformer.parameters.filter(({ name }) => name.startsWith(`transformer_blocks.${i}.`))
const pairs = new Set(block(0).map(({ module }) => module)).size / 2
const ofType = (type: string) =>
  grouped(elements(transformer.parameters.filter(({ moduleType }) => moduleType === type)))

/** CLIP as SDXL and SD v1.5 have it, without the projection of its sentence vector. */
const bareClipL = elements(clipL.parameters.filter(({ name }) => !name.startsWith('text_projection')))
const notebook = "the lesson's notebook"

export const briefOfPipelineInspection: Claim[] = [
  ...briefClaims(pipelineInspection),
  said`is ${inWords(networks.length)} networks: three text encoders`,
  said`all its ${grouped(tensors)} learned tensors, without their ${Math.floor(stored / 1e9)} GB of values`,
  said`CLIP ViT-L gives ${widthL} numbers per token, T5-XXL ${widthT5}.`,
  said`A prompt of ${given('seven')} words: how many rows`,
  said`The transformer has ${blocks} blocks. Is block ${given(0)}'s size times ${blocks} too much`,
  said`It makes SD3 Medium ${grouped(buffersOf(transformer))} too large`,
  said`class \`null\`, ${given(0)} parameters`,
  said`Block ${given(1)} that takes in block ${given(10)}.`,
  said`A share is a fraction, ${given(0)} to ${given(1)}.`,
]

export const resultsOfPipelineInspection: Claim[] = [
  ...resultsClaims(pipelineInspection),
  said`${grouped(parametersOf(clipL))} (CLIP ViT-L) + ${grouped(parametersOf(bigG))} (OpenCLIP ViT-bigG) +
    ${grouped(parametersOf(t5))} (T5-XXL) = ${grouped(reading)} parameters read the prompt,
    ${percent(reading / total)} % of ${grouped(total)}.`,
  said`The denoiser has ${grouped(drawing)} (${percent(drawing / total)} %),
    the VAE ${grouped(parametersOf(vae))} (${percent(parametersOf(vae) / total)} %).`,
  said`T5-XXL alone is ${(parametersOf(t5) / drawing).toFixed(1)} times the denoiser`,
  said`side by side (${widthL} + ${widthG} = ${widthL + widthG}, zeros up to ${widthT5})`,
  said`rows follow below: ${clipTokens} + ${t5Tokens} = ${textTokens} rows`,
  said`The pooled vectors of the two CLIPs, ${pooled} numbers`,
  said`${inWords(pairs)} pairs to a block`,
  said`once for the text: ${grouped(elements(block(0)))} parameters`,
  said`a smaller text modulation: ${grouped(elements(block(blocks - 1)))}.`,
  said`(Question ${given(5)}: ${blocks} full blocks would be ${grouped(blocks * elements(block(0)))}, more than`,
  said`The transformer holds ${ofType('Linear')} parameters in Linear layers and ${ofType('Conv2d')} in one convolution`,
  said`| OpenCLIP bigG: ${quoted(354, notebook)} M | ${grouped(parametersOf(bigG))}. ${quoted(354, notebook)} M is`,
  said`| T5: [${quoted(77, notebook)}, ${widthT5}] | SD3 gives T5 ${t5Tokens} tokens; the notebook's own call cuts it to
    ${quoted(77, notebook)} |`,
  said`| T5 is ${quoted(5, notebook)}× wider | ${widthT5} / ${widthL} = ${(widthT5 / widthL).toFixed(2)};`,
  said`| SDXL: about ${quoted(477, notebook)} M of text encoders | ${grouped(bareClipL)} + ${grouped(parametersOf(bigG))} =
    ${grouped(bareClipL + parametersOf(bigG))} |`,
  said`| SD3: about ${quoted(5, notebook)} B+ of text encoders | ${grouped(reading)} |`,
]
