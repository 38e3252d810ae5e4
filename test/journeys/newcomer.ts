import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import type { TestHub } from '../hub.ts'
import { PATIENCE_MS, until } from './ground.ts'

// What somebody does who sees the page for the first time: they read names and press what is
// called so. Where a step fails, a picture of what they saw stays in the folder that git ignores.

const PICTURES = join(import.meta.dirname, '..', '..', 'screenshots', 'failed')

/** Gives what walks a part of a journey, and keeps a picture of the page where that fails. */
export const walker =
  (page: Page) =>
  async <T>(name: string, walk: () => Promise<T>): Promise<T> => {
    try {
      return await walk()
    } catch (thrown) {
      const path = join(PICTURES, `first-hour-${name.replaceAll(/\W+/g, '-')}.png`)
      await mkdir(PICTURES, { recursive: true })
      await page.screenshot({ path }).catch(() => {})
      const message = `The journey ended at "${name}"; a picture is in ${path}.`
      throw new Error(message, { cause: thrown })
    }
  }

/** Reads the link that the start prints for setting up the owner. */
export const printedLink = async (hub: TestHub): Promise<string> => {
  const link = (): string | undefined => /http\S+\/set-up#\S+/.exec(hub.said())?.[0]
  await until('the start prints a link', () => link() !== undefined, PATIENCE_MS)
  return link() ?? ''
}

/** Presses a button by its whole name. */
export const press = (place: Page | Locator, name: string | RegExp): Promise<void> =>
  place.getByRole('button', { name, exact: true }).click()

/** Follows a link of the navigation by its whole name. */
export const follow = (page: Page, name: string | RegExp): Promise<void> =>
  page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name, exact: true }).click()

/** Reads a text that the page shows to be copied. */
export const copied = async (page: Page, name: string): Promise<string> =>
  (await page.getByRole('textbox', { name, exact: true }).textContent()) ?? ''
