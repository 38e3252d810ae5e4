import { z } from 'zod'
import { type Call, operation, type Words } from '../../kernel/operation.ts'
import { notFound, refuse } from '../../kernel/refusal.ts'
import { Moment, NewKeyView } from '../contract.ts'
import { alreadyReplaced, daysOf, decideReplacement, OVERLAP_HOURS_MAX } from '../domain/key.ts'
import type { Principal } from '../domain/principal.ts'
import {
  type Holder,
  holderOf,
  holdsIn,
  holdsSomewhere,
  looksAfter,
  moreThanYouHave,
  notAllowed,
} from './guard-grants.ts'
import { boundTo, issueKey, KEY_DAYS, KEY_DAYS_MAX, refuseStrongerKey } from './issue-key.ts'
import { KeyRotated } from './key-events.ts'
import { momentOf } from './names.ts'
import type { IdentityNeeds, Key } from './ports.ts'

const TERMS = {
  overlapHours: z
    .int()
    .min(0)
    .max(OVERLAP_HOURS_MAX)
    .default(1)
    .describe('Hours for which the old key still lets in'),
  days: z
    .int()
    .min(1)
    .max(KEY_DAYS_MAX)
    .optional()
    .describe('Days the new key lives; as many as the old one if left out'),
}
const Rotated = NewKeyView.extend({ oldEndsAt: Moment })

const sayRotated = ({ principal, key, oldEndsAt }: z.output<typeof Rotated>): string =>
  `A new key for @${principal}, shown once: ${key}\nThe old one ends ${oldEndsAt}.`

/** Replaces a key of one's own, of an agent one answers for, or of a member one manages. */
export const rotateKey = operation<IdentityNeeds>()({
  name: 'identity.rotate_key',
  about: 'Replace a key by a new one that may do the same; the old one ends after the overlap.',
  input: z.strictObject({ id: z.uuid(), ...TERMS }),
  output: Rotated,
  access: 'key:write',
  effect: 'write',
  secret: true,
  fresh: true,
  limit: 'key',
  http: 'POST /keys/:id/rotate',
  mcp: null,
  say: sayRotated,
  async run({ id, ...terms }, needs) {
    const { principals, keys, grants, call } = needs
    const key = await keys.get(id)
    const [[holder], own] = await Promise.all([
      principals.find({ ids: [key.principalId] }),
      holderOf(grants, call),
    ])
    if (!holder || !looksAfter(own, holder)) throw notFound('This key')
    refuseElsewhere(own, key)
    await refuseStrongerKey(needs, own, { holder, ...cutOf(key) })
    await refuseUnbound(needs, key)
    return rotate(needs, { key, holder }, terms)
  },
})

/**
 * Replaces the key that makes the call. It needs no permission, so that agents can do it too: what
 * comes out may do the same, from the same addresses, and was made for no longer than the old one.
 */
export const rotateOwnKey = operation<IdentityNeeds>()({
  name: 'identity.rotate_own_key',
  about: 'Replace the key you are using by a new one that may do the same. Agents may, too.',
  input: z.strictObject(TERMS),
  output: Rotated,
  access: null,
  effect: 'write',
  secret: true,
  fresh: true,
  limit: 'key',
  http: 'POST /keys/current/rotate',
  mcp: null,
  say: sayRotated,
  async run(terms, needs) {
    const { principals, keys, call } = needs
    const { actor } = call
    if (actor.via !== 'key' || actor.credentialId === undefined) throw noKeyInUse()
    const key = await keys.get(actor.credentialId)
    const [holder] = await principals.find({ ids: [key.principalId] })
    if (!holder) throw notFound('This key')
    const most = daysOf(key) ?? KEY_DAYS_MAX
    if ((terms.days ?? 0) > most) throw livesLonger(most)
    return rotate(needs, { key, holder }, terms)
  },
})

type Terms = Readonly<{ overlapHours: number; days?: number | undefined }>
type Rotating = Pick<IdentityNeeds, 'keys'> & Pick<Words, 'call' | 'emit'>

const rotate = async (
  needs: Rotating,
  { key, holder }: Readonly<{ key: Key; holder: Principal }>,
  { overlapHours, days = daysOf(key) ?? KEY_DAYS }: Terms,
): Promise<z.output<typeof Rotated>> => {
  const { keys, call, emit } = needs
  const { now } = call
  const endsAt = decideReplacement(key, { now, overlapHours })
  const { name, addresses = null } = key
  const terms = { name, ...cutOf(key), addresses, days: Math.min(days, KEY_DAYS_MAX) }
  const { id, text, expiresAt } = await issueKey(needs, holder, terms)
  // Of two that rotate it at the same time the second one finds it replaced.
  if (!(await keys.replace(key.id, { by: id, endsAt, now }))) throw alreadyReplaced()
  emit(KeyRotated({ keyId: key.id, replacedBy: id, principalId: holder.id, endsAt }))
  return {
    id,
    principal: holder.handle,
    key: text,
    expiresAt: momentOf(expiresAt),
    oldEndsAt: momentOf(endsAt),
  }
}

const cutOf = ({ scopes, projectIds }: Key) => ({ scopes, projectIds })

/** Refuses keys that are cut down to projects in which the caller makes no keys. */
const refuseElsewhere = (own: Holder, { projectIds }: Key): void => {
  const may =
    projectIds === null
      ? holdsSomewhere(own, 'key:write')
      : projectIds.every((projectId) => holdsIn(own, 'key:write', { projectId }))
  if (!may) throw notAllowed('key:write', 'this organisation')
}

/** Refuses to replace a key without networks by means of one that is bound to some. */
const refuseUnbound = async (
  needs: Pick<IdentityNeeds, 'keys'> & Readonly<{ call: Call }>,
  { addresses = null }: Key,
): Promise<void> => {
  if (addresses !== null) return
  if ((await boundTo(needs)) !== null) throw moreThanYouHave(['every address'])
}

const noKeyInUse = () => {
  const message = 'You came without a key; name the one to replace, list_keys shows yours.'
  return refuse('invalid', 'identity.no_key_in_use', message)
}

const livesLonger = (days: number) => {
  const message = `A key replaces itself for no longer than it had: ask for ${days} days at most.`
  return refuse('forbidden', 'identity.longer_than_before', message, { days })
}
