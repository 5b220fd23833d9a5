import { jointAttention } from '#grader/manifest/02-joint-attention.ts'
import { attentionWeights } from '#grader/oracles/attention-weights.ts'
import { quadrantsOf, quadrantSum } from '#grader/oracles/quadrants.ts'
import { syntheticTokens } from '#grader/oracles/synthetic-tokens.ts'
import {
  cellsAt,
  clipTokens,
  found,
  imageTokensAt,
  medium,
  nano,
  printedAs,
  setting,
  t5Tokens,
  textTokens,
} from '../facts.ts'
import { grouped, inWords, percent } from '../figures.ts'
import { given, quoted, said, seen, when, type Claim } from '../said.ts'
import { briefClaims, resultsClaims } from './exercise.ts'

const heads = setting(medium.transformer, 'num_attention_heads')
const headSize = setting(medium.transformer, 'attention_head_dim')
const channels = setting(medium.transformer, 'in_channels')
const contextWidth = setting(medium.transformer, 'joint_attention_dim')
const [small, large] = [512, 1024] // pixels on a side
const tokensAt = (pixels: number) => imageTokensAt(pixels) + textTokens

/** The lesson's examples: of a matrix to look at, and of what attention costs. */
const madeUp = { rows: 4, columns: 8, text: 10, headSize: 64, seed: 42 }
const example = { image: 256, text: clipTokens }
const surcharge = (image: number, text: number) => ((image + text) / image).toFixed(2)

const made = syntheticTokens(madeUp)
const weights = attentionWeights(made.queries, made.keys, Math.sqrt(madeUp.headSize))
const patches = madeUp.rows * madeUp.columns
const words = quadrantSum(weights, quadrantsOf(patches, madeUp.text, 'image-first').textToText)

/** The picture whose attention is looked at. */
const pixels = 256
const side = cellsAt(pixels, nano) / setting(nano.transformer, 'patch_size')
const image = side ** 2
const mass = (name: string) => printedAs('02-joint-attention/attention-mass', new RegExp(`${name} +(\\S+), `))
const uniform = (name: string) =>
  printedAs('02-joint-attention/attention-mass', new RegExp(`${name} .*uniform (\\S+)`))
/** Whether a kind of tokens is read more than if all keys were read alike. */
const isFavoured = (name: string) => Number(mass(name)) > Number(uniform(name))
/** Whether it is read as much as that, give or take a tenth. */
const isNearItsShare = (name: string) => Math.abs(Number(mass(name)) / Number(uniform(name)) - 1) < 0.1
const largest = Math.max(...Object.keys(quadrantsOf(1, 1, 'image-first')).map((name) => Number(mass(name))))
const captured = (part: RegExp) => printedAs('02-joint-attention/joint-attention', part)
const padding = Math.round(Number(uniform('image to T5 padding')) * (image + textTokens))
const notebook = "the lesson's notebook"

/** What a number in words is not: the four ways of reading between two kinds of tokens. */
const quadrants = inWords(Object.keys(quadrantsOf(1, 1, 'image-first')).length)

export const briefOfJointAttention: Claim[] = [
  ...briefClaims(jointAttention),
  said`find its ${quadrants} quadrants`,
  said`rows and columns of the ${quadrants} quadrants`,
  said`A picture of ${given(small)} × ${given(small)}: how many rows`,
  said`The lesson's example, ${given(example.image)} image and ${example.text} text tokens`,
  said`few of T5's ${t5Tokens} rows`,
  said`the lesson's matrix of ${given(madeUp.rows)} × ${given(madeUp.columns)} patches and ${given(madeUp.text)} words`,
  said`${quadrants} quadrants of made-up attention`,
  said`the attention of block ${captured(/Block (\d+)/)} at step ${captured(/step (\d+)/)} of ${captured(/step \d+ of (\d+)/)}`,
  said`at ${given(pixels)} × ${given(pixels)}. Here nothing was made up. From left to right, and from top to bottom,
    stand ${side} × ${side} image tokens, the red border, ${clipTokens} tokens of CLIP, ${t5Tokens} of T5.
    Most of the ${t5Tokens} are padding.`,
  said`${clipTokens} text tokens. That is CLIP alone. T5 adds ${t5Tokens} rows below: ${textTokens}.`,
  said`${contextWidth} taken for the transformer's width. It is what \`context_embedder\` reads;
    ${contextWidth} / ${heads} is not even whole.`,
  said`No ${given(1)}/√d, or ${given(1)}/d. The scale keeps the spread of the logits near ${given(1)}`,
  said`Each query spends ${given(1)} in all`,
  said`what left step i − ${given(1)}, and step ${given(0)} by the noise`,
  said`[negative, prompt]; row ${given(0)} is not the prompt`,
]

export const resultsOfJointAttention: Claim[] = [
  ...resultsClaims(jointAttention),
  said`two kinds of tokens gives ${quadrants} kinds of reading`,
  said`At ${given(small)} × ${given(small)} the text holds ${textTokens} of ${tokensAt(small)} keys:
    ${percent(textTokens / tokensAt(small))} % of a query's attention falls on it when nothing is preferred;
    at ${given(large)} × ${given(large)} it is ${percent(textTokens / tokensAt(large))} %.`,
  said`The made-up words read each other at ${(words.sum / words.queries).toFixed(2)} where uniform would be
    ${(words.keys / (patches + madeUp.text)).toFixed(2)}`,
  said`falls into cells of ${side} × ${side} tokens`,
  seen('02-joint-attention/joint-attention.png', 'In sd3-nano the first quadrant'),
  seen('02-joint-attention/joint-attention.png', 'The brightest cells'),
  said`Question ${given(2)}, as printed in`,
  said`| image reads image | ${mass('imageToImage')} | ${uniform('imageToImage')} |`,
  said`| image reads text | ${mass('imageToText')} | ${uniform('imageToText')} |`,
  said`| text reads image | ${mass('textToImage')} | ${uniform('textToImage')} |`,
  said`| text reads text | ${mass('textToText')} | ${uniform('textToText')} |`,
  when(
    isFavoured('imageToImage') && isFavoured('textToImage'),
    said`Image tokens are read above their share, by both.`,
  ),
  when(
    Number(mass('textToImage')) === largest,
    said`The quadrant that cross-attention never had, text that reads the image, holds the largest mass.`,
  ),
  said`${padding} of the ${image + textTokens} keys are T5's padding: ${uniform('image to T5 padding')} of the attention`,
  when(
    !isFavoured('image to T5 padding'),
    said`sd3-nano's image tokens give them ${mass('image to T5 padding')}.`,
  ),
  seen('02-joint-attention/joint-attention.png', 'In the picture the padding'),
  seen('02-joint-attention/joint-attention.png', 'As queries these tokens'),
  when(
    isNearItsShare('image to CLIP') && isFavoured('image to T5 words'),
    said`CLIP is read at its share (${mass('image to CLIP')}, uniform ${uniform('image to CLIP')}), the
      ${inWords(t5Tokens - padding)} tokens that T5 makes of the prompt above theirs (${mass('image to T5 words')},
      ${uniform('image to T5 words')}).`,
  ),
  said`at ${given(large)} × ${given(large)} one block's would take ${tokensAt(large)}² × ${heads} heads × ${given(4)} bytes =
    ${((tokensAt(large) ** 2 * heads * 4) / 1e9).toFixed(1)} GB`,
  said`The surcharge is ${given(1)} + text / image.`,
  said`For the lesson's example ${grouped(example.image ** 2 + example.image * example.text)} and
    ${grouped((example.image + example.text) ** 2)}, a factor of ${surcharge(example.image, example.text)};
    for SD3 ${surcharge(imageTokensAt(small), textTokens)} at ${given(small)} × ${given(small)}, and
    ${surcharge(imageTokensAt(large), textTokens)} at ${given(large)} × ${given(large)}.`,
  said`(That ${given(example.image)} + ${example.text} also makes ${example.image + example.text} is a coincidence.)`,
  said`| latent [${quoted(4, notebook)}, ${cellsAt(small)}, ${cellsAt(small)}] at ${given(small)} × ${given(small)} |
    [${channels}, ${cellsAt(small)}, ${cellsAt(small)}] |`,
  said`| ${clipTokens} text tokens, matrix [${clipTokens + imageTokensAt(small)}, ${clipTokens + imageTokensAt(small)}] |
    ${textTokens} and [${tokensAt(small)}, ${tokensAt(small)}] |`,
  said`= ${contextWidth}, d_head = ${contextWidth} // heads | width ${heads * headSize} = ${heads} heads × ${headSize} |`,
  said`The ${quadrants} quadrants are its architecture`,
]

/** The lesson's matrix is the one that the specs draw. */
await found(
  'exercises/02-joint-attention/joint-attention.spec.ts',
  /syntheticTokens\(\{ (rows: 4, columns: 8, text: 10, headSize: 64, seed: 42) \}\)/,
)
