import type { Claims, Provider } from '../domain/provider.ts'
import type { SignInNeeds } from './sign-in-ports.ts'

/** An issuer and the secret we show it; the secret is asked for at the last moment. */
export type IssuerTerms = Readonly<{ provider: Provider; clientSecret: () => string }>

/** What ties an answer of the issuer to the question that was asked. */
export type Ties = Readonly<{ state: string; nonce: string; verifier: string }>

/** Other issuers, over the network. */
export type IssuerClient = Readonly<{
  /** Gives the address to send the browser to. */
  authorizationAddress(
    terms: IssuerTerms,
    asked: Ties & Readonly<{ redirectUri: string }>,
  ): Promise<string>
  /** Swaps the code in the callback's address for what the issuer says of the person. */
  claims(terms: IssuerTerms, answered: Ties & Readonly<{ callback: string }>): Promise<Claims>
}>

/** A sign-in under way. */
export type Attempt = Readonly<{
  id: string
  providerId: string
  /** Whom the account will be linked to; `null`: it is a sign-in. */
  principalId: string | null
  stateSha256: Uint8Array
  bindingSha256: Uint8Array
  nonce: string
  verifier: string
  expiresAt: number
}>

/** An account elsewhere that stands for somebody here. */
export type ExternalAccount = Readonly<{
  id: string
  principalId: string
  issuer: string
  subject: string
  linkedAt: number
  lastUsedAt: number | null
}>

/** Where issuers, accounts there and sign-ins under way are kept. */
export type ProviderStore = Readonly<{
  list(): Promise<readonly Provider[]>
  find(by: Readonly<{ key: string }> | Readonly<{ id: string }>): Promise<Provider | null>
  /** Adds or replaces by key; `clientSecret` left out keeps the one that is there. */
  save(
    provider: Provider,
    more: Readonly<{ clientSecret: string | null; now: number }>,
  ): Promise<void>
  remove(id: string): Promise<boolean>
  /** Opens the client's secret. */
  secretOf(provider: Provider): Promise<string>
  addAttempt(attempt: Attempt): Promise<void>
  /** Finds one that is still open. */
  attempt(id: string, now: number): Promise<Attempt | null>
  /** Closes it; false where somebody was faster. */
  closeAttempt(id: string, now: number): Promise<boolean>
  account(issuer: string, subject: string): Promise<ExternalAccount | null>
  accountsOf(principalId: string): Promise<readonly ExternalAccount[]>
  /** Refuses an account that stands for somebody already. */
  link(account: ExternalAccount): Promise<void>
  unlink(id: string): Promise<boolean>
  used(id: string, now: number): Promise<void>
}>

/** What operations on external sign-in need besides those of the room. */
export type ExternalNeeds = SignInNeeds &
  Readonly<{ providers: ProviderStore; issuers: IssuerClient }>
