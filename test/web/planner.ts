import type { Page } from 'playwright-core'

// The words that stories about backlogs and sprints are told in.

/** Finds the group of a backlog. */
export const group = (page: Page, id: string) => page.locator(`[data-group="${id}"]`)

/** Finds the line of a task. */
export const line = (page: Page, key: string) => page.locator(`[data-task="${key}"]`)

/** Gives the keys of a group's tasks, in the order in which they stand. */
export const keysIn = (page: Page, id: string): Promise<readonly (string | null)[]> =>
  group(page, id)
    .locator('[data-task]')
    .evaluateAll((lines) => lines.map((one) => one.getAttribute('data-task')))

/** Gives the key of the task that has the focus. */
export const focused = (page: Page): Promise<unknown> =>
  page.evaluate("document.activeElement?.getAttribute('data-task')")
