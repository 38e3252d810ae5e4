import { useSyncExternalStore } from 'react'

/** A value that parts of a board follow without the whole of it being drawn again. */
export type Cell<T> = Readonly<{
  get(): T
  set(next: T): void
  subscribe(listener: () => void): () => void
}>

/** Makes a cell. */
export const cellOf = <T>(first: T): Cell<T> => {
  let value = first
  const listeners = new Set<() => void>()
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return
      value = next
      for (const listener of [...listeners]) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** Reads something of a cell; `read` gives the same value until that changed. */
export const useCell = <T, V>(cell: Cell<T>, read: (value: T) => V): V =>
  useSyncExternalStore(cell.subscribe, () => read(cell.get()))
