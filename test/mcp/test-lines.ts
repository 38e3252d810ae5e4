import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Child } from '../../src/platform/child/child.ts'
import { openLauncher } from '../../src/platform/child/launcher.ts'
import type { HttpLineOptions } from '../../src/platform/mcp/http-line.ts'
import type { LineRequest } from '../../src/platform/mcp/line.ts'

/** What every line in tests is opened with. */
export const lineOptions = (url: string): HttpLineOptions => ({
  url,
  fetch: (input, init) => fetch(input, init),
  headers: async () => ({ Authorization: 'Bearer upstream-key' }),
  clientInfo: { name: 'guildhall', version: '0.1.0' },
  bytesMax: 1_000_000,
  pauses: { firstMs: 10, mostMs: 100, steadyMs: 60_000 },
})

/** Writes a request with everything it needs. */
export const asked = (
  method: string,
  params: LineRequest['params'] = {},
  more: Partial<LineRequest> = {},
): LineRequest => ({
  method,
  params,
  capabilities: {},
  timeoutMs: 10_000,
  signal: new AbortController().signal,
  ...more,
})

/** Writes a call of a tool. */
export const toolCall = (
  name: string,
  args: LineRequest['params'] = {},
  more: Partial<LineRequest> = {},
): LineRequest => asked('tools/call', { name, arguments: args }, more)

/** A way to start scripts as the hub starts programs. */
export type Scripts = Readonly<{
  start(script: string, args?: readonly string[]): Promise<Child>
  stop(): Promise<void>
}>

/** Opens a launcher with a home of its own. */
export const openScripts = async (): Promise<Scripts> => {
  const folder = await mkdtemp(join(tmpdir(), 'guildhall-lines-'))
  const failures: unknown[] = []
  const launcher = openLauncher({
    folder,
    now: () => Date.now(),
    failed: (error) => failures.push(error),
  })
  return {
    start: (script, args = []) =>
      launcher.start({
        name: 'fixture',
        command: process.execPath,
        args: ['--disable-warning=ExperimentalWarning', script, ...args],
        env: {},
        cwd: null,
        home: join(folder, 'home'),
        memoryBytesMax: 512 * 1024 * 1024,
        isolate: 'no',
      }),
    async stop() {
      await launcher.stop()
      await rm(folder, { recursive: true, force: true })
      if (failures.length > 0) throw failures[0]
    },
  }
}
