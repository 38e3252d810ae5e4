import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { Handle, HandleIn, PrincipalChanged } from '../contract.ts'
import { decideRemoval, FORMER_BYTES, FORMER_NAME, formerHandle } from '../domain/former.ts'
import { decideStatus, type Principal } from '../domain/principal.ts'
import { placesOf } from '../domain/rights.ts'
import { SubjectErased } from '../events.ts'
import { personOf } from './find-person.ts'
import { holderOf, refuseLastOwner, refuseMoreThanHeld } from './guard-grants.ts'
import type { SubjectNeeds } from './subject-ports.ts'
import type { Words } from '../../kernel/operation.ts'

/**
 * Erases a person. All of it is one transaction, so that a crash leaves nothing half done; called
 * again for the former member it takes what has come since, and with `content` what was left.
 */
export const eraseSubject = operation<SubjectNeeds>()({
  name: 'identity.erase_subject',
  about:
    'Erase the personal data of somebody for good. What they wrote stays as of a former member, ' +
    'unless content is set.',
  input: z.strictObject({
    handle: HandleIn,
    confirm: HandleIn.describe('The handle once more'),
    content: z.boolean().default(false).describe('Erase what they wrote, too'),
  }),
  output: z.object({
    handle: Handle,
    name: z.string(),
    /** Erasable parts of events that are gone; the ledger counts them. */
    parts: z.int(),
    /** Rows that were erased, by room and kind. */
    rows: z.record(z.string(), z.int()),
    /** Agents and services that the person answered for: they are suspended now. */
    agents: z.array(Handle),
    version: z.int(),
  }),
  access: 'subject:erase',
  orgWide: true,
  effect: 'write',
  fresh: true,
  http: 'POST /subjects/:handle/erase',
  mcp: null,
  say: ({ handle, parts, agents }) => {
    const orphans = agents.length === 0 ? '' : ` Suspended: ${agents.map((a) => `@${a}`).join(' ')}`
    return `Erased; what stays is of @${handle}. ${parts} parts of events are gone.${orphans}`
  },
  async run({ handle, confirm, content }, words) {
    if (confirm !== handle) throw notConfirmed(handle)
    const { subjects, call, emit } = words
    const person = await personOf(words.principals, handle)
    await subjects.lock(person.id)
    await refuseErasure(words, person)
    const names = await subjects.names(person)
    await forgetMail(words, names)
    for (const account of [...names, person.id]) await words.throttle?.forgetDevices(account)
    const agents = await suspendAll(words, person)
    const { rows, parts } = await subjects.erase(person.id, {
      ...{ content, names, emit },
      now: call.now,
    })
    const former = decideRemoval(person, formerHandle(call.random(new Uint8Array(FORMER_BYTES))))
    const { id: principalId, version } = former
    if (former !== person) {
      await subjects.remove(former)
      const status = { from: person.status, to: former.status }
      emit(PrincipalChanged({ principalId, status, epoch: former.epoch, version }))
    }
    const erased = Object.values(rows).reduce((sum, count) => sum + count, 0)
    const agentIds = agents.map(({ id }) => id)
    emit(SubjectErased({ principalId, content, parts, rows: erased, agentIds, version }))
    const suspended = agents.map((agent) => agent.handle)
    return { handle: former.handle, name: FORMER_NAME, parts, rows, agents: suspended, version }
  },
})

const notConfirmed = (handle: string) => {
  const message = `This cannot be undone: write the handle once more as confirm, ${handle}.`
  return refuse('invalid', 'identity.not_confirmed', message, { field: 'confirm' })
}

/** Refuses what is under hold, the last owner, and whoever holds more than the caller. */
const refuseErasure = async (
  { subjects, grants, call }: Pick<SubjectNeeds, 'subjects' | 'grants'> & Pick<Words, 'call'>,
  person: Principal,
): Promise<void> => {
  if (await subjects.hold(person.id)) {
    const message = `@${person.handle} is under a legal hold; end the hold first.`
    throw refuse('conflict', 'identity.under_hold', message)
  }
  const [own, theirs] = await Promise.all([
    holderOf(grants, call),
    grants.rights(person.id, { now: call.now }),
  ])
  refuseMoreThanHeld(own, placesOf(theirs))
  if (person.status === 'active') refuseLastOwner(await grants.lockOwners(), person.id)
}

/** Stops those whom nobody answers for any more. */
const suspendAll = async (
  { subjects, principals, emit }: SubjectNeeds & Pick<Words, 'emit'>,
  person: Principal,
): Promise<readonly Principal[]> => {
  const agents = await subjects.answersFor(person.id)
  for (const agent of agents) {
    const after = decideStatus(agent, 'suspend')
    if (after === agent) continue
    await principals.save(after)
    const { id: principalId, status, epoch, version } = after
    emit(
      PrincipalChanged({ principalId, status: { from: agent.status, to: status }, epoch, version }),
    )
  }
  return agents
}

const MAILS_MAX = 10_000
const ALWAYS = Date.UTC(9999, 0)

/** Takes back mails that wait for the person. */
const forgetMail = async (
  { mails, call }: SubjectNeeds & Pick<Words, 'call'>,
  names: readonly string[],
): Promise<void> => {
  const waiting = (await mails?.due(ALWAYS, MAILS_MAX)) ?? []
  const theirs = waiting.filter(({ mail }) => mail && names.includes(mail.to.toLowerCase()))
  if (theirs.length > 0) {
    await mails?.done(
      theirs.map(({ id }) => id),
      call.now,
    )
  }
}
