import { z } from 'zod'
import { operation, type Words } from '../../kernel/operation.ts'
import { hubUri } from '../domain/resource-name.ts'
import { settingsOf, type Upstream } from '../domain/upstream.ts'
import { connectionFor } from './catalogue.ts'
import type { HubNeeds } from './hub-ports.ts'
import type { Connection } from './hub-records.ts'
import { type NativeProfile, profileFor } from './native-profile.ts'
import { serverBehind, URI_CHARS_MAX } from './read-resource.ts'
import { ProfileName } from './show-profile.ts'

/** Resources that one reader watches. */
const URIS_MAX = 100
const LISTS = ['tools', 'prompts', 'resources'] as const

type Needs = HubNeeds & Words
type Heard = NonNullable<NonNullable<Words['call']['client']>['heard']>

/** Tells a client of changes in a profile, for as long as the call lasts. */
export const watchProfile = operation<HubNeeds>()({
  name: 'tools.watch_tool_profile',
  about: 'Hear of changes in a profile for as long as the call lasts: lists, and some resources.',
  input: z.strictObject({
    name: ProfileName,
    uris: z.array(z.string().min(1).max(URI_CHARS_MAX)).max(URIS_MAX).default([]),
  }),
  output: z.object({}),
  access: 'tool:read',
  effect: 'outside',
  http: null,
  mcp: null,
  async run({ name, uris }, words) {
    const { signal, client } = words.call
    const heard = client?.heard
    if (heard === undefined || signal.aborted) return {}
    const first = await profileFor(name, words)
    const servers = await watchServers(first, { uris, heard }, words)
    let known = first.marks
    const look = async () => {
      const profile = await profileFor(name, words)
      if (signal.aborted) return
      const changed = LISTS.filter((one) => profile.marks[one] !== known[one])
      known = profile.marks
      for (const one of changed) heard(`notifications/${one}/list_changed`, {})
      await servers.follow(profile)
    }
    // A profile that is gone, a database that is away: the next change is looked at anew.
    const stop = words.watches.catalogue(() => void look().catch(() => {}))
    try {
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve()
        signal.addEventListener('abort', () => resolve(), { once: true })
      })
    } finally {
      stop()
      servers.stop()
    }
    return {}
  },
})

type Wanted = Readonly<{ uris: readonly string[]; heard: Heard }>

/** Watches the servers of a profile as they are now; `follow` goes with the profile's changes. */
const watchServers = async (first: NativeProfile, { uris, heard }: Wanted, words: Needs) => {
  const open = new Map<string, () => void>()
  let isOver = false
  const watchOne = (profile: NativeProfile, upstream: Upstream, connection: Connection | null) => {
    const own = uris.flatMap((uri) => {
      const behind = serverBehind(profile, uri)
      return behind?.upstream.id === upstream.id ? [behind.own] : []
    })
    const updated = (uri: string) => {
      const named = profile.raw ? uri : hubUri({ slug: upstream.slug, uri })
      heard('notifications/resources/updated', { uri: named })
    }
    return words.watches.server({ upstream, connection, call: words.call, uris: own, updated })
  }
  const follow = async (profile: NativeProfile) => {
    const catalogue = await words.catalogue()
    if (isOver) return
    const wanted = new Set<string>()
    for (const upstream of profile.servers.values()) {
      const connection = connectionFor(catalogue, upstream, words.call.actor)
      if (upstream.credential !== 'none' && connection?.state !== 'ready') continue
      const key = `${upstream.id} ${connection?.version ?? 0} ${settingsOf(upstream)}`
      wanted.add(key)
      if (!open.has(key)) open.set(key, watchOne(profile, upstream, connection))
    }
    for (const [key, stop] of open) {
      if (wanted.has(key)) continue
      open.delete(key)
      stop()
    }
  }
  await follow(first)
  return {
    follow,
    stop() {
      isOver = true
      for (const stop of open.values()) stop()
    },
  }
}
