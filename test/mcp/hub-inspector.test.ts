import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { suiteServer, type SuiteServer } from './conformance-server.ts'
import { type HubDoor, openHubDoor, UNASKED } from './hub-door.ts'

// The Inspector of the protocol's own people, at a profile of the hub with a server of each era.

const INSPECTOR = join(import.meta.dirname, '..', '..', 'node_modules', '.bin', 'mcp-inspector')
const run = promisify(execFile)
let hub: HubDoor
let home = ''
const servers: SuiteServer[] = []

beforeAll(async () => {
  hub = await openHubDoor()
  home = await mkdtemp(join(tmpdir(), 'guildhall-inspector-'))
  for (const era of ['legacy', 'modern'] as const) {
    const server = await suiteServer(era)
    servers.push(server)
    const slug = `suite-${era}`
    await hub.run('tools.add_tool_server', { slug, url: server.url, trust: true, rules: UNASKED })
  }
  await hub.run('tools.save_tool_profile', { name: 'all-of-it', tools: ['suite-*'] })
})
afterAll(async () => {
  for (const server of servers) await server.stop()
  await hub.stop()
  await rm(home, { recursive: true, force: true })
})

const inspect = async (era: string, ...words: readonly string[]): Promise<string> => {
  const fixed = ['--cli', hub.at('all-of-it'), '--transport', 'http', '--protocol-era', era]
  const header = ['--header', `Authorization: Bearer ${hub.ownerKey}`]
  const args = [...fixed, ...header, '--format', 'json', '--quiet', ...words]
  const env = { PATH: process.env['PATH'] ?? '', HOME: home }
  const { stdout } = await run(INSPECTOR, args, { env, timeout: 50_000 })
  return JSON.stringify(JSON.parse(stdout))
}

test.each(['legacy', 'modern', 'auto'])(
  'the Inspector, %s, lists and uses what servers of both eras offer',
  async (era) => {
    const listed = await inspect(era, '--method', 'tools/list', '--strict')
    expect(listed).toContain('"suite-modern__test_simple_text"')
    expect(listed).toContain('"guildhall__result"')
    for (const slug of ['suite-legacy', 'suite-modern']) {
      const tool = ['--tool-name', `${slug}__test_simple_text`]
      expect(await inspect(era, '--method', 'tools/call', ...tool)).toContain(
        'simple text response',
      )
    }
    const uri = ['--uri', 'suite-legacy+test://static-text']
    expect(await inspect(era, '--method', 'resources/read', ...uri)).toContain(
      'static text resource',
    )
    expect(await inspect(era, '--method', 'prompts/list')).toContain('suite-modern__test_simple')
  },
  180_000,
)
