import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { Provider } from 'oidc-provider'

// An OpenID issuer on this machine, as GitHub and Google are out there: the same library that our
// own OAuth server is made of, in the part of somebody else.

/** Somebody who has an account at the issuer. */
export type Holder = Readonly<{ sub: string; email?: string; verified?: boolean; name?: string }>

/** A running issuer. */
export type Issuer = Readonly<{
  issuer: string
  /** Follows an authorization address as the browser of somebody; gives where it is sent back. */
  visit(address: string, holder: Holder): Promise<URL>
  stop(): Promise<void>
}>

/** The client that tests register there. */
export const CLIENT = { id: 'guildhall-test', secret: 'the-secret-of-the-client-at-the-issuer' }

const portOf = (server: Server): number => {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('It listens on a port.')
  return address.port
}

/** Starts an issuer whose client is sent back to the given address. */
export const startIssuer = async (redirectUri: string): Promise<Issuer> => {
  const holders = new Map<string, Holder>()
  let handle = (_: IncomingMessage, res: ServerResponse): void => void res.end()
  const server = createServer((req, res) => handle(req, res))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${portOf(server)}`
  const provider = providerOf(issuer, redirectUri, holders)
  const callback = provider.callback()
  handle = (req, res) => {
    const [, uid] = /^\/interaction\/([\w-]+)/.exec(req.url ?? '') ?? []
    if (uid === undefined) return void callback(req, res)
    const sub = /(?:^|; )sub=([^;]+)/.exec(req.headers.cookie ?? '')?.[1] ?? ''
    finish(provider, { req, res, sub }).catch(() => res.destroy())
  }
  return {
    issuer,
    async visit(address, holder) {
      holders.set(holder.sub, holder)
      return follow(address, { redirectUri, sub: holder.sub })
    },
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

const providerOf = (issuer: string, redirectUri: string, holders: Map<string, Holder>) =>
  new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_uris: [redirectUri],
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    cookies: { keys: ['keys-of-a-test-issuer'] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    pkce: { required: () => true },
    async findAccount(_, sub) {
      const holder = holders.get(sub)
      return {
        accountId: sub,
        claims: async () => ({
          sub,
          ...(holder?.email && { email: holder.email }),
          ...(holder?.verified !== undefined && { email_verified: holder.verified }),
          ...(holder?.name && { name: holder.name }),
        }),
      }
    },
  })

type Visit = Readonly<{ req: IncomingMessage; res: ServerResponse; sub: string }>

/** Signs the visitor in and agrees to what is asked, in one step. */
const finish = async (provider: Provider, { req, res, sub }: Visit): Promise<void> => {
  const details = await provider.interactionDetails(req, res)
  const grant = new provider.Grant({ accountId: sub, clientId: CLIENT.id })
  grant.addOIDCScope('openid email profile')
  const grantId = await grant.save()
  const result = { login: { accountId: sub }, consent: { grantId } }
  await provider.interactionFinished(req, res, { ...details.lastSubmission, ...result })
}

const HOPS_MAX = 10

/** Goes from redirect to redirect with a jar of cookies, until it would reach the client. */
const follow = async (
  address: string,
  { redirectUri, sub }: Readonly<{ redirectUri: string; sub: string }>,
): Promise<URL> => {
  const jar = new Map([['sub', sub]])
  let url = new URL(address)
  for (let hop = 0; hop < HOPS_MAX; hop += 1) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await fetch(url, { redirect: 'manual', headers: { cookie } })
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      jar.set(name, value)
    }
    const next = answer.headers.get('location')
    if (next === null) throw new Error(`The issuer answered ${answer.status} without a way on.`)
    url = new URL(next, url)
    if (url.href.startsWith(redirectUri)) return url
  }
  throw new Error('The issuer sends in circles.')
}
