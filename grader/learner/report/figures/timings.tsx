import { scaleLinear } from 'd3-scale'
import { duration } from '../../measurements/format.ts'
import type { StepCounts } from '../../measurements/step-counts.ts'
import { Figure } from './figure.tsx'

const WIDTH = 400
const LEFT = 46
const RIGHT = 14
const TOP = 14
const HEIGHT = 160
const STEPS = 28

/** Seconds a picture takes by its steps, and what they are made of. */
export function Timings({ runs, seconds: { encode, step, decode } }: StepCounts) {
  const longest = runs[runs.length - 1]
  const fromParts = (steps: number) => encode + steps * step + decode
  const x = scaleLinear([0, longest.steps], [LEFT, WIDTH - RIGHT])
  const most = Math.max(fromParts(longest.steps), ...runs.map(({ seconds }) => seconds))
  // A GPU, or a tiny model, takes no second for a picture.
  const [unit, perSecond] = most < 1 ? ['milliseconds', 1000] : ['seconds', 1]
  const inUnits = scaleLinear([0, most * perSecond], [TOP + HEIGHT, TOP]).nice(4)
  const y = (seconds: number) => inUnits(seconds * perSecond)
  const axis = TOP + HEIGHT
  const rows: [what: string, seconds: number][] = [
    ['read the prompt and its negative, once a picture', encode],
    ['one guided step', step],
    ['decode the latents, once a picture', decode],
    [`a picture of ${STEPS} steps, from these`, fromParts(STEPS)],
  ]
  return (
    <Figure
      id="timings"
      title="Time by steps on this machine"
      isChart
      caption="Dots: whole pictures, from prompt to pixels, weights loaded before. Line: what the parts below add up to. Dots above it were drawn while the machine was busy with something else."
    >
      <svg
        class="chart"
        viewBox={`0 0 ${WIDTH} ${axis + 40}`}
        role="img"
        aria-label={runs.map(({ steps, seconds }) => `${steps} steps: ${duration(seconds)}`).join('; ')}
      >
        {inUnits.ticks(4).map((tick) => (
          <g key={tick}>
            <path class="grid" d={`M${LEFT} ${inUnits(tick)}H${WIDTH - RIGHT}`} />
            <text class="quiet" x={LEFT - 7} y={inUnits(tick) + 4} text-anchor="end">
              {tick}
            </text>
          </g>
        ))}
        <text class="quiet" transform={`translate(11 ${TOP + HEIGHT / 2}) rotate(-90)`} text-anchor="middle">
          {unit}
        </text>
        <path class="axis" d={`M${LEFT} ${axis}H${WIDTH - RIGHT}`} />
        {x.ticks(5).map((tick) => (
          <text key={tick} class="quiet" x={x(tick)} y={axis + 17} text-anchor="middle">
            {tick}
          </text>
        ))}
        <text class="quiet" x={(LEFT + WIDTH - RIGHT) / 2} y={axis + 34} text-anchor="middle">
          steps
        </text>
        <path
          class="line"
          d={`M${x(0)} ${y(fromParts(0))}L${x(longest.steps)} ${y(fromParts(longest.steps))}`}
        />
        {runs.map(({ steps, seconds }) => (
          <circle key={steps} class="fill-image" cx={x(steps)} cy={y(seconds)} r="4" />
        ))}
        <text class="strong" x={WIDTH - RIGHT} y={y(fromParts(longest.steps * 0.72)) + 24} text-anchor="end">
          {duration(step)} a step
        </text>
      </svg>
      <table>
        <tbody>
          {rows.map(([what, seconds]) => (
            <tr key={what}>
              <th scope="row">{what}</th>
              <td class="number">{duration(seconds)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Figure>
  )
}
