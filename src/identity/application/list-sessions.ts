import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { notFound } from '../../kernel/refusal.ts'
import { Moment } from '../contract.ts'
import { SessionRevoked } from '../events.ts'
import { momentOf } from './names.ts'
import type { SignInNeeds } from './sign-in-ports.ts'

const SessionView = z.object({
  id: z.uuid(),
  isCurrent: z.boolean(),
  agent: z.string().nullable(),
  address: z.string().nullable(),
  methods: z.array(z.string()),
  createdAt: Moment,
  lastSeenAt: Moment,
  expiresAt: Moment,
})

/** Lists where the caller is signed in. */
export const listSessions = operation<SignInNeeds>()({
  name: 'identity.list_sessions',
  about: 'List the browsers you are signed in with.',
  input: z.strictObject({}),
  output: z.object({ items: z.array(SessionView) }),
  access: null,
  effect: 'read',
  http: 'GET /sessions',
  mcp: null,
  say: ({ items }) =>
    items
      .map(({ id, agent, address, isCurrent }) =>
        [id, agent ?? 'a browser', address ?? '', isCurrent ? '(this one)' : ''].join(' ').trim(),
      )
      .join('\n') || 'You are signed in with no browser.',
  async run(_, { sessions, call }) {
    const all = await sessions.listOf(call.actor.id, call.now)
    const items = all.map((session) => ({
      id: session.id,
      isCurrent: session.id === call.actor.credentialId,
      agent: session.agent,
      address: session.address,
      methods: [...session.amr],
      createdAt: momentOf(session.createdAt),
      lastSeenAt: momentOf(session.lastSeenAt),
      expiresAt: momentOf(session.expiresAt),
    }))
    return { items }
  },
})

/** Ends one of the caller's sessions. */
export const revokeSession = operation<SignInNeeds>()({
  name: 'identity.revoke_session',
  about: 'Sign one of your browsers out.',
  input: z.strictObject({ id: z.uuid() }),
  output: z.object({ id: z.uuid() }),
  access: null,
  effect: 'write',
  http: 'POST /sessions/:id/revoke',
  mcp: null,
  say: ({ id }) => `The session ${id} is over.`,
  async run({ id }, { sessions, call, emit }) {
    const { id: principalId } = call.actor
    const session = await sessions.get(id, call.now)
    if (session?.principalId !== principalId) throw notFound('This session')
    if (await sessions.revoke(id, call.now)) {
      emit(SessionRevoked({ sessionId: id, principalId, why: 'revoked' }))
    }
    return { id }
  },
})
