import { markdownTable } from '../markdown-table.ts'
import { contestants } from './contestant.ts'
import type { Row } from './summary.ts'

const columns: readonly [heading: string, cell: (row: Row) => string][] = [
  ['steps', ({ steps }) => String(steps)],
  ['agreement', ({ agreement }) => `${(100 * agreement).toFixed(1)} %`],
  ['distance', ({ distance }) => distance.toFixed(1)],
  ['straightness', ({ straightness }) => straightness.toFixed(3)],
  ['seconds', ({ seconds }) => seconds.toFixed(2)],
]

/** The rows as lines for a terminal. */
export function tableLines(rows: readonly Row[]): string[] {
  const width = 13
  const heading = columns.map(([name]) => name.padStart(width)).join('')
  return contestants.flatMap(({ id, title }) => [
    title.padEnd(17) + heading,
    ...rows
      .filter(({ contestant }) => contestant === id)
      .map((row) => ' '.repeat(17) + columns.map(([, cell]) => cell(row).padStart(width)).join('')),
  ])
}

/** The same in Markdown, a table for each contestant, and how to read it. */
export function tableSections(rows: readonly Row[]): string[] {
  const tables = contestants.flatMap(({ id, title }) => [
    `## ${title}`,
    markdownTable(
      columns.map(([name]) => name),
      rows.filter(({ contestant }) => contestant === id).map((row) => columns.map(([, cell]) => cell(row))),
    ),
  ])
  return [...tables, '## How to read it', howToRead(rows).join('\n')]
}

/** How each column was measured, and why so. */
function howToRead(rows: readonly Row[]): string[] {
  const longest = Math.max(...rows.map(({ steps }) => steps))
  return [
    '- **agreement**: the share of pictures in which the judge finds everything that the caption says, and no other thing.',
    `- **distance**: root mean square difference between pictures, in levels of 255. Euler and DDIM add no noise: from the same initial noise every step count aims at the same picture, so the distance is that to the run of ${longest} steps and says how near it came.`,
    `- Ancestral sampling adds fresh noise at every step, as many draws as steps, so no run aims at the picture of another. Its distance is that to a second run of ${longest} steps, from the same initial noise with other fresh noise. The row of ${longest} steps says how far two equally long runs are apart; once a shorter one is no farther, a distance can tell nothing more, and agreement has to.`,
    '- **straightness**: how far the latents got from the noise, divided by the length of the way they took, in the latents as the sampler moves them; averaged over captions. A single step is straight by definition, so compare equal step counts, and trust the longest run most. Guidance follows what no training pair showed, and bends every path; measure with --guidance 1 for the model’s own. DDIM’s latents keep their variance, which bends even a perfect path; an ancestral path is a random walk, longer the more steps it has.',
    '- **seconds**: per picture, denoising and decoding, without encoding the text.',
  ]
}
