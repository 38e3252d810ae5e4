import { nearest } from '../../kernel/text.ts'
import { CODES, Fault } from './protocol.ts'

/** The path of the door that takes keys. */
export const AGENT_PATH = '/agent/mcp'
// The path of the door that takes tokens of the hub's OAuth server.
const TOKEN_PATH = '/mcp'

const PATHS = { agent: AGENT_PATH, mcp: TOKEN_PATH } as const

/** What a request has to show: a key, or a token made for this door. */
export type Audience = keyof typeof PATHS

const LEAN = ['work_next', 'work_update', 'work_finish', 'task_get', 'ask_human'] as const

/** The named choices of tools; `null` is every tool. */
export const PROFILES: Readonly<Record<string, readonly string[] | null>> = {
  lean: LEAN,
  worker: [...LEAN, 'task_find', 'task_save', 'context'],
  all: null,
}

/** What the address chooses: the profile and the tools that stand on the list. */
export type Place = Readonly<{
  profile: string
  /** Names of the tools; `null`: all. */
  tools: ReadonlySet<string> | null
  /** Equal for equal choices: lists are cached by it. */
  mark: string
  /** The profile of the hub whose tools are listed as they are; `null`: the product's own tools. */
  hub: string | null
}>

const PLACES_MAX = 256

/** Finds whom an address of this door is for; `null` where it belongs to another one. */
export const audienceOf = (url: string): Audience | null => {
  if (isBelow(PATHS.agent, url)) return 'agent'
  return isBelow(PATHS.mcp, url) ? 'mcp' : null
}

const isBelow = (path: string, url: string): boolean => {
  if (!url.startsWith(path)) return false
  const next = url.charCodeAt(path.length)
  return Number.isNaN(next) || next === 0x2f || next === 0x3f // the end, a slash, a question mark
}

/** Makes the reader of addresses; it remembers those it saw, because there are few. */
export const placeReader = (
  toolNames: readonly string[],
  hasHub = false,
): ((url: string) => Place) => {
  const seen = new Map<string, Place>()
  return (url) => {
    const known = seen.get(url)
    if (known) return known
    const place = hubPlace(url, hasHub) ?? readPlace(url, toolNames)
    if (seen.size >= PLACES_MAX) seen.clear()
    seen.set(url, place)
    return place
  }
}

/** Reads an address that names a profile of the hub; whether there is one is asked later. */
const hubPlace = (url: string, hasHub: boolean): Place | null => {
  if (!hasHub) return null
  const query = new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?') + 1) : '')
  const hub = profileOfPath(url) ?? query.get('profile') ?? 'all'
  if (Object.hasOwn(PROFILES, hub) || !HUB_PROFILE.test(hub)) return null
  return { profile: hub, tools: null, mark: `p/${hub}`, hub }
}

const HUB_PROFILE = /^[A-Za-z0-9_-]{1,64}$/

/** Makes the answer for a profile that is not there, or not for this caller. */
export const unknownProfile = (name: string): Fault =>
  unknown('profile', name, Object.keys(PROFILES))

const readPlace = (url: string, toolNames: readonly string[]): Place => {
  const query = new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?') + 1) : '')
  const profile = profileOfPath(url) ?? query.get('profile') ?? 'all'
  if (!Object.hasOwn(PROFILES, profile)) throw unknown('profile', profile, Object.keys(PROFILES))
  const named = (query.get('tools') ?? '').split(',').filter((name) => name !== '')
  for (const name of named) {
    if (!toolNames.includes(name)) throw unknown('tool', name, toolNames)
  }
  const inProfile = PROFILES[profile] ?? null
  const chosen = named.length > 0 ? named.toSorted() : inProfile
  return {
    profile,
    tools: chosen === null ? null : new Set(chosen),
    mark: named.length > 0 ? `${profile}?${named.toSorted().join()}` : profile,
    hub: null,
  }
}

const profileOfPath = (url: string): string | undefined => {
  const [path = ''] = url.split('?')
  const own = PATHS[audienceOf(url) ?? 'agent']
  const rest = path.slice(own.length)
  if (rest === '' || rest === '/') return undefined
  const found = /^\/p\/([A-Za-z0-9_-]{1,64})\/?$/.exec(rest)
  if (!found) throw notHere(`There is nothing at this address; connect to ${own}.`)
  return found[1]
}

const unknown = (noun: string, name: string, known: readonly string[]): Fault => {
  const near = nearest(name.slice(0, 64), known)
  const hint = near === undefined ? `there are ${known.join(', ')}` : `did you mean ${near}?`
  return notHere(`The address names an unknown ${noun}; ${hint}`)
}

const notHere = (message: string) => new Fault({ status: 404, code: CODES.params }, message)
