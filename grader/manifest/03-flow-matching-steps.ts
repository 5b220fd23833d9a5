import type { Exercise } from './types.ts'

export const flowMatchingSteps: Exercise = {
  id: '03-flow-matching-steps',
  slug: 'flow-matching-steps',
  title: 'Flow matching steps',
  level: 'Supported',
  tasks: [
    {
      id: 'add-noise',
      title: 'Mix a picture with noise',
      export: 'addNoise',
      points: 1,
      hints: [
        'Both tensors have the same shape, so walk through data once. tensor(dims, values) makes the result.',
      ],
    },
    {
      id: 'euler-step',
      title: 'Take one Euler step',
      export: 'eulerStep',
      points: 2,
      hints: [
        'σ falls while sampling: check the sign with the example in the docstring before you run the spec.',
      ],
    },
    {
      id: 'curvature-cost',
      title: 'Measure what a curved path costs',
      export: 'curvatureCost',
      points: 3,
      hints: [
        'Step i of N starts at t = 1 − i/N and moves x by −1/N times the velocity there. Both velocities depend on t alone.',
      ],
    },
    {
      id: 'sigma-schedule',
      title: 'Lay out SD3’s noise levels',
      export: 'sigmaSchedule',
      points: 2,
      hints: [
        'Write shifted(s) first. Evenly spaced from 1 to b in N values: value i is 1 − i·(1 − b)/(N − 1). What is that for N = 1?',
      ],
      partial: [{ points: 1, checks: ['holds for any step count, shift and training length'] }],
    },
    {
      id: 'generate-at-steps',
      title: 'Generate in a given number of steps, with the time',
      export: 'generateAtSteps',
      points: 3,
      hints: [
        'GenerateOptions in harness/pipeline-types.ts names every option. Read performance.now() on both sides of the await.',
      ],
      partial: [{ points: 2, checks: ['asks for this prompt, size, guidance, seed and step count'] }],
    },
    {
      id: 'compare-step-counts',
      title: 'Compare step counts from the same noise',
      export: 'compareStepCounts',
      points: 4,
      hints: [
        'You have just written one run. Which option fixes the noise, and what does await inside a for…of loop do that Promise.all does not?',
      ],
      needs: ['generate-at-steps'],
      partial: [{ points: 2, checks: ['starts every run from the same noise'] }],
    },
    {
      id: 'run-titles',
      title: 'Caption the runs',
      export: 'runTitles',
      points: 1,
      hints: ['Number.prototype.toFixed rounds to a number of decimals.'],
    },
    {
      id: 'comparison-strip',
      title: 'Put pictures side by side',
      export: 'comparisonStrip',
      points: 3,
      hints: [
        'Byte (row, column, channel) lies at (row · width + column) · 3 + channel. Copy row by row; the width in the formula differs between source and strip.',
      ],
      partial: [{ points: 1, checks: ['interleaves the rows of pictures without a gap'] }],
    },
    {
      id: 'distance-to-longest',
      title: 'Measure the distance to the longest run',
      export: 'distanceToLongest',
      points: 3,
      hints: [
        'Find the reference by its steps, not by its place. Keep differences in plain numbers: a Uint8Array has no negatives.',
      ],
      partial: [{ points: 1, checks: ['measures from the last run when that is the longest'] }],
    },
    {
      id: 'where-it-stops-paying',
      title: 'Find where more steps stop paying',
      export: 'whereItStopsPaying',
      points: 2,
      hints: [
        'Sort a copy by steps and walk down from the longest run while the gain of the run before is small.',
      ],
    },
    {
      id: 'compare-prompts',
      title: 'Compare a simple and a compositional prompt',
      export: 'comparePrompts',
      points: 2,
      hints: ['Two runs of 28 steps that differ in nothing but the prompt.'],
      needs: ['generate-at-steps'],
    },
    {
      id: 'without-t5',
      title: 'Silence T5',
      export: 'compareWithoutT5',
      points: 4,
      hints: [
        'encodePrompt returns the negatives too. Copy each tensor before you change it, and hand the result to generate as embeddings, without a prompt.',
      ],
      partial: [{ points: 2, checks: ['silences the T5 rows of the prompt'] }],
    },
  ],
}
