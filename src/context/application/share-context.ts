import { z } from 'zod'
import { assert } from '../../kernel/assert.ts'
import { operation, type Words } from '../../kernel/operation.ts'
import { notFound, refuse } from '../../kernel/refusal.ts'
import { At, DelegationKey, DelegationOpened, DelegationStateName, Path } from '../contract.ts'
import { countUp, openDelegation, REASON_CHARS_MAX, sameProposal } from '../domain/delegation.ts'
import { findSpot, ownId, scopeOf } from './find-spot.ts'
import type { ContextNeeds, Spot, Step, StoredDelegation } from './ports.ts'

/** Proposes a change of an outer tier, for a person to decide. */
export const shareContext = operation<ContextNeeds>()({
  name: 'context.share_context',
  about: 'Propose a change to an outer place; a person decides.',
  input: z.strictObject({
    at: At.describe('global, GH, GH/main or GH-12'),
    path: Path,
    data: z.unknown(),
    reason: z.string().max(REASON_CHARS_MAX).optional(),
    from: At.optional(),
  }),
  output: z.object({
    id: DelegationKey,
    to: z.string(),
    path: z.string(),
    state: DelegationStateName,
    count: z.int(),
    version: z.int(),
  }),
  access: 'context:write',
  effect: 'write',
  http: 'POST /context/share',
  mcp: 'context share',
  scope: scopeOf,
  say: ({ id, to, path, state, count }) => {
    const voices = count > 1 ? ` (${count} times)` : ''
    return `${id} ${path} -> ${to} ${state}${voices}`
  },
  async run({ at, path, data, reason = '', from: named }, words) {
    const to = await findSpot(words, at)
    const from = await sourceOf(words, to, named)
    const { projectId } = from
    assert(projectId !== null && from.tier !== 'global', 'What proposes lies in a project.')
    const place = { at: from.at, tier: from.tier, id: ownId(from), projectId }
    const wish = { path, data, reason, by: words.call.actor.id }
    const opened = await openOrCount(words, { ...wish, from: place, to })
    const { version, state, count } = opened
    return { id: keyOf(opened), to: to.at, path, state, count, version }
  },
})

/** Writes the short key of a proposal. */
export const keyOf = ({ number }: Pick<StoredDelegation, 'number'>): string => `D-${number}`

/** Finds the place that proposes: the one named, else the task in the caller's hands below. */
const sourceOf = async (
  words: Pick<ContextNeeds, 'places'> & Words,
  to: Spot,
  named: string | undefined,
): Promise<Spot> => {
  if (named !== undefined) {
    const from = await findSpot(words, named)
    const known = from.projectId !== null && words.may('context:read', from.projectId)
    if (!known && from.tier !== 'global') throw notFound(named)
    if (liesBelow(from, to)) return from
    const message = `${to.at} is no outer tier of ${from.at}; name a place below it in from.`
    throw refuse('invalid', 'context.not_upward', message)
  }
  for (const key of await words.places.held(words.call.actor.id)) {
    const from = await findSpot(words, key)
    if (liesBelow(from, to)) return from
  }
  const message = `Say in from which task or branch below ${to.at} this comes from.`
  throw refuse('invalid', 'context.from_needed', message)
}

const liesBelow = (from: Spot, to: Spot): boolean =>
  from.tier !== to.tier && from.steps.some(({ id }) => id === ownId(to))

type Source = Readonly<{
  at: string
  tier: StoredDelegation['fromTier']
  id: string
  projectId: string
}>

type Proposal = Readonly<{
  from: Source
  to: Readonly<{ at: string; steps: readonly Step[] }>
  path: string
  data: unknown
  reason: string
  by: string
}>

type Opening = Pick<ContextNeeds, 'nodes' | 'delegations'> & Pick<Words, 'call' | 'emit'>

/** Opens a proposal, or counts one up that says the same to the same place. */
export const openOrCount = async (
  { nodes, delegations, call, emit }: Opening,
  { from, to, ...wish }: Proposal,
): Promise<StoredDelegation> => {
  // Locked before it is looked: of two equal proposals, the second must find the first.
  await delegations.lockNumbers()
  const target = (await nodes.read(to.steps)).at(-1)
  assert(target, 'A place has its own tier.')
  const fresh = openDelegation({ ...wish, from }, { ...target, at: to.at }, call.now)
  const alike = await delegations.alike({ ...fresh, toSteps: to.steps })
  // Where the target was renamed meanwhile, it is the same target.
  const known = alike.find((one) => sameProposal({ ...one, to: fresh.to }, fresh))
  const opened: StoredDelegation = known
    ? { ...known, ...countUp(known), version: known.version + 1 }
    : {
        ...fresh,
        ...{ id: call.newId(), number: await delegations.nextNumber() },
        ...{ projectId: from.projectId, fromTier: from.tier, fromId: from.id },
        ...{ toSteps: to.steps, note: null, version: 1 },
      }
  if (known) await delegations.save(opened)
  else await delegations.add(opened)
  const { id, projectId, count, version, path, data, reason } = opened
  const places = { from: from.at, to: to.at, tier: target.tier, projectId }
  const event = { delegationId: id, key: keyOf(opened), ...places, count, version }
  emit(DelegationOpened(event, { content: known ? { path } : { path, data, reason } }))
  return opened
}
