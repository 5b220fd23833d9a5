import { accessSync, constants } from 'node:fs'
import { chromium, type Browser } from 'playwright-core'

const KNOWN_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/** A Chromium that is installed here: `CHROME_PATH`, or one in a usual place; null without any. */
export const chromiumPath: string | null =
  [process.env.CHROME_PATH, ...KNOWN_PLACES].find(isExecutable) ?? null

/** Starts it without a window. Tests that need it say so with `it.skipIf(chromiumPath === null)`. */
export async function openBrowser(): Promise<Browser> {
  if (chromiumPath === null)
    throw new Error('No Chromium was found. Install one, or set CHROME_PATH to its program.')
  return chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox'] })
}

function isExecutable(path: string | undefined): path is string {
  if (path === undefined) return false
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
