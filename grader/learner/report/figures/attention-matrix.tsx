import { quadrantsOf, quadrantNames } from '#grader/oracles/quadrants.ts'
import { quadrantLabels, type Attention, type Mass } from '../../measurements/attention.ts'
import { percent } from '../../measurements/format.ts'
import { Figure } from './figure.tsx'

const SIDE = 316
const LEFT = 76
const TOP = 66

/** The whole matrix of one block with its axes, and how much attention flows in each quadrant. */
export function AttentionMatrix({ tokens, quadrants, picture, step, steps }: Attention) {
  const text = tokens.clip + tokens.words + tokens.padding
  const total = tokens.image + text
  const at = (token: number) => (SIDE * token) / total
  const ranges = quadrantsOf(tokens.image, text, 'image-first')
  const spans = [
    { name: 'image', start: 0, count: tokens.image },
    { name: 'CLIP', start: tokens.image, count: tokens.clip },
    { name: 'T5', start: tokens.image + tokens.clip, count: tokens.words + tokens.padding },
  ].filter(({ count }) => count > 0)
  return (
    <Figure
      id="quadrants"
      title="Joint attention of block 0"
      isChart
      caption={`Step ${step} of ${steps}, averaged over the heads; brightness grows with the logarithm of the weight. A row is a token that reads, a column a token that is read. In each quadrant: how much of a query’s attention falls there, and what a uniform reader of all keys would spend there.`}
    >
      <svg
        class="chart"
        viewBox={`0 0 ${LEFT + SIDE + 8} ${TOP + SIDE + 4}`}
        role="img"
        aria-label={quadrantNames
          .map((name) => `${quadrantLabels[name]}: ${percent(quadrants[name].mass)} of a query’s attention`)
          .join('; ')}
      >
        <text class="quiet" x={LEFT + SIDE / 2} y="14" text-anchor="middle">
          keys: what is read
        </text>
        <text class="quiet" transform={`translate(12 ${TOP + SIDE / 2}) rotate(-90)`} text-anchor="middle">
          queries: who reads
        </text>
        {spans.map(({ name, start, count }) => {
          const [from, to] = [at(start) + 1, at(start + count) - 1]
          return (
            <g key={name}>
              <path class="axis" d={`M${LEFT + from} ${TOP - 4}v-5H${LEFT + to}v5`} />
              <text x={LEFT + (from + to) / 2} y={TOP - 28} text-anchor="middle">
                {name}
              </text>
              <text class="quiet" x={LEFT + (from + to) / 2} y={TOP - 14} text-anchor="middle">
                {count}
              </text>
              <path class="axis" d={`M${LEFT - 4} ${TOP + from}h-5V${TOP + to}h5`} />
              <text x={LEFT - 14} y={TOP + (from + to) / 2 - 1} text-anchor="end">
                {name}
              </text>
              <text class="quiet" x={LEFT - 14} y={TOP + (from + to) / 2 + 13} text-anchor="end">
                {count}
              </text>
            </g>
          )
        })}
        <image
          x={LEFT}
          y={TOP}
          width={SIDE}
          height={SIDE}
          href={`data:image/png;base64,${picture.png}`}
          preserveAspectRatio="none"
        />
        <path
          class="border"
          d={`M${LEFT + at(tokens.image)} ${TOP}v${SIDE}M${LEFT} ${TOP + at(tokens.image)}h${SIDE}`}
        />
        {quadrantNames.map((name) => {
          const { rows, columns } = ranges[name]
          return (
            <Chip
              key={name}
              {...quadrants[name]}
              right={LEFT + at(columns[1])}
              top={TOP + at(rows[0])}
              width={at(columns[1] - columns[0])}
              height={at(rows[1] - rows[0])}
            />
          )
        })}
      </svg>
    </Figure>
  )
}

interface ChipProps extends Mass {
  right: number
  top: number
  width: number
  height: number
}

/** A quadrant's numbers in its upper right corner, as far as they fit. */
function Chip({ mass, uniform, right, top, width, height }: ChipProps) {
  const isWhole = width > 126 && height > 52
  const box = isWhole ? { width: 112, height: 38 } : { width: 58, height: 23 }
  if (width < box.width + 12 || height < box.height + 10) return null
  const [edge, above] = [right - 6, top + 6]
  return (
    <g>
      <rect class="chip" x={edge - box.width} y={above} {...box} rx="3" />
      <text class="strong" x={edge - 7} y={above + 16} text-anchor="end">
        {percent(mass)}
      </text>
      {isWhole && (
        <text class="quiet" x={edge - 7} y={above + 31} text-anchor="end">
          uniform {percent(uniform)}
        </text>
      )}
    </g>
  )
}
