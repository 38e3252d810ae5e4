import { z } from 'zod'
import { operation, type Words } from '../../kernel/operation.ts'
import { notFound, refuse } from '../../kernel/refusal.ts'
import { SecretName, Slug } from '../contract.ts'
import { SECRET_CHARS_MAX } from '../domain/secret.ts'
import type { Upstream } from '../domain/upstream.ts'
import { ConnectionMade, ConnectionRemoved } from '../events.ts'
import type { HubNeeds } from './hub-ports.ts'

/** A connection as people see it. */
export const ConnectionView = z.object({
  server: Slug,
  personal: z.boolean(),
  account: z.string().nullable(),
  state: z.enum(['ready', 'needs_connect']),
})

/** Gives a server a credential to be called with: one for all, or one's own. */
export const connectAccount = operation<HubNeeds>()({
  name: 'tools.connect_account',
  about: 'Give a server of tools a credential: shared by all who may use it, or your own.',
  input: z.strictObject({
    server: Slug,
    value: z.string().min(1).max(SECRET_CHARS_MAX).optional().describe('The credential itself'),
    secret: SecretName.optional().describe('A stored secret of the organisation, instead'),
    account: z.string().trim().min(1).max(120).optional().describe('Whose it is, for people'),
  }),
  output: ConnectionView,
  access: 'connection:use',
  effect: 'write',
  fresh: true,
  http: 'POST /tool-servers/:server/connection',
  mcp: null,
  say: ({ server, personal }) => `${server} connected${personal ? ' with your account' : ''}`,
  ahead: async ({ value }, { credentials }) =>
    value === undefined ? null : credentials.prepare(value),
  async run({ server, value, secret, account }, words) {
    const { upstreams, connections, call, emit, ahead } = words
    const upstream = await upstreams.lock(server)
    if (upstream === null) throw notFound(server)
    const owner = ownerOf(upstream, words)
    const secretId =
      value !== undefined && ahead !== null
        ? await words.credentials.store({ name: nameOf(upstream, words), value, ...ahead }, words)
        : await storedSecret(secret, words)
    const before = await connections.of(upstream.id, owner)
    const made = {
      ...{ upstreamId: upstream.id, principalId: owner, secretId, account: account ?? null },
      ...{ state: 'ready' as const, createdAt: Math.trunc(call.now), version: 1 },
    }
    const id = before?.id ?? call.newId()
    if (before === null) await connections.add({ ...made, id, createdBy: call.actor.id })
    else await connections.save({ ...before, ...made })
    const version = (before?.version ?? 0) + 1
    const about = { connectionId: id, upstreamId: upstream.id, principalId: owner }
    emit(ConnectionMade({ ...about, secretId, version }))
    const personal = owner !== null
    return { server, personal, account: account ?? null, state: 'ready' as const }
  },
})

/** Takes a credential away from a server. */
export const disconnectAccount = operation<HubNeeds>()({
  name: 'tools.disconnect_account',
  about: 'Take your credential, or the shared one, away from a server of tools.',
  input: z.strictObject({ server: Slug }),
  output: z.object({ server: Slug }),
  access: 'connection:use',
  effect: 'write',
  fresh: true,
  http: 'DELETE /tool-servers/:server/connection',
  mcp: null,
  say: ({ server }) => `${server} disconnected`,
  async run({ server }, words) {
    const { upstreams, connections, emit } = words
    const upstream = await upstreams.lock(server)
    if (upstream === null) throw notFound(server)
    const before = await connections.of(upstream.id, ownerOf(upstream, words))
    if (before === null) throw notFound(`A connection of ${server}`)
    await connections.remove(before.id)
    const version = before.version + 1
    emit(ConnectionRemoved({ connectionId: before.id, upstreamId: upstream.id, version }))
    return { server }
  },
})

/** Whose the credential becomes; a shared one needs the right to write connections. */
export const ownerOf = (upstream: Upstream, { call, may }: Words): string | null => {
  if (upstream.credential === 'none') throw notWanted(upstream)
  if (upstream.credential === 'person') {
    if (call.actor.kind !== 'person') throw personNeeded()
    return call.actor.id
  }
  if (!may('connection:write', null)) throw notShared()
  return null
}

const nameOf = ({ slug, credential }: Upstream, { call }: Words): string =>
  credential === 'person' ? `tool.${slug}.${call.actor.handle}` : `tool.${slug}`

const storedSecret = async (
  name: string | undefined,
  { credentials, may }: HubNeeds & Words,
): Promise<string> => {
  if (name === undefined) throw valueMissing()
  // To use a secret of the organisation for a connection is to hand it to that server.
  if (!may('secret:write', null)) throw notShared()
  const id = await credentials.idOf(name)
  if (id === null) throw notFound(name)
  return id
}

const notWanted = ({ slug }: Upstream) =>
  refuse('conflict', 'tools.no_credential_wanted', `${slug} is called without a credential.`)

const personNeeded = () => {
  const message = 'Only people connect accounts of their own.'
  return refuse('forbidden', 'tools.person_needed', message)
}

const notShared = () => {
  const message = 'A credential that all share needs connection:write. Ask an administrator.'
  return refuse('forbidden', 'tools.may_not_share', message, { needs: 'connection:write' })
}

const valueMissing = () => {
  const message = 'Give the credential in value, or the name of a stored one in secret.'
  return refuse('invalid', 'tools.credential_missing', message)
}
