import type { Mutant } from './types.ts'

export const mutants: Mutant[] = [
  {
    task: 'latent-shape',
    name: 'takes width for height',
    find: 'size.height / vaeScaleFactor, size.width / vaeScaleFactor',
    replace: 'size.width / vaeScaleFactor, size.height / vaeScaleFactor',
    diagnosis: 'Height and width are exchanged',
  },
  {
    task: 'latent-shape',
    name: 'has the four channels of SD v1.5',
    find: 'return [transformer.config.in_channels as number,',
    replace: 'return [4,',
    diagnosis: 'Four channels are SD v1.5',
  },
  {
    task: 'latent-shape',
    name: 'writes the factor down as 8',
    find: 'size.height / vaeScaleFactor, size.width / vaeScaleFactor',
    replace: 'size.height / 8, size.width / 8',
    diagnosis: 'You divided by 8',
  },
  {
    task: 'token-counts',
    name: 'counts latent cells',
    find: '(height / patch) * (width / patch)',
    replace: 'height * width',
    diagnosis: 'You counted latent cells',
  },
  {
    task: 'token-counts',
    name: 'counts 77 text tokens',
    find: 'const text = promptEmbeds[1]',
    replace: 'const text = 77',
    diagnosis: 'You counted CLIP’s rows alone',
  },
  {
    task: 'token-counts',
    name: 'takes the width of the embeddings for their rows',
    find: 'const text = promptEmbeds[1]',
    replace: 'const text = promptEmbeds[2]',
    diagnosis: 'You took the width of the embeddings',
  },
  {
    task: 'attention-dimensions',
    name: 'takes 4096 for the width',
    find: 'return { width: heads * headSize, heads, headSize }',
    replace:
      'const width = transformer.config.joint_attention_dim as number\n  return { width, heads, headSize: Math.floor(width / heads) }',
    diagnosis: 'joint_attention_dim is the width of the prompt embeddings',
  },
  {
    task: 'attention-dimensions',
    name: 'exchanges heads and head size',
    find: 'return { width: heads * headSize, heads, headSize }',
    replace: 'return { width: heads * headSize, heads: headSize, headSize: heads }',
    diagnosis: 'Heads and head size are exchanged',
  },
  {
    task: 'synthetic-queries-keys',
    name: 'seeds a new generator for each draw',
    find: 'const generator = manualSeed(seed)\n',
    replace: 'const generator = { randn: (dims: number[]) => manualSeed(seed).randn(dims) }\n',
    diagnosis: 'You seeded a new generator for each draw',
  },
  {
    task: 'synthetic-queries-keys',
    name: 'puts text tokens first',
    find: 'concat([imageTokens(imageQueries), textTokens(textQueries)], 0)',
    replace: 'concat([textTokens(textQueries), imageTokens(imageQueries)], 0)',
    diagnosis: 'Text tokens came first',
  },
  {
    task: 'synthetic-queries-keys',
    name: 'uses the queries as keys',
    find: 'concat([imageTokens(imageKeys), textTokens(textKeys)], 0)',
    replace: 'concat([imageTokens(imageQueries), textTokens(textQueries)], 0)',
    diagnosis: 'Keys and queries are the same',
  },
  {
    task: 'synthetic-queries-keys',
    name: 'numbers the patches downwards',
    find: 'const row = Math.floor(token / columns)\n      const column = token % columns\n',
    replace: 'const row = token % options.rows\n      const column = Math.floor(token / options.rows)\n',
    diagnosis: 'Columns change fastest',
  },
  {
    task: 'joint-attention-weights',
    name: 'leaves out the scale',
    find: ' / Math.sqrt(d)',
    replace: '',
    diagnosis: 'You left out the division by √d',
  },
  {
    task: 'joint-attention-weights',
    name: 'divides by d',
    find: ' / Math.sqrt(d)',
    replace: ' / d',
    diagnosis: 'You divided by d',
  },
  {
    task: 'joint-attention-weights',
    name: 'overflows on large logits',
    find: 'Math.exp(logit - largest)',
    replace: 'Math.exp(logit)',
    diagnosis: 'exp overflowed',
  },
  {
    task: 'joint-attention-weights',
    name: 'normalises the columns',
    find: '    exps.forEach((exp, j) => (weights.data[i * m + j] = exp / sum))\n  }\n',
    replace: `    logits.forEach((logit, j) => (weights.data[i * m + j] = logit))
  }
  for (let j = 0; j < m; j++) {
    const column = Array.from({ length: n }, (_, i) => weights.data[i * m + j])
    const exps = column.map((logit) => Math.exp(logit - Math.max(...column)))
    const sum = exps.reduce((total, exp) => total + exp, 0)
    exps.forEach((exp, i) => (weights.data[i * m + j] = exp / sum))
  }
`,
    diagnosis: 'You normalised the columns',
  },
  {
    task: 'quadrant-ranges',
    name: 'exchanges rows and columns',
    find: 'imageToText: { rows: imageTokens, columns: textTokens },\n    textToImage: { rows: textTokens, columns: imageTokens },',
    replace:
      'imageToText: { rows: textTokens, columns: imageTokens },\n    textToImage: { rows: imageTokens, columns: textTokens },',
    diagnosis: 'Rows and columns are exchanged',
  },
  {
    task: 'quadrant-ranges',
    name: 'knows one order only',
    find: "const imageFirst = order === 'image-first'",
    replace: 'const imageFirst = true',
    diagnosis: 'the other order, image-first',
  },
  {
    task: 'quadrant-ranges',
    name: 'ends a range at its last index',
    find: '  return {\n    imageToImage: { rows',
    replace: '  imageTokens[1] -= 1\n  textTokens[1] -= 1\n  return {\n    imageToImage: { rows',
    diagnosis: 'A range ends after its last index',
  },
  {
    task: 'quadrant-mass',
    name: 'takes the mean weight for the mass',
    find: 'mass: sum / (bottom - top)',
    replace: 'mass: sum / ((bottom - top) * (right - left))',
    diagnosis: 'This is the mean weight',
  },
  {
    task: 'quadrant-mass',
    name: 'averages over all queries',
    find: 'mass: sum / (bottom - top)',
    replace: 'mass: sum / n',
    diagnosis: 'You divided by all queries',
  },
  {
    task: 'quadrant-mass',
    name: 'reads columns as queries',
    find: 'weights.data[row * n + column]',
    replace: 'weights.data[column * n + row]',
    diagnosis: 'Rows and columns are exchanged',
  },
  {
    task: 'quadrant-mass',
    name: 'takes the area for the baseline',
    find: 'uniform: (right - left) / n',
    replace: 'uniform: ((right - left) * (bottom - top)) / (n * n)',
    diagnosis: 'the quadrant’s share of the whole matrix',
  },
  {
    task: 'capture-attention',
    name: 'takes the latents that leave the step',
    find: 'if (i < step) entering',
    replace: 'if (i <= step) entering',
    diagnosis: 'You took the latents that leave the step',
  },
  {
    task: 'capture-attention',
    name: 'takes the first head',
    find: 'taps[tap].data.forEach((probability, i) => (mean.data[i % mean.data.length] += probability / heads))',
    replace: 'mean.data.set(taps[tap].data.subarray(0, mean.data.length))',
    diagnosis: 'You took the first head',
  },
  {
    task: 'capture-attention',
    name: 'adds the heads up',
    find: 'probability / heads',
    replace: 'probability',
    diagnosis: 'You added the heads up',
  },
  {
    task: 'capture-attention',
    name: 'looks at the empty prompt',
    find: 'encodePrompt({ prompt, doClassifierFreeGuidance: false })',
    replace: "encodePrompt({ prompt: '', doClassifierFreeGuidance: false })",
    diagnosis: 'This is the empty prompt of guidance',
  },
  {
    task: 'capture-attention',
    name: 'runs without guidance',
    find: "    outputType: 'latent',\n    callbackOnStepEnd",
    replace: "    guidanceScale: 1,\n    outputType: 'latent',\n    callbackOnStepEnd",
    diagnosis: 'You ran without guidance',
  },
  {
    task: 'capture-attention',
    name: 'steps through the sampling without guidance',
    find: `async (_, i, t, { latents }) => {
      if (i < step) entering = latents
      if (i === step) timestep = t
`,
    replace: `async (_, i, t) => {
      if (i > step) return
      if (i > 0) {
        const own = await pipe.encodePrompt({ prompt, doClassifierFreeGuidance: false })
        const { sample } = await pipe.transformer({
          hiddenStates: entering,
          encoderHiddenStates: own.promptEmbeds,
          pooledProjections: own.pooledPromptEmbeds,
          timestep,
        })
        const change = (t - timestep) / 1000
        entering = { dims: entering.dims, data: entering.data.map((x, j) => x + change * sample.data[j]) }
      }
      timestep = t
`,
    diagnosis: 'You ran without guidance',
  },
  {
    task: 'capture-attention',
    name: 'counts steps from one',
    find: 'numInferenceSteps, step, block } = options\n',
    replace: 'numInferenceSteps, block } = options\n  const step = options.step - 1\n',
    diagnosis: 'This is the step before',
  },
  {
    task: 'draw-quadrants',
    name: 'draws flat grey',
    find: 'Math.round((255 * Math.log1p(n * weight)) / Math.log1p(n * largest))',
    replace: '128',
  },
  {
    task: 'draw-quadrants',
    name: 'draws black',
    find: 'Math.round((255 * Math.log1p(n * weight)) / Math.log1p(n * largest))',
    replace: '0',
  },
  {
    task: 'draw-quadrants',
    name: 'draws noise',
    find: 'Math.round((255 * Math.log1p(n * weight)) / Math.log1p(n * largest))',
    replace: 'Math.floor(256 * Math.random())',
  },
  {
    task: 'draw-quadrants',
    name: 'draws keys downwards',
    find: 'Math.floor(y / cell) * n + Math.floor(x / cell)',
    replace: 'Math.floor(x / cell) * n + Math.floor(y / cell)',
    diagnosis: 'Rows and columns are exchanged',
  },
  {
    task: 'draw-quadrants',
    name: 'draws on a linear scale',
    find: 'Math.round((255 * Math.log1p(n * weight)) / Math.log1p(n * largest))',
    replace: 'Math.round((255 * weight) / largest)',
    diagnosis: 'The scale is linear',
  },
  {
    task: 'draw-quadrants',
    name: 'does not round the brightness',
    find: 'Math.round((255 * Math.log1p(n * weight)) / Math.log1p(n * largest))',
    replace: '(255 * Math.log1p(n * weight)) / Math.log1p(n * largest)',
    diagnosis: 'You cut the brightness off',
  },
  {
    task: 'draw-quadrants',
    name: 'draws the border at a pixel instead of a cell',
    find: 'y === boundary * cell || x === boundary * cell',
    replace: 'y === boundary || x === boundary',
    diagnosis: 'begins at pixel boundary · cell',
  },
  {
    task: 'draw-quadrants',
    name: 'forgets the border',
    find: 'const onBorder = y === boundary * cell || x === boundary * cell',
    replace: 'const onBorder = false',
    diagnosis: 'The border is missing',
  },
  {
    task: 'attention-cost',
    name: 'forgets the cross-attention',
    find: 'image * image + image * text',
    replace: 'image * image',
    diagnosis: 'This is the self-attention alone',
  },
  {
    task: 'attention-cost',
    name: 'leaves out what the modalities read from each other',
    find: '(image + text) ** 2',
    replace: 'image ** 2 + text ** 2',
    diagnosis: 'You left out what the modalities read',
  },
  {
    task: 'attention-cost',
    name: 'divides the other way round',
    find: 'ratio: joint / separate',
    replace: 'ratio: separate / joint',
    diagnosis: 'You divided the other way round',
  },
  {
    task: 'quadrant-ranges',
    name: 'gives the text-first image range as [text, image]',
    find: '[text, text + image]',
    replace: '[text, image]',
    diagnosis: 'ends at text + image',
  },
  {
    task: 'capture-attention',
    name: 'passes the timestep on the scale of σ',
    find: '    pooledProjections: embeddings.pooledPromptEmbeds,\n    timestep,',
    replace: '    pooledProjections: embeddings.pooledPromptEmbeds,\n    timestep: timestep / 1000,',
    diagnosis: 'The timestep runs from 1000 to 0',
  },
  {
    task: 'latent-shape',
    name: 'puts the channels last',
    find: 'return [transformer.config.in_channels as number, size.height / vaeScaleFactor, size.width / vaeScaleFactor]',
    replace:
      'return [size.height / vaeScaleFactor, size.width / vaeScaleFactor, transformer.config.in_channels as number]',
    diagnosis: 'The channels come first in a latent',
  },
]
