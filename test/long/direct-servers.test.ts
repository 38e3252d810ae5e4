import { mkdtempSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Refusal } from '../../src/kernel/refusal.ts'
import type { StdioEntry } from '../../src/tools/domain/catalogue-entry.ts'
import { checkParameters, startOf } from '../../src/tools/domain/catalogue-start.ts'
import { CATALOGUE_DAY, entryNamed } from '../../src/tools/infrastructure/catalogue-entries.ts'
import { withMachineNeeds } from '../../src/tools/infrastructure/machine-needs.ts'
import { packageInstaller } from '../../src/tools/infrastructure/package-install.ts'
import { toolTokens } from '../tokens.ts'
import type { Place } from '../tools-real/place.ts'
import { makePlace } from '../tools-real/place.ts'
import type { RealServer } from '../tools-real/real-servers.ts'
import { LISTED_SERVERS, REAL_SERVERS } from '../tools-real/real-servers.ts'

// Real servers of the catalogue, installed from the registry and asked by the official client.

const INSTALL_MS = 600_000
const SERVER_MS = 90_000
const END_MS = 15_000
const MODERN = '2026-07-28'

const installer = packageInstaller({
  folder: join(import.meta.dirname, '../../node_modules/.cache/guildhall-tools'),
  npm: null,
  node: process.execPath,
  environment: process.env,
  day: CATALOGUE_DAY,
  now: Date.now,
})
let place: Place

beforeAll(async () => {
  place = await makePlace()
}, INSTALL_MS)
afterAll(async () => {
  await installer.stop()
  await place.stop()
})

describe('a server of the catalogue answers a call', () => {
  test.for(REAL_SERVERS)('$key', { timeout: INSTALL_MS }, async (real, { skip }) => {
    const program = await startable(real, skip)
    await withClient(program, async (client) => {
      await expectTools(program.entry, client)
      const answered = await client.callTool({ name: real.tool, arguments: real.args(place) })
      expect(textOf(answered)).toContain(real.answer)
      expect(answered.isError ?? false).toBe(real.isError ?? false)
      if (real.next === undefined) return
      const { tool, args, answer } = real.next
      expect(textOf(await client.callTool({ name: tool, arguments: args }))).toContain(answer)
    })
  })
})

describe('a server of the catalogue lists its tools', () => {
  test.for(LISTED_SERVERS)('$key', { timeout: INSTALL_MS }, async (real, { skip }) => {
    const program = await startable(real, skip)
    await withClient(program, (client) => expectTools(program.entry, client))
  })
})

type Startable = Readonly<{
  entry: StdioEntry
  argv: readonly string[]
  environment: Readonly<Record<string, string>>
  home: string
}>

const startable = async (
  real: Pick<RealServer, 'key' | 'parameters' | 'secret'>,
  skip: (note: string) => void,
): Promise<Startable> => {
  const entry = entryNamed(real.key)
  if (entry.kind !== 'stdio') throw new Error(`${real.key} is no program.`)
  const { program } = await installer.install(entry).catch((error: unknown) => {
    const isAway = error instanceof Refusal && error.details['reason'] === 'away'
    if (isAway) skip(`${real.key} is not proven: the package registry is away.`)
    throw error
  })
  const home = realpathSync(mkdtempSync(join(place.folder, `${real.key}-`)))
  const path = process.env['PATH'] ?? ''
  const given = checkParameters(entry, real.parameters?.(place) ?? {})
  const values = await withMachineNeeds(entry, given, path)
  const isRoot = process.getuid?.() === 0
  const { argv, environment } = startOf(entry, values, { dataFolder: home, isRoot })
  const secret = real.secret === undefined ? {} : { [entry.auth.name ?? '']: real.secret(place) }
  const own = { PATH: path, HOME: home, TMPDIR: home, LANG: 'C.UTF-8' }
  const all = { ...own, ...environment, ...secret }
  return { entry, argv: [program, ...argv], environment: all, home }
}

const withClient = async (
  { entry, argv, environment, home }: Startable,
  use: (client: Client) => Promise<void>,
): Promise<void> => {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [...argv],
    env: { ...environment },
    cwd: home,
    stderr: 'ignore',
  })
  const mode = entry.era === 'legacy' ? 'legacy' : { pin: MODERN }
  const client = new Client(
    { name: 'guildhall-test', version: '1.0.0' },
    { versionNegotiation: { mode } },
  )
  try {
    await client.connect(transport, { timeout: SERVER_MS })
    expect(client.getProtocolEra()).toBe(entry.era)
    await use(client)
  } finally {
    await client.close()
    await expectGone(home)
  }
}

const expectTools = async ({ tools }: StdioEntry, client: Client): Promise<void> => {
  const listed = (await client.listTools()).tools
  const known = Object.values(tools.effects).flat()
  expect(listed.map(({ name }) => name).toSorted()).toEqual(known.toSorted())
  const tokens = toolTokens(
    listed.map(({ name, description = '', inputSchema }) => ({ name, description, inputSchema })),
  )
  const { measured } = tools
  expect(listed).toHaveLength(measured?.count ?? Number.NaN)
  // Some descriptions name folders of the machine, so the number is not the same everywhere.
  expect(tokens / (measured?.tokens ?? Number.NaN), `${tokens} tokens`).toBeCloseTo(1, 1)
}

const textOf = ({ content }: { content: readonly { type: string }[] }): string =>
  content.map((part) => ('text' in part ? String(part.text) : '')).join('\n')

/** Waits until no process is left that was started with this home. */
const expectGone = async (home: string): Promise<void> => {
  await expect.poll(() => processesOf(home), { timeout: END_MS }).toEqual([])
}

const processesOf = (home: string): readonly string[] =>
  readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`HOME=${home}`)
    } catch {
      // It has ended, or belongs to somebody else.
      return false
    }
  })
