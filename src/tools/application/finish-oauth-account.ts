import { z } from 'zod'
import { operation, type Words } from '../../kernel/operation.ts'
import { notFound, refuse } from '../../kernel/refusal.ts'
import { CLIENT_MARK } from '../domain/oauth-client.ts'
import { covers, isOfIssuer } from '../domain/oauth-metadata.ts'
import type { Upstream } from '../domain/upstream.ts'
import { ConnectionView, ownerOf } from './connect-account.ts'
import type { HubNeeds } from './hub-ports.ts'
import type { Attempt, OauthNeeds } from './oauth-ports.ts'
import { accountRefused, foreignIssuer, notOurs, otherPlace } from './oauth-refusals.ts'

/** Characters of an address that somebody comes back by. */
const CALLBACK_CHARS_MAX = 8_192

const PATH = /^\/connect\/([^/]+)\/callback$/
/** The form of an error's name: nothing else of what an issuer says is repeated. */
const ERROR = /^[a-z_]{1,60}$/

/** Ends what `start_account` began, with the address that the browser was sent back to. */
export const finishAccount = operation<HubNeeds & OauthNeeds>()({
  name: 'tools.finish_account',
  about: 'End the sign-in for a server of tools with the address the browser was sent back to.',
  input: z.strictObject({
    callback: z.url().max(CALLBACK_CHARS_MAX).describe('The whole address, as it was opened'),
  }),
  output: ConnectionView,
  access: 'connection:use',
  effect: 'outside',
  http: 'POST /tool-accounts/finish',
  mcp: null,
  say: ({ server, personal }) => `${server} connected${personal ? ' with your account' : ''}`,
  async run({ callback }, words) {
    const { oauth, call } = words
    const answer = readAnswer(callback)
    if (answer === null) throw malformed()
    const attempt = await oauth.takeAttempt(answer.state, call)
    if (attempt === null) throw notOurs()
    // Before anything of the answer is believed or sent anywhere: whose answer is it?
    if (oauth.markOf(attempt.issuer) !== answer.mark) throw foreignIssuer()
    if (!isOfIssuer(attempt, answer.iss)) throw foreignIssuer()
    if (answer.error !== null) throw accountRefused(reasonOf(answer.error))
    const { code, state, iss } = answer
    if (code === null) throw malformed()
    const upstream = await serverOf(attempt, words)
    const tokens = await oauth.exchange(attempt, { code, state, iss }, call)
    const made = await oauth.keepAccount({ attempt, upstream, tokens }, call)
    const { account, principalId } = made
    return { server: upstream.slug, personal: principalId !== null, account, state: made.state }
  },
})

/** What an issuer sent a browser back with. */
type Answer = Readonly<{
  mark: string
  state: string
  code: string | null
  iss: string | null
  error: string | null
}>

const readAnswer = (callback: string): Answer | null => {
  const { pathname, searchParams } = new URL(callback)
  const mark = PATH.exec(pathname)?.[1]
  const one = (name: string): string | null => {
    const all = searchParams.getAll(name)
    return all.length === 1 ? (all[0] ?? null) : null
  }
  // A word that comes twice is no answer: the two readers of it could read different ones.
  const isOnce = ['state', 'code', 'iss', 'error'].every(
    (name) => searchParams.getAll(name).length < 2,
  )
  const state = one('state')
  if (mark === undefined || !CLIENT_MARK.test(mark) || state === null || !isOnce) return null
  return { mark, state, code: one('code'), iss: one('iss'), error: one('error') }
}

const reasonOf = (error: string): string => {
  if (error === 'access_denied') return 'it was declined there'
  return ERROR.test(error) ? `the issuer says ${error}` : 'the issuer refused it'
}

/** Finds the server again: it may be gone, elsewhere, or its rights others than before. */
const serverOf = async (
  { upstreamId, ownerId, resource }: Attempt,
  words: HubNeeds & Words,
): Promise<Upstream> => {
  const upstream = (await words.catalogue()).upstreamsById.get(upstreamId)
  if (upstream === undefined) throw notFound('This server')
  if (ownerOf(upstream, words) !== ownerId) throw notOurs()
  if (!upstream.replicas.some(({ url }) => covers(resource, url))) throw otherPlace(upstream.slug)
  return upstream
}

const malformed = () => {
  const message = 'Give the whole address that the browser was sent back to, with its code.'
  return refuse('invalid', 'tools.callback_not_readable', message)
}
