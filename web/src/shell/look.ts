import { useSyncExternalStore } from 'react'

// How the page looks is a matter of this browser, not of the person: a phone may be dark and a
// desk light. The script before the first paint (public/theme.js) reads the same names.

/** The colours: as the system wants them, or always the same. */
export type Theme = 'system' | 'light' | 'dark'

/** How much room rows and controls take. */
export type Density = 'comfortable' | 'compact'

const THEME_PLACE = 'guildhall.theme'
const DENSITY_PLACE = 'guildhall.density'
const THEMES: readonly Theme[] = ['system', 'light', 'dark']

const listeners = new Set<() => void>()

/** Gives the chosen colours. */
export const theme = (): Theme => {
  const kept = window.localStorage.getItem(THEME_PLACE)
  return THEMES.find((known) => known === kept) ?? 'system'
}

/** Gives the chosen density. */
export const density = (): Density =>
  window.localStorage.getItem(DENSITY_PLACE) === 'compact' ? 'compact' : 'comfortable'

/** Chooses the colours. */
export const setTheme = (wanted: Theme): void => {
  if (wanted === 'system') window.localStorage.removeItem(THEME_PLACE)
  else window.localStorage.setItem(THEME_PLACE, wanted)
  applyLook()
}

/** Chooses the density. */
export const setDensity = (wanted: Density): void => {
  if (wanted === 'comfortable') window.localStorage.removeItem(DENSITY_PLACE)
  else window.localStorage.setItem(DENSITY_PLACE, wanted)
  applyLook()
}

const applyLook = (): void => {
  const { dataset } = document.documentElement
  const [colours, room] = [theme(), density()]
  if (colours === 'system') delete dataset['theme']
  else dataset['theme'] = colours
  if (room === 'comfortable') delete dataset['density']
  else dataset['density'] = room
  for (const listener of listeners) listener()
}

const subscribe = (listener: () => void): (() => void) => {
  // Another tab of this browser may choose, too.
  if (listeners.size === 0) window.addEventListener('storage', applyLook)
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) window.removeEventListener('storage', applyLook)
  }
}

/** Gives the chosen colours, and hears when they change. */
export const useTheme = (): Theme => useSyncExternalStore(subscribe, theme)

/** Gives the chosen density, and hears when it changes. */
export const useDensity = (): Density => useSyncExternalStore(subscribe, density)
