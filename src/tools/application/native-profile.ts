import { notFound } from '../../kernel/refusal.ts'
import type { Words } from '../../kernel/operation.ts'
import { labelsOfTool } from '../domain/labels.ts'
import type { PolicyRules } from '../domain/policy-rules.ts'
import { hubUri } from '../domain/resource-name.ts'
import { hubNames } from '../domain/tool-name.ts'
import type { Upstream } from '../domain/upstream.ts'
import { type Asker, type Catalogue, type HubTool, inProfile, mayUse } from './catalogue.ts'
import type { HubNeeds } from './hub-ports.ts'
import type { DefinitionKind, Profile, StoredDefinition } from './hub-records.ts'

/** Profiles as callers see them that are at hand for one state of a catalogue. */
const SEEN_MAX = 500

/** What a profile holds for one caller, by the names that its clients see. */
export type NativeProfile = Readonly<{
  name: string
  /** The names are the server's own. */
  raw: boolean
  /** Equal for equal contents, by kind; `all` for all of them together. */
  marks: Readonly<Record<'tools' | 'prompts' | 'resources' | 'all', string>>
  tools: ReadonlyMap<string, HubTool>
  prompts: ReadonlyMap<string, HubTool>
  resources: ReadonlyMap<string, HubTool>
  templates: ReadonlyMap<string, HubTool>
  /** Servers whose resources may be read. */
  servers: ReadonlyMap<string, Upstream>
}>

type Needs = HubNeeds & Words

// Made once per catalogue and caller: a catalogue is another object when anything has changed.
const seen = new WeakMap<Catalogue, Map<string, NativeProfile>>()

/** Gives what a profile holds for the caller; an unknown one is not found. */
export const profileFor = async (name: string, words: Needs): Promise<NativeProfile> => {
  const catalogue = await words.catalogue()
  const profile = catalogue.profiles.get(name)
  if (profile === undefined) throw notFound(name)
  const asker = { actor: words.call.actor, visible: words.visible }
  const known = seen.get(catalogue) ?? new Map<string, NativeProfile>()
  seen.set(catalogue, known)
  const key = keyOf(name, asker)
  const made = known.get(key) ?? profileOf(catalogue, { profile, asker, sha256: words.sha256 })
  if (known.size >= SEEN_MAX) known.clear()
  known.set(key, made)
  return made
}

const keyOf = (name: string, { actor, visible }: Asker): string =>
  [name, actor.kind, actor.id, actor.onBehalfOf ?? '', visible?.join() ?? '*'].join(' ')

type Asked = Readonly<{ profile: Profile; asker: Asker; sha256: (text: string) => string }>

const profileOf = (catalogue: Catalogue, { profile, asker, sha256 }: Asked): NativeProfile => {
  const { name, raw } = profile
  const mine = (all: Iterable<HubTool>) => [...all].filter((one) => mayUse(one, asker))
  const listed = (all: readonly HubTool[], kind: DefinitionKind) =>
    new Map(
      all
        .filter(({ definition }) => definition.kind === kind)
        .map((one) => [listedName(one, raw), one] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    )
  const inIt = (one: HubTool) => inProfile(profile, one.name)
  const whole = (one: HubTool) => holdsServer(profile, one.upstream.slug)
  const tools = listed(mine(catalogue.tools.values()).filter(inIt), 'tool')
  const others = mine(othersOf(catalogue, sha256))
  const prompts = listed(others.filter(inIt), 'prompt')
  const resources = listed(others.filter(whole), 'resource')
  const templates = listed(others.filter(whole), 'template')
  const servers = new Map(
    mine(serversOf(catalogue))
      .filter(whole)
      .map(({ upstream }) => [upstream.slug, upstream] as const),
  )
  const mark = (...maps: readonly ReadonlyMap<string, HubTool>[]) => {
    const versions = maps.flatMap((one) =>
      [...one].map(([shown, tool]) => `${shown} ${versionOf(tool)}`),
    )
    return sha256(versions.join('\n')).slice(0, 16)
  }
  const marks = {
    tools: mark(tools),
    prompts: mark(prompts),
    resources: mark(resources, templates),
  }
  const offers = JSON.stringify([...servers].map(([slug, { config }]) => [slug, config['offers']]))
  const parts = [String(raw), marks.tools, marks.prompts, marks.resources, offers]
  const all = sha256(parts.join('\n')).slice(0, 16)
  return { name, raw, marks: { ...marks, all }, tools, prompts, resources, templates, servers }
}

const versionOf = ({ definition: { id, hash, version } }: HubTool): string =>
  `${id} ${hash} ${version}`

const listedName = ({ name, definition }: HubTool, raw: boolean): string =>
  raw ? definition.name : name

/** Tells whether a profile holds a server as a whole, and so what it has besides tools. */
const holdsServer = ({ tools }: Profile, slug: string): boolean =>
  tools.some((one) => one.endsWith('*') && `${slug}__`.startsWith(one.slice(0, -1)))

/** Lists prompts, resources and templates of all servers, named as tools are. */
const othersOf = (catalogue: Catalogue, sha256: (text: string) => string): readonly HubTool[] => {
  const all = [...catalogue.others].flatMap(([upstreamId, definitions]) => {
    const upstream = catalogue.upstreamsById.get(upstreamId)
    return upstream === undefined ? [] : definitions.map((one) => ({ upstream, definition: one }))
  })
  const prompts = all
    .filter(({ definition }) => definition.kind === 'prompt')
    .map(({ upstream, definition }) => ({ slug: upstream.slug, name: definition.name }))
  const names = hubNames(prompts, sha256)
  return all.flatMap(({ upstream, definition }) => {
    const { slug } = upstream
    const name =
      definition.kind === 'prompt'
        ? names.nameOf({ slug, name: definition.name })
        : hubUri({ slug, uri: definition.name })
    return name === undefined ? [] : [otherTool(catalogue, { upstream, definition, name })]
  })
}

/** Stands for each server itself, so that its rules can be asked. */
const serversOf = (catalogue: Catalogue): readonly HubTool[] =>
  [...catalogue.upstreams.values()].map((upstream) =>
    otherTool(catalogue, { upstream, definition: unlisted(upstream, ''), name: upstream.slug }),
  )

/** Treats a prompt or a resource like a tool that reads, under the rules of its server. */
export const otherTool = (
  { serverRules }: Pick<Catalogue, 'serverRules'>,
  { upstream, definition, name }: Pick<HubTool, 'upstream' | 'definition' | 'name'>,
): HubTool => {
  const server = serverRules.get(upstream.id)
  const rules: PolicyRules = server?.rules ?? {}
  // What stands on a server's own list carries nothing out when it is asked for.
  const isListed = definition.kind === 'resource' && definition.foundAt > 0
  const usual: PolicyRules = { effect: 'read', ...(isListed && { egress: 'none' }) }
  const labels = labelsOfTool({ ...usual, ...rules }, {}, false)
  return { name, upstream, definition, rules, policyVersion: server?.version ?? 0, labels }
}

/** Stands for a resource that its server does not list: one that a result has linked to. */
export const unlisted = (upstream: Upstream, uri: string): StoredDefinition => ({
  ...{ id: upstream.id, upstreamId: upstream.id, kind: 'resource', name: uri, state: 'approved' },
  ...{ hash: '', body: {}, nextHash: null, nextBody: null, warnings: [] },
  ...{ foundAt: 0, decidedAt: null, version: 0 },
})
