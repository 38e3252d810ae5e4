import type { Call } from '../../kernel/operation.ts'
import type { ClientAuthMethod, ClientKind, KeptClient } from '../domain/oauth-client.ts'
import type { Grant } from '../domain/oauth-grant.ts'
import type { IssuerFacts } from '../domain/oauth-metadata.ts'
import type { Upstream } from '../domain/upstream.ts'
import type { Connection } from './hub-records.ts'

/** Who gives out the tokens of a server, and which. */
export type Issuance = Readonly<{
  resource: string
  facts: IssuerFacts
  /** Scopes that the server asked for just now. */
  challenged: readonly string[]
  /** Scopes that it says it needs. */
  scopes: readonly string[] | null
}>

/** A value that is going to be sealed, named by its digest. */
export type Prepared = Readonly<{ value: string; fingerprint: string }>

/** What an issuer gave to a client that it registered. */
export type Registered = Readonly<{
  clientId: string
  authMethod: ClientAuthMethod
  secret: Prepared | null
  expiresAt: number | null
}>

/** What an administrator says of a client. */
export type GivenClient = Readonly<{
  issuer: string
  clientId: string
  authMethod: ClientAuthMethod
  secret: Prepared | null
  redirectUri: string
}>

/** Keeps as whom the hub appears at issuers. */
export type OauthClientStore = Readonly<{
  list(): Promise<readonly KeptClient[]>
  /** The client in force at an issuer: as given, else as registered last. */
  of(issuer: string): Promise<KeptClient | null>
  /** Keeps what an administrator gave, in place of what was given before. */
  give(client: GivenClient, call: Call): Promise<KeptClient>
  /** Keeps what an issuer gave, beside what it gave before: tokens may still hang on that. */
  keep(
    client: Registered & Readonly<{ issuer: string; redirectUri: string }>,
    call: Call,
  ): Promise<KeptClient>
  /** Removes everything under which the hub appears at an issuer. */
  remove(issuer: string): Promise<void>
}>

/** Somebody on the way to an issuer, who is to come back. */
export type Attempt = Readonly<{
  id: string
  upstreamId: string
  /** Who set out, and with which credential: where that is a browser's session, it counts. */
  principalId: string
  credentialId: string | null
  /** Whose the connection becomes; `null`: shared. */
  ownerId: string | null
  stateSha256: Uint8Array
  verifier: string
  issuer: string
  namesItself: boolean
  tokenEndpoint: string
  revocationEndpoint: string | null
  clientKind: ClientKind
  clientId: string
  redirectUri: string
  resource: string
  scopes: readonly string[]
  expiresAt: number
}>

/** Tokens as an issuer gave them. */
export type Tokens = Readonly<{
  access: string
  refresh: string | null
  expiresInS: number | null
  /** `null`: what was asked for. */
  scopes: readonly string[] | null
}>

/** Where a browser is sent, and with what. */
export type Journey = Readonly<{
  authorizationEndpoint: string
  clientId: string
  redirectUri: string
  resource: string
  scopes: readonly string[]
  state: string
  verifier: string
}>

/** Accounts at issuers. What talks to others is never called while a transaction is open. */
export type Oauth = Readonly<{
  clients: OauthClientStore
  /** Asks a server who gives out its tokens, and that issuer about itself. */
  find(upstream: Upstream, preferred: ReadonlySet<string>): Promise<Issuance>
  /** Has the hub registered at an issuer. */
  register(facts: IssuerFacts): Promise<Registered>
  journeyAddress(journey: Journey): string
  /** The address of the hub, under which browsers come back. */
  address(): string
  /** Marks the hub's client at an issuer. */
  markOf(issuer: string): string
  /** Hides a value in logs from now on and prepares its sealing. */
  prepare(value: string): Promise<Prepared>
  stateSha256(state: string): Uint8Array
  grantOf(connectionId: string): Promise<Grant | null>
  addAttempt(attempt: Attempt): Promise<void>
  /** Takes the attempt of who comes back, once; `null` for anybody else, and when it is late. */
  takeAttempt(state: string, call: Call): Promise<Attempt | null>
  exchange(
    attempt: Attempt,
    answer: Readonly<{ code: string; state: string; iss: string | null }>,
    call: Call,
  ): Promise<Tokens>
  /** Makes the connection, or makes it again; in one transaction of its own. */
  keepAccount(
    made: Readonly<{ attempt: Attempt; upstream: Upstream; tokens: Tokens }>,
    call: Call,
  ): Promise<Connection>
  /** Gives back and destroys the tokens of connections that are gone; gives how many. */
  endAccounts(call: Call, limit: number): Promise<number>
  /** Forgets who never came back; in the transaction of the caller. */
  forgetAttempts(now: number): Promise<number>
}>

/** What operations on accounts at issuers need besides those of the hub. */
export type OauthNeeds = Readonly<{ oauth: Oauth }>
