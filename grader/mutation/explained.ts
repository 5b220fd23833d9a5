/** A mutant that no spec can, or should, kill, and why: reviewed by a person. */
export interface Explained {
  exercise: string
  /** The line of the solution on which the mutant begins, without its indentation; it occurs once. */
  line: string
  /** Stryker's name of the edit. */
  mutator: string
  /** What stands in the mutant's place, white space apart. */
  replacement: string
  reason: string
}

export const explained: Explained[] = [
  {
    exercise: '01-pipeline-inspection',
    line: 'shapes.find(({ name }) => name === wanted)?.hiddenStates?.at(-1) ?? NaN',
    mutator: 'OptionalChaining',
    replacement: 'shapes.find(({ name }) => name === wanted)?.hiddenStates.at',
    reason: 'Differs for a checkpoint without CLIP-L or T5 only, and the task defines no ratio for one.',
  },
  {
    exercise: '01-pipeline-inspection',
    line: 'shapes.find(({ name }) => name === wanted)?.hiddenStates?.at(-1) ?? NaN',
    mutator: 'OptionalChaining',
    replacement: 'shapes.find(({ name }) => name === wanted).hiddenStates',
    reason: 'Differs only for a list that lacks an encoder; encoderShapes always lists all three.',
  },
  {
    exercise: '02-joint-attention',
    line: 'for (let i = 0; i < n; i++) {',
    mutator: 'EqualityOperator',
    replacement: 'i <= n',
    reason:
      'Equivalent: the row after the last lies beyond the end of a typed array, where writing does nothing.',
  },
  {
    exercise: '02-joint-attention',
    line: 'const embeddings = await pipe.encodePrompt({ prompt, doClassifierFreeGuidance: false })',
    mutator: 'BooleanLiteral',
    replacement: 'true',
    reason:
      'Equivalent: the negative prompt is encoded as well and not used; the prompt’s embeddings are the same.',
  },
  {
    exercise: '03-flow-matching-steps',
    line: 'const longest = runs.reduce((best, run) => (run.steps > best.steps ? run : best)).image.data',
    mutator: 'EqualityOperator',
    replacement: 'run.steps >= best.steps',
    reason:
      'Differs for two longest runs of one length only; the task measures from the run with the most steps.',
  },
  {
    exercise: '03-flow-matching-steps',
    line: 'const clipTokens = Number(textEncoder?.config.max_position_embeddings)',
    mutator: 'OptionalChaining',
    replacement: 'textEncoder.config',
    reason:
      'Differs for a checkpoint without CLIP-L only, whose tokens the task gives no other way to count.',
  },
  {
    exercise: '04-pipeline-trace',
    line: "return `${String(number).padStart(2)}. ${name.padEnd(46)} ${measured.padEnd(20)} ${lessons.join(' + ')}`",
    mutator: 'StringLiteral',
    replacement: '""',
    reason: 'The task asks that each lesson be printed, not what stands between two of them.',
  },
  {
    exercise: '04-pipeline-trace',
    line: "const { promptEmbeds } = await pipe.encodePrompt({ prompt: '', doClassifierFreeGuidance: false })",
    mutator: 'StringLiteral',
    replacement: '"Stryker was here!"',
    reason: 'Equivalent: only the shape is used, and it is the same for every prompt.',
  },
  {
    exercise: '04-pipeline-trace',
    line: "const { promptEmbeds } = await pipe.encodePrompt({ prompt: '', doClassifierFreeGuidance: false })",
    mutator: 'BooleanLiteral',
    replacement: 'true',
    reason: 'Equivalent: only the shape of promptEmbeds is used; the negative prompt has its own tensor.',
  },
  {
    exercise: '04-pipeline-trace',
    line: 'doClassifierFreeGuidance: false,',
    mutator: 'BooleanLiteral',
    replacement: 'true',
    reason:
      'Equivalent: the negative prompt is encoded as well and not used; the prompt’s embeddings are the same.',
  },
]
