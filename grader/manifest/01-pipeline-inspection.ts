import type { Exercise } from './types.ts'

export const pipelineInspection: Exercise = {
  id: '01-pipeline-inspection',
  slug: 'pipeline-inspection',
  title: 'Pipeline inspection',
  level: 'Guided',
  tasks: [
    {
      id: 'count-parameters',
      title: 'Count the parameters of a network',
      export: 'countParameters',
      points: 2,
      hints: [
        'One number for each shape, then their sum. Which of the two lists of a Component was learned?',
      ],
    },
    {
      id: 'count-by-module-type',
      title: 'Count parameters by module type',
      export: 'countByModuleType',
      points: 3,
      hints: ['A Map from class to count; then spread it into an array and sort by count, largest first.'],
      partial: [{ points: 2, checks: ['counts each class of an unseen network, in any order'] }],
    },
    {
      id: 'describe-text-encoders',
      title: 'Describe the three text encoders',
      export: 'describeTextEncoders',
      points: 3,
      hints: ['Walk textEncoderNames, not the components: a missing encoder still needs its line.'],
      needs: ['count-parameters'],
      partial: [{ points: 2, checks: ['names class and size of each encoder: unseen pipeline'] }],
    },
    {
      id: 'prompt-embedding-shapes',
      title: 'Read the shapes of the prompt embeddings',
      export: 'promptEmbeddingShapes',
      points: 2,
      hints: ['encodePrompt returns tensors; a tensor knows its shape as dims.'],
      partial: [{ points: 1, checks: ['reads the shapes from the tensors, whatever they are'] }],
    },
    {
      id: 'encoder-shapes',
      title: 'Read the shapes that each encoder gives alone',
      export: 'encoderShapes',
      points: 3,
      hints: [
        'encodeText throws for an encoder that is not there: ask components() first. A T5 has pooled: null.',
      ],
      partial: [{ points: 2, checks: ['reads the shapes of encoders that are all there'] }],
    },
    {
      id: 'width-ratio',
      title: 'Compare the widths of T5 and CLIP ViT-L',
      export: 'widthRatio',
      points: 1,
      hints: ['Find the entries by name; the width is the last of the three axes.'],
    },
    {
      id: 'describe-transformer',
      title: 'Describe the denoising transformer',
      export: 'describeTransformer',
      points: 2,
      hints: [
        'The blocks are numbered from 0. The config knows how many there are, and so do the parameter names.',
      ],
      needs: ['count-parameters'],
    },
    {
      id: 'parameter-groups',
      title: 'Split the transformer by top-level group',
      export: 'parameterGroups',
      points: 3,
      hints: ["The same grouping as by module type, with another key: name.split('.')[0]."],
      needs: ['count-parameters'],
      partial: [{ points: 2, checks: ['counts each group of an unseen transformer, in any order'] }],
    },
    {
      id: 'block-projections',
      title: 'Tell image projections from text projections',
      export: 'blockProjections',
      points: 4,
      hints: [
        'Mind the dot that ends the prefix: transformer_blocks.1 is also how block 10 begins. A Set drops repeats.',
      ],
      partial: [{ points: 2, checks: ['sorts the modules of an unseen transformer’s first block'] }],
    },
    {
      id: 'last-block',
      title: 'Find what the last block lacks',
      export: 'lastBlockLacks',
      points: 2,
      hints: ['Two calls of blockProjections, block 0 and the last; keep the names that only the first has.'],
      needs: ['describe-transformer', 'block-projections'],
    },
    {
      id: 'parameter-budget',
      title: 'Draw up the parameter budget',
      export: 'parameterBudget',
      points: 3,
      hints: [
        'describeTextEncoders already copes with an absent encoder. Shares are fractions of the total, 0 to 1.',
      ],
      needs: ['count-parameters', 'describe-text-encoders'],
      partial: [{ points: 2, checks: ['counts the parameters of each part of an unseen pipeline'] }],
    },
  ],
}
