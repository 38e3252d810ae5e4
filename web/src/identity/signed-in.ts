import { hexOf } from '../live/own/hex.ts'

// The session itself is in a cookie that no script can read. This page only notes that there is
// one, so that a stranger is asked to sign in at once instead of after a refused request.

/** Where it is noted; other tabs of this browser hear when it changes. */
export const SIGNED_IN_PLACE = 'guildhall.signed-in'
const DEVICE = 'guildhall.device'
const DEVICE_BYTES = 24

/** Tells whether somebody signed in with this browser and did not sign out. */
export const wasSignedIn = (): boolean => window.localStorage.getItem(SIGNED_IN_PLACE) !== null

/** Notes that somebody signed in: each time other than before, so that other tabs look who. */
export const noteSignedIn = (): void =>
  window.localStorage.setItem(SIGNED_IN_PLACE, String(Date.now()))

/** Notes that the session is over. */
export const noteSignedOut = (): void => window.localStorage.removeItem(SIGNED_IN_PLACE)

/** Gives this browser's own word: where it signed in before, guesses of others are no burden. */
export const deviceWord = (): string => {
  const kept = window.localStorage.getItem(DEVICE)
  if (kept !== null) return kept
  const word = hexOf(crypto.getRandomValues(new Uint8Array(DEVICE_BYTES)))
  window.localStorage.setItem(DEVICE, word)
  return word
}

let said: string | null = null

/** Keeps what the hub said when the session ended, for the page that asks to sign in. */
export const keepFarewell = (sentence: string | null): void => {
  said = sentence
}

/** Gives what was said when the session ended. */
export const farewell = (): string | null => said

const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\//, 'Firefox'],
  [/Chrom(e|ium)\//, 'Chrome'],
  [/Safari\//, 'Safari'],
]
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Windows/, 'Windows'],
  [/Mac OS/, 'macOS'],
  [/CrOS/, 'ChromeOS'],
  [/Linux/, 'Linux'],
]

/** Names this browser as the list of sessions calls it. */
export const browserName = (agent: string): string => {
  const named = (list: typeof BROWSERS) => list.find(([mark]) => mark.test(agent))?.[1]
  const system = named(SYSTEMS)
  const browser = named(BROWSERS) ?? 'A browser'
  return system === undefined ? browser : `${browser} on ${system}`
}
