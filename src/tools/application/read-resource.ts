import { z } from 'zod'
import { canonical } from '../../kernel/canonical.ts'
import { operation, type Words } from '../../kernel/operation.ts'
import { notFound } from '../../kernel/refusal.ts'
import { behindUri } from '../domain/resource-name.ts'
import type { Upstream } from '../domain/upstream.ts'
import { quarantined } from './call-refusals.ts'
import { claimOf } from './call-tool.ts'
import { inTheAir, NATIVE_INPUT } from './call-native.ts'
import type { HubTool } from './catalogue.ts'
import type { HubNeeds } from './hub-ports.ts'
import { NativeView, nativeAnswer } from './native-answer.ts'
import { type NativeProfile, otherTool, profileFor, unlisted } from './native-profile.ts'

type Needs = HubNeeds & Words

/** Characters of a URI. */
export const URI_CHARS_MAX = 4_096

/** Reads a resource of a server behind the hub; recorded like a call. */
export const readResource = operation<HubNeeds>()({
  name: 'tools.read_resource',
  about: 'Read a resource of a connected server, by the URI under which a profile lists it.',
  input: z.strictObject({ ...NATIVE_INPUT, uri: z.string().min(1).max(URI_CHARS_MAX) }),
  output: NativeView,
  access: 'tool:call',
  effect: 'outside',
  http: null,
  mcp: null,
  say: ({ text }) => text,
  async run({ profile: profileName, uri, state, logLevel }, words) {
    const profile = await profileFor(profileName, words)
    const tool = await resourceAt(profile, uri, words)
    const args = {
      uri: tool.definition.kind === 'template' ? ownUri(profile, uri) : tool.definition.name,
    }
    const landing = await inTheAir(words, async () => ({
      ...{ tool, args, argsSha256: words.sha256(canonical(args)), fields: [], state, logLevel },
      claim: await claimOf(undefined, words),
      request: { method: 'resources/read', params: args },
    }))
    return nativeAnswer(landing, { tool, raw: profile.raw })
  },
})

/** Finds a resource by its URI in a profile: listed, of a template, or linked to by a result. */
export const resourceAt = async (
  profile: NativeProfile,
  uri: string,
  words: Needs,
): Promise<HubTool> => {
  const listed = profile.resources.get(uri)
  if (listed) return listed
  const behind = serverBehind(profile, uri)
  if (behind === null) throw notFound('This resource')
  const { upstream, own } = behind
  const catalogue = await words.catalogue()
  const of = (definition: HubTool['definition']) =>
    otherTool(catalogue, { upstream, definition, name: uri })
  const kept = await words.definitions.of(upstream.id)
  const held = kept.find(({ kind, name }) => kind === 'resource' && name === own)
  if (held && held.state !== 'gone') throw quarantined(of(held))
  const template = kept.find(({ kind, name, state }) => {
    return kind === 'template' && state === 'approved' && fits(name, own)
  })
  return of(template ?? unlisted(upstream, own))
}

/** Finds the server of a URI, and its own word for it. */
export const serverBehind = (
  { raw, servers }: NativeProfile,
  uri: string,
): Readonly<{ upstream: Upstream; own: string }> | null => {
  if (raw) {
    const [only] = servers.values()
    return only === undefined ? null : { upstream: only, own: uri }
  }
  const behind = behindUri(uri)
  const upstream = behind === null ? undefined : servers.get(behind.slug)
  return behind === null || upstream === undefined ? null : { upstream, own: behind.uri }
}

const ownUri = (profile: NativeProfile, uri: string): string =>
  serverBehind(profile, uri)?.own ?? uri

/** Tells whether a URI may come out of a template, whatever stands in its holes. */
const fits = (template: string, uri: string): boolean => {
  const parts = template.split(/\{[^}]*\}/)
  let at = 0
  for (const [index, part] of parts.entries()) {
    const found = index === 0 ? (uri.startsWith(part) ? 0 : -1) : uri.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  const last = parts.at(-1) ?? ''
  return last === '' ? parts.length > 1 || uri === template : uri.endsWith(last)
}
