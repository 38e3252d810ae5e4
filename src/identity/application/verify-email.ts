import { z } from 'zod'
import { assert } from '../../kernel/assert.ts'
import { operation } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { Handle } from '../contract.ts'
import { checkMail } from '../domain/mail.ts'
import { EmailVerified, LinkIssued } from '../events.ts'
import { currentSession, lockedSession } from './current-session.ts'
import { issueLink, LinkToken, openToToken, putAside, takeLink } from './issue-link.ts'
import type { SignInNeeds } from './sign-in-ports.ts'

/** Sends a mail by which the caller shows that an address is theirs. */
export const askEmailCheck = operation<SignInNeeds>()({
  name: 'identity.ask_email_check',
  about: 'Send a mail to your address, with a link that shows that it is yours.',
  input: z.strictObject({}),
  output: z.object({ email: z.string() }),
  access: null,
  effect: 'write',
  http: 'POST /me/email/check',
  mcp: null,
  say: ({ email }) => `A mail to ${email} is on its way.`,
  async ahead(_, needs) {
    const { site } = needs
    const { account } = await currentSession(needs)
    if (site.mailer === null || account.email === null) throw noMail()
    await site.countMail(account.email)
    return undefined
  },
  async run(_, needs) {
    const { links, call, emit } = needs
    const { account } = await lockedSession(needs)
    const { id: principalId, epoch, email } = account
    if (email === null) throw noMail()
    await links.withdrawAll({ purpose: 'verify', principalId }, call.now)
    const about = { purpose: 'verify', principalId, gives: null } as const
    const { link, text } = await issueLink(needs, { ...about, epoch, email })
    await putAside(needs, checkMail(email, text))
    const { id: linkId, expiresAt } = link
    emit(LinkIssued({ linkId, purpose: 'verify', principalId, expiresAt, mailed: true }))
    return { email }
  },
})

/** Notes that an address belongs to the account that asked for the mail. */
export const verifyEmail = operation<SignInNeeds>()({
  name: 'identity.verify_email',
  about: 'Show that an address is yours, by the link that was mailed to it.',
  input: z.strictObject({ token: LinkToken }),
  output: z.object({ handle: Handle }),
  access: null,
  effect: 'write',
  open: openToToken,
  http: 'POST /email-checks',
  mcp: null,
  say: ({ handle }) => `The address of @${handle} is verified.`,
  async run({ token }, needs) {
    const { accounts, call, emit } = needs
    const { account } = await takeLink(needs, token, 'verify')
    assert(account, 'a link for an address is for an account')
    const { id, handle, name, email } = account
    await accounts.setProfile(id, { name, email, verifiedAt: call.now })
    emit(EmailVerified({ principalId: id }))
    return { handle }
  },
})

const noMail = () => {
  const message = 'No mail can be sent: give yourself an e-mail, and set GUILDHALL_SMTP_URL.'
  return refuse('conflict', 'identity.mail_missing', message)
}
