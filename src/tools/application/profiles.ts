import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { notFound, refuse } from '../../kernel/refusal.ts'
import { adviseListing, listedTokens } from '../domain/advise.ts'
import { shownBody } from '../domain/definition.ts'
import { ProfileRemoved, ProfileSaved } from '../events.ts'
import { type Catalogue, type HubTool, inProfile, toolsFor } from './catalogue.ts'
import type { HubNeeds } from './hub-ports.ts'

const ProfileName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/, 'is a short name such as frontend: small letters, digits, "-"')

/** Names that the door's own choices of tools have. */
const RESERVED: ReadonlySet<string> = new Set(['all', 'lean', 'worker'])

const ProfileView = z.object({
  name: ProfileName,
  title: z.string(),
  tools: z.array(z.string()),
  raw: z.boolean(),
  /** How many tools it lists now, and what that costs a model. */
  count: z.int(),
  tokens: z.int(),
  /** Whether clients do better with a search. */
  advice: z.enum(['native', 'search']),
  why: z.string(),
})

const viewOf = (
  profile: Readonly<{ name: string; title: string; tools: readonly string[]; raw: boolean }>,
  catalogue: Catalogue,
): z.output<typeof ProfileView> => {
  const own = [...catalogue.tools.values()].filter(({ name }) => inProfile(profile, name))
  const { listing, why, tools: count, tokens } = advised(own, false)
  const { name, title, raw } = profile
  return { name, title, tools: [...profile.tools], raw, count, tokens, advice: listing, why }
}

const advised = (tools: readonly HubTool[], clientDefers: boolean) => {
  const costs = tools.map(({ definition }) => listedTokens(shownBody(definition).body))
  const tokens = costs.reduce((sum, one) => sum + one, 0)
  return adviseListing({ tools: tools.length, tokens, clientDefers })
}

/** Saves a choice of tools that clients list natively at an address of its own. */
export const saveToolProfile = operation<HubNeeds>()({
  name: 'tools.save_tool_profile',
  about: 'Save a choice of tools that clients list natively, at /agent/mcp/p/<name>.',
  input: z.strictObject({
    name: ProfileName,
    title: z.string().trim().max(120).default(''),
    tools: z
      .array(
        z
          .string()
          .regex(/^[A-Za-z0-9_-]+\*?$/, 'is a tool, or a beginning and *')
          .max(64),
      )
      .min(1)
      .max(200),
    raw: z.boolean().default(false).describe('One server under its own names'),
  }),
  output: ProfileView,
  access: 'tool:write',
  effect: 'write',
  orgWide: true,
  http: 'PUT /tool-profiles/:name',
  mcp: null,
  say: ({ name, count, tokens, why }) => `${name}: ${count} tools, about ${tokens} tokens. ${why}`,
  async run({ name, title, tools, raw }, words) {
    const { profiles, call, emit } = words
    if (RESERVED.has(name)) throw reserved(name)
    if (raw && !isOneServer(tools)) throw oneServer()
    const before = await profiles.byName(name)
    const id = before?.id ?? call.newId()
    await profiles.save({ id, name, title, tools, raw, version: (before?.version ?? 0) + 1 })
    emit(ProfileSaved({ profileId: id, name, tools, raw }))
    return viewOf({ name, title, tools, raw }, await words.catalogue())
  },
})

/** Lists choices of tools. */
export const listToolProfiles = operation<HubNeeds>()({
  name: 'tools.list_tool_profiles',
  about: 'List choices of tools: how many each lists, what that costs, and what we advise.',
  input: z.strictObject({}),
  output: z.object({ items: z.array(ProfileView) }),
  access: 'tool:read',
  effect: 'read',
  http: 'GET /tool-profiles',
  mcp: null,
  say: ({ items }) =>
    items
      .map(({ name, count, tokens, why }) => `${name}: ${count} tools, ${tokens} tokens. ${why}`)
      .join('\n') || 'No profiles.',
  async run(_input, words) {
    const catalogue = await words.catalogue()
    return { items: [...catalogue.profiles.values()].map((one) => viewOf(one, catalogue)) }
  },
})

/** Removes a choice of tools. */
export const removeToolProfile = operation<HubNeeds>()({
  name: 'tools.remove_tool_profile',
  about: 'Remove a choice of tools; its address answers 404 from now on.',
  input: z.strictObject({ name: ProfileName }),
  output: z.object({ name: ProfileName }),
  access: 'tool:write',
  effect: 'write',
  orgWide: true,
  http: 'DELETE /tool-profiles/:name',
  mcp: null,
  say: ({ name }) => `${name} removed`,
  async run({ name }, { profiles, emit }) {
    const profile = await profiles.byName(name)
    if (profile === null || !(await profiles.remove(name))) throw notFound(name)
    emit(ProfileRemoved({ profileId: profile.id, name }))
    return { name }
  },
})

/** Tells how a client gets best at the tools it may use: by searching, or by a list of its own. */
export const adviseTools = operation<HubNeeds>()({
  name: 'tools.advise_tools',
  about: 'Tell whether a client should list all tools or search them, and what each would cost.',
  input: z.strictObject({
    defers: z.boolean().default(false).describe('The client loads definitions when it needs them'),
  }),
  output: z.object({
    advice: z.enum(['native', 'search']),
    why: z.string(),
    tools: z.int(),
    tokens: z.int(),
  }),
  access: 'tool:read',
  effect: 'read',
  http: 'GET /tool-advice',
  mcp: null,
  say: ({ advice, why, tools, tokens }) =>
    `${advice}: ${tools} tools, about ${tokens} tokens. ${why}`,
  async run({ defers }, words) {
    const asker = { actor: words.call.actor, visible: words.visible }
    const { listing, ...rest } = advised(toolsFor(await words.catalogue(), asker), defers)
    return { advice: listing, ...rest }
  },
})

const isOneServer = (tools: readonly string[]): boolean =>
  tools.length === 1 && /^[a-z][a-z0-9-]*__\*$/.test(tools[0] ?? '')

const oneServer = () => {
  const message = 'Own names fit one server only: name its tools as slug__*.'
  return refuse('invalid', 'tools.raw_is_one_server', message)
}

const reserved = (name: string) =>
  refuse(
    'conflict',
    'tools.profile_reserved',
    `${name} is a choice of the hub itself; take another name.`,
  )
