import type { Actor } from '../../kernel/actor.ts'
import type { ToolHints, ToolLabels } from '../domain/labels.ts'
import type { PolicyRules } from '../domain/policy-rules.ts'
import type { Upstream } from '../domain/upstream.ts'
import type { Connection, Profile, StoredDefinition } from './hub-records.ts'

/** A tool as callers find it: its name here, what is behind it, and the rules for it. */
export type HubTool = Readonly<{
  /** `slug__tool`. */
  name: string
  upstream: Upstream
  definition: StoredDefinition
  rules: PolicyRules
  /** Rises with every change of the rules: an approval holds for one state of them. */
  policyVersion: number
  /** What is known of it: by its rules, and by its own words where somebody confirmed them. */
  labels: ToolLabels
}>

/** Everything that one organisation has connected, at one moment. */
export type Catalogue = Readonly<{
  /** Equal for equal catalogues. */
  mark: string
  upstreams: ReadonlyMap<string, Upstream>
  upstreamsById: ReadonlyMap<string, Upstream>
  /** Tools that may be used as they are, by their names here. */
  tools: ReadonlyMap<string, HubTool>
  /** Tools that nobody may use before somebody decides, by their names here. */
  blocked: ReadonlyMap<string, HubTool>
  /** Prompts, resources and templates that may be used, by server. */
  others: ReadonlyMap<string, readonly StoredDefinition[]>
  /** Rules of servers as a whole: what holds for their prompts and resources. */
  serverRules: ReadonlyMap<string, Readonly<{ rules: PolicyRules; version: number }>>
  connections: readonly Connection[]
  profiles: ReadonlyMap<string, Profile>
  /** How often each definition was used. */
  uses: ReadonlyMap<string, number>
}>

/** Who asks, and the projects in which they hold the right to. */
export type Asker = Readonly<{ actor: Actor; visible: readonly string[] | null }>

/** Tells whether the rules of a tool let somebody use it anywhere. */
export const mayUse = ({ rules, upstream }: HubTool, { actor, visible }: Asker): boolean => {
  if (!upstream.enabled || rules.enabled === false) return false
  const { kinds, holders, projects } = rules
  if (kinds && !kinds.some((kind) => kind === actor.kind)) return false
  const ids = [actor.id, ...(actor.onBehalfOf ? [actor.onBehalfOf] : [])]
  if (holders && !ids.every((id) => holders.includes(id))) return false
  return !projects || visible === null || projects.some((project) => visible.includes(project))
}

/** Lists the tools that somebody may use, by name. */
export const toolsFor = (catalogue: Catalogue, asker: Asker): readonly HubTool[] =>
  [...catalogue.tools.values()].filter((tool) => mayUse(tool, asker))

/** Tells whether a profile holds a tool: by its name, or by how its name begins. */
export const inProfile = ({ tools }: Pick<Profile, 'tools'>, name: string): boolean =>
  tools.some((one) => (one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : one === name))

/** Finds the connection that a call of a server takes: one's own where it wants one. */
export const connectionFor = (
  { connections }: Catalogue,
  upstream: Upstream,
  actor: Actor,
): Connection | null => {
  if (upstream.credential === 'none') return null
  // An agent uses what belongs to the person it acts for, or its own.
  const owners =
    upstream.credential === 'shared'
      ? [null]
      : [actor.id, ...(actor.onBehalfOf ? [actor.onBehalfOf] : [])]
  const own = connections.filter(({ upstreamId }) => upstreamId === upstream.id)
  for (const owner of owners) {
    const found = own.find(({ principalId }) => principalId === owner)
    if (found) return found
  }
  return null
}

/** Reads what a definition says of itself about its effects. */
export const hintsOf = ({ body }: StoredDefinition): ToolHints => {
  const { annotations } = body
  const all = typeof annotations === 'object' && annotations !== null ? annotations : {}
  const hint = (name: string): boolean | undefined => {
    const value: unknown = Object.entries(all).find(([key]) => key === name)?.[1]
    return typeof value === 'boolean' ? value : undefined
  }
  return {
    readOnlyHint: hint('readOnlyHint'),
    destructiveHint: hint('destructiveHint'),
    openWorldHint: hint('openWorldHint'),
  }
}
