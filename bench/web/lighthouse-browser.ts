import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CHROMIUM_FLAGS, chromiumPath } from '../../test/chromium.ts'

/** A browser of its own that listens on a port, as Lighthouse wants it. */
export type PortBrowser = Readonly<{ port: number; stop(): Promise<void> }>

const OPEN_MS = 30_000
const SAID_CHARS_MAX = 20_000

/** Starts a Chromium with an empty profile, and waits until it says on which port it listens. */
export const portBrowser = async (): Promise<PortBrowser> => {
  const profile = await mkdtemp(join(tmpdir(), 'guildhall-lighthouse-'))
  const child = spawn(
    chromiumPath(),
    [
      ...CHROMIUM_FLAGS,
      // Under root there is no sandbox to be had; the pages are our own.
      ...['--headless=new', '--no-sandbox', '--remote-debugging-port=0'],
      ...[`--user-data-dir=${profile}`, 'about:blank'],
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const ended = once(child, 'close')
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL')
    await ended
    await rm(profile, { recursive: true, force: true, maxRetries: 3 })
  }
  const port = await new Promise<number | null>((resolve) => {
    let said = ''
    const timer = setTimeout(resolve, OPEN_MS, null)
    child.stderr.on('data', (chunk: Buffer) => {
      // After the port is known it is read on, so that the browser never waits for its reader.
      if (said.length > SAID_CHARS_MAX) return
      said += chunk.toString()
      const found = /DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)\//.exec(said)?.[1]
      if (found === undefined) return
      clearTimeout(timer)
      resolve(Number(found))
    })
    child.once('close', () => resolve(null))
  })
  if (port !== null) return { port, stop }
  await stop()
  throw new Error('Chromium did not say on which port it listens.')
}
