import { refuse } from '../../kernel/refusal.ts'

/** The kinds of issuer that people may sign in through. */
export const PROVIDER_KINDS = ['github', 'google', 'oidc'] as const
/** A kind of issuer. */
export type ProviderKind = (typeof PROVIDER_KINDS)[number]

/** Milliseconds that a sign-in through another issuer may take. */
export const ATTEMPT_MS = 600_000

/** An issuer that an organisation trusts to say who somebody is. */
export type Provider = Readonly<{
  id: string
  key: string
  kind: ProviderKind
  name: string
  issuer: string
  clientId: string
  /** Domains whose verified addresses may come in without an invitation. */
  domains: readonly string[]
  version: number
}>

/** What an issuer says of somebody; the subject stays theirs, the address may change hands. */
export type Claims = Readonly<{
  issuer: string
  subject: string
  email: string | null
  emailVerified: boolean
  name: string | null
}>

const ISSUERS: Readonly<Record<'github' | 'google', string>> = {
  github: 'https://github.com',
  google: 'https://accounts.google.com',
}

/** Gives the issuer of a kind; an OpenID issuer has to be named. */
export const issuerOf = (kind: ProviderKind, given: string | undefined): string => {
  if (kind !== 'oidc') return ISSUERS[kind]
  // As it is given: whether it ends in a slash is part of its name.
  if (given !== undefined) return given
  const message = 'Name the issuer: the address that its openid-configuration is found below.'
  throw refuse('invalid', 'identity.issuer_missing', message, { field: 'issuer' })
}

/**
 * Tells whether somebody whom nobody has invited may come in: by an address that the issuer has
 * verified, in a domain that is listed. An address never finds an account that is there already.
 */
export const mayJoin = ({ domains }: Provider, claims: Claims): boolean => {
  if (!claims.emailVerified || claims.email === null) return false
  const domain = claims.email.slice(claims.email.lastIndexOf('@') + 1).toLowerCase()
  return domains.includes(domain)
}
