import { LRUCache } from 'lru-cache'
import type { Database } from '../../platform/database.ts'
import type { Ground } from '../../platform/room.ts'
import { type Catalogue, hintsOf, type HubTool } from '../application/catalogue.ts'
import type {
  Connection,
  Profile,
  StoredDefinition,
  StoredPolicy,
} from '../application/hub-records.ts'
import { labelsOfTool } from '../domain/labels.ts'
import { isCallable } from '../domain/pin.ts'
import { mergedRules } from '../domain/policy-rules.ts'
import { hubNames } from '../domain/tool-name.ts'
import type { Upstream } from '../domain/upstream.ts'
import { connectionStore } from './connection-store.ts'
import { sha256Hex } from './definition-hash.ts'
import { definitionStore } from './definition-store.ts'
import { policyStore } from './policy-store.ts'
import { profileStore } from './profile-store.ts'
import { upstreamStore } from './upstream-store.ts'

/** Organisations whose catalogue is at hand at a time. */
const CATALOGUES_MAX = 200

/** The catalogues of this process: each is read once, and again when something has changed. */
export type Catalogues = Readonly<{
  of(orgId: string): Promise<Catalogue>
  /** Hears what happened in an organisation. */
  forget(orgId: string, names: readonly string[]): void
}>

/** Events of the room that change nothing of what there is to use. */
const ELSEWHERE = /^tools\.(call|lease|rotation|secret|webhook|delivery|token|scope|oauth)_/

/** Makes the catalogues of this process. */
export const catalogues = (database: Database): Catalogues => {
  const generations = new Map<string, number>()
  const kept = new LRUCache<string, Promise<Catalogue>>({ max: CATALOGUES_MAX })
  const generation = (orgId: string) => generations.get(orgId) ?? 0
  return {
    of(orgId) {
      // What was read before a change is kept under a number that nobody asks for any more.
      const key = `${orgId}/${generation(orgId)}`
      const known = kept.get(key)
      if (known) return known
      const read = readCatalogue({ sql: database.read(orgId), orgId })
      kept.set(key, read)
      read.catch(() => kept.delete(key))
      return read
    },
    forget(orgId, names) {
      if (names.some((name) => name.startsWith('tools.') && !ELSEWHERE.test(name))) {
        generations.set(orgId, generation(orgId) + 1)
      }
    },
  }
}

const readCatalogue = async (ground: Ground): Promise<Catalogue> => {
  const [upstreams, definitions, policies, connections, profiles, uses] = await Promise.all([
    upstreamStore(ground).all(),
    definitionStore(ground).all(),
    policyStore(ground).all(),
    connectionStore(ground).all(),
    profileStore(ground).all(),
    definitionStore(ground).uses(),
  ])
  return catalogueOf({ upstreams, definitions, policies, connections, profiles, uses })
}

type Rows = Readonly<{
  upstreams: readonly Upstream[]
  definitions: readonly StoredDefinition[]
  policies: readonly StoredPolicy[]
  connections: readonly Connection[]
  profiles: readonly Profile[]
  uses: ReadonlyMap<string, number>
}>

const catalogueOf = (rows: Rows): Catalogue => {
  const { upstreams, definitions, connections, profiles, uses } = rows
  const byId = new Map(upstreams.map((one) => [one.id, one]))
  const policies = new Map(rows.policies.map((one) => [`${one.upstreamId}/${one.tool}`, one]))
  const tools = definitions.filter(({ kind }) => kind === 'tool')
  const names = hubNames(
    tools.flatMap(({ upstreamId, name }) => {
      const slug = byId.get(upstreamId)?.slug
      return slug === undefined ? [] : [{ slug, name }]
    }),
    sha256Hex,
  )
  const all = tools.flatMap((definition): HubTool[] => {
    const upstream = byId.get(definition.upstreamId)
    if (upstream === undefined) return []
    const name = names.nameOf({ slug: upstream.slug, name: definition.name })
    if (name === undefined) return []
    const server = policies.get(`${upstream.id}/`)
    const own = policies.get(`${upstream.id}/${definition.name}`)
    const rules = mergedRules(server?.rules ?? {}, own?.rules ?? {})
    const policyVersion = (server?.version ?? 0) + (own?.version ?? 0)
    const labels = labelsOfTool(rules, hintsOf(definition), definition.decidedAt !== null)
    return [{ name, upstream, definition, rules, policyVersion, labels }]
  })
  const isApproved = ({ definition }: HubTool) => isCallable(definition)
  const named = (some: readonly HubTool[]) => new Map(some.map((tool) => [tool.name, tool]))
  const others = definitions.filter(({ kind, state }) => kind !== 'tool' && state === 'approved')
  return {
    mark: markOf(rows),
    upstreams: new Map(upstreams.map((one) => [one.slug, one])),
    upstreamsById: byId,
    tools: named(all.filter(isApproved)),
    blocked: named(all.filter((tool) => !isApproved(tool))),
    others: Map.groupBy(others, ({ upstreamId }) => upstreamId),
    serverRules: new Map(
      rows.policies.flatMap((one) => (one.tool === '' ? [[one.upstreamId, one] as const] : [])),
    ),
    connections,
    profiles: new Map(profiles.map((one) => [one.name, one])),
    uses,
  }
}

const markOf = ({ upstreams, definitions, policies, profiles }: Rows): string => {
  const versions = [
    ...upstreams.map(({ id, version }) => `${id}:${version}`),
    ...definitions.map(({ id, version }) => `${id}:${version}`),
    ...policies.map(({ upstreamId, tool, version }) => `${upstreamId}/${tool}:${version}`),
    ...profiles.map(({ id, version }) => `${id}:${version}`),
  ]
  return sha256Hex(versions.toSorted().join('\n')).slice(0, 16)
}
