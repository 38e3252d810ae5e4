import type { z } from 'zod'
import type { IdentityApi } from '../../identity/contract.ts'
import type { WorkApi } from '../../work/contract.ts'
import type { ApprovalBound, ApprovalRef } from '../contract.ts'
import type { Approval } from '../domain/approval.ts'

/** An approval as it is kept. */
export type StoredApproval = Approval &
  Readonly<{
    id: string
    number: number
    text: string
    /** Canonical JSON. */
    args: string
    bound: Omit<z.output<typeof ApprovalBound>, 'args'>
    argsSha256: string
    policyVersion: number
    /** `null`: the organisation decides. */
    projectId: string | null
    ref: z.output<typeof ApprovalRef>
    askedAt: number
    usedAt: number | null
  }>

/** Whose inbox is looked into: what they asked for, and what they may decide. */
export type Reader = Readonly<{
  id: string
  /** Ids of the projects whose approvals they may decide. */
  projects: readonly string[]
  /** They may decide those of the organisation as a whole. */
  isOrgWide: boolean
}>

/** What a page of the inbox is asked by. */
export type ApprovalQuery = Readonly<{
  reader: Reader
  state: Approval['state'] | null
  /** Only what they asked for. */
  own: boolean
  /** The last one seen: 1 while it was open, and its number. */
  after: Readonly<{ open: number; number: number }> | null
  limit: number
  now: number
}>

/** Names an approval: by the number of its short key, or by its id. */
export type ApprovalName = Readonly<{ number: number }> | Readonly<{ id: string }>

/** Where approvals are kept. */
export type ApprovalStore = Readonly<{
  /** Gives the next number; whoever has one is alone in asking until the commit. */
  nextNumber(): Promise<number>
  countOpen(requester: string, now: number): Promise<number>
  add(approval: StoredApproval): Promise<void>
  find(of: ApprovalName): Promise<StoredApproval | null>
  /** Locks an approval; `null` where there is none. */
  lock(of: ApprovalName): Promise<StoredApproval | null>
  /** Locks approvals whose time is over, skipping those under change. */
  lockOverdue(now: number, limit: number): Promise<readonly StoredApproval[]>
  /** Locks the open ones that somebody asked for, or another in their name. */
  lockOpenOf(
    of: Readonly<{ principalId: string; now: number; limit: number }>,
  ): Promise<readonly StoredApproval[]>
  /** Writes state and decision of a row that this transaction has locked. */
  save(approval: StoredApproval): Promise<void>
  /** Marks an approval as used, if all of it fits; tells whether it did. */
  use(of: Readonly<{ id: string; argsSha256: string; now: number }>): Promise<boolean>
  /** Gives a page, and how many there are in all. */
  list(query: ApprovalQuery): Promise<Readonly<{ rows: readonly StoredApproval[]; total: number }>>
}>

/** An agent program, and what it needs to talk to the hub. */
export type ClientText = Readonly<{
  name: string
  title: string
  /** Where its file lies; below the home folder where it begins with `~`. */
  file: string
  snippet: string
  /** It asks for the key itself, so that no variable has to hold it. */
  asksForKey: boolean
  /** The program's own command that writes the same; null where it has none. */
  add: string | null
  /** Our command that writes it, on the machine of the hub. */
  command: string
}>

/** Says what agent programs need to talk to the hub at an address; the doors know. */
export type ClientTexts = (
  url: string,
) => Readonly<{ variable: string; items: readonly ClientText[] }>

/** What the operations of this room may use. */
export type AgentsNeeds = Readonly<{
  clients: ClientTexts
  approvals: ApprovalStore
  people: Pick<IdentityApi, 'handles'>
  projects: Pick<WorkApi, 'allProjectIds' | 'projectKeys'>
}>
