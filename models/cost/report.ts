import { HARNESS, type Aim } from './aims.ts'
import { rows, type Row, type Spread, type Summary } from './summary.ts'

/** What was measured, on what, with what: `result.json`. */
export interface CostResult extends Summary {
  aims: Aim[]
  /** The hash of sd3-nano's manifest.json, which holds the hashes of its weights. */
  weights: string
  conditions: Record<string, string>
  /** Why the numbers say little, if they do. */
  doubts: string[]
}

const labels: Record<Row, string> = {
  encode: 'encode the prompt and its negative, ms',
  step: 'one guided step of a picture, ms',
  decode: 'decode, ms',
  picture: 'picture, ms',
}

/** The whole as Markdown. */
export function costMarkdown({
  times,
  levels,
  failures,
  aims,
  weights,
  conditions,
  doubts,
}: CostResult): string {
  const names = Object.keys(times)
  const harness = times[HARNESS]
  const body = rows.flatMap((row) => [
    [labels[row], ...names.map((name) => shown(times[name][row]))],
    ...(harness
      ? [
          [
            'times the harness',
            ...names.map((name) => (times[name][row].median / harness[row].median).toFixed(2)),
          ],
        ]
      : []),
  ])
  const difference = names.map((name) => (levels[name] === undefined ? '–' : String(levels[name])))
  return [
    '# What a picture costs',
    'Written by `npm run cost`. All subjects are on the same cores with as many threads, in float32, and take turns; each ' +
      'is a process of its own that waits while another is measured. Numbers are medians, in brackets the middle half of ' +
      'the samples.',
    ...doubts.map((doubt) => `**${doubt}**`),
    table(['', ''], [...Object.entries(conditions), ["sha256 of sd3-nano's manifest.json", weights]]),
    '## Times',
    table(
      ['', ...names],
      [...body, ["largest difference from diffusers' picture, of 255 levels", ...difference]],
    ),
    ...Object.entries(failures).map(([name, reason]) => `- ${name} is missing: ${reason}`),
    "A step is a share of the pipeline's own loop, prompt encoded and nothing decoded: two passes of the transformer in " +
      'one batch, guidance, Euler step. The harness projects the text once for a picture, diffusers at every step, ' +
      "and of text tokens that are equal, as T5's pads are in sd3-nano, it computes one for all. " +
      'torch.compile has compiled the transformer and the decoder before anything was timed.',
    '## Aims',
    table(
      ['', 'measured', ''],
      aims.map(({ what, measured, met }) => [what, measured, met === null ? '–' : met ? 'met' : 'MISSED']),
    ),
  ].join('\n\n')
}

function shown({ median, low, high }: Spread): string {
  return `${median.toFixed(1)} (${low.toFixed(1)}–${high.toFixed(1)})`
}

function table(header: readonly string[], body: readonly (readonly string[])[]): string {
  const rule = header.map((_, i) => (i === 0 ? '---' : '---:'))
  return [header, rule, ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
