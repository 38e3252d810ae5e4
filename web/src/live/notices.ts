import type { Topics } from './topics.ts'

/** A sentence that is shown for a while. */
export type Notice = Readonly<{ id: number; kind: 'bad' | 'ok'; text: string }>

/** Sentences for the person in front of the page: shown, and spoken by screen readers. */
export type Notices = Readonly<{
  list(): readonly Notice[]
  show(kind: Notice['kind'], text: string): void
  dismiss(id: number): void
  /** Says what was done here to screen readers only. */
  say(text: string): void
  said(): string
}>

const SHOWN_MS = 9000
const SHOWN_MAX = 4

/** Makes the notices. */
export const noticeBoard = (topics: Topics): Notices => {
  let list: readonly Notice[] = []
  let said = ''
  let last = 0
  const change = (next: readonly Notice[]): void => {
    list = next
    topics.changed('notices')
  }
  const dismiss = (id: number): void => change(list.filter((notice) => notice.id !== id))
  return {
    list: () => list,
    dismiss,
    show(kind, text) {
      const id = ++last
      change([...list, { id, kind, text }].slice(-SHOWN_MAX))
      setTimeout(() => dismiss(id), SHOWN_MS)
    },
    say(text) {
      said = text
      topics.changed('said')
    },
    said: () => said,
  }
}
