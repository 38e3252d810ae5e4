import { takeCallbackFromAddress } from '../identity/external.ts'
import { keptKey, takeKeyFromAddress } from '../identity/key.ts'
import { takeTokenFromAddress } from '../identity/link-token.ts'
import { wasSignedIn } from '../identity/signed-in.ts'
import { projectOf } from './cards.ts'

type Early = Readonly<{ path: string; key: string | null; answer: Promise<Response> }>

const PLACE = /^\/(?:p\/([A-Z][A-Z0-9]*)\/board|t\/([A-Z][A-Z0-9]*-[0-9]+))$/
const WAIT_MS_MAX = 30_000

const begin = (): Early | null => {
  takeKeyFromAddress()
  takeTokenFromAddress()
  takeCallbackFromAddress()
  const key = keptKey()
  const [, board, task] = PLACE.exec(window.location.pathname) ?? []
  const project = board ?? (task === undefined ? null : projectOf(task))
  if (project === null || (key === null && !wasSignedIn())) return null
  const isPlain = board !== undefined && window.location.search === ''
  const path = isPlain ? firstPath(project) : snapshotPath(project)
  const headers: Record<string, string> = key === null ? {} : { authorization: `Bearer ${key}` }
  const signal = AbortSignal.timeout(WAIT_MS_MAX)
  const answer = fetch(`/v1${path}`, { headers, signal, credentials: 'same-origin' })
  // Whoever takes it hears of a failure; if nobody does, it is no trouble.
  answer.catch(() => {})
  return { path, key, answer }
}

/** Names where the cards of a project are read. */
export const snapshotPath = (project: string): string => `/snapshot?project=${project}`

/** Names where the cards in front are read: of each column as many as a tall screen shows. */
export const firstPath = (project: string): string => `${snapshotPath(project)}&first=60`

let early: Early | null = null

/** Takes secrets out of the address, and asks for the cards of the board that it names. */
export const beginEarly = (): void => {
  early = begin()
  // A link that is pasted where its page is open already loads nothing: only the fragment changes.
  window.addEventListener('hashchange', takeTokenFromAddress)
}

/** Gives the answer that was asked for before the page was there, once and to its asker only. */
export const takeEarly = (path: string, key: string | null): Promise<Response> | null => {
  const taken = early
  if (taken?.path !== path) return null
  early = null
  return taken.key === key ? taken.answer : null
}
