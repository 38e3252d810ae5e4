import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Actor } from '../../kernel/actor.ts'
import type { Hall, Presented } from '../../kernel/hall.ts'
import { Refusal, type RefusalKind } from '../../kernel/refusal.ts'
import { finishAccount } from '../application/finish-oauth-account.ts'
import { CLIENT_MARK, clientDocument } from '../domain/oauth-client.ts'

// Two addresses for issuers of tokens: the document that says who the hub is, and the place to
// which they send browsers back. A browser comes back with its session; what it brings is ended by
// an operation like any other, as the person whose session it is.

const PATH = /^\/connect\/([^/]+)\/(callback|client\.json)$/
/** Characters of an address that is read. */
const ADDRESS_CHARS_MAX = 8_192

/** What the mount is made of. */
export type OauthCallbackOptions = Readonly<{
  hall: Pick<Hall, 'authenticate' | 'run' | 'admit'>
  /** The address of the hub. */
  address: () => string
  /** Reads what a request shows of who it is: the session in its cookie. */
  shown: (req: IncomingMessage) => Readonly<{
    credential: string | undefined
    presented: Presented
  }>
  addressOf: (req: IncomingMessage) => string | undefined
  /** Headers of every answer, names and values in turn. */
  headers: readonly string[]
}>

/** The subtree of addresses that issuers of tokens know. */
export type OauthCallback = Readonly<{
  handles(pathname: string): boolean
  handle(req: IncomingMessage, res: ServerResponse): Promise<void>
}>

/** Makes the mount. */
export const oauthCallback = (options: OauthCallbackOptions): OauthCallback => ({
  handles: (pathname) => pathname.startsWith('/connect/'),
  async handle(req, res) {
    const { headers, address, hall, addressOf } = options
    for (let at = 0; at + 1 < headers.length; at += 2) {
      res.setHeader(headers[at] ?? '', headers[at + 1] ?? '')
    }
    res.setHeader('cache-control', 'no-store')
    hall.admit(addressOf(req))
    const url = (req.url ?? '/').slice(0, ADDRESS_CHARS_MAX)
    const [, mark = '', page] = PATH.exec(url.split('?')[0] ?? '') ?? []
    if (!CLIENT_MARK.test(mark) || page === undefined) return tell(res, NOTHING_HERE)
    if (req.method !== 'GET') return tell(res, { ...NOTHING_HERE, status: 405 })
    if (page === 'callback') return comeBack(options, { req, res, url })
    if (!address().startsWith('https:')) return tell(res, NOTHING_HERE)
    const head = { 'content-type': 'application/json', 'cache-control': 'public, max-age=3600' }
    res.writeHead(200, head).end(JSON.stringify(clientDocument(address(), mark)))
  },
})

type Return = Readonly<{ req: IncomingMessage; res: ServerResponse; url: string }>

/** Ends what somebody began, as the person whose browser it is. */
const comeBack = async (
  options: OauthCallbackOptions,
  { req, res, url }: Return,
): Promise<void> => {
  const actor = await signedIn(options, req)
  // Somebody who began it elsewhere signs in first; the answer waits in the address meanwhile.
  if (actor === null) return lead(res, `/sign-in?next=${encodeURIComponent(url)}`)
  const { hall, address, addressOf } = options
  try {
    const asked = { actor, door: 'web', address: addressOf(req) } as const
    const { output } = await hall.run(finishAccount, { callback: `${address()}${url}` }, asked)
    lead(res, `/tools/${serverIn(finishAccount.output.parse(output))}`)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    tell(res, { status: STATUS[error.kind], said: error.message })
  }
}

const signedIn = async (
  { hall, shown }: OauthCallbackOptions,
  req: IncomingMessage,
): Promise<Actor | null> => {
  const { credential, presented } = shown(req)
  if (credential === undefined || presented.cookie !== true) return null
  try {
    const actor = await hall.authenticate(credential, presented)
    return actor.stage === undefined ? actor : null
  } catch (error) {
    if (error instanceof Refusal && error.kind === 'unauthenticated') return null
    throw error
  }
}

const serverIn = (output: unknown): string => {
  const server =
    typeof output === 'object' && output !== null && 'server' in output && output.server
  return typeof server === 'string' ? server : ''
}

const lead = (res: ServerResponse, location: string): void => {
  res.writeHead(303, { location, 'content-length': '0' }).end()
}

const STATUS: Readonly<Record<RefusalKind, number>> = {
  invalid: 422,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_many: 429,
  unavailable: 503,
}

const NOTHING_HERE = { status: 404, said: 'There is nothing at this address.' }

/** Tells a person in a browser why it did not work. */
const tell = (
  res: ServerResponse,
  { status, said }: Readonly<{ status: number; said: string }>,
): void => {
  const body =
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Guildhall</title>' +
    `<body><h1>The account was not connected</h1><p>${escaped(said)}</p>` +
    '<p><a href="/">Back to Guildhall</a></p></body></html>'
  res.writeHead(status, { 'content-type': 'text/html; charset=utf-8' }).end(body)
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escaped = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
