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
      hints: [
        'encodeText asks one encoder at a time. components() says which of the three are there. The lessons are in the second table of README.md.',
        'Each stage is { number, name, shape, lessons }. The shape is that of hiddenStates, not of the pooled vector; null where the component is null. Which lesson brought the second CLIP, which T5?',
        "const shapeOf = async (encoder: TextEncoderName) => components[encoder] && (await pipe.encodeText(encoder, …)).hiddenStates.dims gives null for an absent encoder. Stage 2 is of lesson 'SDXL (7.4.1)', stage 3 of 'SD3 & Flux (7.4.3)'.",
      ],
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
        "The call needs noise of the latents' shape (manualSeed from #harness), the embeddings that encodePrompt gives with doClassifierFreeGuidance: false, and a timestep, 1000 for pure noise. Write it as a function of your own: stages 6 to 10 need it too.",
        "Inputs: { hiddenStates: noise, encoderHiddenStates: promptEmbeds, pooledProjections: pooledPromptEmbeds, timestep: 1000 }, and { taps: ['time_text_embed', 'context_embedder'] } behind them. Each shape is taps[…].dims. adaLN-Zero came with Diffusion Transformers, text tokens with SD3.",
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
        'Stage 6 is the tap pos_embed as it comes. Stage 7 has no tap of its own: batch and width are those of stage 6, and its length is the last axis of transformer_blocks.0.attn.',
        "const [batch, , width] = taps['pos_embed'].dims; const tokens = taps['transformer_blocks.0.attn'].dims[3]; stage 7 is [batch, …, width]. Patches came with Diffusion Transformers, the joint sequence with SD3.",
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
        "The last block's number follows from num_layers. The velocity is what the transformer returns anyway.",
        'One call with two taps: transformer_blocks.0.attn is stage 8, transformer_blocks.<num_layers − 1> is stage 9. Stage 10 is the shape of sample. Stage 8 does two things, and has two lessons.',
        "const last = `transformer_blocks.${Number(transformer.config.num_layers) - 1}`, with transformer from components(). Stage 8's lessons are SD3 (joint attention) and Diffusion Transformers (adaLN-Zero); the split is SD3's, and tokens back in their places are …",
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
      hints: [
        "callbackOnStepEnd is called once after each step, with that step's latents. Keep them.",
        "Run generate once with outputType: 'latent' and push the latents into a list. Stage 11 is the shape of the first; stage 12 has the list's length in place of the batch, since a run may take fewer steps than were asked for.",
        "The request has the names that generate wants: { ...request, outputType: 'latent', callbackOnStepEnd: (_pipe, _step, _timestep, { latents }) => { … } }. Then const [, ...latentShape] = trajectory[0].dims, and stage 12 is [trajectory.length, ...latentShape]. Both are Flow Matching. denoisingFilm needs the same list.",
      ],
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
      hints: [
        'An Image says its height and width; how many bytes does each of its pixels have?',
        'Generate the request, take the first picture, and build [height, width, channels] from it. The channels are the length of data divided by the number of pixels.',
        'const [{ height, width, data }] = await pipe.vaeDecode(latents), with the latents that generate returns. The shape is [height, width, data.length / (…)]; the lesson is the one that brought the autoencoder.',
      ],
    },
    {
      id: 'trace-pipeline',
      title: 'Assemble the whole trace',
      export: 'tracePipeline',
      points: 2,
      hints: [
        'You have written all six parts.',
        'Await one part after the other, in the order of the stages, and spread their lists into one. Nothing is measured anew here.',
        '[...(await traceTextEncoding(pipe, request)), ...(await traceConditioning(pipe, request)), …] and so on for the other four.',
      ],
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
      hints: [
        'Array.prototype.join brings the commas, you bring the brackets. padEnd makes columns.',
        "Each stage becomes one line: its own number, not its place in the list; the name; the shape, or not loaded; the lessons, joined by ' + '. The lines are joined by '\\n'.",
        "const measured = shape ? `[${shape.join(', ')}]` : 'not loaded'. A line is `${number}. ${name.padEnd(46)} ${measured.padEnd(20)} …`, with the joined lessons at its end.",
      ],
    },
    {
      id: 'denoising-film',
      title: 'Film the denoising',
      export: 'denoisingFilm',
      points: 4,
      hints: [
        'One run only. The callback may be asynchronous, or may keep the latents for later; vaeDecode turns each into a picture.',
        'Collect the latents of every step as in traceSampling, then decode them in that order. The frames show the noise that is still there; nothing has to be taken off.',
        'for (const latents of trajectory) film.push(…). vaeDecode returns a list with one picture, since the batch is 1: take its first.',
      ],
    },
    {
      id: 'vae-round-trip',
      title: 'Send a picture through the VAE and back',
      export: 'vaeRoundTrip',
      points: 3,
      hints: [
        'vaeEncode, then vaeDecode, which returns a list. Both data arrays have a length.',
        'latentShape is the dims of the latents. The mean squared difference is a sum over all bytes, in a plain number, divided by their count. compression compares the two lengths, picture over latents.',
        'sum += (image.data[i] - reconstruction.data[i]) ** 2 in a loop; psnr is 10 * Math.log10(255 ** 2 / (sum / image.data.length)); compression is image.data.length / …',
      ],
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
        "The keys of sd15, in its order. components() and encodePrompt know SD3's side of most of them; the comments beside sd15 have the words for the others.",
        "Write SD3's column under the same keys, from components() and encodePrompt; then the verdict is one comparison per key. Only what no config says is typed in: the words, and SD3's default of 28 steps.",
        "promptEmbeds.dims[1] and [2] are the text's tokens and width; in_channels the latent channels; sample_size × vaeScaleFactor the default size; the encoders are those that are not null. Then Object.entries(sd15).map(([component, old]) => ({ component, sd15: old, sd3: sd3[component], verdict: … })).",
      ],
      partial: [{ points: 2, checks: ['fills in SD3’s column for a pipeline nobody has seen'] }],
    },
  ],
}
