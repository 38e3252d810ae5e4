import { join } from 'node:path'
import type { AgentsApi } from '../../agents/contract.ts'
import type { Happened } from '../../kernel/event.ts'
import type { Random } from '../../kernel/id.ts'
import type { IdentityApi } from '../../identity/contract.ts'
import type { Launcher } from '../../platform/child/child.ts'
import type { Database } from '../../platform/database.ts'
import type { Egress } from '../../platform/egress/egress.ts'
import type { Keyring } from '../../platform/keyring/keyring.ts'
import type { Ground } from '../../platform/room.ts'
import type { Scrubber } from '../../platform/scrub/scrubber.ts'
import type { WorkApi } from '../../work/contract.ts'
import type { HubNeeds } from '../application/hub-ports.ts'
import type { OauthNeeds } from '../application/oauth-ports.ts'
import type { Keys, Projects, SecretStore } from '../application/ports.ts'
import { argumentCheck } from './argument-check.ts'
import { type CallEnds, callEnds } from './call-ends.ts'
import { callFlights } from './call-flights.ts'
import { callJournals } from './call-journal.ts'
import { callStore } from './call-store.ts'
import { callWaiting } from './call-waiting.ts'
import { catalogues } from './catalogue-cache.ts'
import { claimCache } from './claim-cache.ts'
import { connectionStore } from './connection-store.ts'
import { sha256Hex } from './definition-hash.ts'
import { definitionStore } from './definition-store.ts'
import { checksFrom, leaseTaker, peopleFrom, secretShelf } from './hub-adapters.ts'
import { oauthAccounts } from './oauth-accounts.ts'
import { oauthGround } from './oauth-part.ts'
import { accountTokens } from './oauth-tokens.ts'
import { openServers } from './outside.ts'
import { parkedStore } from './parked-store.ts'
import { policyStore } from './policy-store.ts'
import { profileStore } from './profile-store.ts'
import { refresher, serverWatches } from './server-watches.ts'
import { toolFinder } from './tool-finder.ts'
import { type ToolShelf, toolShelf } from './tool-shelf.ts'
import { CHECK_EVERY_MS } from './upstream-checks.ts'
import { upstreamStore } from './upstream-store.ts'
import { vaultOver } from './vault.ts'

/** What the hub of tools stands on in a process. */
export type HubGround = Readonly<{
  database: Database
  keyring: () => Keyring
  scrubber: Scrubber
  egress: Pick<Egress, 'fetch' | 'check'>
  launcher: Launcher
  /** The folder of programs and what they keep. */
  folder: string
  environment: Readonly<Record<string, string | undefined>>
  node: string
  isRoot: boolean
  version: string
  now: () => number
  random: Random
  /** The address of the hub's own page. */
  address: () => string
}>

/** What the hub asks of other rooms. */
export type HubOthers = Readonly<{
  agents: (ground: Ground) => AgentsApi
  identity: (ground: Ground) => IdentityApi
  work: (ground: Ground) => WorkApi
}>

/** The hub of tools of a process: servers, catalogues and the record, for every organisation. */
export type ToolHub = Readonly<{
  needs(ground: Ground, own: HubOwn): HubNeeds & OauthNeeds
  /** Hears what happened in an organisation, here or elsewhere. */
  heard(orgId: string, names: readonly string[]): void
  /** Says who is told of each commit of the hub: sealing begins at once then. */
  tell(committed: (orgId: string, happened: readonly Happened[]) => void): void
  /** Says who asks a server again what it offers, once it has said that its lists changed. */
  refreshBy(refresh: (orgId: string, slug: string) => Promise<void>): void
  /** Asks the servers that were used of late whether they are there; a clock does, too. */
  check(): Promise<void>
  shelf: ToolShelf
  ends: CallEnds
  stop(): Promise<void>
}>

/** Stores of the vault that the hub uses, too. */
export type HubOwn = Readonly<{ secrets: SecretStore; keys: Keys; projects: Projects }>

/** No bound of its own on time and bytes: each line keeps both. */
const UNBOUNDED = { timeoutMs: 2 ** 31 - 1, bytesMax: Number.MAX_SAFE_INTEGER } as const

/** Opens the hub of tools of a process; no server is reached before somebody calls one. */
export const openToolHub = (ground: HubGround, others: HubOthers): ToolHub => {
  const { database, now, scrubber, egress, folder } = ground
  let hear: (orgId: string, happened: readonly Happened[]) => void = () => {}
  const committed = (orgId: string, happened: readonly Happened[]) => hear(orgId, happened)
  const vault = vaultOver({ database, keyring: ground.keyring, scrubber, now, committed })
  const ends = callEnds()
  const known = catalogues(database)
  const journals = callJournals({ database, now, committed })
  const accounts = oauthGround(ground, { vault, committed })
  const tokens = accountTokens({ ...accounts, scrubber })
  const servers = openServers({
    ...{ vault, tokens, scrubber, now, ends, random: ground.random, launcher: ground.launcher },
    ...{ fetch: egress.fetch(UNBOUNDED), version: ground.version },
    folder: join(folder, 'homes'),
  })
  let refresh: (orgId: string, slug: string) => Promise<void> = async () => {}
  const flights = callFlights()
  const watches = serverWatches({
    line: servers.line,
    changed: refresher({ now, refresh: (orgId, slug) => refresh(orgId, slug) }),
  })
  const checking = setInterval(() => void servers.check(), CHECK_EVERY_MS).unref()
  const { environment, node, isRoot } = ground
  const shelf = toolShelf({ folder, egress, environment, node, isRoot, now })
  const checks = checksFrom(argumentCheck())
  const search = toolFinder()
  const claims = claimCache(others.work)
  const leasing = { database, now, committed }
  const asking = { database, now, committed, ends, agents: others.agents }
  const keepServers = (orgId: string) => {
    const keep = async () => {
      const { upstreams } = await known.of(orgId)
      const used = [...upstreams.values()].filter(({ enabled }) => enabled)
      servers.keep(orgId, new Set(used.map(({ id }) => id)))
    }
    // Where the database is away, what runs goes on until nobody has used it for a while.
    keep().catch(() => {})
  }
  return {
    shelf,
    ends,
    check: servers.check,
    needs: (own, { secrets, keys, projects }) => ({
      upstreams: upstreamStore(own),
      definitions: definitionStore(own),
      policies: policyStore(own),
      profiles: profileStore(own),
      connections: connectionStore(own),
      calls: callStore(own),
      parked: parkedStore(own),
      claims: claims.of(own),
      people: peopleFrom(others.identity(own)),
      projects,
      catalogue: () => known.of(own.orgId),
      outside: servers.of(own.orgId),
      journal: journals.of(own.orgId),
      waiting: callWaiting(asking, own),
      flights: flights.of(own.orgId),
      watches: watches.of(own.orgId),
      ...{ checks, search, shelf, sha256: sha256Hex },
      credentials: secretShelf(secrets, keys),
      leasing: leaseTaker(leasing, own),
      oauth: oauthAccounts(accounts, own),
      address: (path) => `${ground.address()}${path}`,
    }),
    heard(orgId, names) {
      known.forget(orgId, names)
      claims.forget(orgId, names)
      servers.forget(orgId, names)
      if (names.some((name) => SERVERS_CHANGED.has(name))) keepServers(orgId)
      if (names.some((name) => name.startsWith('tools.connection_'))) tokens.forget(orgId)
      if (names.some((name) => CALLS_ENDED.has(name))) ends.tellAll()
      if (names.some((name) => name.startsWith('tools.'))) watches.tell(orgId)
    },
    refreshBy(refreshed) {
      refresh = refreshed
    },
    tell(committedBy) {
      hear = committedBy
    },
    async stop() {
      clearInterval(checking)
      watches.stop()
      flights.stop()
      await servers.stop()
      await tokens.stop()
      await shelf.stop()
    },
  }
}

const SERVERS_CHANGED: ReadonlySet<string> = new Set([
  'tools.upstream_removed',
  'tools.upstream_changed',
])
const CALLS_ENDED: ReadonlySet<string> = new Set(['tools.call_ended', 'agents.approval_decided'])
