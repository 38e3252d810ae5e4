import { isList, isObject, type Json, own, textIn } from './json.ts'

// Resources of all servers live in one space of names. `slug+<uri>` is still a URI, because a
// scheme may contain "+"; pages of apps keep theirs, as clients look for it: `ui://slug+<rest>`.

/** A resource as its server calls it. */
export type UpstreamUri = Readonly<{ slug: string; uri: string }>

/** Levels of nested content that are looked through; what is deeper stays as it is. */
export const CONTENT_LEVELS_MAX = 16

const UI = 'ui://'
const NAMED = /^([a-z][a-z0-9-]{0,15})\+/
const NAMED_UI = /^ui:\/\/([a-z][a-z0-9-]{0,15})\+/

/** Names a resource, or a template of resources, for clients of the hub. */
export const hubUri = ({ slug, uri }: UpstreamUri): string =>
  uri.startsWith(UI) ? `${UI}${slug}+${uri.slice(UI.length)}` : `${slug}+${uri}`

/** Gives the server behind a resource's name, and its own name for it; null: not a server's. */
export const behindUri = (hub: string): UpstreamUri | null => {
  const page = NAMED_UI.exec(hub)
  if (page?.[1] !== undefined) return { slug: page[1], uri: `${UI}${hub.slice(page[0].length)}` }
  const named = NAMED.exec(hub)
  return named?.[1] === undefined ? null : { slug: named[1], uri: hub.slice(named[0].length) }
}

/**
 * Gives a result, a list or a notification of a server the names that clients of the hub know:
 * links, embedded resources, contents, lists, templates and pages of apps. Structured content,
 * schemas and texts are data and stay as they are.
 */
export const toHubUris = (slug: string, value: unknown): unknown =>
  rewritten(value, (uri) => hubUri({ slug, uri }))

/** Takes the names back: what is of this server is called as the server calls it. */
export const toUpstreamUris = (slug: string, value: unknown): unknown =>
  rewritten(value, (hub) => {
    const behind = behindUri(hub)
    return behind?.slug === slug ? behind.uri : hub
  })

type Rename = (uri: string) => string

// Where to look further, and how the things found there name a resource.
const INSIDE: ReadonlySet<string> = new Set([
  ...['result', 'params', 'content', 'messages', 'tools', 'resource', '_meta'],
  ...['contents', 'resources', 'resourceTemplates', 'ref', 'notifications'],
])
const TYPES_WITH_URI: ReadonlySet<unknown> = new Set(['resource_link', 'ref/resource'])
const PLACES_WITH_URI: ReadonlySet<string> = new Set([
  'resource',
  'contents',
  'resources',
  'params',
])

const rewritten = (value: unknown, rename: Rename): unknown =>
  walk(value, { rename, place: '', level: 0 })

type Walk = Readonly<{ rename: Rename; place: string; level: number }>

const walk = (value: unknown, { rename, place, level }: Walk): unknown => {
  if (level > CONTENT_LEVELS_MAX) return value
  if (isList(value)) return value.map((item) => walk(item, { rename, place, level: level + 1 }))
  if (!isObject(value)) return value
  if (place === '_meta') return renameMeta(value, rename)
  const entries = Object.entries(value).map(([key, item]) => {
    if (typeof item === 'string' && namesResource(value, { key, place })) return [key, rename(item)]
    if (key === 'resourceSubscriptions' && isList(item)) return [key, item.map(renameIn(rename))]
    return [key, INSIDE.has(key) ? walk(item, { rename, place: key, level: level + 1 }) : item]
  })
  return Object.fromEntries(entries)
}

const namesResource = (value: Json, { key, place }: { key: string; place: string }): boolean => {
  if (key === 'uriTemplate') return place === 'resourceTemplates'
  if (key !== 'uri') return false
  return PLACES_WITH_URI.has(place) || TYPES_WITH_URI.has(own(value, 'type'))
}

const renameIn =
  (rename: Rename) =>
  (uri: unknown): unknown =>
    typeof uri === 'string' ? rename(uri) : uri

// The page that shows a tool's results, in the form of today and in the one before.
const renameMeta = (meta: Json, rename: Rename): Json => {
  const ui = own(meta, 'ui')
  const page = isObject(ui) ? textIn(ui, 'resourceUri') : undefined
  const older = textIn(meta, 'ui/resourceUri')
  return {
    ...meta,
    ...(isObject(ui) && page !== undefined && { ui: { ...ui, resourceUri: rename(page) } }),
    ...(older !== undefined && { 'ui/resourceUri': rename(older) }),
  }
}
