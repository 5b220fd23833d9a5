import { scaleLinear } from 'd3-scale'
import { count, percent, rounded } from '../../measurements/format.ts'
import { partNames, type Inspection, type ModelSize, type PartName } from '../../measurements/inspection.ts'
import { Figure, Scroll } from './figure.tsx'

const WIDTH = 400
const BAR = 30
/** About the width of a bold letter. */
const LETTER = 8
/** A bar shorter than this shows no parts. */
const NARROW = 24

const fills: Record<PartName, string> = {
  'CLIP ViT-L': 'fill-text-3',
  'CLIP bigG': 'fill-text-2',
  T5: 'fill-text',
  Denoiser: 'fill-image',
  VAE: 'fill-pixels',
}

/** Text on a fill: light on the dark ones, dark on the pale. */
const labels: Record<PartName, string> = {
  'CLIP ViT-L': 'on-pale',
  'CLIP bigG': 'on-pale',
  T5: 'on-fill',
  Denoiser: 'on-fill',
  VAE: 'on-fill',
}

/** Where the parameters are: the models at one scale, the smaller ones also enlarged, and the exact counts. */
export function ParameterBudget({ models }: Inspection) {
  const bySize = models.toSorted((a, b) => b.total - a.total)
  const [largest, ...smaller] = bySize
  const most = largest.total
  return (
    <Figure
      id="parameter-budget"
      title="Parameters by component"
      isChart
      caption={`All models at the scale of ${largest.model}, the smaller ones enlarged as well. Text encoders are orange, the denoiser is blue, the VAE green. Counted from the configs; buffers are not parameters.`}
    >
      <OwnScale {...largest} />
      {smaller.map((model) => (
        <Enlarged key={model.model} model={model} most={most} />
      ))}
      <Counts models={bySize} />
    </Figure>
  )
}

function OwnScale({ model, parts, total }: ModelSize) {
  return (
    <svg class="chart" viewBox={`0 0 ${WIDTH} 56`} role="img" aria-label={summary({ model, parts, total })}>
      <text y="14">
        <tspan class="strong">{model}</tspan> {rounded(total)}
      </text>
      <Stack parts={parts} total={total} y={22} />
    </svg>
  )
}

/** The bar at the largest model's scale, and the same drawn out. */
function Enlarged({ model, most }: { model: ModelSize; most: number }) {
  const { total, parts } = model
  const width = Math.max((WIDTH * total) / most, 1)
  const [top, bottom, bar] = [22, 40, 74]
  return (
    <svg class="chart" viewBox={`0 0 ${WIDTH} 112`} role="img" aria-label={summary(model)}>
      <text y="14">
        <tspan class="strong">{model.model}</tspan> {rounded(total)}, at the same scale
      </text>
      {width < NARROW ? (
        <rect class="fill-ink" y={top} width={width} height={bottom - top} />
      ) : (
        <Stack {...{ parts, total, width }} y={top} height={bottom - top} />
      )}
      <path class="wedge" d={`M0 ${bottom}H${width}L${WIDTH} ${bar}H0Z`} />
      <text class="quiet" x={WIDTH / 2} y={bar - 8} text-anchor="middle">
        enlarged {times(most / total)} times
      </text>
      <Stack parts={parts} total={total} y={bar} />
    </svg>
  )
}

function times(factor: number): string {
  return factor < 10 ? factor.toFixed(1) : count(Math.round(factor))
}

interface StackProps {
  parts: ModelSize['parts']
  total: number
  y: number
  width?: number
  height?: number
}

/** One bar of a model's parts, end to end, with a name where there is room for it. */
function Stack({ parts, total, y, width = WIDTH, height = BAR }: StackProps) {
  const x = scaleLinear([0, total], [0, width])
  let before = 0
  return (
    <g>
      {partNames.map((name) => {
        const start = x(before)
        before += parts[name]
        const length = x(before) - start
        const label = height < BAR ? '' : nameOf(name, parts[name] / total, length)
        return (
          <g key={name}>
            <rect class={fills[name]} x={start} y={y} width={Math.max(length - 1, 0)} height={height} />
            {label !== '' && (
              <text class={labels[name]} x={start + 7} y={y + height / 2 + 4.5}>
                {label}
              </text>
            )}
          </g>
        )
      })}
    </g>
  )
}

/** The longest label that fits on so many pixels. */
function nameOf(name: PartName, share: number, length: number): string {
  const fitting = [`${name} ${percent(share, 0)}`, name]
  return fitting.find((label) => label.length * LETTER + 14 < length) ?? ''
}

function Counts({ models }: { models: ModelSize[] }) {
  return (
    <Scroll label="Parameters by component">
      <table>
        <thead>
          <tr>
            <th scope="col">component</th>
            {models.map(({ model }) => (
              <th key={model} scope="col" class="number">
                {model}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {partNames.map((name) => (
            <tr key={name}>
              <th scope="row">
                <svg class="swatch" viewBox="0 0 10 10" aria-hidden="true">
                  <rect class={fills[name]} width="10" height="10" />
                </svg>
                {name}
              </th>
              {models.map(({ model, parts, total }) => (
                <td key={model} class="number">
                  {count(parts[name])}
                  <small>{percent(parts[name] / total)}</small>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">all</th>
            {models.map(({ model, total }) => (
              <td key={model} class="number">
                {count(total)}
              </td>
            ))}
          </tr>
        </tfoot>
      </table>
    </Scroll>
  )
}

function summary({ model, parts, total }: ModelSize): string {
  const shares = partNames.map((name) => `${name} ${percent(parts[name] / total)}`)
  return `${model}, ${rounded(total)} parameters: ${shares.join(', ')}`
}
