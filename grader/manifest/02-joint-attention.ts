import type { Exercise } from './types.ts'

export const jointAttention: Exercise = {
  id: '02-joint-attention',
  slug: 'joint-attention',
  title: 'Joint attention',
  level: 'Guided',
  tasks: [
    {
      id: 'latent-shape',
      title: 'Give the shape of the latent',
      export: 'latentShape',
      points: 2,
      hints: [
        'The channels are what goes into the transformer: in_channels of its config. The factor is components.vaeScaleFactor. Height before width.',
        'Divide height and width by vaeScaleFactor, read in_channels from components.transformer.config, and return the three in a list. There is no batch axis here.',
        '[channels, size.height / …, size.width / …], with const channels = components.transformer.config.in_channels as number: the cast is there because a config value may be of any type.',
      ],
    },
    {
      id: 'token-counts',
      title: 'Count image and text tokens',
      export: 'tokenCounts',
      points: 2,
      hints: [
        'patch_size is in transformer.config. Which axis of [1, 333, 4096] counts tokens?',
        'The patch size divides both sides of the latent, and the image tokens are the product. The text tokens are the middle axis of promptEmbeds; its last one is their width.',
        'const [, height, width] = latent leaves the channels out. With const patch = transformer.config.patch_size as number, image is (height / patch) * (width / patch), text is promptEmbeds[1], and total is …',
      ],
    },
    {
      id: 'attention-dimensions',
      title: 'Find the width of the attention and of its heads',
      export: 'attentionDimensions',
      points: 2,
      hints: [
        'Two of the three numbers stand in transformer.config; the third is their product.',
        'num_attention_heads is heads, attention_head_dim is headSize, and heads times headSize is the width. joint_attention_dim has no part in it.',
        'const heads = transformer.config.num_attention_heads as number, and headSize alike. Then return { width: …, heads, headSize }.',
      ],
    },
    {
      id: 'synthetic-queries-keys',
      title: 'Make up queries and keys with structure',
      export: 'syntheticQueriesKeys',
      points: 3,
      hints: [
        'manualSeed, concat and tensor come from #harness. One generator makes all seven draws, in the order of the docstring; the rest is arithmetic.',
        'Draw seven times first. Then write two functions: one makes text tokens of its draw, one makes image tokens. Call each twice, for the queries and for the keys. concat([image, text], 0) puts the image first.',
        'Value i of image token t, with row = Math.floor(t / columns) and column = t % columns: 0.5 * rowThemes.data[row * headSize + i] + 0.5 * columnThemes.data[column * headSize + i] + 0.3 * own.data[t * headSize + i]. A text token has 0.5 * meaning.data[i] and 0.3 of its own. Fill a Float32Array and wrap it: tensor([tokens, headSize], values).',
      ],
    },
    {
      id: 'joint-attention-weights',
      title: 'Compute joint attention weights',
      export: 'jointAttentionWeights',
      points: 4,
      hints: [
        'One row of the result at a time. Query i is queries.data from i · d to (i + 1) · d, and key j lies alike; rows(queries, i, i + 1).data from #harness cuts it out.',
        'For each query: dot products with all keys, divide by √d, subtract the largest, exp, divide by the sum. The number of queries and of keys may differ.',
        'Fill logits[j] with the dot product / Math.sqrt(d). Then const largest = Math.max(...logits); const exps = logits.map((logit) => Math.exp(logit - largest)); and weights.data[i * m + j] = exps[j] / …, in a tensor made by zeros([n, m]).',
      ],
      partial: [{ points: 3, checks: ['takes any number of queries and keys'] }],
    },
    {
      id: 'quadrant-ranges',
      title: 'Locate the four quadrants',
      export: 'quadrantRanges',
      points: 3,
      hints: [
        'Two ranges are enough, that of the image tokens and that of the text tokens. order says which of them begins at 0.',
        'The first range is [0, its count], the second goes from there to image + text. Every quadrant is a pair of these two: the first word of its name gives the rows, the second the columns.',
        "const imageTokens: Range = order === 'image-first' ? [0, image] : [text, text + image], and textTokens the other way round. imageToText is { rows: imageTokens, columns: textTokens }; the other three follow the same pattern.",
      ],
      partial: [{ points: 2, checks: ['cuts a sequence that begins with the image'] }],
    },
    {
      id: 'quadrant-mass',
      title: 'Measure the attention in each quadrant',
      export: 'quadrantMass',
      points: 3,
      hints: [
        'The weight at a row and a column is weights.data[row * n + column]. The ranges say which rows and columns; their second number is no longer part of them.',
        'Add up along columns, average along rows: the sum of the whole quadrant, divided by its number of rows. uniform needs no weights at all. Check yourself: imageToImage and imageToText add up to 1.',
        'A function massOf({ rows: [top, bottom], columns: [left, right] }) with two loops: sum += weights.data[row * n + column]. It returns { mass: sum / (bottom - top), uniform: … / n }. Call it for each of the four names.',
      ],
      partial: [{ points: 2, checks: ['measures the mass, whatever the baseline'] }],
    },
    {
      id: 'capture-attention',
      title: 'Capture real attention',
      export: 'captureAttention',
      points: 4,
      hints: [
        'The docstring has the four steps; GenerateOptions and transformer in harness/pipeline-types.ts have the details. The latents that leave step i enter step i + 1; those that enter step 0 are the noise.',
        'Begin with entering = noise. In the callback keep the latents while i < step, and the timestep when i === step. After the run, encode the prompt alone, call pipe.transformer once with one tap, and average the tap over its heads.',
        "callbackOnStepEnd: async (_, i, t, { latents }) => { if (i < step) entering = latents; if (i === step) timestep = t }. The tap's data are heads matrices of tokens × tokens, one after the other: value k of the mean is the sum of data[h * tokens * tokens + k] over all h, divided by …",
      ],
      needs: ['latent-shape'],
      partial: [{ points: 2, checks: ['looks into the first block as it meets pure noise'] }],
    },
    {
      id: 'draw-quadrants',
      title: 'Draw the four quadrants',
      export: 'drawQuadrants',
      points: 4,
      hints: [
        'For pixel (y, x), the weight is at row floor(y / cell) and column floor(x / cell). The three bytes of that pixel begin at 3 · (y · width + x).',
        'Find the largest weight with a loop or reduce: Math.max(...data) runs out of stack on a real matrix. Then go through all pixels and write the brightness three times, or red where y or x is boundary · cell.',
        'level = Math.round((255 * Math.log1p(n * weight)) / Math.log1p(n * largest)); log1p(z) is log(1 + z). With side = n * cell, data is a new Uint8Array(3 * side * side), and onBorder = y === boundary * cell || … decides between [255, 0, 0] and [level, level, level].',
      ],
      partial: [{ points: 2, checks: ['draws each weight at its row and column, whatever the border'] }],
    },
    {
      id: 'attention-cost',
      title: 'Compare the cost of cross and joint attention',
      export: 'attentionCost',
      points: 1,
      hints: [
        'Count scores: number of queries × number of keys, for each operation.',
        'separate is two operations, and in both only the image asks: image on image, then image on text. joint is one operation: all tokens ask all tokens.',
        'joint is (image + text) ** 2. separate is image * image + …, and the ratio divides the first of these by the second.',
      ],
    },
  ],
}
