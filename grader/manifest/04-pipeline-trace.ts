import type { Exercise } from './types.ts'

export const pipelineTrace: Exercise = {
  id: '04-pipeline-trace',
  slug: 'pipeline-trace',
  title: 'Pipeline trace',
  level: 'Independent',
  tasks: [
    {
      id: 'trace-text-encoding',
      title: 'Trace stages 1 to 3: the text encoders',
      export: 'traceTextEncoding',
      points: 3,
      hints: ['encodeText asks one encoder at a time. components() says which of the three are there.'],
      partial: [
        { points: 1, checks: ['measures stage 1 of a pipeline nobody has seen'] },
        { points: 1, checks: ['measures stage 2 of a pipeline nobody has seen'] },
        { points: 1, checks: ['measures stage 3 of a pipeline nobody has seen'] },
      ],
    },
    {
      id: 'trace-conditioning',
      title: 'Trace stages 4 and 5: conditioning vector and text tokens',
      export: 'traceConditioning',
      points: 2,
      hints: [
        'One call of pipe.transformer with two taps. Their names are in the comment on transformer in harness/pipeline-types.ts.',
      ],
      partial: [
        { points: 1, checks: ['measures stage 4 of a pipeline nobody has seen'] },
        { points: 1, checks: ['measures stage 5 of a pipeline nobody has seen'] },
      ],
    },
    {
      id: 'trace-sequence',
      title: 'Trace stages 6 and 7: image tokens and the joint sequence',
      export: 'traceSequence',
      points: 3,
      hints: [
        'One tap is the image tokens. How long the joint sequence is can be read off an attention matrix.',
      ],
      partial: [
        { points: 1, checks: ['measures stage 6 of a pipeline nobody has seen'] },
        { points: 1, checks: ['measures stage 7 of a pipeline nobody has seen'] },
      ],
    },
    {
      id: 'trace-blocks',
      title: 'Trace stages 8 to 10: the blocks, the split, the velocity',
      export: 'traceBlocks',
      points: 3,
      hints: [
        'The last block’s number follows from num_layers. The velocity is what the transformer returns anyway.',
      ],
      partial: [
        { points: 1, checks: ['measures stage 8 of a pipeline nobody has seen'] },
        { points: 1, checks: ['measures stage 9 of a pipeline nobody has seen'] },
        { points: 1, checks: ['measures stage 10 of a pipeline nobody has seen'] },
      ],
    },
    {
      id: 'trace-sampling',
      title: 'Trace stages 11 and 12: one step, and all of them',
      export: 'traceSampling',
      points: 3,
      hints: ['callbackOnStepEnd is called once after each step, with that step’s latents. Keep them.'],
      partial: [
        { points: 1, checks: ['measures stage 11 of a pipeline nobody has seen'] },
        { points: 1, checks: ['measures stage 12 of a pipeline nobody has seen'] },
      ],
    },
    {
      id: 'trace-decoding',
      title: 'Trace stage 13: the picture',
      export: 'traceDecoding',
      points: 1,
      hints: ['An Image says its height and width; how many bytes does each of its pixels have?'],
    },
    {
      id: 'trace-pipeline',
      title: 'Assemble the whole trace',
      export: 'tracePipeline',
      points: 2,
      hints: ['You have written all six parts.'],
      needs: [
        'trace-text-encoding',
        'trace-conditioning',
        'trace-sequence',
        'trace-blocks',
        'trace-sampling',
        'trace-decoding',
      ],
    },
    {
      id: 'print-trace',
      title: 'Print the trace',
      export: 'printTrace',
      points: 2,
      hints: ['Array.prototype.join brings the commas, you bring the brackets. padEnd makes columns.'],
    },
    {
      id: 'denoising-film',
      title: 'Film the denoising',
      export: 'denoisingFilm',
      points: 4,
      hints: [
        'One run only. The callback may be asynchronous, or may keep the latents for later; vaeDecode turns each into a picture.',
      ],
    },
    {
      id: 'vae-round-trip',
      title: 'Send a picture through the VAE and back',
      export: 'vaeRoundTrip',
      points: 3,
      hints: ['vaeEncode, then vaeDecode, which returns a list. Both data arrays have a length.'],
      partial: [
        { points: 1, checks: ['returns the latents’ shape and what they decode to'] },
        { points: 1, checks: ['measures the loss in decibels'] },
        { points: 1, checks: ['counts the numbers that share one of the latents'] },
      ],
    },
    {
      id: 'compare-pipelines',
      title: 'Hold SD3 against SD v1.5',
      export: 'comparePipelines',
      points: 4,
      hints: [
        'Write SD3’s column under the same keys, from components() and encodePrompt; then the verdict is one comparison per key.',
      ],
      partial: [{ points: 2, checks: ['fills in SD3’s column for a pipeline nobody has seen'] }],
    },
  ],
}
