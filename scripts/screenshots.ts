import { mkdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { Browser } from 'playwright-core'
import { startChromium } from '../test/chromium.ts'
import { startTestHub } from '../test/hub.ts'
import type { Size } from './pictures/acts.ts'
import { furnish } from './pictures/furnish.ts'
import { emptyScenes, fullScenes, type Scene } from './pictures/scenes.ts'

// Takes a picture of every page and dialog in both themes and on two sizes of screen, for people
// to look at: `npm run screenshots [-- --from <beads file>] [--only <part of a name>]`. The hub is
// a real one on a fresh home; the pictures lie in screenshots/, which git ignores.

const FOLDER = join(import.meta.dirname, '..', 'screenshots')
const WAIT_MS = 30_000

const SIZES = {
  desktop: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
} as const
const THEMES = ['light', 'dark'] as const

type Look = Readonly<{ size: Size; theme: (typeof THEMES)[number] }>

const shoot = async (browser: Browser, scene: Scene, { size, theme }: Look): Promise<void> => {
  const context = await browser.newContext({
    ...SIZES[size],
    colorScheme: theme,
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'UTC',
  })
  context.setDefaultTimeout(WAIT_MS)
  try {
    const page = await context.newPage()
    await page.goto(`${scene.hub.url}${scene.path}#key=${scene.hub.ownerKey}`)
    await scene.ready(page)
    const path = join(FOLDER, `${scene.name}-${size}-${theme}.png`)
    await page.screenshot({ path })
    process.stdout.write(`${path}\n`)
  } finally {
    await context.close()
  }
}

const shootAll = async (scenes: readonly Scene[]): Promise<void> => {
  const browser = await startChromium()
  try {
    for (const scene of scenes) {
      for (const size of ['desktop', 'phone'] as const) {
        if (scene.only !== undefined && scene.only !== size) continue
        for (const theme of THEMES) {
          await shoot(browser, scene, { size, theme }).catch((thrown: unknown) => {
            process.stderr.write(`${scene.name} ${size} ${theme}: ${String(thrown)}\n`)
            process.exitCode = 1
          })
        }
      }
    }
  } finally {
    await browser.close()
  }
}

const { values } = parseArgs({ options: { from: { type: 'string' }, only: { type: 'string' } } })
const { only = '', from } = values
if (only === '') await rm(FOLDER, { recursive: true, force: true })
await mkdir(FOLDER, { recursive: true })
const full = await startTestHub()
const empty = await startTestHub()
try {
  const seen = await furnish(full, from === undefined ? null : resolve(from))
  const scenes = [...fullScenes(full, seen), ...emptyScenes(empty)]
  await shootAll(scenes.filter(({ name }) => name.includes(only)))
} finally {
  await Promise.all([full.stop(), empty.stop()])
}
