import type { OauthResource } from './oauth-words.ts'

/** A program that asks for access, as the protocol has checked it. */
export type Asking = Readonly<{
  kind: 'browser' | 'device'
  clientId: string
  clientName: string
  redirectUri: string | null
  resource: OauthResource
  scopes: readonly string[]
  expiresAt: number
}>

/** What a person has decided about a program that asks. */
export type Decision = 'given' | 'refused'

/** A request for access as it lies before one person in one browser session. */
export type ConsentRequest = Asking &
  Readonly<{
    personId: string
    sessionId: string
    decision: Decision | null
    consentId: string | null
  }>

/** What a person has allowed a program; its id is that of the protocol's grant. */
export type Consent = Readonly<{
  id: string
  personId: string
  /** The agent the program acts as; `null`: the person. */
  agentId: string | null
  clientId: string
  clientName: string
  redirectUri: string | null
  resource: OauthResource
  scopes: readonly string[]
  projectIds: readonly string[] | null
  epoch: number
  authTime: number
  createdAt: number
  expiresAt: number
  endedAt: number | null
}>

/** Where requests for access and consents of one organisation are kept. */
export type ConsentStore = Readonly<{
  /** Lays a request before a person; one that is decided stays as it is. */
  open(
    uid: string,
    request: Omit<ConsentRequest, 'decision' | 'consentId'>,
    at: number,
  ): Promise<void>
  find(uid: string, now: number): Promise<ConsentRequest | null>
  /** Tells whether it was still undecided. */
  decide(uid: string, decision: Decision, consentId: string | null): Promise<boolean>
  /** Takes a request away; gives whether it was there. */
  take(uid: string): Promise<boolean>
  /** Takes away requests that nobody decided in time; tells how many. */
  forget(now: number): Promise<number>
  add(consent: Consent): Promise<void>
  get(id: string): Promise<Consent | null>
  /** Ends a consent; tells whether it was in force. */
  end(id: string, at: number): Promise<boolean>
  list(
    query: Readonly<{ personId: string; now: number; after: string | null; limit: number }>,
  ): Promise<readonly (Consent & Readonly<{ agent: string | null }>)[]>
  /** The active agents that a person answers for, by handle. */
  agentsOf(personId: string): Promise<readonly Readonly<{ id: string; handle: string }>[]>
  /** The agent that a person chose for a client the last time. */
  lastAgent(personId: string, clientId: string): Promise<string | null>
}>

/** Where the protocol's own items are kept, for the schedule that forgets them. */
export type OauthItems = Readonly<{ forget(now: number): Promise<number> }>
