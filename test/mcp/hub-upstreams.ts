import { randomUUID } from 'node:crypto'
import { upstreamStore } from '../../src/tools/infrastructure/upstream-store.ts'
import { type HubDoor, UNASKED } from './hub-door.ts'
import {
  modernServer,
  sessionServer,
  sseServer,
  statelessServer,
  STDIO_SCRIPTS,
  type UpstreamServer,
} from './upstream-servers.ts'

/** A kind of server that a hub can have behind it. */
export type Cell = Readonly<{
  slug: string
  era: 'modern' | 'legacy'
  /** Whether the server can say more than answers: a question, a word on its own. */
  speaks: boolean
  add(hub: HubDoor): Promise<UpstreamServer | null>
}>

const served =
  (slug: string, start: () => Promise<UpstreamServer>, kind: 'http' | 'sse' = 'http') =>
  async (hub: HubDoor) => {
    const server = await start()
    const rules = { slug, kind, url: server.url, trust: true, rules: UNASKED }
    await hub.run('tools.add_tool_server', rules)
    return server
  }

/** Adds a program that no entry of the catalogue names, as only tests can. */
const program = (slug: string, era: 'modern' | 'legacy') => async (hub: HubDoor) => {
  const { orgId, owner, database, clock } = hub
  const config = {
    ...{ program: STDIO_SCRIPTS[era], node: true, argv: [], environment: {}, cwd: null },
    ...{ isolate: 'no', instances: 'credential', trust: true },
  }
  await database.write(orgId, async (sql) => {
    await upstreamStore({ sql, orgId }).add({
      ...{ id: randomUUID(), slug, title: slug, kind: 'stdio', entry: null, era, config },
      ...{ packageVersion: null, integrity: null, credential: 'none', auth: { kind: 'none' } },
      ...{ balance: 'least_connections', enabled: true, ownerId: owner.id, replicas: [] },
      ...{ foundAt: null, triedAt: null, failure: null, instructions: null, server: null },
      ...{ createdAt: clock.now(), version: 1 },
    })
    return { value: null, tail: [] }
  })
  await hub.run('tools.refresh_tools', { slug })
  await hub.run('tools.set_tool_rules', { server: slug, rules: UNASKED })
  return null
}

/** Every kind of server, by era and transport. */
export const CELLS: readonly Cell[] = [
  { slug: 'modern', era: 'modern', speaks: true, add: served('modern', modernServer) },
  { slug: 'session', era: 'legacy', speaks: true, add: served('session', sessionServer) },
  { slug: 'stateless', era: 'legacy', speaks: false, add: served('stateless', statelessServer) },
  { slug: 'sse', era: 'legacy', speaks: true, add: served('sse', sseServer, 'sse') },
  { slug: 'child-old', era: 'legacy', speaks: true, add: program('child-old', 'legacy') },
  { slug: 'child-new', era: 'modern', speaks: true, add: program('child-new', 'modern') },
]
