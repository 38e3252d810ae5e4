import type { ApprovalView } from '../../../src/agents/contract.ts'
import type { DelegationView } from '../../../src/context/contract.ts'
import type { Api } from './api.ts'
import { shape } from './api.ts'
import type { Question } from './details.ts'
import type { LiveEvent } from './event.ts'
import { whyOf } from './own/why-of.ts'
import type { Topics } from './topics.ts'

/** An approval as the inbox shows it. */
export type ApprovalItem = (typeof ApprovalView)['_output']
/** A question to people that has no answer yet. */
export type OpenQuestion = Question & Readonly<{ task: string | null; project: string }>
/** A value of a context that is proposed to a tier above. */
export type Proposal = (typeof DelegationView)['_output']

/** What is open in the inbox: read whole, and again whenever something happened to a part of it. */
export type Inbox = Readonly<{
  /** Open approvals that wait for this person, the oldest first; `null` until they are known. */
  waiting(): readonly ApprovalItem[] | null
  /** Open approvals that this person asked for, or that are asked for in their name. */
  asked(): readonly ApprovalItem[]
  /** Open questions that this person may answer, the oldest first. */
  questions(): readonly OpenQuestion[]
  /** Proposals that this person may decide on. */
  proposals(): readonly Proposal[]
  /** How much waits for a word of this person. */
  count(): number
  /** There is more than the hub gives at once. */
  isCut(): boolean
  trouble(): string | null
  read(): Promise<void>
  touch(events: readonly LiveEvent[]): void
  stop(): void
}>

/** Names what those listen to who show the inbox. */
export const INBOX_TOPIC = 'inbox'

type Page<T> = Readonly<{ items: readonly T[]; next: string | null }>
/** One kind of what waits, as it was read last. */
type Part<T> = Readonly<{
  items(): readonly T[] | null
  isCut(): boolean
  trouble(): string | null
  read(): Promise<void>
  touch(events: readonly LiveEvent[]): void
  stop(): void
}>
type Wanted<T> = Readonly<{
  path: string
  is(answer: unknown): answer is Page<T>
  /** What names of events begin with that may change it. */
  events: string
  /** Tells whether this person is asked such things at all. */
  isMine?: () => boolean
}>
type InboxGround = Readonly<{
  api: Api
  topics: Topics
  /** Tells whether the person holds a permission anywhere at all. */
  mayAnywhere(permission: string): boolean
  /** Tells whether the person holds a permission in a project; without one, in all of the hall. */
  may(permission: string, project: string): boolean
}>

const GATHER_MS = 120

/** Makes the inbox of this page. */
export const liveInbox = (ground: InboxGround): Inbox => {
  const approvals = partOf(ground, {
    ...{ path: '/approvals?state=open&limit=100', events: 'agents.approval_' },
    is: shape<Page<ApprovalItem>>('items', 'next'),
  })
  const questions = partOf(ground, {
    ...{ path: '/questions?open=true&limit=100', events: 'work.question_' },
    is: shape<Page<OpenQuestion>>('items', 'next'),
    isMine: () => ground.mayAnywhere('task:write'),
  })
  const proposals = partOf(ground, {
    ...{ path: '/delegations?state=pending&limit=100', events: 'context.delegation_' },
    is: shape<Page<Proposal>>('items', 'next'),
    isMine: () => ground.mayAnywhere('context:accept'),
  })
  const parts = [approvals, questions, proposals] as const
  // Equal as long as nothing was read: who shows them rests.
  const waiting = remembered(approvals.items, (items) => oldestFirst(items, true))
  const asked = remembered(approvals.items, (items) => oldestFirst(items, false))
  const open = remembered(questions.items, (items) =>
    items.filter(({ project }) => ground.may('task:write', project)).toReversed(),
  )
  const proposed = remembered(proposals.items, (items) =>
    items.filter(({ to }) => ground.may('context:accept', PROJECT.exec(to)?.[0] ?? '')),
  )
  return {
    waiting,
    asked: () => asked() ?? NONE,
    questions: () => open() ?? NONE,
    proposals: () => proposed() ?? NONE,
    count: () =>
      [waiting(), open(), proposed()].reduce((sum, list) => sum + (list?.length ?? 0), 0),
    isCut: () => parts.some((part) => part.isCut()),
    trouble: () => parts.map((part) => part.trouble()).find((said) => said !== null) ?? null,
    async read() {
      await Promise.all(parts.map((part) => part.read()))
    },
    touch(events) {
      for (const part of parts) part.touch(events)
    },
    stop() {
      for (const part of parts) part.stop()
    },
  }
}

const NONE: readonly never[] = []

// A place is a project, a branch or a task of it, or the hall as a whole, in small letters.
const PROJECT = /^[A-Z][A-Z0-9]*/

const oldestFirst = (items: readonly ApprovalItem[], yours: boolean): readonly ApprovalItem[] =>
  items.filter((item) => item.yours === yours).toReversed()

const remembered = <T>(
  source: () => readonly T[] | null,
  make: (items: readonly T[]) => readonly T[],
): (() => readonly T[] | null) => {
  let seen: readonly T[] | null = null
  let made: readonly T[] | null = null
  return () => {
    const items = source()
    if (items !== seen) [seen, made] = [items, items === null ? null : make(items)]
    return made
  }
}

const partOf = <T>({ api, topics }: InboxGround, wanted: Wanted<T>): Part<T> => {
  const { path, is, events: prefix, isMine = () => true } = wanted
  let items: readonly T[] | null = null
  let isCut = false
  let trouble: string | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let reads = 0

  const read = async (): Promise<void> => {
    if (!isMine()) return
    const own = ++reads
    try {
      const page = await api.read(path, is)
      // An answer that was overtaken by a later question says how it was, not how it is.
      if (own !== reads) return
      ;[items, isCut, trouble] = [page.items, page.next !== null, null]
    } catch (thrown) {
      if (own !== reads) return
      trouble = whyOf(thrown)
    }
    topics.changed(INBOX_TOPIC)
  }
  return {
    items: () => items,
    isCut: () => isCut,
    trouble: () => trouble,
    read,
    touch(events) {
      if (!events.some(({ name }) => name.startsWith(prefix))) return
      timer ??= setTimeout(() => {
        timer = undefined
        read().catch(() => {})
      }, GATHER_MS)
    },
    stop: () => clearTimeout(timer),
  }
}
