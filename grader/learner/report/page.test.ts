import { beforeAll, describe, expect, it } from 'vitest'
import { exercises } from '#grader/manifest/index.ts'
import { count } from '../measurements/format.ts'
import { hostile, someReport } from './fixture.ts'
import { reportPage } from './page.tsx'
import type { ReportData } from './report-data.ts'

const [first, second, ...rest] = exercises
let data: ReportData
let page: string
beforeAll(async () => {
  data = await someReport()
  page = await reportPage(data)
})

/** The HTML of one exercise. */
const sectionOf = (html: string, id: string) => {
  const start = html.indexOf(`<section id="${id}"`)
  return html.slice(start, html.indexOf('</section>', start))
}

describe('the page', () => {
  it('holds nothing that runs and nothing that is fetched', () => {
    expect(page).not.toMatch(/<script|<link|<iframe|<object|@import|url\(/i)
    expect(page).not.toMatch(/ (src|href)="(?!data:image\/png;base64,|#)/)
    expect(page).not.toMatch(/ on\w+="| style="/)
  })

  it('shows what was written as text, whatever it was', () => {
    expect(page).not.toContain(hostile)
    expect(page.match(/&lt;img src=https:\/\/example\.org\/x onerror=alert\(1\)>/g)).toHaveLength(
      2 * exercises.length,
    )
  })

  it('holds no number that is none', () => {
    expect(page.replaceAll(/base64,[^"]*/g, '')).not.toMatch(/NaN|Infinity|undefined|null|\[object/)
  })

  it('gives every id once, and leads every link to one', () => {
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
    const targets = [...page.matchAll(/ href="#([^"]+)"/g)].map(([, id]) => id)
    expect(targets.length).toBeGreaterThan(exercises.length)
    for (const target of targets) expect(ids).toContain(target)
  })

  it('counts tasks and points', () => {
    const tasks = exercises.flatMap((exercise) => exercise.tasks)
    const passed = tasks.filter((_, i) => i > 0 && i % 4 === 0)
    const points = passed.reduce((sum, task) => sum + task.points, 0)
    expect(page).toContain(`${passed.length} of ${tasks.length} tasks and ${points} of `)
    for (const word of ['passed', 'failed', 'to do', 'blocked'])
      expect(page).toContain(`aria-label="${word}"`)
  })

  it('stands each question beside its prediction, the note and what was measured', () => {
    const section = sectionOf(page, first.id)
    expect(section).toContain('How many times wider is that, exactly?')
    expect(section).toContain('my guess 1')
    expect(section).toContain('seen')
    expect(section).toContain('4096 / 768 = 5.333 times.')
    for (const word of ['wrong', 'right', 'correct', 'incorrect']) {
      expect(section.toLowerCase()).not.toContain(`>${word}`)
    }
  })

  it('draws what was measured', () => {
    for (const { parts } of data.measured.results.inspection!.models) {
      for (const size of Object.values(parts)) expect(page).toContain(count(size))
    }
    const { stepCounts, pipelineTrace } = data.measured.results
    for (const { picture } of [...stepCounts!.runs, ...pipelineTrace!.film])
      expect(page).toContain(picture.png)
    for (const { shape } of pipelineTrace!.stages) expect(page).toContain(`[${shape!.join(', ')}]`)
  })
})

describe('an exercise whose predictions were not asked', () => {
  let gated: string
  beforeAll(async () => {
    gated = await reportPage(await someReport([second.id]))
  })

  it('shows what to run, its tasks, and none of its results', () => {
    for (const { id, tasks } of [first, ...rest]) {
      const section = sectionOf(gated, id)
      expect(section).toContain(`npm run predict -- ${id.slice(0, 2)}`)
      expect(section).not.toMatch(/<figure|<img|Measured|my guess/)
      for (const { title } of tasks) expect(section).toContain(title.replaceAll('&', '&amp;'))
    }
  })

  it('takes nothing from one that was asked', () => {
    const section = sectionOf(gated, second.id)
    expect(section).not.toContain('npm run predict')
    expect(section).toMatch(/<figure id="quadrants"/)
  })
})

it('says why something is missing, and shows the rest', async () => {
  const { stepCounts, ...results } = data.measured.results
  expect(stepCounts).toBeDefined()
  const failures = { stepCounts: 'Memory ran out <here>.\nUse less.' }
  const broken = await reportPage({ ...data, measured: { ...data.measured, results, failures } })
  const section = sectionOf(broken, rest[0].id)
  expect(section).toContain('Memory ran out &lt;here>.\nUse less.')
  expect(section).toContain('not measured here')
  expect(section).toContain('id="without-t5"')
  expect(section).not.toContain('id="convergence"')
})
