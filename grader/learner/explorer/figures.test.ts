import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { attentionAlong, headMean } from '#grader/oracles/captured-attention.ts'
import { quadrantsOf, quadrantSum, type QuadrantName } from '#grader/oracles/quadrants.ts'
import { StableDiffusion3Pipeline, tensor } from '#harness'
import { chromiumPath } from '../browser/chromium.ts'
import { NANO, openExplorer, PROMPT, SIZE, STEPS, wordOf, type OpenedExplorer } from './opened-explorer.ts'
import type { Page } from 'playwright-core'

const [ROWS, COLUMNS, TEXT] = [8, 12, 333]
const [IMAGE, TOTAL] = [ROWS * COLUMNS, ROWS * COLUMNS + TEXT]
const BLOCKS = 4
const BALL = [3, 77 + 2] // CLIP's rows begin with a start token

describe.skipIf(chromiumPath === null)('the figures of the attention explorer', () => {
  let explorer: OpenedExplorer
  let page: Page
  let pipe: StableDiffusion3Pipeline
  /** Mean over heads, or one head, of what the harness computes. [tokens, tokens] */
  let expected: (step: number, block: number, head?: number) => Promise<Float32Array>

  const word = (text: string) => wordOf(page, text)
  const patch = (row: number, column: number) =>
    page.getByRole('gridcell', { name: `Patch row ${row + 1}, column ${column + 1}`, exact: true })
  const radio = (group: string, name: string) =>
    page.getByRole('group', { name: group }).getByRole('radio', { name, exact: true })
  const title = () => page.locator('.readout h2')
  /** The exact value in a table's row. */
  const shareOf = async (table: string, name: string): Promise<number> => {
    const row = page
      .getByRole('table', { name: table })
      .getByRole('row')
      .filter({ has: page.getByRole('rowheader', { name, exact: true }) })
    return Number(await row.locator('data').first().getAttribute('value'))
  }
  const massOf = async (asking: string, read: string) =>
    Number(await page.locator(`[data-quadrant="${asking} ${read}"] data`).first().getAttribute('value'))

  /** Waits until the page shows this place’s attention. */
  const shown = async (step: number, block: number, head?: number) => {
    const mass = sumOf(await expected(step, block, head), 'imageToText').mass
    await expect.poll(() => massOf('image', 'text'), { timeout: 30_000 }).toBeCloseTo(mass, 5)
  }

  beforeAll(async () => {
    explorer = await openExplorer()
    page = await explorer.page()
    pipe = await StableDiffusion3Pipeline.fromPretrained(NANO)
    const look = await attentionAlong(pipe, {
      ...{ prompt: PROMPT, seed: 42, ...SIZE, numInferenceSteps: STEPS, step: 0, block: 0 },
    })
    const known = new Map<string, Float32Array>()
    expected = async (step, block, head) => {
      const name = `${step} ${block} ${head}`
      if (!known.has(name)) {
        const all = await look({ step, block })
        known.set(
          name,
          head === undefined
            ? headMean(all).data
            : all.data.slice(head * TOTAL ** 2, (head + 1) * TOTAL ** 2),
        )
      }
      return known.get(name)!
    }
    await explorer.draw(page)
  })
  afterAll(async () => {
    await explorer?.close()
    await pipe?.release()
  })

  it('draws the prompt, and shows the picture after every step in its own proportions', async () => {
    const pictures = page.locator('.film-strip img')
    expect(await pictures.count()).toBe(STEPS)
    const sizes = await pictures.evaluateAll((images: HTMLImageElement[]) =>
      images.map(({ naturalWidth, naturalHeight, clientWidth, clientHeight }) => ({
        natural: [naturalWidth, naturalHeight],
        proportions: (clientWidth / clientHeight).toFixed(1),
      })),
    )
    for (const size of sizes) expect(size).toEqual({ natural: [SIZE.width, SIZE.height], proportions: '1.5' })
    expect(await page.getByRole('gridcell').count()).toBe(IMAGE)
  })

  it('gives the four quadrants the masses that the harness computes', async () => {
    await shown(STEPS - 1, BLOCKS - 1)
    const weights = await expected(STEPS - 1, BLOCKS - 1)
    for (const name of ['imageToImage', 'imageToText', 'textToImage', 'textToText'] as const) {
      const { mass, uniform } = sumOf(weights, name)
      const [asking, read] = name.toLowerCase().split('to')
      expect(await massOf(asking, read)).toBeCloseTo(mass, 5)
      const cell = page.locator(`[data-quadrant="${asking} ${read}"]`)
      expect(Number(await cell.locator('small data').getAttribute('value'))).toBeCloseTo(uniform, 6)
    }
  })

  it('shows on hover where the image reads a word: its tokens’ columns, as figures and as colours', async () => {
    await word('ball').hover()
    expect(await title().textContent()).toBe('“ball”, read by the image')
    const weights = await expected(STEPS - 1, BLOCKS - 1)
    const perPatch = range(0, IMAGE).map((query) =>
      sum(BALL.map((token) => weights[query * TOTAL + IMAGE + token])),
    )
    for (const [i, piece] of ['CLIP ball</w>', 'T5 ▁ball'].entries()) {
      const mean = sum(range(0, IMAGE).map((query) => weights[query * TOTAL + IMAGE + BALL[i]])) / IMAGE
      expect(await shareOf('By token', piece)).toBeCloseTo(mean, 6)
    }
    const most = perPatch.indexOf(Math.max(...perPatch))
    expect(await shareOf('Patches, most first', nameOf(most))).toBeCloseTo(perPatch[most], 6)

    // The colours rank the patches as the numbers do: below uniform darker, above brighter.
    const colours = await page.locator('.patch-map canvas').evaluate((canvas: HTMLCanvasElement) => ({
      ...{ width: canvas.width, height: canvas.height },
      data: [...canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height).data],
    }))
    expect([colours.width, colours.height]).toEqual([COLUMNS, ROWS])
    const uniform = BALL.length / TOTAL
    for (const [i, value] of perPatch.entries()) {
      const [red, , , alpha] = colours.data.slice(4 * i, 4 * i + 4)
      if (value > 1.5 * uniform) expect(red).toBeGreaterThan(200)
      if (value < uniform / 1.5) expect(red).toBeLessThan(60)
      if (value < uniform / 16) expect(alpha).toBeGreaterThan(190)
    }
    const brightest = colours.data.filter((_, i) => i % 4 === 1)[most] // green: from orange to pale yellow
    expect(brightest).toBe(Math.max(...colours.data.filter((_, i) => i % 4 === 1)))
  })

  it('shows on hover what a patch reads: words, padding and other patches', async () => {
    const box = (await page.getByRole('grid').boundingBox())!
    const [row, column] = [5, 9]
    await page.mouse.move(
      box.x + ((column + 0.5) / COLUMNS) * box.width,
      box.y + ((row + 0.5) / ROWS) * box.height,
    )
    expect(await title().textContent()).toBe('The patch at row 6, column 10 reads')
    const query = row * COLUMNS + column
    const weights = (await expected(STEPS - 1, BLOCKS - 1)).slice(query * TOTAL, (query + 1) * TOTAL)
    const of = (from: number, to: number) => sum([...weights.slice(from, to)])
    const clip = IMAGE + 77
    const words = PROMPT.split(' ').length
    expect(await shareOf('By kind of token', 'Image')).toBeCloseTo(of(0, IMAGE), 5)
    expect(await shareOf('By kind of token', 'CLIP, words')).toBeCloseTo(of(IMAGE + 1, IMAGE + 1 + words), 6)
    expect(await shareOf('By kind of token', 'CLIP, padding')).toBeCloseTo(of(IMAGE + 2 + words, clip), 6)
    expect(await shareOf('By kind of token', 'T5, words')).toBeCloseTo(of(clip, clip + words), 6)
    expect(await shareOf('By kind of token', 'T5, padding')).toBeCloseTo(of(clip + words + 1, TOTAL), 6)
    const most = range(0, IMAGE).reduce((a, b) => (weights[b] > weights[a] ? b : a))
    expect(await shareOf('Patches, most first', nameOf(most))).toBeCloseTo(weights[most], 6)
  })

  it('keeps what was clicked, says what else has of it, and lets go on a second click', async () => {
    await word('ball').click()
    await word('beach').hover()
    expect(await title().textContent()).toBe('“ball”, read by the image pinned')
    const weights = await expected(STEPS - 1, BLOCKS - 1)
    await patch(2, 3).hover()
    const value = sum(BALL.map((token) => weights[(2 * COLUMNS + 3) * TOTAL + IMAGE + token]))
    const sentence = await page.locator('.readout .sentence').textContent()
    const [, shownValue] = /Here: row 3, column 4 with (\S+) \(/.exec(sentence!)!
    expect(Number(shownValue) / value).toBeCloseTo(1, 1)
    await word('ball').click()
    await word('beach').hover()
    expect(await title().textContent()).toBe('“beach”, read by the image')
  })

  it('shows as readily what the text reads in the image, and which text reads a patch', async () => {
    await radio('Who reads', 'Text reads image').check({ force: true })
    const weights = await expected(STEPS - 1, BLOCKS - 1)
    await word('ball').hover()
    expect(await title().textContent()).toBe('“ball” reads')
    const mean = (key: number) =>
      sum(BALL.map((token) => weights[(IMAGE + token) * TOTAL + key])) / BALL.length
    expect(await shareOf('By kind of token', 'Image')).toBeCloseTo(sum(range(0, IMAGE).map(mean)), 5)
    const most = range(0, IMAGE).reduce((a, b) => (mean(b) > mean(a) ? b : a))
    expect(await shareOf('Patches, most first', nameOf(most))).toBeCloseTo(mean(most), 6)

    await patch(7, 0).hover()
    expect(await title().textContent()).toBe('The patch at row 8, column 1, read by the text')
    const key = 7 * COLUMNS
    const padding = range(77 + PROMPT.split(' ').length + 1, TEXT)
    const read = sum(padding.map((token) => weights[(IMAGE + token) * TOTAL + key])) / padding.length
    expect(await shareOf('By kind of token', 'T5, padding')).toBeCloseTo(read, 6)
    expect(await page.getByText('In the last block nothing is made of what the text reads').count()).toBe(1)
    await radio('Block', '0').check({ force: true })
    await shown(STEPS - 1, 0)
    expect(await page.getByText('In the last block nothing is made').count()).toBe(0)
    await radio('Who reads', 'Image reads text').check({ force: true })
  })

  it('lets single tokens be pointed at, special ones and padding too', async () => {
    const t5 = page.getByRole('toolbar', { name: 'Tokens of T5' })
    await t5.getByRole('button', { name: /^padding × 249/ }).hover()
    expect(await title().textContent()).toBe('“padding × 249”, read by the image')
    const weights = await expected(STEPS - 1, 0)
    const padding = range(77 + 7, TEXT)
    const first = sum(padding.map((token) => weights[IMAGE + token])) // what patch 0 spends on it
    await t5.getByRole('button', { name: /^padding/ }).click()
    await patch(0, 0).hover()
    const sentence = await page.locator('.readout .sentence').textContent()
    expect(Number(/Here: row 1, column 1 with (\S+) \(/.exec(sentence!)![1]) / first).toBeCloseTo(1, 1)
    await page.keyboard.press('Escape')
    await t5.getByRole('button', { name: /^padding/ }).click()
    await page
      .getByRole('toolbar', { name: 'Tokens of CLIP' })
      .getByRole('button', { name: /^start/ })
      .click()
    expect(await title().textContent()).toBe('“start”, read by the image pinned')
    await page.keyboard.press('Escape')
  })

  it('follows block, head and step, each with its own numbers', async () => {
    await radio('Block', '1').check({ force: true })
    await shown(STEPS - 1, 1)
    await radio('Head', '2').check({ force: true })
    await shown(STEPS - 1, 1, 2)
    await radio('Step to look into', 'Step 1').check({ force: true })
    await shown(0, 1, 2)
    await radio('Head', 'mean').check({ force: true })
    await shown(0, 1)
  })

  it('shows where a step leads, as another picture of the same step', async () => {
    const before = await page.locator('.patch-map img').getAttribute('src')
    await radio('Picture', 'Where it leads').check({ force: true })
    const image = page.locator('.patch-map img')
    expect(await image.getAttribute('src')).toBe(before!.replace('latents', 'estimate'))
    await expect.poll(() => image.evaluate((one: HTMLImageElement) => one.naturalWidth)).toBe(SIZE.width)
  })
})

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i)
const sum = (values: number[]) => values.reduce((a, b) => a + b, 0)
const nameOf = (patch: number) => `row ${Math.floor(patch / COLUMNS) + 1}, column ${(patch % COLUMNS) + 1}`

function sumOf(weights: Float32Array, name: QuadrantName): { mass: number; uniform: number } {
  const found = quadrantSum(tensor([TOTAL, TOTAL], weights), quadrantsOf(IMAGE, TEXT, 'image-first')[name])
  return { mass: found.sum / found.queries, uniform: found.keys / TOTAL }
}
