import { type Refusal, refuse } from '../../kernel/refusal.ts'

/** Refuses to sign in for a server that takes something else. */
export const noSignIn = (slug: string): Refusal => {
  const message = `${slug} takes a credential, not a sign-in: guildhall account connect ${slug}.`
  return refuse('conflict', 'tools.no_oauth', message)
}

/** Refuses because browsers cannot come back to the hub safely. */
export const unsafeReturn = (): Refusal => {
  const message =
    'Guildhall needs HTTPS to sign in at others; set GUILDHALL_PUBLIC_URL to its address.'
  return refuse('conflict', 'tools.https_needed', message)
}

/** Refuses because an issuer wants a client that somebody registers there. */
export const clientMissing = (issuer: string, redirectUri: string): Refusal => {
  const message =
    `${issuer} wants the hub to be registered there by hand: register a client with the ` +
    `redirect address ${redirectUri}, then give its id: guildhall oauth-client set.`
  return refuse('conflict', 'tools.oauth_client_missing', message, { issuer, redirectUri })
}

/** Refuses because nobody says who gives out the tokens of a server. */
export const noIssuer = (slug: string, why: string): Refusal => {
  const message = `Nobody can sign in for ${slug}: ${why}. An administrator can ask who runs it.`
  return refuse('conflict', 'tools.no_issuer', message)
}

/** Refuses an answer that belongs to nobody's sign-in, or to somebody else's. */
export const notOurs = (): Refusal => {
  const message =
    'This sign-in was not begun by you here, it was ended before, or it took too long; start again.'
  return refuse('conflict', 'tools.account_attempt_unknown', message)
}

/** Refuses an answer that another issuer has given than was asked. */
export const foreignIssuer = (): Refusal => {
  const message = 'This answer is not of the issuer that was asked. Nothing was sent; start again.'
  return refuse('forbidden', 'tools.issuer_mismatch', message)
}

/** Refuses because the issuer did. */
export const accountRefused = (why: string): Refusal => {
  const message = `The account was not connected: ${why}. Start again.`
  return refuse('conflict', 'tools.account_refused', message)
}

/** Refuses a server that is not where the token is for. */
export const otherPlace = (slug: string): Refusal => {
  const message = `The account of ${slug} is for another address than it has: connect it again.`
  return refuse('conflict', 'tools.needs_connect', message)
}

/** Refuses a call whose account its issuer does not know any more. */
export const accountOver = (slug: string, url: string): Refusal => {
  const message = `${slug} does not take the account any more: connect it again, then call again.`
  return refuse('conflict', 'tools.needs_connect', message, { url })
}

/** Refuses a call that wants more than was granted. */
export const scopesMissing = (
  slug: string,
  { scopes, url }: Readonly<{ scopes: readonly string[]; url: string }>,
): Refusal => {
  const named = scopes.length === 0 ? 'more rights' : scopes.join(' ')
  const message = `${slug} wants ${named} for this: connect the account again and grant that.`
  return refuse('conflict', 'tools.needs_connect', message, { url, scopes })
}

/** Refuses a call because the issuer is away and the token is over. */
export const tokenAway = (slug: string): Refusal => {
  const message = `The token for ${slug} is over and its issuer does not answer; try again shortly.`
  return refuse('unavailable', 'tools.token_away', message, { retryAfterS: 5 })
}
