import { randomBytes, randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  FIRST_SCOPES,
  isResourceOf,
  oauthServer,
  OWNER_SET_UP,
  RESOURCE_METADATA,
  scopesNeeded,
  smtpMailer,
  tokenSource,
} from '../identity/room.ts'
import { machineLook } from '../agents/room.ts'
import { addressReader } from '../interface/http/address.ts'
import { flatSecurity } from '../interface/http/headers.ts'
import { httpServer } from '../interface/http/server.ts'
import { mcpDoor } from '../interface/mcp/door.ts'
import { shownBy } from '../interface/session-cookie.ts'
import { type Config, machineEnvironment } from '../platform/config.ts'
import type { Egress } from '../platform/egress/egress.ts'
import type { Evidence } from '../platform/evidence/evidence.ts'
import { endedSessions, sharedKey, tidyUp } from '../platform/hub-facts.ts'
import { openLimits } from '../platform/limits/limits.ts'
import type { Log } from '../platform/log.ts'
import { clientOptions } from '../platform/postgres/target.ts'
import type { Scrubber } from '../platform/scrub/scrubber.ts'
import {
  hookAt,
  oauthCallback,
  webhookMount,
  webhookNeeds,
  type WebhookOthers,
  webhookSender,
} from '../tools/room.ts'
import { compose, type House } from './compose.ts'
import type { GoOut } from './fixtures.ts'
import type { HubGround } from './ground.ts'
import { KEY_SOURCES } from './key-sources.ts'
import { NATIVE_OPERATIONS } from './native-operations.ts'
import type { Postgres } from './postgres.ts'
import { startRetention } from './retention.ts'
import { rooms, webhookOthers } from './rooms.ts'
import { TOOL_ABOUT } from './tool-about.ts'
import { openTools, refreshThrough } from './tools.ts'

const TIDY_MS = 3_600_000
const CLOSE_MS = 4_000
// What clients say of themselves is small; their keys may be somewhat larger.
const CLIENT_BYTES_MAX = 262_144

/** What doors are opened over. */
export type DoorsWanted = Readonly<{
  config: Config
  /** The folder of the hub. */
  home: string
  version: string
  postgres: Postgres
  log: Log
  ground: HubGround
  evidence: Evidence
  goOut: GoOut
  egress: Egress
  hides: Scrubber
  /** The file with the owner's key: it goes when an owner has set up how to sign in. */
  ownerKey: Readonly<{ path: string }>
}>

/** Composes the house and opens its doors; gives the port and the closing. */
export const openDoors = async (wanted: DoorsWanted) => {
  const { config, version, log, ground, evidence, ownerKey } = wanted
  const { database, clock } = ground
  let port = config.port
  const publicUrl = config.publicUrl ?? undefined
  const address = () => publicUrl ?? `http://localhost:${port}`
  const place = { publicUrl, port: () => port }
  const { house, tools, webhooks } = await openHouse(wanted, { address, place })
  house.feed.listen(({ events }) => {
    if (!events.some(({ name }) => name === OWNER_SET_UP)) return
    rm(ownerKey.path, { force: true }).catch(() => log.warn('The owner key could not be deleted.'))
  })
  const [sessionKey, cookieWord] = await Promise.all([
    sharedKey(database, 'mcp_session_key', randomBytes(32)),
    sharedKey(database, 'cookie_name', randomBytes(3)),
  ])
  const mcp = mcpDoor({
    hall: house.hall,
    version,
    publicUrl,
    port: () => port,
    sessionKey,
    toolAbout: TOOL_ABOUT,
    keySources: KEY_SOURCES,
    native: NATIVE_OPERATIONS,
    ended: endedSessions(database, clock.now),
    tokens: { metadata: RESOURCE_METADATA, scopes: FIRST_SCOPES, needed: scopesNeeded },
  })
  const cookieName = `guildhall-${Buffer.from(cookieWord).toString('hex')}`
  const browsers = browsersOf(wanted, { place, cookieName })
  const oauth = openOauth(wanted, { house, place, cookieName, shown: browsers.shown })
  const connect = oauthCallback({ ...browsers, hall: house.hall, address })
  const { hooks, sender } = openWebhooks(wanted, { house, webhooks, publicUrl })
  const http = httpServer({
    ...{ hall: house.hall, mcp, version, publicUrl },
    webRoot: webRoot(),
    cookieName,
    trustedProxies: config.trustedProxies,
    mounts: [oauth, connect, hooks],
  })
  await house.start()
  sender.start()
  const checkpoints = evidence.start()
  const stopRetention = startRetention({
    ...{ ground, checkpoints, log },
    owner: clientOptions(wanted.postgres.target, 'admin'),
    folder: join(wanted.home, 'ledger'),
    months: config.ledgerMonths,
    alone: wanted.postgres.target.embedded,
    holder: randomUUID(),
  })
  const tidying = setInterval(() => {
    tidyUp(database, clock.now()).catch(() => log.warn('Old keys could not be forgotten.'))
  }, TIDY_MS)
  const close = async () => {
    clearInterval(tidying)
    await stopRetention()
    await mcp.close()
    await http.close(CLOSE_MS)
    await sender.stop()
    await house.stop()
    await tools.stop()
    // Last of all: what was sealed to the end is signed to the end.
    await checkpoints.stop()
  }
  try {
    port = (await http.listen({ host: config.host, port: config.port })).port
  } catch (error) {
    await close()
    throw error
  }
  return { port, close, house }
}

type Place = Readonly<{ publicUrl: string | undefined; port: () => number }>
type Cookies = Readonly<{ place: Place; cookieName: string }>

/** Reads whose browser it is, from where, and what every answer to one carries. */
const browsersOf = ({ config }: DoorsWanted, { place, cookieName }: Cookies) => {
  const addressOf = addressReader(config.trustedProxies)
  return {
    addressOf,
    headers: flatSecurity(place.publicUrl),
    shown(req: IncomingMessage) {
      const { headers, url = '/', method = 'GET' } = req
      const own = { port: place.port(), publicUrl: place.publicUrl }
      return shownBy({ headers, url, method }, { name: cookieName, own }, addressOf(req))
    },
  }
}

type Shows = ReturnType<typeof browsersOf>['shown']

/** Makes the OAuth server that clients of the MCP door sign in through. */
const openOauth = (
  { config, ground, egress }: DoorsWanted,
  { house, place, cookieName, shown }: Cookies & Readonly<{ house: House; shown: Shows }>,
) => {
  const addressOf = addressReader(config.trustedProxies)
  return oauthServer({
    ...{ place, cookieName, addressOf, shown },
    database: ground.database,
    seal: ground.keyring,
    now: ground.clock.now,
    hall: house.hall,
    registration: config.clientRegistration,
    headers: flatSecurity(place.publicUrl),
    limitFactor: config.limitFactor,
    fetch: egress.fetch({ bytesMax: CLIENT_BYTES_MAX }),
  })
}

type Webhooks = Readonly<{
  house: House
  webhooks: WebhookOthers
  publicUrl: string | undefined
}>

/** Makes what other systems call, and what sends them events. */
const openWebhooks = (
  { config, ground: { database, clock }, egress, hides, log }: DoorsWanted,
  { house, webhooks, publicUrl }: Webhooks,
) => ({
  hooks: webhookMount({
    hall: house.hall,
    find: (path) => database.system((sql) => hookAt(sql, path)),
    addressOf: addressReader(config.trustedProxies),
    headers: flatSecurity(publicUrl),
  }),
  sender: webhookSender({
    ...{ database, now: clock.now, run: house.pipeline.run, fetch: egress.fetch },
    needs: webhookNeeds(webhooks),
    scrub: hides.scrub,
    failed: (error) =>
      log.error('A delivery could not be sent or recorded.', {
        error: error instanceof Error ? error.message : '?',
      }),
  }),
})

type Placed = Readonly<{ address: () => string; place: Place }>

const openHouse = async (wanted: DoorsWanted, { address, place }: Placed) => {
  const { config, postgres, log, ground, evidence, hides, goOut } = wanted
  const { database, clock, keyring } = ground
  const { guard } = evidence
  let hubs = 1
  const tools = await openTools({ ...wanted, address })
  const fixtures = {
    ...{ keyring, goOut, tools },
    limits: openLimits({ now: clock.now, factor: config.limitFactor, processes: () => hubs }),
    checkTarget: wanted.egress.check,
    machine: machineLook({
      ...{ home: homedir(), path: machineEnvironment()['PATH'] ?? '' },
      now: () => performance.now(),
    }),
    scrubber: hides,
    trust: evidence.trust,
    journal: evidence.journal,
    signIn: {
      ...{ database, address },
      now: clock.now,
      mailer: smtpMailer(config.smtpUrl),
      limitSecret: await sharedKey(database, 'limit_secret', randomBytes(32)),
      limitFactor: config.limitFactor,
    },
    // Only what the administrator opened may be plain; the way out holds every call against it.
    isPlain: (to: string) => config.egressAllow.length > 0 && to.startsWith('http://'),
  }
  let heardOf: () => boolean = () => false
  const tokens = tokenSource({
    database,
    now: clock.now,
    isResource: (to, of) => isResourceOf(place, to, of),
    fresh: () => heardOf(),
  })
  const all = rooms(fixtures)
  const house = compose({
    ...{ database, clock, log },
    findToken: tokens.find,
    rooms: all,
    holder: randomUUID(),
    alone: postgres.target.embedded,
    readiness: postgres.readiness(database),
    closed: (orgId, operation) => postgres.closed() ?? guard.refusalOf(orgId, operation),
    heard(orgId, names) {
      tools.heard(orgId, names)
      return guard.heard(orgId, names)
    },
    mark: keyring.fingerprint,
    scrubber: hides,
    limits: fixtures.limits,
    hubs(count) {
      hubs = count
    },
    ...(!postgres.target.embedded && { hints: clientOptions(postgres.target, 'admin') }),
  })
  heardOf = house.fresh
  tools.tell(house.committed)
  tools.refreshBy(refreshThrough(house.pipeline))
  house.hall.onAccessChange(tokens.forget)
  return { house, tools, webhooks: webhookOthers(fixtures, () => all) }
}

/** The folder of the built page: beside the sources in a clone, inside the package otherwise. */
const webRoot = (): string | undefined => {
  const places = ['../../web/dist', '../web'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  )
  return places.find((path) => existsSync(join(path, 'index.html')))
}
