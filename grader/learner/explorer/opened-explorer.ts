import { resolve } from 'node:path'
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { openBrowser } from '../browser/chromium.ts'
import { Explorer } from './explorer.ts'
import { serve } from './serve.ts'

export const NANO = resolve('models/sd3-nano')
export const PROMPT = 'a red ball on a beach'
/** Not square, so that height taken for width would show. */
export const SIZE = { height: 128, width: 192 }
export const STEPS = 3
/** A picture takes a second, unless the machine is busy. */
const PATIENCE_MS = 100_000

/** The explorer in a browser, for tests. */
export interface OpenedExplorer {
  url: string
  /** Everything that any page asked for, and everything that its console said. */
  requests: string[]
  complaints: string[]
  page(options?: BrowserContextOptions): Promise<Page>
  /** Draws the prompt, waits for the picture and its attention. */
  draw(page: Page): Promise<void>
  endServer(): Promise<void>
  close(): Promise<void>
}

export async function openExplorer(): Promise<OpenedExplorer> {
  const served = await serve(await Explorer.open(NANO), 0)
  const browser: Browser = await openBrowser()
  const [requests, complaints]: string[][] = [[], []]
  return {
    ...{ url: served.url, requests, complaints },
    async page(options = {}) {
      const context = await browser.newContext({ viewport: { width: 1366, height: 1000 }, ...options })
      context.setDefaultTimeout(PATIENCE_MS)
      const page = await context.newPage()
      page.on('request', (request) => requests.push(request.url()))
      page.on('console', (message) => complaints.push(message.text()))
      page.on('pageerror', (error) => complaints.push(error.message))
      await page.goto(served.url)
      return page
    },
    async draw(page) {
      await page.getByLabel('Prompt', { exact: true }).fill(PROMPT)
      await fillNumbers(page, { Steps: STEPS, Height: SIZE.height, Width: SIZE.width })
      await page.getByRole('button', { name: 'Draw' }).click()
      await drawn(page)
    },
    endServer: () => served.close(),
    async close() {
      await browser.close()
      await served.close()
    },
  }
}

export async function fillNumbers(page: Page, values: Record<string, number>): Promise<void> {
  for (const [label, value] of Object.entries(values)) await page.getByLabel(label).fill(String(value))
}

/** Waits for the first picture of a page, and its attention. */
export async function drawn(page: Page): Promise<void> {
  await page.getByText(/^Drawn in \d+ steps?\b/).waitFor()
  await page.locator('.quadrants').waitFor()
}

export function wordOf(page: Page, text: string): Locator {
  const words = page.getByRole('toolbar', { name: 'The prompt’s words' })
  return words.getByRole('button', { name: text, exact: true }).first()
}
