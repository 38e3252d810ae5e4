import type { Page } from 'playwright-core'

/** Names a size of screen. */
export type Size = 'desktop' | 'phone'

/** One view of the page, and how it comes about. */
export type View = Readonly<{
  name: string
  /** Whose screens it is for; all if it is not said. */
  only?: Size
  path: string
  /** What must be there before the picture is taken. */
  ready(page: Page): Promise<unknown>
}>

/** Something that is done to a page, or waited for in it. */
export type Act = (page: Page) => Promise<unknown>

/** Waits for a dialog. */
export const dialog: Act = (page) => page.getByRole('dialog').waitFor()

/** Waits for a task with all that is shown of it. */
export const task: Act = (page) => page.locator('summary', { hasText: 'History' }).waitFor()

/** Waits until a text is shown as Markdown: it is plain until the reader of it is there. */
export const prose: Act = (page) => page.locator('.prose-task').first().waitFor()

/** Waits for cards on a board that hears of changes. */
export const live: Act = async (page) => {
  await page.locator('[data-card]').first().waitFor()
  await page.locator('[data-link="live"]').locator('visible=true').first().waitFor()
}

/** Does one thing after another. */
export const after =
  (first: Act, act: Act): Act =>
  async (page) => {
    await first(page)
    await act(page)
  }

/** Opens a dialog by its button. */
export const opens =
  (button: string): Act =>
  async (page) => {
    const named = page.getByRole('button', { name: button, exact: true })
    await named.locator('visible=true').first().click()
    await dialog(page)
  }

/** Waits for a text. */
export const said =
  (text: string): Act =>
  (page) =>
    page.getByText(text).first().waitFor()
