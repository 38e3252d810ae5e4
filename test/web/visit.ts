import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { expect } from 'vitest'

/** A page in a browser of its own, that notes everything that goes wrong in it. */
export type Visit = Readonly<{
  page: Page
  /** Closes it; fails if anything went wrong but what had to. */
  end(expected?: RegExp): Promise<void>
}>

// A busy machine is slow, not wrong: waits are for facts, and end only when those never come.
const WAIT_MS = 60_000
// Runs in the page: a breach of the content policy becomes an error of a script.
const REPORT_POLICY = `document.addEventListener('securitypolicyviolation', (event) => {
  throw new Error('The content policy refused ' + event.violatedDirective + ' ' + event.blockedURI)
})`

const BUILT = join(import.meta.dirname, '..', '..', 'web', 'dist')

/** Gives the folder of the page that was built; says what to do where it was not. */
export const builtPage = (): string => {
  if (existsSync(join(BUILT, 'index.html'))) return BUILT
  throw new Error('The web page is not built. Run: npm test')
}

/** Opens a page of a hub as a stranger would, with fixed language and time zone. */
export const visit = async (
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Visit> => {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    ...options,
  })
  context.setDefaultTimeout(WAIT_MS)
  const page = await context.newPage()
  // Errors of the console and of scripts, breaches of the policy, requests to others.
  const wrongs: string[] = []
  page.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return
    wrongs.push(`${message.text()} ${message.location().url}`)
  })
  page.on('pageerror', (error) => wrongs.push(error.message))
  page.on('request', (request) => {
    if (!request.url().startsWith(`${url}/`)) wrongs.push(`asked ${request.url()}`)
  })
  await page.addInitScript({ content: REPORT_POLICY })
  return {
    page,
    async end(expected) {
      await context.close()
      expect(wrongs.filter((wrong) => !expected?.test(wrong))).toEqual([])
    },
  }
}
