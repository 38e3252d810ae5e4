import type { z } from 'zod'
import { notFound } from '../../kernel/refusal.ts'
import type { CallLine, ToolDetails, ToolView, UpstreamView } from '../contract.ts'
import { callKey, type CallRecord } from '../domain/call.ts'
import { diffOf } from '../domain/definition-diff.ts'
import { shownBody } from '../domain/definition.ts'
import { signatureOf } from '../domain/signature.ts'
import type { HealthState, Upstream } from '../domain/upstream.ts'
import { type Asker, type Catalogue, connectionFor, type HubTool } from './catalogue.ts'
import type { HubNeeds } from './hub-ports.ts'
import type { Json } from './hub-records.ts'

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString())

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)

const objectOf = (value: unknown): Json | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null

/** Finds a server by its name. */
export const serverNamed = (catalogue: Catalogue, slug: string): Upstream => {
  const found = catalogue.upstreams.get(slug)
  if (found === undefined) throw notFound(slug)
  return found
}

/** Finds a tool by its name here, whatever state it is in. */
export const anyTool = ({ tools, blocked }: Catalogue, name: string): HubTool => {
  const found = tools.get(name) ?? blocked.get(name)
  if (found === undefined) throw notFound(name)
  return found
}

/** Shows a tool in short. */
export const toolView = (tool: HubTool, { uses }: Catalogue): z.output<typeof ToolView> => {
  const { definition, upstream, name, labels } = tool
  const { body } = shownBody(definition)
  return {
    ...{ name, original: definition.name, server: upstream.slug, effect: labels.effect },
    title: textOf(body['title']),
    description: textOf(body['description']) ?? '',
    state: definition.state,
    uses: uses.get(definition.id) ?? 0,
  }
}

/** Rules as people write them: of the tool itself, and of its server. */
type Written = Readonly<{ own: Json; server: Json }>

/** Shows a tool with all that is known of it. */
export const toolDetails = (
  tool: HubTool,
  catalogue: Catalogue,
  { own, server }: Written,
): z.output<typeof ToolDetails> => {
  const { definition, rules, labels } = tool
  const { reads, untrusted, egress } = labels
  const { body } = shownBody(definition)
  const { nextBody, hash, warnings, version } = definition
  return {
    ...toolView(tool, catalogue),
    inputSchema: objectOf(body['inputSchema']) ?? { type: 'object' },
    outputSchema: objectOf(body['outputSchema']),
    annotations: objectOf(body['annotations']),
    diff: nextBody === null ? [] : [...diffOf(definition.body, nextBody)],
    ...{ hash: definition.nextHash ?? hash, warnings: [...warnings], version },
    ...{ rules: own, serverRules: server, labels: { reads, untrusted, egress } },
    off: rules.enabled === false,
    signature: signatureOf(tool.name, definition),
  }
}

/** Shows a server; `handles` names its owner. */
export const upstreamView = (
  upstream: Upstream,
  catalogue: Catalogue,
  seen: Readonly<{
    asker: Asker
    outside: HubNeeds['outside']
    handles: ReadonlyMap<string, string>
  }>,
): z.output<typeof UpstreamView> => {
  const health = seen.outside.health(upstream)
  const connection = connectionFor(catalogue, upstream, seen.asker.actor)
  const wants = upstream.credential !== 'none'
  const connected = !wants || connection?.state === 'ready'
  const own = (tool: HubTool) => tool.upstream.id === upstream.id
  const blocked = [...catalogue.blocked.values()].filter(own)
  const changed = blocked.some(({ definition }) => definition.state === 'changed')
  const state = stateOf(health.state, { connected, changed })
  const { slug, title, kind, entry, packageVersion, server, enabled, era, credential } = upstream
  return {
    ...{ slug, title, kind, entry, packageVersion, server, enabled, era, credential, connected },
    ...{ state, failure: health.failure, auth: upstream.auth.kind, balance: upstream.balance },
    replicas: upstream.replicas.map(({ id, url, weight }) => ({
      ...{ url, weight },
      state: health.replicas.find((one) => one.id === id)?.state ?? ('closed' as const),
    })),
    owner: seen.handles.get(upstream.ownerId) ?? null,
    tools: [...catalogue.tools.values()].filter(own).length,
    waiting: blocked.filter(({ definition }) => WAITS.has(definition.state)).length,
    accounts: catalogue.connections.filter(({ upstreamId }) => upstreamId === upstream.id).length,
    ...{ blocked: blocked.length, foundAt: iso(upstream.foundAt), version: upstream.version },
  }
}

// What is rejected or gone is blocked, too, but nobody has to decide.
const WAITS: ReadonlySet<string> = new Set(['proposed', 'changed'])

type Standing = Readonly<{ connected: boolean; changed: boolean }>

// A server that nobody is connected to is not asked: it would be starting for ever.
const stateOf = (health: HealthState, { connected, changed }: Standing): HealthState => {
  if (health !== 'ready' && health !== 'starting') return health
  if (!connected) return 'needs_connect'
  return changed ? 'quarantined' : health
}

/** Shows a line of the record. */
export const callLine = (
  record: CallRecord,
  catalogue: Catalogue,
  handles: ReadonlyMap<string, string>,
): z.output<typeof CallLine> => {
  const { door, effect, state, ms, bytes, code } = record
  const server = catalogue.upstreamsById.get(record.upstreamId)?.slug ?? '(gone)'
  return {
    ...{ key: callKey(record.number), tool: record.tool, server, door, effect, state, ms, bytes },
    ...{ code, by: handles.get(record.principalId) ?? null },
    onBehalfOf: record.onBehalfOf === null ? null : (handles.get(record.onBehalfOf) ?? null),
    at: new Date(record.at).toISOString(),
  }
}
