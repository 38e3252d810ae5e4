import { takeCallbackFromAddress } from '../identity/external.ts'
import { keptKey, takeKeyFromAddress } from '../identity/key.ts'
import { takeTokenFromAddress } from '../identity/link-token.ts'
import { wasSignedIn } from '../identity/signed-in.ts'
import { projectOf } from './cards.ts'

// The cards of a board are the longest wait of a start. The hub reads them while the browser still
// works on the rest of the page: this file is the first that runs. For the same reason it is the
// place where secrets leave the address, before anything else can see or keep them.

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
  const path = snapshotPath(project)
  const headers: Record<string, string> = key === null ? {} : { authorization: `Bearer ${key}` }
  const signal = AbortSignal.timeout(WAIT_MS_MAX)
  const answer = fetch(`/v1${path}`, { headers, signal, credentials: 'same-origin' })
  // Whoever takes it hears of a failure; if nobody does, it is no trouble.
  answer.catch(() => {})
  return { path, key, answer }
}

/** Names where the cards of a project are read. */
export const snapshotPath = (project: string): string => `/snapshot?project=${project}`

let early = begin()

/** Gives the answer that was asked for before the page was there, once and to its asker only. */
export const takeEarly = (path: string, key: string | null): Promise<Response> | null => {
  const taken = early
  if (taken?.path !== path) return null
  early = null
  return taken.key === key ? taken.answer : null
}
