import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import type { Mailer, SignInNeeds, WaitingMail } from './sign-in-ports.ts'

/** Mails that one run sends at once. */
const AT_ONCE = 5
const TRIES_MAX = 5
const WAIT_MS = 60_000
const KEPT_MS = 86_400_000

/** Sends the mails that wait: what they are about was saved before. */
export const sendMails = operation<SignInNeeds>()({
  name: 'identity.send_mails',
  about: 'Send the mails that wait.',
  input: z.strictObject({}),
  output: z.object({ sent: z.int(), failed: z.int() }),
  access: null,
  effect: 'write',
  internal: true,
  http: null,
  mcp: null,
  async ahead(_, { mails, site, call }) {
    const waiting = await mails.due(call.now, AT_ONCE)
    const outcomes = await Promise.all(waiting.map((one) => deliver(site.mailer, one)))
    return waiting.map((one, at) => ({ ...one, isSent: outcomes[at] === true }))
  },
  async run(_, { mails, ahead, call }) {
    const over = ahead.filter(({ isSent, tries }) => isSent || tries + 1 >= TRIES_MAX)
    const again = ahead.filter((one) => !over.includes(one))
    await mails.done(
      over.map(({ id }) => id),
      call.now,
    )
    for (const { id, tries } of again) await mails.later([id], call.now + WAIT_MS * 2 ** tries)
    await mails.forget(call.now - KEPT_MS)
    const sent = ahead.filter(({ isSent }) => isSent).length
    return { sent, failed: ahead.length - sent }
  },
})

/** Tells whether a mail is out of the house; one that goes to nobody is. */
const deliver = async (mailer: Mailer | null, { mail }: WaitingMail): Promise<boolean> => {
  if (mail === null) return true
  if (mailer === null) return false
  // The server may be away for a while; the mail waits, and its link tells nobody it was late.
  return mailer.send(mail).then(
    () => true,
    () => false,
  )
}

/** Forgets sessions, links and challenges that have had their time. */
export const forgetSignIns = operation<SignInNeeds>()({
  name: 'identity.forget_sign_ins',
  about: 'Forget sessions and links that are over for long.',
  input: z.strictObject({}),
  output: z.object({}),
  access: null,
  effect: 'write',
  internal: true,
  http: null,
  mcp: null,
  async run(_, { leftovers, call }) {
    await leftovers.forget(call.now)
    return {}
  },
})
