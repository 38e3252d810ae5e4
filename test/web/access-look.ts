import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Locator, Page } from 'playwright-core'
import { expect, vi } from 'vitest'
import { z } from 'zod'
import { isWide } from './crew.ts'
import { keyFaults, type Listed } from './key-faults.ts'
import type { Over } from './pages.ts'

// How a page is looked at: by axe in both themes and on two sizes, on a screen as narrow as it
// gets, as a screen reader hears it, and by the keys that work on it.

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
const THEMES = ['light', 'dark'] as const
// Each run sees every page in both themes, one for each size; a long one sees all four.
const SEEN =
  process.env['TEST_LONG'] === '1'
    ? { desk: THEMES, dialog: THEMES, phone: THEMES }
    : ({ desk: ['light'], dialog: ['dark'], phone: ['dark'] } as const)
const DESK = { width: 1280, height: 800 }
const PHONE = { width: 360, height: 740 }
// 1280 pixels at four times their size: the narrowest screen that WCAG 1.4.10 asks for.
const NARROW = { width: 320, height: 568 }

// Parts of a page come one after the other, and are drawn anew when their place has changed.
const WHOLE_MS = 10_000
const LOOK_MS = 300

const AXE = readFileSync(
  createRequire(import.meta.resolve('@axe-core/playwright')).resolve('axe-core/axe.min.js'),
  'utf8',
)

/** Makes axe part of every page of a browser, so that it need not be sent for every look. */
export const bringAxe = (page: Page): Promise<unknown> => page.addInitScript({ content: AXE })

/** Lists what axe finds wrong with what is shown now, in sentences. */
export const axeFaults = async (page: Page, part = ':root'): Promise<readonly string[]> => {
  const { violations } = await new AxeBuilder({ page, axeSource: 'window.axe' })
    .setLegacyMode()
    .include(part)
    .options({ runOnly: { type: 'tag', values: TAGS }, resultTypes: ['violations'] })
    .analyze()
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) =>
      `${id}: ${target.join(' ')} ${failureSummary ?? ''}`.replaceAll(/\s+/g, ' '),
    ),
  )
}

const inTheme = (page: Page, theme: (typeof THEMES)[number]): Promise<unknown> =>
  page.evaluate(`document.documentElement.dataset.theme = '${theme}'`)

type Where = Readonly<{ name: string; themes: readonly (typeof THEMES)[number][]; part?: string }>

const inThemes = async (page: Page, { name, themes, part }: Where) => {
  const faults: string[] = []
  for (const theme of themes) {
    await inTheme(page, theme)
    faults.push(...(await axeFaults(page, part)).map((fault) => `${name}, ${theme}: ${fault}`))
  }
  return faults
}

/** Lists what is wrong with a page, and with what opens over it, wherever it is shown. */
export const lookAt = async (page: Page, over: readonly Over[]): Promise<readonly string[]> => {
  const faults = [...(await inThemes(page, { name: 'desk', themes: SEEN.desk }))]
  for (const { name, open } of over) {
    await open(page)
    // What lies behind a dialog cannot be reached, and was looked at already.
    const dialog = { name, themes: SEEN.dialog, part: 'dialog[open]' }
    faults.push(...(await inThemes(page, dialog)))
    await closed(page)
  }
  await page.setViewportSize(PHONE)
  faults.push(...(await inThemes(page, { name: 'phone', themes: SEEN.phone })))
  await page.setViewportSize(NARROW)
  const fits = async (): Promise<boolean> => (await isWide(page)) === false
  const isNarrow = await vi.waitUntil(fits, { timeout: WHOLE_MS }).catch(() => false)
  if (!isNarrow) faults.push('It scrolls sideways at 320 pixels.')
  await page.setViewportSize(DESK)
  return faults
}

const closed = async (page: Page): Promise<void> => {
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').first().waitFor({ state: 'detached' })
}

const Keys = z.array(z.object({ scope: z.string(), label: z.string(), keys: z.array(z.string()) }))

const SHEET = `[...document.querySelectorAll('dialog section')].flatMap((section) =>
  [...section.querySelectorAll('dl > div')].map((line) => ({
    scope: section.getAttribute('aria-label'),
    label: line.querySelector('dt').textContent,
    keys: [...line.querySelectorAll('[data-keys]')].map((one) => one.dataset.keys),
  })))`

/** Reads which keys work on a page out of its own sheet, and what is wrong with them. */
export const keysOf = async (page: Page) => {
  if ((await page.getByRole('navigation', { name: 'Main' }).count()) === 0) {
    return { keys: [], faults: [] }
  }
  await page.evaluate('document.activeElement?.blur()')
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keys' }).waitFor()
  const keys: readonly Listed[] = Keys.parse(await page.evaluate(SHEET))
  await closed(page)
  return { keys, faults: keyFaults(keys) }
}

// What differs from run to run, and says nothing about how a page is read.
const CHANGING: readonly (readonly [RegExp, string])[] = [
  [/(- time: ).*/g, '$1(when)'],
  // A chart says what it shows in its name; the scale in it moves with the days.
  [/^( *- '?img ".*"'?): .*$/gm, '$1: (drawing)'],
  [/\b\d{1,2} [A-Z][a-z]{2,8} \d{4}(, \d\d:\d\d(:\d\d)?)?/g, '(date)'],
  [/\b\d{1,2} (Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)(, \d\d:\d\d)?\b/g, '(date)'],
  [/\b\d{4}-\d\d-\d\d(T[\d:.]+Z)?/g, '(date)'],
  [/\b(in )?\d+ ?(s|m|min|h|hr|d|mo)\.? ago\b|\bin \d+ ?(m|min|h|hr|d)\b\.?/g, '(when)'],
  [/\b(just now|tomorrow|yesterday)\b/g, '(when)'],
  [/\b[0-9a-f]{8}-[0-9a-f-]{27}\b/g, '(id)'],
  [/\b[0-9a-f]{64}\b|\b[0-9a-f]{32}\b|\b(?=[a-f]*\d)[0-9a-f]{12}\b/g, '(hash)'],
  [/\b(127\.0\.0\.1|localhost):\d+/g, '(hub)'],
  [/\bguild_[a-z]_\w+/g, '(key)'],
  [/\b\d+(\.\d+)? ms\b/g, '(long)'],
  [/(?<=(up to|Verified to|at position) )\d+/g, '(place)'],
  [/(?<=- (button "|text: ))\d+(?= task )/g, '(place)'],
]

const heardNow = async (part: Locator): Promise<string> => {
  const tree = await part.ariaSnapshot()
  return `${CHANGING.reduce((text, [form, word]) => text.replaceAll(form, word), tree)}\n`
}

const FILES = join(import.meta.dirname, '__snapshots__', 'pages')

/**
 * Compares how a part of a page is read, without what changes from run to run, with the file that
 * keeps it. Parts of a page come one after the other: it is given time to be whole.
 */
export const expectHeard = async (part: Locator, name: string): Promise<void> => {
  const file = join(FILES, `${name}.yaml`)
  const wanted = existsSync(file) ? readFileSync(file, 'utf8') : null
  let text = ''
  const isWhole = async (): Promise<boolean> => {
    const before = text
    text = await heardNow(part)
    return text === (wanted ?? before)
  }
  // Where it never is what it was, the comparison says what differs.
  await vi.waitUntil(isWhole, { timeout: WHOLE_MS, interval: LOOK_MS }).catch(() => {})
  await expect(text).toMatchFileSnapshot(file)
}
