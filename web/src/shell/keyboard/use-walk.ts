import type { RefObject } from 'react'
import { type Binding, openHere, useKeys } from '../keys.ts'

const linesIn = (list: HTMLElement | null): readonly HTMLElement[] => [
  ...(list?.querySelectorAll<HTMLElement>('[data-line]') ?? []),
]

/** Finds the first line of a list. */
export const firstLine = (list: HTMLElement | null): HTMLElement | undefined => linesIn(list)[0]

/**
 * Makes the keys work that walk over the lines of a list: each line has one element marked with
 * `data-line`, which takes the focus; Enter is the browser's own.
 */
export const useWalk = (
  name: string,
  list: RefObject<HTMLElement | null>,
  more: readonly Binding[] = [],
): void => {
  const walk = (by: number) => (): void => {
    const lines = linesIn(list.current)
    const at = lines.findIndex((line) => line.contains(document.activeElement))
    const next = at < 0 ? lines[by > 0 ? 0 : lines.length - 1] : lines[at + by]
    next?.focus()
  }
  useKeys(name, [
    { keys: ['j', 'ArrowDown'], label: 'Next', run: walk(1) },
    { keys: ['k', 'ArrowUp'], label: 'Before', run: walk(-1) },
    { keys: ['o'], label: 'Open, as Enter does', run: openHere },
    ...more,
  ])
}
