import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import type { Provider } from '../domain/provider.ts'
import { issuerClient } from './oidc-client.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections()
})

const PROVIDER: Provider = {
  id: '00000000-0000-7000-8000-0000000000b1',
  key: 'github',
  kind: 'github',
  name: 'GitHub',
  issuer: 'https://github.com',
  clientId: 'client-1',
  domains: [],
  version: 1,
}
const TIES = { state: 'state-1', nonce: 'nonce-1', verifier: 'v'.repeat(43) }
const CALLBACK = 'http://localhost:7420/sign-in/callback'

type Said = Readonly<{ user?: unknown; emails?: unknown; token?: object; status?: number }>

/** GitHub on this machine: the three addresses that a sign-in asks, and what it was asked. */
const github = async (said: Said = {}) => {
  const heard: { path: string; body: string; authorization: string | undefined }[] = []
  const answer = (res: ServerResponse, body: unknown) =>
    res
      .writeHead(said.status ?? 200, { 'content-type': 'application/json' })
      .end(JSON.stringify(body))
  const server = createServer((req: IncomingMessage, res) => {
    let body = ''
    req.on('data', (chunk) => (body += String(chunk)))
    req.on('end', () => {
      const path = req.url ?? ''
      heard.push({ path, body, authorization: req.headers.authorization })
      if (path === '/token') {
        return answer(res, said.token ?? { access_token: 'gho_1', token_type: 'bearer' })
      }
      if (path === '/user') return answer(res, said.user ?? { id: 583231, name: 'Ada' })
      return answer(
        res,
        said.emails ?? [
          { email: 'old@example.org', primary: false, verified: true },
          { email: 'ada@example.org', primary: true, verified: true },
        ],
      )
    })
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('It listens on a port.')
  const api = `http://127.0.0.1:${address.port}`
  const client = issuerClient({
    fetch,
    isPlain: () => true,
    github: { authorization_endpoint: `${api}/authorize`, token_endpoint: `${api}/token`, api },
  })
  const terms = { provider: PROVIDER, clientSecret: () => 'the-secret' }
  const claims = (callback = `${CALLBACK}?code=code-1&state=state-1`) =>
    client.claims(terms, { callback, ...TIES })
  return { client, terms, claims, heard }
}

test('the browser is sent with a challenge, and no secret stands in the address', async () => {
  const { client, terms } = await github()
  const to = new URL(await client.authorizationAddress(terms, { ...TIES, redirectUri: CALLBACK }))
  expect(Object.fromEntries(to.searchParams)).toMatchObject({
    client_id: 'client-1',
    redirect_uri: CALLBACK,
    state: 'state-1',
    code_challenge: createHash('sha256').update(TIES.verifier).digest('base64url'),
    code_challenge_method: 'S256',
  })
  expect(to.href).not.toContain('the-secret')
  expect(to.href).not.toContain(TIES.verifier)
})

test('whom a token of GitHub belongs to is asked for, and the number is the subject', async () => {
  const { claims, heard } = await github()
  expect(await claims()).toEqual({
    issuer: 'https://github.com',
    subject: '583231',
    email: 'ada@example.org',
    emailVerified: true,
    name: 'Ada',
  })
  expect(heard.find(({ path }) => path === '/user')?.authorization).toBe('Bearer gho_1')
  expect(heard.find(({ path }) => path === '/token')?.body).toContain(
    `code_verifier=${TIES.verifier}`,
  )
})

test('an address that GitHub has not verified counts as none that is', async () => {
  const { claims } = await github({
    emails: [{ email: 'ada@example.org', primary: true, verified: false }],
  })
  expect(await claims()).toMatchObject({ email: 'ada@example.org', emailVerified: false })
})

test.each<[string, Said, string?]>([
  ['a user without a number', { user: { id: 'ada', name: 'Ada' } }],
  ['an error of the token address', { token: { error: 'bad_verification_code' } }],
  ['an answer that is none', { user: 'hello' }],
  ['a server that fails', { status: 500 }],
  ['another state', {}, `${CALLBACK}?code=code-1&state=state-2`],
  ['a refusal by the person', {}, `${CALLBACK}?error=access_denied&state=state-1`],
])('%s is said in one sentence that tells nothing of the other side', async (_, said, callback) => {
  const { claims } = await github(said)
  await expect(claims(callback)).rejects.toMatchObject({
    code: 'identity.external_sign_in_failed',
    message: 'The sign-in there did not come to an end; start again.',
  })
})
