import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { tensor, type Component, type Image, type Parameter } from '#harness'
import { exercises, modulePath } from '#grader/manifest/index.ts'
import * as one from '../../solutions/01-pipeline-inspection/pipeline-inspection.ts'
import * as two from '../../solutions/02-joint-attention/joint-attention.ts'
import * as three from '../../solutions/03-flow-matching-steps/flow-matching-steps.ts'
import { clipTokens, imageTokensAt, medium, setting, t5Tokens, textTokens } from './facts.ts'
import { numbersIn } from './prose.ts'
import { given, placesOf, said, type Claim } from './said.ts'

const parameter = (name: string, shape: number[], moduleType = 'Linear'): Parameter => ({
  ...{ name, shape, moduleType },
  module: name.split('.').slice(0, -1).join('.'),
})
const component = (...parameters: Parameter[]): Component => ({
  ...{ name: 'x', className: 'X', config: {}, buffers: [] },
  parameters,
})
const config = (settings: Record<string, number>): Component => ({ ...component(), config: settings })
const pixel = (...bytes: number[]): Image => ({ width: 1, height: 1, data: Uint8Array.from(bytes) })
const blank = (height: number, width: number): Image => ({
  ...{ height, width },
  data: new Uint8Array(3 * height * width),
})
const rounded = (value: number) => Number(value.toFixed(4))
const listed = (values: ArrayLike<number>) => Array.from(values, rounded).join(', ')

const linear = [parameter('a.weight', [2, 3]), parameter('a.bias', [2])]
const [linears, norm] = await one.countByModuleType(
  component(...linear, parameter('n.weight', [4], 'LayerNorm')),
)
const [proj, out] = await one.parameterGroups(
  component(parameter('proj.weight', [9]), parameter('out.net.0.weight', [1])),
)
const budget = await one.parameterBudget({
  ...{
    ...medium,
    textEncoder: component(parameter('a.weight', [60])),
    textEncoder2: null,
    textEncoder3: null,
  },
  ...{ transformer: component(parameter('a.weight', [30])), vae: component(parameter('a.weight', [10])) },
})
const ratio = await one.widthRatio([
  { name: 'textEncoder', hiddenStates: [1, 77, 512], pooled: null },
  { name: 'textEncoder3', hiddenStates: [1, 256, 768], pooled: null },
])
const { blocks, parameters } = await one.describeTransformer(medium.transformer)
const pooled =
  setting(medium.textEncoder!, 'projection_dim') + setting(medium.textEncoder2!, 'projection_dim')

const latent = await two.latentShape(medium, { height: 512, width: 768 })
const tokens = await two.tokenCounts(config({ patch_size: 2 }), latent, [1, 333, 4096])
const attention = await two.attentionDimensions(config({ num_attention_heads: 6, attention_head_dim: 64 }))
const { queries } = await two.syntheticQueriesKeys({ rows: 4, columns: 8, text: 10, headSize: 64, seed: 42 })
const { imageToText } = await two.quadrantRanges({ image: 4, text: 3 }, 'image-first')
const cost = await two.attentionCost({ image: 256, text: 77 })

const mixed = await three.addNoise(tensor([1], [4]), tensor([1], [-2]), 0.25)
const stepped = await three.eulerStep(tensor([1], [2.5]), tensor([1], [-6]), 0.25, 0)
const [road] = await three.curvatureCost(1, 0, [1])
const sigmas = await three.sigmaSchedule(4, 3, 1000)
const [title] = await three.runTitles([{ steps: 10, seconds: 1.26 }])
const strip = await three.comparisonStrip([blank(64, 96), blank(64, 80)], 4, [0, 0, 0])
const distances = await three.distanceToLongest([
  { steps: 10, image: pixel(0, 0, 0) },
  { steps: 20, image: pixel(3, 0, 0) },
])
const points = Object.entries({ 10: 40, 20: 12, 30: 4, 50: 0 }).map(([steps, distance]) => ({
  ...{ steps: Number(steps), distance },
}))
const enough = await three.whereItStopsPaying(points, 10)

/** The examples in the stubs' comments, answered by the reference solutions. */
const examples: Record<string, Claim[]> = {
  '01-pipeline-inspection': [
    said`Linear(${given(3)} -> ${given(2)}): weight [${given(2)}, ${given(3)}], bias [${given(2)}] -> ${await one.countParameters(component(...linear))}`,
    said`[{ moduleType: 'Linear', parameters: ${linears.parameters} }, { moduleType: 'LayerNorm', parameters: ${norm.parameters} }]`,
    said`promptEmbeds [${given(1)}, ${clipTokens} + ${t5Tokens}, ${setting(medium.textEncoder3!, 'd_model')}] and a pooled [${given(1)}, ${pooled}]`,
    said`CLIP-L [${given(1)}, ${given(77)}, ${given(512)}], T5 [${given(1)}, ${given(256)}, ${given(768)}] -> ${ratio}`,
    said`parameters: ${parameters}, blocks: ${blocks} }`,
    said`[{ group: 'proj', parameters: ${proj.parameters}, share: ${proj.share} }, { group: 'out', parameters: ${out.parameters}, share: ${out.share} }]`,
    said`textEncoders: { parameters: ${budget.textEncoders.parameters}, share: ${budget.textEncoders.share} }, …, total: ${budget.total}`,
  ],
  '02-joint-attention': [
    said`SD3, { height: ${given(512)}, width: ${given(768)} } -> [${listed(latent)}]`,
    said`{ image: ${tokens.image}, text: ${tokens.text}, total: ${tokens.total} }`,
    said`heads of ${given(64)} -> { width: ${attention.width}, heads: ${attention.heads}, headSize: ${attention.headSize} }`,
    said`-> queries [${listed(queries.dims)}], keys`,
    said`imageToText: { rows: [${listed(imageToText.rows)}], columns: [${listed(imageToText.columns)}] }`,
    said`SD3 Medium, ${given(512)} × ${given(512)} -> [${imageTokensAt(512) + textTokens}, ${imageTokensAt(512) + textTokens}]`,
    said`{ separate: ${cost.separate}, joint: ${cost.joint}, ratio: ${rounded(cost.ratio)} }`,
  ],
  '03-flow-matching-steps': [
    said`addNoise([${given(4)}], [−${given(2)}], ${given(0.25)}) → [${listed(mixed.data)}]`,
    said`eulerStep([${given(2.5)}], [−${given(6)}], ${given(0.25)}, ${given(0)}) → [${listed(stepped.data)}]`,
    said`[{ steps: ${road.steps}, straight: ${road.straight}, curved: ${rounded(road.curved)} }]`,
    said`sigmaSchedule(${given(4)}, ${given(3)}, ${given(1000)}) → [${listed(sigmas)}]`,
    said`seconds: ${given(1.26)} } → '${title.replace('\n', '\\n')}'`,
    said`gap ${given(4)} → height ${strip.height}, width ${strip.width}`,
    said`(${given(20)} steps) → [${listed(distances)}]`,
    said`threshold ${given(10)} → ${enough} (gains`,
  ],
}

it.each(Object.entries(examples))('%s: the examples in the comments hold', async (id, claims) => {
  const exercise = exercises.find((each) => each.id === id)!
  const source = await readFile(`exercises/${modulePath(exercise)}`, 'utf8')
  const text = source.replaceAll(/^\s*\/?\*+/gm, '').replaceAll(/\s+/g, ' ')
  const unsaid = claims.filter((claim) => placesOf(claim, { text, numbers: numbersIn(text) }).length === 0)
  expect(unsaid.map(({ words }) => words)).toEqual([])
})
