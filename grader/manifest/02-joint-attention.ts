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
        'Height before width. The factor is vaeScaleFactor; the channels are what goes into the transformer.',
      ],
    },
    {
      id: 'token-counts',
      title: 'Count image and text tokens',
      export: 'tokenCounts',
      points: 2,
      hints: ['The patch size divides both sides of the latent. Which axis of [1, 333, 4096] counts tokens?'],
    },
    {
      id: 'attention-dimensions',
      title: 'Find the width of the attention and of its heads',
      export: 'attentionDimensions',
      points: 2,
      hints: ['Two of the three numbers stand in the config; the third is their product.'],
    },
    {
      id: 'synthetic-queries-keys',
      title: 'Make up queries and keys with structure',
      export: 'syntheticQueriesKeys',
      points: 3,
      hints: ['One generator, seven draws, then arithmetic. concat([image, text], 0) puts the image first.'],
    },
    {
      id: 'joint-attention-weights',
      title: 'Compute joint attention weights',
      export: 'jointAttentionWeights',
      points: 4,
      hints: [
        'One row at a time: dot products with all keys, divide by √d, subtract the largest, exp, divide by the sum.',
      ],
      partial: [{ points: 3, checks: ['takes any number of queries and keys'] }],
    },
    {
      id: 'quadrant-ranges',
      title: 'Locate the four quadrants',
      export: 'quadrantRanges',
      points: 3,
      hints: [
        'Find the range of the image tokens and that of the text tokens; every quadrant is a pair of these two.',
      ],
      partial: [{ points: 2, checks: ['cuts a sequence that begins with the image'] }],
    },
    {
      id: 'quadrant-mass',
      title: 'Measure the attention in each quadrant',
      export: 'quadrantMass',
      points: 3,
      hints: [
        'Add up along columns, average along rows. In one row, the two masses of a modality add up to 1.',
      ],
      partial: [{ points: 2, checks: ['measures the mass, whatever the baseline'] }],
    },
    {
      id: 'capture-attention',
      title: 'Capture real attention',
      export: 'captureAttention',
      points: 4,
      hints: ['The latents that leave step i enter step i + 1; those that enter step 0 are the noise.'],
      needs: ['latent-shape'],
      partial: [{ points: 2, checks: ['looks into the first block as it meets pure noise'] }],
    },
    {
      id: 'draw-quadrants',
      title: 'Draw the four quadrants',
      export: 'drawQuadrants',
      points: 4,
      hints: ['For pixel (y, x), the weight is at row floor(y / cell) and column floor(x / cell).'],
      partial: [{ points: 2, checks: ['draws each weight at its row and column, whatever the border'] }],
    },
    {
      id: 'attention-cost',
      title: 'Compare the cost of cross and joint attention',
      export: 'attentionCost',
      points: 1,
      hints: ['Count scores: number of queries × number of keys, for each operation.'],
    },
  ],
}
