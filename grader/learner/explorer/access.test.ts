import axe from 'axe-core'
import type { Locator } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { chromiumPath } from '../browser/chromium.ts'
import {
  drawn,
  fillNumbers,
  openExplorer,
  PROMPT,
  SIZE,
  STEPS,
  wordOf,
  type OpenedExplorer,
} from './opened-explorer.ts'

const [ROWS, COLUMNS] = [8, 12]

describe.skipIf(chromiumPath === null)('the attention explorer’s page', () => {
  let explorer: OpenedExplorer

  beforeAll(async () => {
    explorer = await openExplorer()
  })
  afterAll(() => explorer?.close())

  it('can be used with the keyboard alone, and says what it shows', async () => {
    const page = await explorer.page()
    const press = (key: string) => page.keyboard.press(key)
    const focused = () =>
      page.evaluate(
        () => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent,
      )
    const tabTo = async (target: Locator) => {
      const reached = () => target.evaluate((one) => one === document.activeElement)
      for (let i = 0; i < 40 && !(await reached()); i++) await press('Tab')
    }
    await tabTo(page.getByLabel('Prompt', { exact: true }))
    await press('ControlOrMeta+a')
    await page.keyboard.type(PROMPT)
    for (const [label, value] of Object.entries({ Steps: STEPS, Height: SIZE.height, Width: SIZE.width })) {
      await tabTo(page.getByLabel(label))
      await page.keyboard.type(String(value)) // Tab has selected what stood there
    }
    await press('Enter')
    await drawn(page)

    const step = (number: number) => page.getByRole('radio', { name: `Step ${number}`, exact: true })
    await tabTo(step(STEPS))
    await press('ArrowLeft')
    expect(await step(STEPS - 1).isChecked()).toBe(true)
    await press('ArrowRight')

    const words = page.getByRole('toolbar', { name: 'The prompt’s words' })
    await tabTo(words.getByRole('button').first())
    expect(await focused()).toBe('a')
    for (const key of ['ArrowRight', 'ArrowRight']) await press(key)
    expect(await focused()).toBe('ball')
    const status = page.locator('.readout [role=status]')
    const said = () => expect.poll(() => status.textContent(), { timeout: 60_000 })
    await said().toMatch(/^“ball”, read by the image: A patch spends /)
    await press('Enter')
    expect(await wordOf(page, 'ball').getAttribute('aria-pressed')).toBe('true')

    await press('Tab') // all words are one stop
    expect(await focused()).toBe('Patch row 1, column 1')
    for (const key of ['ArrowDown', 'ArrowRight', 'ArrowRight']) await press(key)
    expect(await focused()).toBe('Patch row 2, column 3')
    await said().toMatch(/^Here: row 2, column 3 with /)
    await press('Escape')
    await press('ArrowUp')
    await said().toMatch(/^The patch at row 1, column 3 reads: /)
    for (const key of ['Control+End', 'ArrowDown', 'ArrowRight']) await press(key)
    expect(await focused()).toBe(`Patch row ${ROWS}, column ${COLUMNS}`)
    await press('Home')
    expect(await focused()).toBe(`Patch row ${ROWS}, column 1`)
    await page.context().close()
  })

  it('looks into a step while later ones are being drawn, and says why it stops when another page draws', async () => {
    const [page, other] = [await explorer.page(), await explorer.page()]
    await fillNumbers(page, { Steps: 100, Height: 64, Width: 64 })
    await page.getByRole('button', { name: 'Draw' }).click()
    await page.locator('.film-strip img').first().waitFor()
    await page.getByRole('radio', { name: 'Step 1', exact: true }).check({ force: true })
    await page.locator('.quadrants').waitFor()
    expect(await page.locator('.state').textContent()).toMatch(/^Step \d+ of 100\.$/)
    await explorer.draw(other)
    expect(await page.getByRole('alert').textContent()).toMatch(/Another page began to draw/)
    expect(await page.locator('.state').textContent()).toMatch(/^Stopped after step \d+ of 100\.$/)
    await page.context().close()
    await other.context().close()
  })

  it('stops when it is told to', async () => {
    const page = await explorer.page()
    await fillNumbers(page, { Steps: 100, Height: 64, Width: 64 })
    await page.getByRole('button', { name: 'Draw' }).click()
    await page.locator('.film-strip img').first().waitFor()
    await page.getByRole('button', { name: 'Stop' }).click()
    await page.getByText(/^Stopped after step \d+ of 100\.$/).waitFor()
    await page.locator('.quadrants').waitFor() // of the steps that were taken
    await page.context().close()
  })

  it('draws without a word, and says what no encoder had room for', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue() // the harness says it to the terminal as well
    const page = await explorer.page()
    await page.getByLabel('Prompt', { exact: true }).fill('')
    await fillNumbers(page, { Steps: 1, Height: 64, Width: 64 })
    await page.getByRole('button', { name: 'Draw' }).click()
    await drawn(page)
    const start = page.getByRole('toolbar', { name: 'Tokens of CLIP' }).getByRole('button').first()
    await start.hover()
    expect(await page.locator('.readout h2').textContent()).toBe('“start”, read by the image')

    await page.getByLabel('Prompt', { exact: true }).fill('red '.repeat(245) + 'a, b, c, d, e, f')
    await page.getByRole('button', { name: 'Draw' }).click()
    expect(await page.locator('.prompt-words s').textContent()).toBe(' f')
    await drawn(page)
    warn.mockRestore()
    await page.context().close()
  })

  it('repeats the server’s reason when it refuses', async () => {
    const page = await explorer.page()
    const height = page.getByLabel('Height')
    await height.evaluate((input: HTMLInputElement) => (input.step = '1')) // the browser would refuse as well
    await height.fill('100')
    await page.getByRole('button', { name: 'Draw' }).click()
    expect(await page.getByRole('alert').textContent()).toBe(
      'height is 100. Choose a multiple of 16 from 16 to 1024.',
    )
    await page.context().close()
  })

  it.each([
    { colorScheme: 'light' as const, viewport: { width: 1366, height: 900 } },
    { colorScheme: 'dark' as const, viewport: { width: 390, height: 844 } },
  ])('has no fault that axe finds, in $colorScheme on $viewport.width pixels', async (options) => {
    const page = await explorer.page({ ...options, reducedMotion: 'reduce' })
    const faults = async () => {
      await page.evaluate(axe.source)
      const { violations } = await page.evaluate(() =>
        (globalThis as unknown as { axe: typeof axe }).axe.run(),
      )
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
    }
    expect(await faults()).toEqual([])
    await explorer.draw(page)
    for (const asking of ['Image reads text', 'Text reads image']) {
      await page.getByRole('radio', { name: asking }).check({ force: true })
      await wordOf(page, 'ball').click()
      expect(await faults()).toEqual([])
    }
    const { wide, motion } = await page.evaluate(() => ({
      wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      motion: getComputedStyle(document.querySelector('.patch-map canvas')!).transitionDuration,
    }))
    expect([wide, motion]).toEqual([0, '0s'])
    await page.context().close()
  })

  it('asks nothing of anybody but its server, and complains of nothing', () => {
    const { requests, complaints, url } = explorer
    expect(requests.length).toBeGreaterThan(10)
    expect(requests.filter((one) => !one.startsWith(url))).toEqual([])
    // The one refusal was asked for above.
    expect(complaints.filter((text) => !text.includes('400 (Bad Request)'))).toEqual([])
  })

  it('says so when its server has ended', async () => {
    const page = await explorer.page()
    await explorer.draw(page)
    await fillNumbers(page, { Steps: 100 })
    await page.getByRole('button', { name: 'Draw' }).click()
    await page.getByText(/^Step \d+ of 100/).waitFor()
    await explorer.endServer()
    const alert = page.getByRole('alert')
    expect(await alert.textContent()).toMatch(/^The server (does not answer\. Start it again|has ended)/)
    await page.getByRole('button', { name: 'Draw' }).click()
    await page.getByText('The server does not answer. Start it again: npm run explore.').waitFor()
  })
})
