import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { notFound } from '../../kernel/refusal.ts'
import { Slug, UpstreamView } from '../contract.ts'
import { BALANCES, ERAS, REPLICAS_MAX, type Upstream } from '../domain/upstream.ts'
import { UpstreamChanged, UpstreamRemoved } from '../events.ts'
import { ReplicaWish } from './add-tool-server.ts'
import type { HubNeeds } from './hub-ports.ts'
import { upstreamView } from './views.ts'

/** Changes a server: on and off, its title, addresses and owner. */
export const changeToolServer = operation<HubNeeds>()({
  name: 'tools.change_tool_server',
  about: 'Change a server of tools: switch it on or off, its title, addresses, spread or owner.',
  input: z.strictObject({
    slug: Slug,
    enabled: z.boolean().optional(),
    title: z.string().trim().min(1).max(120).optional(),
    era: z.enum(ERAS).optional(),
    balance: z.enum(BALANCES).optional(),
    replicas: z.array(ReplicaWish).min(1).max(REPLICAS_MAX).optional(),
    owner: z.string().max(41).optional().describe('Handle of who answers for it'),
  }),
  output: UpstreamView,
  access: 'catalogue:write',
  effect: 'write',
  fresh: true,
  orgWide: true,
  http: 'PATCH /tool-servers/:slug',
  mcp: null,
  say: ({ slug, state }) => `${slug} ${state}`,
  async run({ slug, replicas, owner, ...rest }, words) {
    const { upstreams, shelf, people, call, emit } = words
    for (const { url } of replicas ?? []) shelf.checkAddress(url)
    const before = await upstreams.lock(slug)
    if (before === null) throw notFound(slug)
    const ownerId = owner === undefined ? before.ownerId : (await people.idsOf([owner])).get(owner)
    if (ownerId === undefined) throw notFound(owner ?? '')
    const given = Object.fromEntries(Object.entries(rest).filter(([, one]) => one !== undefined))
    const after: Upstream = {
      ...{ ...before, ...given, ownerId, version: before.version + 1 },
      replicas: replicas?.map((one) => ({ ...one, id: call.newId() })) ?? before.replicas,
    }
    await upstreams.save(after)
    if (replicas !== undefined) await upstreams.setReplicas(after.id, after.replicas)
    const fields = [
      ...Object.keys(given),
      ...(replicas ? ['replicas'] : []),
      ...(owner ? ['owner'] : []),
    ]
    const { id: upstreamId, enabled, version } = after
    emit(UpstreamChanged({ upstreamId, fields, enabled, version }))
    const asker = { actor: call.actor, visible: words.visible }
    const handles = await people.handles([ownerId])
    return upstreamView(after, await words.catalogue(), { asker, outside: words.outside, handles })
  },
})

/** Removes a server; calls of it stay in the record. */
export const removeToolServer = operation<HubNeeds>()({
  name: 'tools.remove_tool_server',
  about: 'Remove a server of tools with its rules and connections; the record of calls stays.',
  input: z.strictObject({ slug: Slug }),
  output: z.object({ slug: Slug }),
  access: 'catalogue:write',
  effect: 'write',
  fresh: true,
  orgWide: true,
  http: 'DELETE /tool-servers/:slug',
  mcp: null,
  say: ({ slug }) => `${slug} removed`,
  async run({ slug }, { upstreams, emit }) {
    const upstream = await upstreams.lock(slug)
    if (upstream === null) throw notFound(slug)
    await upstreams.remove(upstream.id)
    emit(UpstreamRemoved({ upstreamId: upstream.id, slug, version: upstream.version + 1 }))
    return { slug }
  },
})
