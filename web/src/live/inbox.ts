import type { ApprovalView } from '../../../src/agents/contract.ts'
import type { Api } from './api.ts'
import { shape } from './api.ts'
import type { LiveEvent } from './event.ts'
import type { Topics } from './topics.ts'

/** An approval as the inbox shows it. */
export type ApprovalItem = (typeof ApprovalView)['_output']

/** What is open in the inbox: read whole, and again whenever something happened to an approval. */
export type Inbox = Readonly<{
  /** Open approvals that wait for this person, the oldest first; `null` until they are known. */
  waiting(): readonly ApprovalItem[] | null
  /** Open approvals that this person asked for, or that are asked for in their name. */
  asked(): readonly ApprovalItem[]
  /** There are more than the hub gives at once. */
  isCut(): boolean
  trouble(): string | null
  read(): Promise<void>
  touch(events: readonly LiveEvent[]): void
  stop(): void
}>

/** Names what those listen to who show the inbox. */
export const INBOX_TOPIC = 'inbox'

type Page = Readonly<{ items: readonly ApprovalItem[]; next: string | null }>
type State = Readonly<{
  waiting: readonly ApprovalItem[] | null
  asked: readonly ApprovalItem[]
  isCut: boolean
  trouble: string | null
}>

const isPage = shape<Page>('items', 'next')
const GATHER_MS = 120
const OPEN_PATH = '/approvals?state=open&limit=100'

/** Makes the inbox of this page. */
export const liveInbox = ({ api, topics }: Readonly<{ api: Api; topics: Topics }>): Inbox => {
  let state: State = { waiting: null, asked: [], isCut: false, trouble: null }
  let timer: ReturnType<typeof setTimeout> | undefined
  let reads = 0

  const set = (next: State): void => {
    state = next
    topics.changed(INBOX_TOPIC)
  }
  const read = async (): Promise<void> => {
    const own = ++reads
    try {
      const { items, next } = await api.read(OPEN_PATH, isPage)
      // An answer that was overtaken by a later question says how it was, not how it is.
      if (own !== reads) return
      const [waiting, asked] = [true, false].map((yours) =>
        items.filter((item) => item.yours === yours).toReversed(),
      )
      set({ waiting: waiting ?? [], asked: asked ?? [], isCut: next !== null, trouble: null })
    } catch (thrown) {
      if (own !== reads) return
      set({ ...state, trouble: thrown instanceof Error ? thrown.message : String(thrown) })
    }
  }
  return {
    waiting: () => state.waiting,
    asked: () => state.asked,
    isCut: () => state.isCut,
    trouble: () => state.trouble,
    read,
    touch(events) {
      if (!events.some(({ name }) => name.startsWith('agents.approval_'))) return
      timer ??= setTimeout(() => {
        timer = undefined
        read().catch(() => {})
      }, GATHER_MS)
    },
    stop: () => clearTimeout(timer),
  }
}
