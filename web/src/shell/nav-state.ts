import { useSyncExternalStore } from 'react'

const PLACE = 'guildhall.nav'
const listeners = new Set<() => void>()

const isCollapsed = (): boolean => window.localStorage.getItem(PLACE) === 'collapsed'

/** Makes the navigation narrow or wide, and keeps it so in this browser. */
export const toggleNav = (): void => {
  if (isCollapsed()) window.localStorage.removeItem(PLACE)
  else window.localStorage.setItem(PLACE, 'collapsed')
  for (const listener of listeners) listener()
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Tells whether the navigation is narrow. */
export const useCollapsedNav = (): boolean => useSyncExternalStore(subscribe, isCollapsed)
