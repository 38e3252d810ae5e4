import type { Topics } from './topics.ts'

/** What can be done about a sentence, with one button. */
export type NoticeAction = Readonly<{ label: string; run(): void }>

/** A sentence that is shown for a while. */
export type Notice = Readonly<{
  id: number
  kind: 'bad' | 'ok'
  text: string
  action: NoticeAction | null
  /** Takes the place of the one before it in the same slot. */
  slot: string | null
}>

type More = Readonly<{ action?: NoticeAction; slot?: string; ms?: number }>

/** Sentences for the person in front of the page: shown, and spoken by screen readers. */
export type Notices = Readonly<{
  list(): readonly Notice[]
  show(kind: Notice['kind'], text: string, more?: More): void
  dismiss(id: number): void
  /** Takes away what stands in a slot. */
  clear(slot: string): void
  /** Says what was done here to screen readers only. */
  say(text: string): void
  said(): string
  /** Counts what others changed; it is said as a number, once in a while. */
  others(count: number): void
  stop(): void
}>

const SHOWN_MS = 9000
const SHOWN_MAX = 4
const OTHERS_EVERY_MS = 10_000

/** Makes the notices. */
export const noticeBoard = (topics: Topics): Notices => {
  let list: readonly Notice[] = []
  let said = ''
  let last = 0
  let others = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  const change = (next: readonly Notice[]): void => {
    list = next
    topics.changed('notices')
  }
  const dismiss = (id: number): void => {
    if (list.some((notice) => notice.id === id)) change(list.filter((notice) => notice.id !== id))
  }
  const say = (text: string): void => {
    // The same sentence twice is heard twice only if it is not quite the same.
    said = text === said ? `${text}\u00a0` : text
    topics.changed('said')
  }
  return {
    list: () => list,
    dismiss,
    show(kind, text, more = {}) {
      const { action = null, slot = null, ms = SHOWN_MS } = more
      const id = ++last
      const rest = list.filter((notice) => slot === null || notice.slot !== slot)
      change([...rest, { id, kind, text, action, slot }].slice(-SHOWN_MAX))
      setTimeout(() => dismiss(id), ms)
    },
    clear: (slot) => change(list.filter((notice) => notice.slot !== slot)),
    say,
    said: () => said,
    others(count) {
      if (count === 0) return
      others += count
      timer ??= setTimeout(() => {
        timer = undefined
        say(others === 1 ? 'One change by others' : `${others} changes by others`)
        others = 0
      }, OTHERS_EVERY_MS)
    },
    stop: () => clearTimeout(timer),
  }
}
