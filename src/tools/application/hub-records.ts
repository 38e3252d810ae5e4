import type { CallEnd, CallRecord } from '../domain/call.ts'
import type { PolicyRules } from '../domain/policy-rules.ts'

/** Plain JSON with named members. */
export type Json = Readonly<Record<string, unknown>>

/** What a server offers. */
export type DefinitionKind = 'tool' | 'prompt' | 'resource' | 'template'

/** The states of a definition: only an approved one is used. */
export type DefinitionState = 'proposed' | 'approved' | 'changed' | 'rejected' | 'gone'

/** A tool, prompt or resource of a server, pinned as it was approved. */
export type StoredDefinition = Readonly<{
  id: string
  upstreamId: string
  kind: DefinitionKind
  /** The server's own name for it: a resource's is its URI. */
  name: string
  state: DefinitionState
  hash: string
  body: Json
  nextHash: string | null
  nextBody: Json | null
  warnings: readonly string[]
  foundAt: number
  decidedAt: number | null
  version: number
}>

/** Whose credential a server is called with. */
export type Connection = Readonly<{
  id: string
  upstreamId: string
  principalId: string | null
  secretId: string | null
  account: string | null
  state: 'ready' | 'needs_connect'
  createdAt: number
  version: number
}>

/** A choice of tools that clients list natively. */
export type Profile = Readonly<{
  id: string
  name: string
  title: string
  /** Names of tools; one that ends in `*` stands for all that begin so. */
  tools: readonly string[]
  raw: boolean
  version: number
}>

/** Rules of a tool, or of all tools of a server that have none of their own. */
export type StoredPolicy = Readonly<{
  upstreamId: string
  tool: string
  rules: PolicyRules
  version: number
}>

/** A call that waits for an approval, or for its turn after it. */
export type ParkedCall = Readonly<{
  callId: string
  callAt: number
  approvalId: string
  actor: Json
  args: Json
  argsSha256: string
  fields: readonly string[]
  state: 'waiting' | 'ready' | 'sent' | 'done'
  expiresAt: number
}>

/** What a call leaves behind when it ends. */
export type CallTail = Readonly<{
  end: CallEnd
  /** The whole result, where it is to be read on or was waited for. */
  result: Json | null
  labels: readonly string[]
  definitionId: string
}>

/** A call before it has its number. */
export type NewCall = Omit<CallRecord, 'number' | 'state' | 'endedAt' | 'ms' | 'bytes' | 'code'> &
  Readonly<{ number?: undefined; key: string | null }>

/** A claim of a task. */
export type Claim = Readonly<{ taskId: string; projectId: string; key: string; fence: number }>
