import type { Image } from '#harness'
import { loadSvgRenderer, svgDocument, svgText } from '../../harness/svg.ts'
import { CHART, svgChart, type Chart } from './chart.ts'
import { contestants, type Contestant } from './contestant.ts'
import type { Row } from './summary.ts'

/** Told apart by readers who see no red or green too (Okabe and Ito's palette). */
const colours: Record<Contestant['id'], string> = { flow: '#0072b2', ddim: '#d55e00', ddpm: '#009e73' }

const MARGIN = 20
const LEGEND = 30

/** Agreement, distance and straightness against steps, three lines each. */
export async function summaryFigure(rows: readonly Row[]): Promise<Image> {
  const renderer = await loadSvgRenderer()
  const chart = (title: string, value: (row: Row) => number, format: Chart['format']): Chart => ({
    title,
    series: contestants.map(({ id }) => ({
      colour: colours[id],
      points: rows
        .filter(({ contestant }) => contestant === id)
        .map((row) => ({ steps: row.steps, value: value(row) })),
    })),
    largest: Math.max(...rows.map(value)),
    format,
  })
  const whole = (value: number) => value.toFixed(0)
  const charts: Chart[] = [
    { ...chart('Caption agreement, %', (row) => 100 * row.agreement, whole), largest: 100 },
    chart('Distance to the longest run, levels of 255', ({ distance }) => distance, whole),
    {
      ...chart(
        'Path straightness',
        ({ straightness }) => straightness,
        (value) => value.toFixed(1),
      ),
      largest: 1,
    },
  ]

  const width = 2 * MARGIN + charts.length * CHART.width
  const style = { size: 14, bold: false }
  let x = MARGIN + 44
  const legend = contestants.map(({ id, title }) => {
    const label =
      `<circle cx="${x}" cy="${MARGIN + 9}" r="5" fill="${colours[id]}"/>` +
      svgText(title, x + 12, MARGIN + 14, style)
    x += renderer.textWidth(title, style) + 48
    return label
  })
  const panels = charts.map((one, i) => svgChart(one, MARGIN + i * CHART.width, MARGIN + LEGEND, renderer))
  return renderer.render(
    svgDocument(width, 2 * MARGIN + LEGEND + CHART.height, [...legend, ...panels].join('')),
  )
}
