import type { ActorKind } from '../../kernel/actor.ts'
import { refuse } from '../../kernel/refusal.ts'
import { isList, type Json, same, union } from './json.ts'
import { checkNode, type ContextNode, readJson, readText, type Tier, TIERS } from './node.ts'
import { parsePath, patchAt, valueAt, wordOf } from './path.ts'

/** How long a proposal waits for a person. */
export const DELEGATION_TTL_MS = 30 * 24 * 60 * 60 * 1000
/** Most characters of a proposal's reason. */
export const REASON_CHARS_MAX = 500
/** Most lessons that one finished attempt may propose. */
export const LEARNED_MAX = 5
/** Most characters of one lesson. */
export const LEARNED_CHARS_MAX = 300
/** Where accepted lessons are added: a list that lower tiers inherit. */
export const LEARNED_PATH = 'learned+'

/** Where a proposal stands. */
export type DelegationState = 'pending' | 'accepted' | 'edited' | 'rejected' | 'expired'
/** What can happen to a proposal. */
export type DelegationEvent = 'accept' | 'edit' | 'reject' | 'expire'

const CLOSED = { accept: 'refuse', edit: 'refuse', reject: 'refuse', expire: 'refuse' } as const

/** What becomes of a proposal; once decided it stays decided (C10). */
export const DELEGATION_NEXT: Record<
  DelegationState,
  Record<DelegationEvent, DelegationState | 'refuse'>
> = {
  pending: { accept: 'accepted', edit: 'edited', reject: 'rejected', expire: 'expired' },
  accepted: CLOSED,
  edited: CLOSED,
  rejected: CLOSED,
  expired: CLOSED,
}

/** A proposal from below to change an outer tier. */
export type Delegation = Readonly<{
  state: DelegationState
  /** The place that proposes, as people write it. */
  from: string
  to: string
  path: string
  data: Json
  reason: string
  /** Version of the target that the proposal was made on. */
  baseVersion: number
  /** What the target said at the path then; absent when it said nothing. */
  before?: Json
  /** How often the same has been proposed. */
  count: number
  /** The id of a principal, as is `decidedBy`. */
  openedBy: string
  openedAt: number
  expiresAt: number
  decidedBy: string | null
  decidedAt: number | null
}>

/** A wish to propose something to an outer tier. */
export type Wish = Readonly<{
  from: Readonly<{ tier: Tier; at: string }>
  path: string
  data: unknown
  reason: string
  by: string
}>

/** Opens a proposal on a target as it stands, or refuses one that could never be accepted. */
export const openDelegation = (wish: Wish, target: ContextNode, now: number): Delegation => {
  if (TIERS.indexOf(target.tier) >= TIERS.indexOf(wish.from.tier)) {
    const message = `${target.at} is no outer tier of ${wish.from.at}; choose one to share to.`
    throw refuse('invalid', 'context.not_upward', message)
  }
  const reason = wish.reason.trim()
  if (reason.length > REASON_CHARS_MAX) {
    const message = `Give the reason in at most ${REASON_CHARS_MAX} characters.`
    throw refuse('invalid', 'context.reason_too_long', message, { max: REASON_CHARS_MAX })
  }
  const data = readJson(wish.data, wish.path)
  const path = parsePath(wish.path)
  checkNode(patchAt(target.data, path, data))
  const before = valueAt(target.data, path)
  return {
    state: 'pending',
    from: wish.from.at,
    to: target.at,
    path: wish.path,
    data,
    reason,
    baseVersion: target.version,
    ...(before === undefined ? {} : { before }),
    count: 1,
    openedBy: wish.by,
    openedAt: now,
    expiresAt: now + DELEGATION_TTL_MS,
    decidedBy: null,
    decidedAt: null,
  }
}

/** Tells whether two proposals say the same to the same place: the second only counts up. */
export const sameProposal = (
  a: Pick<Delegation, 'to' | 'path' | 'data'>,
  b: Pick<Delegation, 'to' | 'path' | 'data'>,
): boolean => a.to === b.to && a.path === b.path && same(a.data, b.data)

/** Counts one more voice for a proposal, whatever has become of it. */
export const countUp = (delegation: Delegation): Delegation => ({
  ...delegation,
  count: delegation.count + 1,
})

/** Shows what stands in the way of a proposal, or `null` when the target says what it said. */
export const conflictOf = (
  delegation: Delegation,
  target: ContextNode,
): Readonly<{ version: number; before: Json; now: Json; proposed: Json }> | null => {
  if (target.version === delegation.baseVersion || isAddition(delegation.path)) return null
  const now = valueAt(target.data, parsePath(delegation.path))
  if (same(now, delegation.before)) return null
  const { before = null, data } = delegation
  return { version: target.version, before, now: now ?? null, proposed: data }
}

const isAddition = (path: string) => {
  const last = path.slice(path.lastIndexOf('.') + 1)
  return wordOf(last)?.kind === 'add' || wordOf(last)?.kind === 'drop'
}

/** A decision on a proposal. `version` is the target's version that the person has looked at. */
export type Decision = Readonly<{
  event: Exclude<DelegationEvent, 'expire'>
  by: Readonly<{ kind: ActorKind; id: string }>
  now: number
  /** What is written instead; with `edit` only. */
  data?: unknown
  version?: number
}>

/** A decided proposal, and what it writes to the target: `null` when it was rejected. */
export type Decided = Readonly<{
  delegation: Delegation
  write: Readonly<{ path: string; data: Json; version: number; by: string }> | null
}>

/** Decides a proposal on the target as it stands now, or refuses and shows the conflict (C11). */
export const decideDelegation = (
  delegation: Delegation,
  target: ContextNode,
  decision: Decision,
): Decided => {
  const { event, by, now } = decision
  if (by.kind !== 'person') {
    const message = 'A person decides on proposals; wait for one, or go on without it.'
    throw refuse('forbidden', 'context.person_decides', message)
  }
  const state = expireDelegation(delegation, now).state
  const next = DELEGATION_NEXT[state][event]
  if (next === 'refuse') {
    const message = `This proposal is ${state} already; propose it again if it is still wanted.`
    throw refuse('conflict', 'context.delegation_closed', message, { state })
  }
  const decided = { ...delegation, state: next, decidedBy: by.id, decidedAt: now }
  if (event === 'reject') return { delegation: decided, write: null }

  const conflict = conflictOf(delegation, target)
  if (conflict !== null && decision.version !== target.version) {
    const where = delegation.path || 'its root'
    const message = `${target.at} has changed at ${where}; decide with version ${target.version}.`
    throw refuse('conflict', 'context.delegation_conflict', message, conflict)
  }
  const data = event === 'edit' ? editedData(delegation, decision.data) : delegation.data
  const write = writeOf(delegation.path, data, target)
  return {
    delegation: { ...decided, data },
    write: { ...write, version: target.version, by: by.id },
  }
}

const editedData = ({ path }: Delegation, data: unknown): Json => {
  if (data !== undefined) return readJson(data, path)
  const message = 'Say in data what to write instead, or accept the proposal as it is.'
  throw refuse('invalid', 'context.edit_needs_data', message)
}

/** An accepted addition joins the elements that are there: two proposals do not undo each other. */
const writeOf = (path: string, data: Json, target: ContextNode) => {
  const before = valueAt(target.data, parsePath(path))
  const joins = isAddition(path) && isList(before) && isList(data)
  return { path, data: joins ? union(before, data) : data }
}

/** Expires a pending proposal whose time is over; leaves every other as it is. */
export const expireDelegation = (delegation: Delegation, now: number): Delegation => {
  if (now < delegation.expiresAt) return delegation
  const next = DELEGATION_NEXT[delegation.state].expire
  return next === 'refuse' ? delegation : { ...delegation, state: next, decidedAt: now }
}

/** Reads the lessons of a finished attempt: trimmed, each once, few and short. */
export const readLearned = (items: readonly string[]): readonly string[] => {
  const texts = items.map((item) => readText(item, 'learned').replace(/\s+/g, ' ').trim())
  const lessons = Array.from(new Set(texts.filter((text) => text !== '')))
  if (items.length > LEARNED_MAX) {
    const message = `Name at most ${LEARNED_MAX} lessons; keep those that help the next task.`
    throw refuse('invalid', 'context.too_many_lessons', message, { max: LEARNED_MAX })
  }
  if (lessons.some((text) => text.length > LEARNED_CHARS_MAX)) {
    const message = `Say each lesson in at most ${LEARNED_CHARS_MAX} characters.`
    throw refuse('invalid', 'context.lesson_too_long', message, { max: LEARNED_CHARS_MAX })
  }
  return lessons
}

/** Turns lessons into wishes, each an addition to the target's list of lessons. */
export const learnedWishes = (
  lessons: readonly string[],
  from: Wish['from'],
  by: string,
): readonly Wish[] =>
  lessons.map((text) => ({ from, path: LEARNED_PATH, data: [text], reason: '', by }))
