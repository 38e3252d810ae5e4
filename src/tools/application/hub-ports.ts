import type { z } from 'zod'
import type { Call, Words } from '../../kernel/operation.ts'
import type { Refusal } from '../../kernel/refusal.ts'
import type { CallView } from '../contract.ts'
import type { CallRecord } from '../domain/call.ts'
import type { CatalogueEntry, ListedEntry, StdioEntry } from '../domain/catalogue-entry.ts'
import type { HealthState, Upstream } from '../domain/upstream.ts'
import type { CallTask } from './call-wish.ts'
import type { Asker, Catalogue, HubTool } from './catalogue.ts'
import type {
  CallTail,
  Claim,
  Connection,
  DefinitionKind,
  Json,
  NewCall,
  ParkedCall,
  StoredDefinition,
} from './hub-records.ts'
import type { Projects } from './ports.ts'
import type {
  CallStore,
  ConnectionStore,
  DefinitionStore,
  ParkedStore,
  PolicyStore,
  ProfileStore,
  UpstreamStore,
} from './hub-stores.ts'

/** Writes calls down; many at a time share one commit. */
export type CallJournal = Readonly<{
  /**
   * Writes that a call is about to be made; comes back when that is committed. `null` where its
   * caller has made it before, under the same key.
   */
  begin(record: NewCall, call: Call): Promise<CallRecord | null>
  /** Writes how a call ended, and the call itself where its beginning was not written. */
  end(record: NewCall | CallRecord, tail: CallTail, call: Call): Promise<CallRecord>
}>

/** Claims of tasks, by the room of work. */
export type Claims = {
  /** Lists what somebody holds, the newest first. */
  held(principalId: string, now: number): Promise<readonly Claim[]>
}

/** What goes out to a server, and on whose behalf. */
export type Sending = Readonly<{
  upstream: Upstream
  connection: Connection | null
  method: string
  params: Json
  call: Call
  /** The server's own name of the tool; `null` where the request is about no tool. */
  tool: string | null
  leaseId: string | null
  timeoutMs: number
  bytesMax: number
  /** A repeated request does no harm. */
  isSafe: boolean
  headers?: Readonly<Record<string, string>>
}>

/**
 * What came back. `fault` is an error of the protocol that the server answered; `failure` means
 * that there was no answer, and `unknown` that the server may have acted all the same.
 */
export type Sent =
  | Readonly<{ kind: 'result'; result: Json; ms: number; bytes: number }>
  | Readonly<{ kind: 'fault'; code: number; message: string; data: unknown; ms: number }>
  | Readonly<{ kind: 'failure'; refusal: Refusal; unknown: boolean; ms: number }>

/** How a server does. */
export type Health = Readonly<{
  state: HealthState
  failure: string | null
  replicas: readonly Readonly<{ id: string; state: 'closed' | 'open' | 'half_open' }>[]
}>

/** What a server said that it offers. */
export type Found = Readonly<{
  server: string
  era: 'modern' | 'legacy'
  instructions: string | null
  /** What it can do, in the words of the protocol. */
  capabilities: Json
  definitions: readonly Readonly<{ kind: DefinitionKind; name: string; body: Json }>[]
}>

/** The servers themselves; nothing here may be called while a transaction is open. */
export type Outside = Readonly<{
  send(sending: Sending): Promise<Sent>
  /** Asks a server for everything that it offers. */
  discover(upstream: Upstream, connection: Connection | null, call: Call): Promise<Found>
  health(upstream: Upstream): Health
  /** Lets calls through at once that were held back after failures. */
  reset(upstream: Upstream): void
  /** Counts a call against a limit per minute; refuses one too many. */
  take(key: string, perMinute: number): void
  /** Takes secrets out of what comes back. */
  scrub(result: Json): Json
  /** Waits until a call has ended here or elsewhere, or time is over. */
  ended(callId: string, ms: number, signal: AbortSignal): Promise<void>
}>

/** Arguments, judged by the schema that was approved. */
export type ArgumentChecks = Readonly<{
  /** Says what is wrong with arguments, each in a short sentence; nothing where they fit. */
  problems(definition: StoredDefinition, args: Json): Promise<readonly string[]>
  /** Refuses a schema that cannot be used: told when a server is asked, never at a call. */
  judge(body: Json): Promise<string | null>
}>

/** Finds tools by words. */
export type ToolSearch = Readonly<{
  /** The best first; rights are asked before ranking. */
  find(catalogue: Catalogue, query: string, asker: Asker): Promise<readonly HubTool[]>
}>

/** A wish for somebody's approval, with the call that waits for it. */
export type Parking = Readonly<{
  record: NewCall
  args: Json
  fields: readonly string[]
  /** What people read. */
  text: string
  tool: HubTool
  risk: 'normal' | 'high'
  needs: 1 | 2
}>

/** Lets calls wait for people. */
export type Waiting = Readonly<{
  /**
   * Asks for an approval and writes the call down as one that waits; in one transaction. `null`
   * where its caller has asked before, under the same key.
   */
  park(
    parking: Parking,
    call: Call,
  ): Promise<Readonly<{ record: CallRecord; approval: string }> | null>
  /**
   * Takes the approval and writes that the call is made now; in one transaction, so that it is
   * made once. `null` where another has taken it.
   */
  take(parked: ParkedCall, tool: HubTool, call: Call): Promise<CallRecord | null>
  /** Ends a call that may not be made any more, whatever was approved. */
  refuse(parked: ParkedCall, code: string, call: Call): Promise<Readonly<{ state: string }>>
  /** Takes a call back that waits, and its approval with it; in one transaction. */
  withdraw(parked: ParkedCall, call: Call): Promise<void>
  /** Ends the call of an approval that was not given; in the transaction of the caller. */
  drop(approvalId: string, words: Pick<Words, 'call' | 'emit'>): Promise<void>
  /** Ends calls that began long ago and never ended; in the transaction of the caller. */
  closeLost(limit: number, words: Pick<Words, 'call' | 'emit'>): Promise<number>
  /** The approval that a call waits for: its key and where it stands. */
  standing(approvalId: string): Promise<Readonly<{
    key: string
    state: string
    reason: string | null
  }> | null>
}>

/**
 * Where a call stands that asks its caller: over, with questions that have no answer yet, or under
 * way without anybody who waits for it.
 */
export type Landing =
  | Readonly<{ kind: 'done'; value: z.output<typeof CallView> }>
  | Readonly<{ kind: 'alone'; key: string }>
  | Readonly<{ kind: 'asks'; ref: string; questions: Json }>

/** A call to keep in the air while its caller is asked. */
export type Flying = Readonly<{
  call: Call
  /** Milliseconds after which its caller goes on without it; null: never. */
  patienceMs: number | null
  /** Makes the call; it may ask the client that it is given. */
  make: (call: Call, task: CallTask | null) => Promise<z.output<typeof CallView>>
}>

/**
 * Calls of servers that ask in the middle of their work, for clients that cannot be asked at once:
 * they stay in the air between the question and the request that brings its answer.
 */
export type Flights = Readonly<{
  begin(flying: Flying): Promise<Landing>
  /** Goes on with a call that waits for the answers in `call.client`; null where it is not here. */
  resume(call: Call): Promise<Landing> | null
  /** The questions of a call that is alone; null where it is not in the air here. */
  questions(call: Call, key: string): Json | null
  /** Answers questions of a call that is alone; some may stay open. */
  answer(call: Call, key: string, answers: Json): void
  /** Ends a call that is alone; false where it is not in the air here. */
  cancel(call: Call, key: string): boolean
  /** Waits until a call that is alone asks something, ends, or time is over; null: not here. */
  news(call: Call, key: string, ms: number): Promise<void> | null
}>

/** What is watched at a server, for somebody. */
export type Watching = Readonly<{
  upstream: Upstream
  connection: Connection | null
  call: Call
  uris: readonly string[]
  /** Hears of resources that were updated, by the server's own URIs. */
  updated: (uri: string) => void
}>

/** Changes at servers and in the catalogue, heard for as long as somebody listens. */
export type Watches = Readonly<{
  /** Watches a server; one stream serves everybody under one credential. Gives the stop. */
  server(watching: Watching): () => void
  /** Calls back when the catalogue may be another one; gives the stop. */
  catalogue(changed: () => void): () => void
}>

/** What the operations of the hub need besides those of the vault. */
export type HubNeeds = Readonly<{
  upstreams: UpstreamStore
  definitions: DefinitionStore
  policies: PolicyStore
  profiles: ProfileStore
  connections: ConnectionStore
  calls: CallStore
  parked: ParkedStore
  claims: Claims
  people: People
  projects: Projects
  catalogue: () => Promise<Catalogue>
  outside: Outside
  journal: CallJournal
  waiting: Waiting
  flights: Flights
  watches: Watches
  checks: ArgumentChecks
  search: ToolSearch
  sha256: (text: string) => string
  shelf: Shelf
  credentials: SecretShelf
  leasing: LeaseTaker
  /** The address of the hub's own page, for people to follow. */
  address: (path: string) => string
}>

/** The ready catalogue, and the programs in it. */
export type Shelf = Readonly<{
  entries(): readonly ListedEntry[]
  named(key: string): CatalogueEntry
  /**
   * Puts a program on the disk and gives how it is started; refuses where something is missing on
   * this machine. Takes a while: never inside a transaction.
   */
  prepare(
    entry: StdioEntry,
    given: Json,
    /** Names the folder of what the server keeps: one of its own. */
    place: string,
  ): Promise<Readonly<{ config: Json; integrity: string }>>
  /** Fetches a text from elsewhere: the document of a service. */
  fetch(url: string): Promise<string>
  /** Refuses an address that the hub may not call. */
  checkAddress(url: string): void
}>

/** Keeps the credentials of connections. */
export type SecretShelf = Readonly<{
  /** Prepares keys before a transaction opens. */
  prepare(value: string): Promise<Readonly<{ fingerprint: string }>>
  /** Stores a value, or another one where there is one by this name; gives the secret's id. */
  store(
    secret: Readonly<{ name: string; value: string; fingerprint: string }>,
    words: Pick<Words, 'call' | 'emit'>,
  ): Promise<string>
  /** Finds a secret by its name. */
  idOf(name: string): Promise<string | null>
}>

/** Takes leases for agents who call tools within a claim. */
export type LeaseTaker = Readonly<{
  /** Gives the lease of a claim for a connection, taken now where there is none. */
  forClaim(
    wish: Readonly<{ taskId: string; fence: number; connection: string; tool: string }>,
    call: Call,
  ): Promise<string>
}>

/** Names of principals, by the room of identity. */
export type People = {
  handles(ids: readonly string[]): Promise<ReadonlyMap<string, string>>
  idsOf(handles: readonly string[]): Promise<ReadonlyMap<string, string>>
}
