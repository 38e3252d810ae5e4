import { shownBody } from '../domain/definition.ts'
import { type HeaderMark, headerMarks } from '../domain/header-mark.ts'
import { isObject } from '../domain/json.ts'
import { toHubUris } from '../domain/resource-name.ts'
import type { HubTool } from './catalogue.ts'
import type { Json } from './hub-records.ts'
import type { NativeProfile } from './native-profile.ts'

/** How the members of a list name themselves. */
const NAMED_BY = {
  tool: 'name',
  prompt: 'name',
  resource: 'uri',
  template: 'uriTemplate',
} as const

// A server's own way to run calls as tasks ends at the hub.
const DROPPED: ReadonlySet<string> = new Set(['execution'])

/** Shows a tool, prompt or resource as clients list it. */
export const nativeBody = (listed: string, tool: HubTool, raw: boolean): Json => {
  const { definition, upstream } = tool
  const { body } = shownBody(definition, raw ? 'kept' : 'dropped')
  const named = raw ? body : withMeta(upstream.slug, body)
  const kept = Object.entries(named).filter(([key]) => !DROPPED.has(key))
  return { ...Object.fromEntries(kept), [NAMED_BY[definition.kind]]: listed }
}

/** Renames the pages that show results. */
const withMeta = (slug: string, body: Json): Json => {
  const renamed = toHubUris(slug, { _meta: body['_meta'] })
  const meta = isObject(renamed) ? renamed['_meta'] : undefined
  return meta === undefined ? body : { ...body, _meta: meta }
}

/** Reads the arguments of tools that travel as headers too: where names are the server's own. */
export const profileMarks = (
  profile: NativeProfile,
): Readonly<Record<string, readonly HeaderMark[]>> => {
  if (!profile.raw) return {}
  const found = [...profile.tools].flatMap(([name, { definition }]) => {
    const schema = definition.body['inputSchema']
    const read = isObject(schema) ? headerMarks(schema) : null
    return read?.kind === 'valid' && read.marks.length > 0 ? [[name, read.marks] as const] : []
  })
  return Object.fromEntries(found)
}

/** Tells what the servers of a profile can do besides lists, together. */
export const profileOffers = ({
  servers,
}: NativeProfile): Readonly<{ logging: boolean; completions: boolean; subscribe: boolean }> => {
  const all = [...servers.values()].map(({ config }) => config['offers']).filter(isObject)
  const has = (name: string) => all.some((one) => one[name] !== undefined)
  const resources = all.map((one) => one['resources']).filter(isObject)
  return {
    logging: has('logging'),
    completions: has('completions'),
    subscribe: resources.some(({ subscribe }) => subscribe === true),
  }
}
