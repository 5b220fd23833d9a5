import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { AxeResults } from 'axe-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exercises } from '#grader/manifest/index.ts'
import { chromiumPath, openBrowser } from '../browser/chromium.ts'
import { someReport } from './fixture.ts'
import { writeReport } from './write-report.ts'

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const phone = { viewport: { width: 390, height: 844 } }
const desk = { viewport: { width: 1200, height: 900 } }

describe.skipIf(chromiumPath === null)('in a real browser', () => {
  let folder: string
  let url: string
  let browser: Browser
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'page-'))
    const file = join(folder, 'report.html')
    await writeReport(file, await someReport())
    url = pathToFileURL(file).href
    browser = await openBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await rm(folder, { recursive: true })
  })

  /** Opens the report and shows it to a look; nothing may be requested but the file, and nothing complained of. */
  async function opened<Seen>(
    options: BrowserContextOptions,
    look: (page: Page) => Promise<Seen>,
  ): Promise<Seen> {
    const context = await browser.newContext(options)
    const page = await context.newPage()
    page.setDefaultTimeout(100_000) // a busy machine is no bug of the page
    const troubles: string[] = []
    page.on('request', (request) => {
      if (request.url() !== url && !request.url().startsWith('data:')) troubles.push(request.url())
    })
    page.on('console', (message) => troubles.push(message.text()))
    page.on('pageerror', (error) => troubles.push(error.message))
    page.on('dialog', (dialog) => {
      troubles.push(dialog.message())
      void dialog.dismiss()
    })
    await page.goto(url)
    const seen = await look(page)
    await context.close()
    expect(troubles).toEqual([])
    return seen
  }

  it('loads all pictures and its style, and asks for nothing else', async () => {
    const [broken, shown, margin] = await opened(desk, (page) =>
      page.evaluate(() => {
        const images = [...document.images]
        return [
          images.filter((image) => !image.complete || image.naturalWidth === 0).length,
          images.length,
          getComputedStyle(document.body).margin,
        ] as const
      }),
    )
    expect(broken).toBe(0)
    expect(shown).toBeGreaterThan(15)
    expect(margin).toBe('0px') // the policy's hash lets the style through
  })

  it.each([
    ['a phone', phone],
    ['a small phone', { viewport: { width: 320, height: 568 } }],
    ['a desk', desk],
  ])('fits %s without scrolling sideways', async (_, options) => {
    const wide = await opened(options, (page) =>
      page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
    )
    expect(wide).toBeLessThanOrEqual(0)
  })

  it('keeps the text of its charts readable on a phone', async () => {
    const smallest = await opened(phone, (page) =>
      page.evaluate(() =>
        Math.min(
          ...[...document.querySelectorAll<SVGTextElement>('.chart text')].map((text) => {
            const scale = text.getScreenCTM()
            return parseFloat(getComputedStyle(text).fontSize) * Math.hypot(scale?.a ?? 0, scale?.b ?? 0)
          }),
        ),
      ),
    )
    expect(smallest).toBeGreaterThan(10)
  })

  it('keeps the text of its charts inside them', async () => {
    const outside = await opened(desk, (page) =>
      page.evaluate(() =>
        [...document.querySelectorAll('.chart')].flatMap((chart) => {
          const frame = chart.getBoundingClientRect()
          return [...chart.querySelectorAll('text')]
            .filter((text) => {
              const box = text.getBoundingClientRect()
              return box.left < frame.left - 2 || box.right > frame.right + 2 || box.bottom > frame.bottom + 2
            })
            .map((text) => text.textContent)
        }),
      ),
    )
    expect(outside).toEqual([])
  })

  it.each([
    ['light', desk],
    ['dark', desk],
    ['dark', phone],
  ] as const)('has names and contrast for everybody: %s, %j', async (colorScheme, size) => {
    const violations = await opened({ ...size, colorScheme, bypassCSP: true }, async (page) => {
      await page.addScriptTag({ path: axe })
      const { violations } = await page.evaluate(() =>
        (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
      )
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
    })
    expect(violations).toEqual([])
  })

  it('is dark where the system is, and light on paper', async () => {
    const brightness = (page: Page) =>
      page.evaluate(() => {
        const [red, green, blue] = getComputedStyle(document.body).backgroundColor.match(/\d+/g)!.map(Number)
        return red + green + blue
      })
    const [screen, paper] = await opened({ ...desk, colorScheme: 'dark' }, async (page) => {
      const onScreen = await brightness(page)
      await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
      return [onScreen, await brightness(page)]
    })
    expect(screen).toBeLessThan(150)
    expect(paper).toBeGreaterThan(700)
  })

  it('leads the keyboard from the first link to the first exercise', async () => {
    const [skipped, reached] = await opened(desk, async (page) => {
      const target = () => page.evaluate(() => document.activeElement?.getAttribute('href'))
      await page.keyboard.press('Tab')
      const skip = await target()
      await page.keyboard.press('Tab')
      return [skip, await target()]
    })
    expect(skipped).toBe('#progress')
    expect(reached).toBe(`#${exercises[0].id}`)
  })

  it('prints: every exercise begins a page, no figure is cut, nothing is lost at the side', async () => {
    const pages = await opened(desk, async (page) => {
      const pdf = (await page.pdf({ format: 'A4' })).toString('latin1')
      return Number(pdf.match(/\/Type\s*\/Page\b(?!s)/g)?.length)
    })
    expect(pages).toBeGreaterThan(exercises.length)
    const printed = await opened({ viewport: { width: 700, height: 1000 } }, async (page) => {
      await page.emulateMedia({ media: 'print' })
      return page.evaluate(() => ({
        titles: [...document.querySelectorAll('h2')].map((title) => title.textContent),
        isCut: [...document.querySelectorAll('figure')].some(
          (figure) => getComputedStyle(figure).breakInside !== 'avoid',
        ),
        tallest: Math.max(
          ...[...document.querySelectorAll('figure')].map((figure) => figure.getBoundingClientRect().height),
        ),
        wide: document.documentElement.scrollWidth - window.innerWidth,
      }))
    })
    expect(printed.titles.map((title) => title.replace(/ \[.*/, ''))).toEqual(
      exercises.map(({ title }, i) => `${i + 1}. ${title}`),
    )
    expect(printed.isCut).toBe(false)
    expect(printed.tallest).toBeLessThan(960) // a page of A4 at 96 dots an inch, without its margins
    expect(printed.wide).toBeLessThanOrEqual(0)
  })
})
