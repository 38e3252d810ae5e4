import type { Task } from '../../../../../src/work/contract.ts'

/** The list of what must be true before a task is done. */
export type Accept = Task['accept']

/** The hub takes lines of 500 letters, with the mark before them. */
export const ACCEPT_CHARS_MAX = 490

/** Says what becomes of a list; it is said of texts, so that others may change the rest of it. */
export type AcceptChange =
  | Readonly<{ kind: 'add'; text: string }>
  | Readonly<{ kind: 'tick'; text: string; done: boolean }>
  | Readonly<{ kind: 'rewrite'; text: string; to: string }>
  | Readonly<{ kind: 'remove'; text: string }>
  | Readonly<{ kind: 'move'; text: string; by: 1 | -1 }>

/** Makes the list as it becomes; what is not in it any more stays away. */
export const changedAccept = (accept: Accept, change: AcceptChange): Accept => {
  const at = accept.findIndex(({ text }) => text === change.text)
  if (change.kind === 'add')
    return at < 0 ? [...accept, { text: change.text, done: false }] : accept
  const item = accept[at]
  if (item === undefined) return accept
  switch (change.kind) {
    case 'tick':
      return accept.with(at, { ...item, done: change.done })
    case 'rewrite':
      return accept.with(at, { ...item, text: change.to })
    case 'remove':
      return accept.toSpliced(at, 1)
    default: {
      const to = at + change.by
      if (to < 0 || to >= accept.length) return accept
      return accept.toSpliced(at, 1).toSpliced(to, 0, item)
    }
  }
}

/** Writes a list as the hub takes it. */
export const acceptLines = (accept: Accept): readonly string[] =>
  accept.map(({ text, done }) => `[${done ? 'x' : ' '}] ${text}`)
