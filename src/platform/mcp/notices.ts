import type { Json, NoticeListener } from './line.ts'

/** Tells listeners of changes, each change of a kind at most a few times a second. */
export type Notices = Readonly<{
  add(listener: NoticeListener): () => void
  tell(method: string, params: Json): void
  size(): number
  stop(): void
}>

type Window = { readonly timer: NodeJS.Timeout; last: Json | null }

const WINDOW_MS = 250
const WINDOWS_MAX = 1_000

/**
 * Makes the board of a line. The first notice of a kind passes at once; what follows within the
 * window is told once at its end, so that a flood costs its listeners nothing.
 */
export const noticeBoard = (changed: () => void): Notices => {
  const listeners = new Set<NoticeListener>()
  const windows = new Map<string, Window>()
  const pass = (method: string, params: Json) => {
    for (const listener of listeners) listener(method, params)
  }
  const open = (key: string, method: string) => {
    const timer = setTimeout(() => {
      const last = windows.get(key)?.last ?? null
      windows.delete(key)
      if (last === null) return
      open(key, method)
      pass(method, last)
    }, WINDOW_MS).unref()
    windows.set(key, { timer, last: null })
  }
  return {
    add(listener) {
      // Wrapped, so that one listener may be added twice and taken away once.
      const own: NoticeListener = (method, params) => listener(method, params)
      listeners.add(own)
      changed()
      return () => {
        if (listeners.delete(own)) changed()
      }
    },
    tell(method, params) {
      const key = `${method} ${keyOf(params)}`
      const window = windows.get(key)
      if (window !== undefined) window.last = params
      else if (windows.size < WINDOWS_MAX) {
        open(key, method)
        pass(method, params)
      }
    },
    size: () => listeners.size,
    stop() {
      for (const { timer } of windows.values()) clearTimeout(timer)
      windows.clear()
      listeners.clear()
    },
  }
}

// What two notices of one method may differ in without one making the other needless.
const keyOf = (params: Json): string => {
  const key = params['uri'] ?? params['taskId'] ?? params['elicitationId']
  return typeof key === 'string' ? key : ''
}
