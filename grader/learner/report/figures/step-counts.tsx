import { scaleLog } from 'd3-scale'
import { line } from 'd3-shape'
import { duration } from '../../measurements/format.ts'
import {
  lessonRuns,
  stopsPaying,
  thresholds,
  type StepCounts,
  type StepRun,
} from '../../measurements/step-counts.ts'
import { lesson } from '../../measurements/measurement.ts'
import { Figure, Photo } from './figure.tsx'

/** The lesson's comparison: one prompt, one noise, more and more steps. */
export function StepStrip(measured: StepCounts) {
  const runs = lessonRuns(measured)
  const others = measured.runs.filter((run) => !runs.includes(run))
  return (
    <Figure
      id="step-counts"
      title={`“${lesson.prompt}” at ${runs.map(({ steps }) => steps).join(', ')} steps`}
      caption={`Seed ${lesson.seed} and guidance ${lesson.guidanceScale} throughout, ${measured.side} × ${measured.side} pixels. Seconds are from prompt to picture on this machine. Below, in small: fewer steps than the lesson’s.`}
    >
      <Strip runs={runs} />
      <Strip runs={others} isSmall />
    </Figure>
  )
}

function Strip({ runs, isSmall = false }: { runs: StepRun[]; isSmall?: boolean }) {
  return (
    <ul class={isSmall ? 'strip small' : 'strip'}>
      {runs.map(({ steps, seconds, picture }) => (
        <li key={steps}>
          <Photo picture={picture} alt={`Drawn in ${steps} steps`} />
          <p>
            {steps} steps <span class="muted">{duration(seconds)}</span>
          </p>
        </li>
      ))}
    </ul>
  )
}

const WIDTH = 400
const LEFT = 46
const RIGHT = 14
const TOP = 12
const HEIGHT = 200
const ROW = 19

/** How near each run comes to the longest, and from where on longer runs gain little. */
export function Convergence(measured: StepCounts) {
  const longest = measured.runs[measured.runs.length - 1]
  const runs = measured.runs.filter(({ distance }) => distance > 0)
  if (runs.length === 0) return null
  const distances = runs.map(({ distance }) => distance)
  const [low, high] = [Math.min(...distances), Math.max(...distances)]
  const x = scaleLog([measured.runs[0].steps, longest.steps], [LEFT + 8, WIDTH - RIGHT])
  const y = scaleLog([low / 1.5, high * 1.5], [TOP + HEIGHT, TOP])
  const path = line<StepRun>(
    (run) => x(run.steps),
    (run) => y(run.distance),
  )(runs)
  const axis = TOP + HEIGHT
  const payoff = thresholds.map((threshold) => ({
    threshold,
    steps: stopsPaying(lessonRuns(measured), threshold),
  }))
  return (
    <Figure
      id="convergence"
      title={`Distance to the picture of ${longest.steps} steps`}
      isChart
      caption="Root mean square difference in levels of 255; both scales are logarithmic. Distance says how far the solver has converged, not how good a picture is. The bars show from which of the lesson’s step counts on no longer run gains as much as a threshold."
    >
      <svg
        class="chart"
        viewBox={`0 0 ${WIDTH} ${axis + 48 + payoff.length * ROW}`}
        role="img"
        aria-label={runs
          .map(({ steps, distance }) => `${steps} steps: ${distance.toFixed(1)} levels`)
          .join('; ')}
      >
        {[1, 2, 5, 10, 20, 50, 100]
          .filter((tick) => tick > y.domain()[0] && tick < y.domain()[1])
          .map((tick) => (
            <g key={tick}>
              <path class="grid" d={`M${LEFT} ${y(tick)}H${WIDTH - RIGHT}`} />
              <text class="quiet" x={LEFT - 7} y={y(tick) + 4} text-anchor="end">
                {tick}
              </text>
            </g>
          ))}
        <text class="quiet" transform={`translate(11 ${TOP + HEIGHT / 2}) rotate(-90)`} text-anchor="middle">
          distance, levels of 255
        </text>
        <path class="axis" d={`M${LEFT} ${axis}H${WIDTH - RIGHT}`} />
        {measured.runs.map(({ steps }) => (
          <g key={steps}>
            <path class="axis" d={`M${x(steps)} ${axis}v4`} />
            <text class="quiet" x={x(steps)} y={axis + 17} text-anchor="middle">
              {steps}
            </text>
          </g>
        ))}
        <text class="quiet" x={(LEFT + WIDTH - RIGHT) / 2} y={axis + 33} text-anchor="middle">
          steps
        </text>
        <path class="line" d={path ?? ''} />
        {runs.map(({ steps, distance }, i) => (
          <g key={steps}>
            <circle class="fill-image" cx={x(steps)} cy={y(distance)} r="4" />
            <text
              class="strong"
              x={x(steps) + 7}
              y={y(distance) + (distance < (runs[i + 1]?.distance ?? 0) ? 16 : -6)}
            >
              {distance.toFixed(1)}
            </text>
          </g>
        ))}
        {payoff.map(({ threshold, steps }, i) => {
          const at = axis + 50 + i * ROW
          return (
            <g key={threshold}>
              <text class="quiet" x={x(steps) - 8} y={at + 4} text-anchor="end">
                gains below {threshold} levels from {steps} on
              </text>
              <circle class="fill-image" cx={x(steps)} cy={at} r="3" />
              <path class="line" d={`M${x(steps)} ${at}H${WIDTH - RIGHT}`} />
            </g>
          )
        })}
      </svg>
    </Figure>
  )
}
