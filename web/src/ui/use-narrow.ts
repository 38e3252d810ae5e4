import { useSyncExternalStore } from 'react'

// Where the navigation stands at the side: `lg` of the style sheet.
const WIDE = '(min-width: 64rem)'

const subscribe = (listener: () => void): (() => void) => {
  const query = window.matchMedia(WIDE)
  query.addEventListener('change', listener)
  return () => query.removeEventListener('change', listener)
}

/** Tells whether the screen has room for one part of the page only. */
export const useNarrow = (): boolean =>
  useSyncExternalStore(subscribe, () => !window.matchMedia(WIDE).matches)
