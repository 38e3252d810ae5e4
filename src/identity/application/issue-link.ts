import { z } from 'zod'
import type { Call, OpenTo, Words } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import type { Mail } from '../domain/mail.ts'
import { isGood, LINK_MS, type Link, type LinkPurpose, linkText } from '../domain/link.ts'
import { formatSession, parseSession, SESSION_SECRET_BYTES } from '../domain/session.ts'
import { sha256 } from './mint-key.ts'
import type { Account, SignInNeeds } from './sign-in-ports.ts'

/** What a link's address holds behind its `#`. */
export const LinkToken = z.string().max(128).describe('What stands behind the # of the link')

/** Finds the organisation of a link by the tag in its token. */
export const openToToken = ({ token }: Readonly<{ token: string }>): OpenTo => ({
  tag: parseSession(token)?.tag ?? '',
})

type Made = Readonly<{ link: Link; secretSha256: Uint8Array; token: string }>

/** Makes a link's secret: 256 bits of chance, kept as their hash. */
export const mintLink = (
  { newId, random, now, actor }: Pick<Call, 'newId' | 'random' | 'now' | 'actor'>,
  tag: string,
  of: Pick<Link, 'purpose' | 'principalId' | 'epoch' | 'email' | 'gives'>,
): Made => {
  const id = newId<'link'>()
  const chance = random(new Uint8Array(SESSION_SECRET_BYTES))
  const secret = Buffer.from(chance).toString('base64url')
  const createdAt = Math.trunc(now)
  const expiresAt = createdAt + LINK_MS[of.purpose]
  const link = { id, ...of, createdBy: actor.id, createdAt, expiresAt, usedAt: null }
  return {
    link: { ...link, withdrawnAt: null },
    secretSha256: sha256(Buffer.from(secret)),
    token: formatSession({ tag, id, secret }),
  }
}

/** Makes a link and keeps it; gives its text, this one time. */
export const issueLink = async (
  { links, keys, site, call }: Pick<SignInNeeds, 'links' | 'keys' | 'site'> & Pick<Words, 'call'>,
  of: Pick<Link, 'purpose' | 'principalId' | 'epoch' | 'email' | 'gives'>,
): Promise<Readonly<{ link: Link; text: string }>> => {
  const { tag } = await keys.organisation()
  const { link, secretSha256, token } = mintLink(call, tag, of)
  await links.add(link, secretSha256)
  return { link, text: linkText(site.address(), of.purpose, token) }
}

/** Puts a mail aside, to be sent when this has been saved. */
export const putAside = (
  { mails, call }: Pick<SignInNeeds, 'mails'> & Pick<Words, 'call'>,
  mail: Mail | null,
): Promise<void> => mails.add(call.newId<'mail'>(), mail, call.now)

/** A link that is still good, and the account it is for. */
export type Taken = Readonly<{ link: Link; account: Account | null }>

/**
 * Finds what a token is good for; refuses all others in the same words. With `lock` its account
 * stays as it is until the commit.
 */
export const findLink = async (
  { links, accounts, call }: Pick<SignInNeeds, 'links' | 'accounts'> & Pick<Words, 'call'>,
  token: string,
  asked: Readonly<{ purpose: LinkPurpose | null; lock?: boolean }>,
): Promise<Taken> => {
  const parts = parseSession(token)
  const link = parts && (await links.find(parts.id, parts.secret))
  if (!link) throw linkNotValid()
  const { principalId } = link
  const how = asked.lock === true ? 'lock' : 'get'
  const account = principalId === null ? null : await accounts[how](principalId)
  const known = account && {
    ...{ epoch: account.epoch, email: account.email },
    isActive: account.status === 'active',
  }
  const purpose = asked.purpose ?? link.purpose
  if (!isGood(link, { purpose, now: call.now, account: known })) throw linkNotValid()
  return { link, account }
}

/** Uses a link up; refuses where somebody was faster. */
export const takeLink = async (
  needs: Pick<SignInNeeds, 'links' | 'accounts'> & Pick<Words, 'call'>,
  token: string,
  purpose: LinkPurpose,
): Promise<Taken> => {
  const taken = await findLink(needs, token, { purpose, lock: true })
  if (!(await needs.links.use(taken.link.id, needs.call.now))) throw linkNotValid()
  return taken
}

/** Says that a link is not good; the same words for all that can be wrong. */
export const linkNotValid = () => {
  const message = 'This link is not valid any more. Ask for a new one.'
  return refuse('not_found', 'identity.link_not_valid', message)
}
