// Links let somebody do one thing once, without being signed in. The secret stands in the fragment
// of the address, which browsers send to nobody.

/** What links are for. */
export const LINK_PURPOSES = ['invite', 'reset', 'verify', 'sign_in', 'set_up'] as const
/** What a link is for. */
export type LinkPurpose = (typeof LINK_PURPOSES)[number]

const HOUR_MS = 3_600_000

/** Milliseconds for which a link is good. */
export const LINK_MS: Readonly<Record<LinkPurpose, number>> = {
  invite: 7 * 24 * HOUR_MS,
  reset: HOUR_MS,
  verify: 24 * HOUR_MS,
  sign_in: 300_000,
  set_up: 24 * HOUR_MS,
}

const PAGE: Readonly<Record<LinkPurpose, string>> = {
  invite: 'invitation',
  reset: 'reset',
  verify: 'verify',
  sign_in: 'sign-in',
  set_up: 'set-up',
}

/** Writes a link as people open it; the page reads the token out of the fragment. */
export const linkText = (address: string, purpose: LinkPurpose, token: string): string =>
  `${address.replace(/\/$/, '')}/${PAGE[purpose]}#${token}`

/** A link as it is kept. */
export type Link = Readonly<{
  id: string
  purpose: LinkPurpose
  /** Whose account it is for; `null`: nobody's yet. */
  principalId: string | null
  epoch: number | null
  email: string | null
  gives: InvitationGives | null
  createdBy: string
  createdAt: number
  expiresAt: number
  usedAt: number | null
  withdrawnAt: number | null
}>

/** What an invitation gives to whoever accepts it. */
export type InvitationGives = Readonly<{
  role: string
  projects: readonly Readonly<{ projectId: string; role: string }>[]
  /** Whether it went to the address by mail: then accepting it shows that the address is theirs. */
  mailed: boolean
}>

/** The account behind a link, as it is now. */
export type LinkAccount = Readonly<{ epoch: number; email: string | null; isActive: boolean }>

/**
 * Tells whether a link is still good: for this purpose, not used, withdrawn or over, and its
 * account as it was when the link was made.
 */
export const isGood = (
  link: Link,
  asked: Readonly<{ purpose: LinkPurpose; now: number; account: LinkAccount | null }>,
): boolean => {
  if (link.purpose !== asked.purpose || link.usedAt !== null || link.withdrawnAt !== null) {
    return false
  }
  if (link.expiresAt <= asked.now) return false
  if (link.principalId === null) return link.purpose === 'invite'
  const { account } = asked
  return account?.isActive === true && account.epoch === link.epoch && account.email === link.email
}
