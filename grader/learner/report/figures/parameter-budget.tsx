import { scaleLinear } from 'd3-scale'
import { count, percent, rounded } from '../../measurements/format.ts'
import { partNames, type Inspection, type ModelSize, type PartName } from '../../measurements/inspection.ts'
import { Figure, Scroll } from './figure.tsx'

const WIDTH = 400
const BAR = 30

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

/** A sliver at the largest model's scale, and the same bar drawn out. */
function Enlarged({ model, most }: { model: ModelSize; most: number }) {
  const { total, parts } = model
  const sliver = Math.max((WIDTH * total) / most, 1)
  const [top, bottom, bar] = [24, 44, 74]
  return (
    <svg class="chart" viewBox={`0 0 ${WIDTH} 112`} role="img" aria-label={summary(model)}>
      <rect class="fill-image" x="0" y="6" width={sliver} height={top - 6} />
      <text x={sliver + 8} y="20">
        <tspan class="strong">{model.model}</tspan> {rounded(total)}, at the same scale
      </text>
      <path class="wedge" d={`M0 ${top}H${sliver}L${WIDTH} ${bar}H0Z`} />
      <text class="quiet" x={WIDTH / 2} y={bottom + 20} text-anchor="middle">
        enlarged {count(Math.round(most / total))} times
      </text>
      <Stack parts={parts} total={total} y={bar} />
    </svg>
  )
}

/** One bar of a model's parts, end to end, with a name where there is room for it. */
function Stack({ parts, total, y }: { parts: ModelSize['parts']; total: number; y: number }) {
  const x = scaleLinear([0, total], [0, WIDTH])
  let before = 0
  return (
    <g>
      {partNames.map((name) => {
        const start = x(before)
        before += parts[name]
        const width = x(before) - start
        const label = width > 108 ? `${name} ${percent(parts[name] / total, 0)}` : width > 66 ? name : ''
        return (
          <g key={name}>
            <rect class={fills[name]} x={start} y={y} width={Math.max(width - 1, 0)} height={BAR} />
            {label !== '' && (
              <text class={labels[name]} x={start + 7} y={y + BAR / 2 + 4.5}>
                {label}
              </text>
            )}
          </g>
        )
      })}
    </g>
  )
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
