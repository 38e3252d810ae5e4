import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { POLL } from './board-hall.ts'

// The hands of somebody who has a keyboard and nothing else.

const TABS_MAX = 120

// How the element with the focus is called, as far as these tests have to know it.
const NAME = `(() => {
  const one = document.activeElement
  const ids = (one.getAttribute('aria-labelledby') ?? '').split(' ')
  const by = ids.map((id) => document.getElementById(id)?.textContent ?? '').join(' ').trim()
  const labels = [...(one.labels ?? [])].map((label) => label.textContent.trim()).join(' ')
  return one.getAttribute('aria-label') || by || labels || one.textContent.trim()
})()`

/** Says how what has the focus is called. */
export const focusName = async (page: Page): Promise<string> => String(await page.evaluate(NAME))

/** Presses Tab until something of that name has the focus. */
export const tabTo = async (page: Page, name: string | RegExp, back = false): Promise<void> => {
  const passed: string[] = []
  while (passed.length < TABS_MAX) {
    await page.keyboard.press(back ? 'Shift+Tab' : 'Tab')
    const here = await focusName(page)
    if (typeof name === 'string' ? here === name : name.test(here)) return
    passed.push(here)
  }
  throw new Error(`Tab does not lead to ${name}; it passed ${passed.slice(0, 40).join(' | ')}.`)
}

/** Goes to a control and presses it. */
export const pressOn = async (page: Page, name: string | RegExp, key = 'Enter'): Promise<void> => {
  await tabTo(page, name)
  await page.keyboard.press(key)
}

/** Waits until the focus has come to something of that name by itself. */
export const focusComes = (page: Page, name: string): Promise<void> =>
  expect.poll(() => focusName(page), POLL).toBe(name)

/** Goes to a field and writes into it, over what stands there. */
export const write = async (page: Page, name: string | RegExp, text: string): Promise<void> => {
  await tabTo(page, name)
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.type(text)
}
