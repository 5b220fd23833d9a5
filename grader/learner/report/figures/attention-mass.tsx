import { scaleLinear } from 'd3-scale'
import { quadrantNames } from '#grader/oracles/quadrants.ts'
import { quadrantLabels, type Attention, type Mass } from '../../measurements/attention.ts'
import { percent } from '../../measurements/format.ts'
import { Figure, Scroll } from './figure.tsx'

const WIDTH = 400
const LABELS = 152
const ROW = 27
const TOP = 20

interface Row extends Mass {
  label: string
  reader: 'image' | 'text'
}

/** Attention against its uniform baseline: the four quadrants, and what the image reads of the text. */
export function AttentionMass({ quadrants, readByImage, tokens, blocks }: Attention) {
  const rows: Row[] = [
    ...quadrantNames.map((name) => ({
      label: quadrantLabels[name],
      reader: name.startsWith('image') ? ('image' as const) : ('text' as const),
      ...quadrants[name],
    })),
    { label: 'image reads CLIP', reader: 'image', ...readByImage.clip },
    ...(tokens.words === 0
      ? []
      : [{ label: 'image reads T5’s words', reader: 'image' as const, ...readByImage.words }]),
    {
      label: tokens.words === 0 ? 'image reads zeros for T5' : 'image reads padding',
      reader: 'image',
      ...readByImage.padding,
    },
  ]
  const x = scaleLinear([0, 1], [LABELS + 8, WIDTH - 56])
  const bottom = TOP + rows.length * ROW
  return (
    <Figure
      id="attention-mass"
      title="Attention against its uniform baseline"
      isChart
      caption={`Filled: measured. Hollow: if all keys were read alike. Only the distance between the two means anything.${
        tokens.words === 0
          ? ''
          : ` T5’s ${tokens.words} words and ${tokens.padding} rows of padding are keys like any other.`
      }`}
    >
      <svg
        class="chart"
        viewBox={`0 0 ${WIDTH} ${bottom + 34}`}
        role="img"
        aria-label={rows
          .map(({ label, mass, uniform }) => `${label} ${percent(mass)}, uniform ${percent(uniform)}`)
          .join('; ')}
      >
        {[0, 0.5, 1].map((tick) => (
          <g key={tick}>
            <path class="grid" d={`M${x(tick)} ${TOP - 8}V${bottom}`} />
            <text class="quiet" x={x(tick)} y={bottom + 15} text-anchor="middle">
              {percent(tick, 0)}
            </text>
          </g>
        ))}
        <text class="quiet" x={(x(0) + x(1)) / 2} y={bottom + 31} text-anchor="middle">
          share of a query’s attention
        </text>
        {rows.map(({ label, mass, uniform, reader }, i) => {
          const y = TOP + (i + 0.5) * ROW - 6
          const place = labelPlace(x(mass), x(uniform))
          return (
            <g key={label}>
              <text x={LABELS} y={y + 4} text-anchor="end">
                {label}
              </text>
              <path class={`stem-${reader}`} d={`M${x(uniform)} ${y}H${x(mass)}`} />
              <circle class="hollow" cx={x(uniform)} cy={y} r="4.5" />
              <circle class={`fill-${reader}`} cx={x(mass)} cy={y} r="5" />
              <text class="strong" x={place.x} y={y + 4} text-anchor={place.anchor}>
                {percent(mass)}
              </text>
            </g>
          )
        })}
      </svg>
      <Blocks blocks={blocks} />
    </Figure>
  )
}

/** Beside the filled dot, away from the hollow one; past both where the names would be in the way. */
function labelPlace(mass: number, uniform: number): { x: number; anchor: 'start' | 'end' } {
  const hasRoom = mass > LABELS + 62
  if (mass < uniform && hasRoom) return { x: mass - 9, anchor: 'end' }
  return { x: Math.max(mass, uniform) + 9, anchor: 'start' }
}

/** The same masses in other blocks. */
function Blocks({ blocks }: Pick<Attention, 'blocks'>) {
  return (
    <Scroll label="Attention mass by block">
      <table>
        <thead>
          <tr>
            <th scope="col">block</th>
            {quadrantNames.map((name) => (
              <th key={name} scope="col" class="number">
                {quadrantLabels[name]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {blocks.map(({ block, mass }) => (
            <tr key={block}>
              <th scope="row">{block}</th>
              {quadrantNames.map((name) => (
                <td key={name} class="number">
                  {percent(mass[name])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}
