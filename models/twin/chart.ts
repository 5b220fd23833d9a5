import { scaleLinear, scaleLog } from 'd3-scale'
import { line } from 'd3-shape'
import { svgText, type SvgRenderer, type TextStyle } from '../../harness/svg.ts'

export interface Series {
  colour: string
  points: readonly { steps: number; value: number }[]
}

export interface Chart {
  title: string
  series: readonly Series[]
  /** Of the y axis, from 0. */
  largest: number
  format: (value: number) => string
}

export const CHART = { width: 400, height: 300 } as const
const LABEL: TextStyle = { size: 12, bold: false }
const TITLE: TextStyle = { size: 14, bold: true }
const LEFT = 44
const RIGHT = 12
const TOP = 34
const BOTTOM = 42
const GRID = '#dddde3'
const AXIS = '#1b1b1f'

/** Draws one value against the number of steps, on a logarithmic axis. @returns elements, from `x` and `y` on */
export function svgChart(chart: Chart, x: number, y: number, renderer: SvgRenderer): string {
  const steps = [...new Set(chart.series.flatMap(({ points }) => points.map((point) => point.steps)))]
  const right = CHART.width - RIGHT
  const bottom = CHART.height - BOTTOM
  const across = scaleLog([Math.min(...steps), Math.max(...steps)], [LEFT + 10, right - 10])
  const up = scaleLinear([0, chart.largest], [bottom, TOP]).nice(5)
  const centred = (text: string, at: number, baseline: number) =>
    svgText(text, at - renderer.textWidth(text, LABEL) / 2, baseline, LABEL)

  const grid = up.ticks(5).map((tick) => {
    const label = chart.format(tick)
    const start = LEFT - 7 - renderer.textWidth(label, LABEL)
    return stroke(`M${LEFT} ${up(tick)}H${right}`, GRID, 1) + svgText(label, start, up(tick) + 4, LABEL)
  })
  const ticks = steps.map(
    (count) =>
      stroke(`M${across(count)} ${bottom}v4`, AXIS, 1) + centred(String(count), across(count), bottom + 18),
  )
  const draw = line<{ steps: number; value: number }>(
    (point) => across(point.steps),
    (point) => up(point.value),
  )
  const lines = chart.series.map(
    ({ colour, points }) =>
      stroke(draw(points) ?? '', colour, 2) +
      points
        .map(
          (point) => `<circle cx="${across(point.steps)}" cy="${up(point.value)}" r="3.5" fill="${colour}"/>`,
        )
        .join(''),
  )
  return [
    `<g transform="translate(${x} ${y})">`,
    svgText(chart.title, LEFT, 18, TITLE),
    ...grid,
    stroke(`M${LEFT} ${bottom}H${right}`, AXIS, 1),
    ...ticks,
    centred('steps', (LEFT + right) / 2, CHART.height - 6),
    ...lines,
    '</g>',
  ].join('')
}

function stroke(path: string, colour: string, width: number): string {
  return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${width}"/>`
}
