import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { chromium } from 'playwright-core'

const USUAL = '/usr/bin/chromium'
const APT = '/usr/bin/apt-get'
const INSTALL_MS = 300_000
// The browser's own build asks for updates and accounts; tests see only requests of the page.
/** What this machine's Chromium is started with. */
export const CHROMIUM_FLAGS: readonly string[] = [
  '--disable-dev-shm-usage',
  '--force-color-profile=srgb',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
]

/** Starts the Chromium of this machine under the hands of a test. */
export const startChromium = (): Promise<Browser> =>
  chromium.launch({ executablePath: chromiumPath(), args: [...CHROMIUM_FLAGS] })

/** Finds the Chromium of this machine; installs it first where that is possible. */
export const chromiumPath = (): string => {
  const named = process.env['CHROMIUM_PATH']
  if (named !== undefined && named !== '') {
    if (existsSync(named)) return named
    throw notFound()
  }
  if (!existsSync(USUAL)) install()
  if (existsSync(USUAL)) return USUAL
  throw notFound()
}

const notFound = (): Error =>
  new Error('Chromium not found. Run: apt install chromium, or set CHROMIUM_PATH.')

const install = (): void => {
  if (process.getuid?.() !== 0 || !existsSync(APT)) throw notFound()
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const options = { env, stdio: 'ignore', timeout: INSTALL_MS } as const
  try {
    execFileSync(APT, ['update'], options)
    execFileSync(APT, ['install', '-y', '--no-install-recommends', 'chromium'], options)
  } catch {
    throw notFound()
  }
}
