import { z } from 'zod'
import { assert } from '../../kernel/assert.ts'
import { operation } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { Handle, HandleIn, Moment } from '../contract.ts'
import { resetMail } from '../domain/mail.ts'
import { PASSWORD_UNITS_MAX } from '../domain/password.ts'
import { placesOf } from '../domain/rights.ts'
import { LinkIssued, PasswordChanged } from '../events.ts'
import { choosePassword } from './choose-password.ts'
import { holderOf, refuseMoreThanHeld } from './guard-grants.ts'
import { findLink, issueLink, LinkToken, openToToken, putAside, takeLink } from './issue-link.ts'
import { momentOf } from './names.ts'
import { Browser, OrganisationSlug, openToSlug } from './sign-in.ts'
import type { SignInNeeds, SignInThrottle, SignInTry } from './sign-in-ports.ts'

/** Makes a link by which somebody sets a new password, to be handed over without mail. */
export const issueReset = operation<SignInNeeds>()({
  name: 'identity.issue_reset',
  about: 'Make a link by which somebody sets a new password. Shown once, good for an hour.',
  input: z.strictObject({ handle: HandleIn }),
  output: z.object({ handle: Handle, link: z.string(), expiresAt: Moment }),
  access: 'member:write',
  orgWide: true,
  effect: 'write',
  fresh: true,
  secret: true,
  http: 'POST /principals/:handle/reset-link',
  mcp: null,
  say: ({ handle, link }) => `@${handle} sets a new password here, shown once: ${link}`,
  async run({ handle }, needs) {
    const { principals, accounts, grants, links, call, emit } = needs
    const { id } = await principals.get(handle)
    const theirs = await grants.rights(id, { now: call.now })
    // A password of somebody is everything that somebody may do.
    refuseMoreThanHeld(await holderOf(grants, call), placesOf(theirs))
    const account = await accounts.lock(id)
    if (account?.kind !== 'person' || account.status !== 'active') throw noPerson(handle)
    if (account.email === null) throw noEmail(handle)
    await links.withdrawAll({ purpose: 'reset', principalId: id }, call.now)
    const { epoch, email } = account
    const about = { purpose: 'reset', principalId: id, gives: null } as const
    const { link, text } = await issueLink(needs, { ...about, epoch, email })
    const { id: linkId, expiresAt } = link
    const happened = { linkId, purpose: 'reset', principalId: id, expiresAt } as const
    emit(LinkIssued({ ...happened, mailed: false }))
    return { handle, link: text, expiresAt: momentOf(expiresAt) }
  },
})

/** Sends a link for a new password, if there is such an account; nobody learns whether. */
export const askReset = operation<SignInNeeds>()({
  name: 'identity.ask_reset',
  about: 'Ask for a mail with a link by which you set a new password.',
  input: z.strictObject({ organisation: OrganisationSlug, email: z.email().max(254) }),
  output: z.object({ said: z.string() }),
  access: null,
  effect: 'write',
  open: openToSlug,
  http: 'POST /password-resets',
  mcp: null,
  say: ({ said }) => said,
  ahead: ({ email }, { site }) => site.countMail(email),
  async run({ email }, needs) {
    const { accounts, site, emit } = needs
    const found = await accounts.byEmail(email)
    const account = found?.status === 'active' ? found : null
    const principalId = account?.id ?? null
    // The same is written for an address that nobody has, so that it takes as long.
    const about = { purpose: 'reset', principalId, epoch: account?.epoch ?? null } as const
    const { link, text } = await issueLink(needs, {
      ...about,
      email: account?.email ?? null,
      gives: null,
    })
    const isSent = site.mailer !== null && account !== null && account.email !== null
    await putAside(needs, isSent ? resetMail(account.email, text) : null)
    const { id: linkId, expiresAt } = link
    emit(LinkIssued({ linkId, purpose: 'reset', principalId, expiresAt, mailed: isSent }))
    return { said: SAID }
  },
})

const SAID =
  'If this address belongs to an account, a mail is on its way. An owner can make a link, too.'

/** Sets the new password that a link is for; second factors stay, sessions end. */
export const resetPassword = operation<SignInNeeds>()({
  name: 'identity.reset_password',
  about: 'Set a new password by a link. Every browser is signed out; second factors stay.',
  input: z.strictObject({
    token: LinkToken,
    password: z.string().max(PASSWORD_UNITS_MAX),
    device: Browser.device,
  }),
  output: z.object({ handle: Handle }),
  access: null,
  effect: 'write',
  open: openToToken,
  http: 'POST /password-resets/finish',
  mcp: null,
  say: ({ handle }) => `@${handle} has a new password; sign in with it.`,
  async ahead({ token, password, device }, needs) {
    const { throttle, call } = needs
    const { account } = await findLink(needs, token, { purpose: 'reset' })
    const phc = await choosePassword(needs, password, account?.email ?? null)
    if (account !== null && account.email !== null)
      await comeAnew(throttle, {
        ...{ account: account.email, address: call.address },
        ...{ device: device ?? null, now: call.now },
      })
    return { phc }
  },
  async run({ token }, needs) {
    const { accounts, sessions, call, emit, ahead } = needs
    const { account } = await takeLink(needs, token, 'reset')
    assert(account, 'a link for a new password is for an account')
    const { id: principalId, handle } = account
    await accounts.setPassword(principalId, ahead.phc, call.now)
    const risen = await accounts.raiseEpoch(principalId)
    await sessions.revokeAll(principalId, { id: null, now: call.now })
    emit(PasswordChanged({ principalId, ...risen, by: 'reset' }))
    return { handle }
  },
})

/**
 * Forgets the devices of an account but the one at hand: whoever has the link may sign in with it,
 * however many others have just tried.
 */
const comeAnew = async (throttle: SignInThrottle, attempt: SignInTry): Promise<void> => {
  await throttle.forgetDevices(attempt.account)
  if (attempt.device !== null) await throttle.passed(attempt)
}

const noPerson = (handle: string) => {
  const message = `@${handle} is no active person, and only people sign in with a password.`
  return refuse('conflict', 'identity.not_a_person', message)
}

const noEmail = (handle: string) => {
  const message = `@${handle} has no e-mail to sign in with; invite them by one instead.`
  return refuse('conflict', 'identity.email_missing', message)
}
