import { takeCallbackFromAddress } from '../identity/external.ts'
import { keptKey, takeKeyFromAddress } from '../identity/key.ts'
import { ENTRY_PAGES, takeTokenFromAddress } from '../identity/link-token.ts'
import { wasSignedIn } from '../identity/signed-in.ts'
import { projectOf } from './cards.ts'

type Early = Readonly<{ key: string | null; answer: Promise<Response> }>

const PLACE = /^\/(?:p\/([A-Z][A-Z0-9]*)\/board|t\/([A-Z][A-Z0-9]*-[0-9]+))$/
const WAIT_MS_MAX = 30_000

const asked = new Map<string, Early>()

const ask = (path: string, key: string | null): void => {
  const headers: Record<string, string> = key === null ? {} : { authorization: `Bearer ${key}` }
  const signal = AbortSignal.timeout(WAIT_MS_MAX)
  const answer = fetch(`/v1${path}`, { headers, signal, credentials: 'same-origin' })
  // Whoever takes it hears of a failure; if nobody does, it is no trouble.
  answer.catch(() => {})
  asked.set(path, { key, answer })
}

/** Names where this page reads in which ways one may sign in. */
export const WAYS_PATH = '/sign-in'

/** Names where this page reads who is signed in, and which projects there are. */
export const ME_PATH = '/me'
export const PROJECTS_PATH = '/projects'

/** Names where the cards of a project are read. */
export const snapshotPath = (project: string): string => `/snapshot?project=${project}`

/** Names where the cards in front are read: of each column as many as a tall screen shows. */
export const firstPath = (project: string): string => `${snapshotPath(project)}&first=60`

const cardsPath = (): string | null => {
  const [, board, task] = PLACE.exec(window.location.pathname) ?? []
  const project = board ?? (task === undefined ? null : projectOf(task))
  if (project === null) return null
  const isPlain = board !== undefined && window.location.search === ''
  return isPlain ? firstPath(project) : snapshotPath(project)
}

const isEntry = (pathname: string): boolean =>
  ENTRY_PAGES.some((page) => pathname === page || pathname.startsWith(`${page}/`))

/**
 * Takes secrets out of the address, and asks for what the page begins with: the ways to sign in;
 * or, where somebody comes who was signed in, who that is, and the cards of the board that the
 * address names. Tells whether somebody comes, and to a board.
 */
export const beginEarly = (): Readonly<{ isIn: boolean; isBoard: boolean }> => {
  takeKeyFromAddress()
  takeTokenFromAddress()
  takeCallbackFromAddress()
  // A link that is pasted where its page is open already loads nothing: only the fragment changes.
  window.addEventListener('hashchange', takeTokenFromAddress)
  const { pathname } = window.location
  if (pathname === '/sign-in') ask(WAYS_PATH, null)
  const key = keptKey()
  const isIn = (key !== null || wasSignedIn()) && !isEntry(pathname)
  const cards = isIn ? cardsPath() : null
  if (isIn) for (const path of [cards, ME_PATH, PROJECTS_PATH]) if (path !== null) ask(path, key)
  return { isIn, isBoard: cards !== null }
}

/** Gives the answer that was asked for before the page was there, once and to its asker only. */
export const takeEarly = (path: string, key: string | null): Promise<Response> | null => {
  const taken = asked.get(path)
  asked.delete(path)
  return taken?.key === key ? taken.answer : null
}
