import { z } from 'zod'
import { assert } from '../../kernel/assert.ts'
import { operation, type Words } from '../../kernel/operation.ts'
import { Refusal, refuse } from '../../kernel/refusal.ts'
import { GrantGiven, PrincipalAdded } from '../contract.ts'
import type { InvitationGives, Link } from '../domain/link.ts'
import { PASSWORD_UNITS_MAX } from '../domain/password.ts'
import { handleOf, newPrincipal, type Principal } from '../domain/principal.ts'
import type { GrantedRole } from '../domain/rights.ts'
import { InvitationAccepted } from '../events.ts'
import { choosePassword } from './choose-password.ts'
import { refuseMoreThanHeld } from './guard-grants.ts'
import { findLink, LinkToken, linkNotValid, openToToken, takeLink } from './issue-link.ts'
import { Browser } from './sign-in.ts'
import type { SignInNeeds } from './sign-in-ports.ts'
import { SignedInView, startSession } from './start-session.ts'

const HANDLES_TRIED = 50

/** Lets an invited person in: makes the account and signs it in. */
export const acceptInvitation = operation<SignInNeeds>()({
  name: 'identity.accept_invitation',
  about: 'Accept an invitation: say your name and choose a password.',
  input: z.strictObject({
    token: LinkToken,
    name: z.string().trim().min(1).max(100),
    password: z.string().max(PASSWORD_UNITS_MAX),
    agent: Browser.agent,
  }),
  output: SignedInView,
  access: null,
  effect: 'write',
  open: openToToken,
  session: true,
  secret: true,
  http: 'POST /invitations/accept',
  mcp: null,
  say: ({ handle }) => `You are @${handle} now.`,
  async ahead({ token, password }, needs) {
    const { link } = await findLink(needs, token, { purpose: 'invite' })
    return { phc: await choosePassword(needs, password, link.email) }
  },
  async run({ token, name, agent }, needs) {
    const { accounts, call, emit, ahead } = needs
    const { link } = await takeLink(needs, token, 'invite')
    const { email, gives } = link
    assert(email !== null && gives !== null, 'an invitation names an address and what it gives')
    await refuseLostRights(needs, link, gives)
    const person = await addPerson(needs, name, email)
    const verifiedAt = gives.mailed ? call.now : null
    await accounts.setProfile(person.id, { name, email, verifiedAt })
    await accounts.setPassword(person.id, ahead.phc, call.now)
    const at = { id: link.createdBy, at: call.now }
    for (const { projectId, role } of [{ projectId: null, role: gives.role }, ...gives.projects]) {
      const grant = { principalId: person.id, role, projectId }
      if (await needs.grants.give(grant, at)) emit(GrantGiven(grant))
    }
    emit(InvitationAccepted({ linkId: link.id, principalId: person.id }))
    const account = await accounts.lock(person.id)
    assert(account, 'the account was made in this transaction')
    return startSession(needs, account, { amr: ['pwd'], agent: agent ?? null })
  },
})

/** Says what an invitation gives, place by place; refuses roles that hold somewhere else. */
export const grantsOf = async (
  { grants }: Pick<SignInNeeds, 'grants'>,
  { role, projects }: InvitationGives,
): Promise<readonly GrantedRole[]> => {
  const wide = { role, projectId: null }
  return Promise.all(
    [wide, ...projects].map(async ({ role: key, projectId }) => {
      const { scopes, holds } = await grants.role(key)
      if (!scopes.includes(projectId === null ? 'org' : 'project')) throw notThere(key)
      return { holds, projectId }
    }),
  )
}

const notThere = (role: string) => {
  const message = `The role "${role}" cannot be given there; some hold in projects, others above.`
  return refuse('invalid', 'identity.role_not_for_scope', message, { role })
}

/** Refuses what the inviter could not give today: an invitation is no way to keep lost rights. */
const refuseLostRights = async (
  needs: Pick<SignInNeeds, 'grants' | 'principals'> & Pick<Words, 'call'>,
  { createdBy }: Link,
  gives: InvitationGives,
): Promise<void> => {
  const { principals, grants, call } = needs
  const [inviter] = await principals.find({ ids: [createdBy] })
  if (inviter?.status !== 'active') throw linkNotValid()
  const { orgId } = call.actor
  const { id, kind, handle, epoch } = inviter
  const actor = { orgId, id, kind, handle, epoch, scopes: null, projects: null }
  const rights = await grants.rights(id, { now: call.now })
  try {
    const holder = { actor, rights, now: call.now, address: call.address }
    refuseMoreThanHeld(holder, [
      { holds: new Map([['member:write', null]]), projectId: null },
      ...(await grantsOf(needs, gives)),
    ])
  } catch (error) {
    // Whoever was invited is told no more than that the link is over.
    throw error instanceof Refusal ? linkNotValid() : error
  }
}

const addPerson = async (
  { principals, call, emit }: Pick<SignInNeeds, 'principals'> & Pick<Words, 'call' | 'emit'>,
  name: string,
  email: string,
): Promise<Principal> => {
  const wanted = handleOf(name) ?? handleOf(email.split('@')[0] ?? '') ?? 'member'
  for (let turn = 1; turn <= HANDLES_TRIED; turn++) {
    const handle = turn === 1 ? wanted : `${wanted.slice(0, 35)}-${turn}`
    const person = newPrincipal({ id: call.newId<'principal'>(), kind: 'person', handle })
    if ((await principals.addFree([person], call.now)).size === 0) continue
    const { id: principalId, version } = person
    emit(
      PrincipalAdded(
        { principalId, kind: 'person', responsibleId: null, version },
        { personal: { handle, name, email } },
      ),
    )
    return person
  }
  throw linkNotValid()
}
