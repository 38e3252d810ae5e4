import { createHash, randomBytes, randomFillSync } from 'node:crypto'
import { afterAll, inject } from 'vitest'
import {
  FIRST_SCOPES,
  firstRun,
  isResourceOf,
  oauthServer,
  RESOURCE_METADATA,
  scopesNeeded,
  tokenSource,
} from '../../src/identity/room.ts'
import { formatSession } from '../../src/identity/domain/session.ts'
import { flatSecurity } from '../../src/interface/http/headers.ts'
import { httpServer } from '../../src/interface/http/server.ts'
import { mcpDoor } from '../../src/interface/mcp/door.ts'
import { shownBy } from '../../src/interface/session-cookie.ts'
import type { Actor } from '../../src/kernel/actor.ts'
import { idMaker } from '../../src/kernel/id.ts'
import { compose } from '../../src/main/compose.ts'
import { migrationsOf, rooms } from '../../src/main/rooms.ts'
import { databaseClock } from '../../src/platform/clock.ts'
import { openDatabase } from '../../src/platform/database.ts'
import { openEgress } from '../../src/platform/egress/egress.ts'
import { openKeyring } from '../../src/platform/keyring/keyring.ts'
import { openRootKey } from '../../src/platform/keyring/root-key.ts'
import { readLedger } from '../../src/platform/ledger/ledger.ts'
import { openLimits } from '../../src/platform/limits/limits.ts'
import { quietLog } from '../../src/platform/log.ts'
import { migrate } from '../../src/platform/migrate.ts'
import { keepPartitions } from '../../src/platform/partitions.ts'
import { clientOptions } from '../../src/platform/postgres/target.ts'
import { at } from '../../src/platform/sql.ts'
import { cloneDatabase, dropDatabase, templateDatabase } from '../server.ts'
import { wireTo } from './wire.ts'

// A whole hub on a socket, with its OAuth server: what is attacked here is what people run. Only
// the world outside is a stand-in: clients' documents lie in `pages`.

/** Fills bytes by chance. */
const random = (bytes: Uint8Array) => randomFillSync(bytes)

/** A page of the world outside. */
export type Page = (init: RequestInit) => Promise<Response> | Response

const openGround = async () => {
  const server = inject('target')
  const all = rooms()
  const template = await templateDatabase(server, async (target) => {
    const options = { rls: true, now: Date.now() }
    await migrate(clientOptions(target, 'admin'), migrationsOf(all), options)
  })
  const name = `test_oauth_${process.pid}_${Date.now().toString(36)}`
  const target = await cloneDatabase({ target: server, template }, name)
  let turned = 0
  const clock = databaseClock(Date.now(), () => performance.now() + turned)
  const failed = (error: unknown) => {
    throw error
  }
  const partitions = keepPartitions({
    ...{ owner: clientOptions(target, 'admin'), now: clock.now, failed },
  })
  const client = clientOptions(target, 'app')
  const database = openDatabase({ client, rls: true, log() {}, partitions: partitions.create })
  const text = Buffer.from(random(new Uint8Array(32))).toString('base64url')
  const root = await openRootKey({ kind: 'value', text }, { random })
  const newId = idMaker(clock.now, random)
  const keyring = openKeyring({ root, database, now: clock.now, random, newId })
  const turn = (ms: number) => {
    turned += ms
  }
  return { database, target, clock, turn, partitions, keyring, newId, text }
}

type Ground = Awaited<ReturnType<typeof openGround>>
let opened: Promise<Ground> | undefined
let worlds = 0
const closers: (() => Promise<unknown>)[] = []

afterAll(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
  if (!opened) return
  const { database, target, partitions, keyring } = await opened
  keyring.stop()
  await partitions.stop()
  await database.stop()
  await dropDatabase({ ...target, database: 'postgres' }, target.database)
})

type Wanted = Readonly<{
  publicUrl?: string
  registration?: boolean
  /** Multiplies the limits; 1 leaves them as they are. */
  limitFactor?: number
}>

/** Opens a hub with an organisation of its own. */
export const openWorld = async (wanted: Wanted = {}) => {
  opened ??= openGround()
  const ground = await opened
  const { database, clock, keyring } = ground
  const { publicUrl, registration = false, limitFactor = 1_000_000 } = wanted
  const own = { port: 0, publicUrl }
  const place = { publicUrl, port: () => own.port }
  const tokens = tokenSource({
    ...{ database, now: clock.now, fresh: () => true },
    isResource: (address, of) => isResourceOf(place, address, of),
  })
  const house = compose({
    ...{ database, clock, rooms: rooms(), log: quietLog(), alone: true, closed: () => null },
    holder: `oauth-${++worlds}`,
    findToken: tokens.find,
    limits: openLimits({ now: clock.now, factor: 1_000_000 }),
    readiness: async () => ({ ready: true, facts: {} }),
  })
  house.hall.onAccessChange(tokens.forget)
  const pages = new Map<string, Page>()
  const egress = openEgress({ allow: [] })
  const out = egress.fetch({ bytesMax: 262_144, timeoutMs: 2_000 })
  const cookie = { name: 'guildhall', own }
  const mount = oauthServer({
    ...{ database, seal: keyring, hall: house.hall, now: clock.now, place, registration },
    ...{ headers: flatSecurity(publicUrl), limitFactor, cookieName: 'guildhall' },
    addressOf: ({ socket }) => socket.remoteAddress,
    shown: ({ headers, url = '/', method = 'GET', socket }) =>
      shownBy({ headers, url, method }, cookie, socket.remoteAddress),
    fetch: async (input, init) => pages.get(input)?.(init) ?? out(input, init),
  })
  const mcp = mcpDoor({
    ...{ hall: house.hall, version: '0.1.0', publicUrl, port: () => own.port },
    sessionKey: new Uint8Array(32).fill(7),
    tokens: { metadata: RESOURCE_METADATA, scopes: FIRST_SCOPES, needed: scopesNeeded },
  })
  const http = httpServer({
    ...{ hall: house.hall, mcp, version: '0.1.0', publicUrl, mounts: [mount] },
  })
  own.port = (await http.listen({ host: '127.0.0.1', port: 0 })).port
  const local = `http://127.0.0.1:${own.port}`
  const wire = wireTo(local)
  closers.push(async () => {
    wire.close()
    await mcp.close()
    await http.close(1_000)
    await egress.stop()
    await house.stop()
  })
  const org = await organisation(ground, house)
  return { ...ground, ...org, house, pages, wire, local, home: publicUrl ?? local, mount, tokens }
}

/** A hub under attack. */
export type World = Awaited<ReturnType<typeof openWorld>>

let organisations = 0

const organisation = async (
  { database, clock, newId }: Ground,
  house: ReturnType<typeof compose>,
) => {
  const slug = `oauth-${process.pid}-${++organisations}`
  let ownerKey = ''
  const write = async (text: string) => {
    ownerKey = text
  }
  const org = { slug, name: slug }
  const { orgId } = await firstRun({ database, now: clock.now, newId, random, org, write })
  const owner = await house.hall.authenticate(ownerKey)
  const run = async (name: string, input: unknown = {}, as: Actor = owner): Promise<unknown> => {
    const operation = house.pipeline.operations.get(name)
    if (!operation) throw new Error(`There is no operation ${name}.`)
    return (await house.pipeline.run(operation, input, { actor: as, door: 'http' })).output
  }
  await run('work.create_project', { key: 'GH', name: 'Guildhall' })
  await run('work.create_project', { key: 'ZZ', name: 'Other' })
  const agent = await run('identity.create_agent', { name: 'dev-1', projects: ['GH'] })
  const person = await run('identity.create_person', { handle: 'ben', name: 'Ben', role: 'member' })
  const personKey = textIn(person, 'key')
  const ben = await house.hall.authenticate(personKey)
  /** Signs somebody in: gives the cookie of a browser. */
  const session = async (
    who: Actor,
    more: Readonly<{ authTime?: number; stage?: string }> = {},
  ) => {
    const id = newId()
    const secret = randomBytes(32).toString('base64url')
    const now = clock.now()
    await database.write(orgId, async (sql) => {
      const { tag } = await sql.one<{ tag: string }>`
        select tag from identity.org_directory where org_id = ${orgId}`
      await sql`
        insert into identity.session
          (org_id, id, principal_id, secret_sha256, stage, epoch, amr, auth_time, created_at,
           last_seen_at, expires_at, tries)
        select ${orgId}, ${id}, p.id, ${createHash('sha256').update(secret).digest()},
               ${more.stage ?? null}::text, p.epoch, ${['pwd']}::text[],
               ${at(more.authTime ?? now)}, ${at(now)}, ${at(now)}, ${at(now + 86_400_000)},
               0
          from identity.principal p where p.org_id = ${orgId} and p.id = ${who.id}`
      return { value: (tagOf = tag), tail: [] }
    })
    return `guildhall=${formatSession({ tag: tagOf, id, secret })}`
  }
  let tagOf = ''
  const ledger = async () => {
    await house.settle()
    return readLedger(database.read(orgId), orgId, { pos: 0, since: 0, limit: 10_000 })
  }
  return { orgId, owner, ownerKey, ben, agentKey: textIn(agent, 'key'), run, session, ledger }
}

/** Reads a text out of an answer. */
export const textIn = (value: unknown, name: string): string => {
  const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : ''
  if (typeof found !== 'string') throw new Error(`There is no text ${name}.`)
  return found
}
