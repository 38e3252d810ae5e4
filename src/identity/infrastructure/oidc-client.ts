import { LRUCache } from 'lru-cache'
import type * as Library from 'openid-client'
import type { Configuration, CustomFetch } from 'openid-client'
import { z } from 'zod'
import { refuse } from '../../kernel/refusal.ts'
import type { IssuerClient, IssuerTerms } from '../application/external-ports.ts'
import type { Claims, Provider } from '../domain/provider.ts'

// Sign-in by OpenID Connect: code flow with PKCE, state, nonce and, where the issuer sends it,
// `iss` (RFC 9207). GitHub speaks plain OAuth 2; whom a token belongs to is asked for, and the
// number it gives, not the name, is the subject.

type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

const KEPT = 100
const KEPT_MS = 3_600_000
const TIMEOUT_S = 10

const GITHUB = {
  authorization_endpoint: 'https://github.com/login/oauth/authorize',
  token_endpoint: 'https://github.com/login/oauth/access_token',
}
const GITHUB_API = 'https://api.github.com'

/** Addresses of GitHub: a test puts a stand-in there. */
export type GithubPlaces = Readonly<{
  authorization_endpoint: string
  token_endpoint: string
  api: string
}>

/** Makes the client of issuers; every request goes out by the given way. */
export const issuerClient = (
  options: Readonly<{ fetch: Fetch; github?: GithubPlaces; isPlain?: (issuer: string) => boolean }>,
): IssuerClient => {
  const goOut: CustomFetch = (url, { method, headers, body, signal }) =>
    options.fetch(url, { method, headers, body: body ?? null, signal: signal ?? null })
  const kept = new LRUCache<string, Promise<Configuration>>({ max: KEPT, ttl: KEPT_MS })
  const places = options.github ?? { ...GITHUB, api: GITHUB_API }

  const open = async ({ provider, clientSecret }: IssuerTerms): Promise<Configuration> => {
    const lib = await import('openid-client')
    const secret = clientSecret()
    const auth = lib.ClientSecretPost(secret)
    if (provider.kind === 'github') {
      const { api: _, ...endpoints } = places
      const server = { issuer: provider.issuer, ...endpoints }
      const config = new lib.Configuration(server, provider.clientId, undefined, auth)
      config[lib.customFetch] = goOut
      config.timeout = TIMEOUT_S
      if (options.isPlain?.(endpoints.token_endpoint)) plainOf(lib)(config)
      return config
    }
    return lib.discovery(new URL(provider.issuer), provider.clientId, undefined, auth, {
      [lib.customFetch]: goOut,
      timeout: TIMEOUT_S,
      // The signature of an ID token is checked as well, although it came over our own connection.
      execute: [
        lib.enableNonRepudiationChecks,
        ...(options.isPlain?.(provider.issuer) ? [plainOf(lib)] : []),
      ],
    })
  }
  const configOf = (terms: IssuerTerms): Promise<Configuration> => {
    const { id, version } = terms.provider
    const key = `${id}/${version}`
    const known = kept.get(key)
    if (known) return known
    const fresh = open(terms)
    kept.set(key, fresh)
    // A failed discovery must not be remembered: the issuer may be back in a minute.
    fresh.catch(() => kept.delete(key))
    return fresh
  }

  return {
    async authorizationAddress(terms, { redirectUri, state, nonce, verifier }) {
      return told(async () => {
        const lib = await import('openid-client')
        const config = await configOf(terms)
        const isGithub = terms.provider.kind === 'github'
        const url = lib.buildAuthorizationUrl(config, {
          redirect_uri: redirectUri,
          scope: isGithub ? 'read:user user:email' : 'openid profile email',
          state,
          ...(!isGithub && { nonce }),
          code_challenge: await lib.calculatePKCECodeChallenge(verifier),
          code_challenge_method: 'S256',
        })
        return url.href
      })
    },
    async claims(terms, { callback, state, nonce, verifier }) {
      return told(async () => {
        const lib = await import('openid-client')
        const config = await configOf(terms)
        const isGithub = terms.provider.kind === 'github'
        const tokens = await lib.authorizationCodeGrant(config, new URL(callback), {
          expectedState: state,
          pkceCodeVerifier: verifier,
          ...(!isGithub && { expectedNonce: nonce, idTokenExpected: true }),
        })
        if (isGithub) {
          return githubClaims(options.fetch, places.api, {
            issuer: terms.provider.issuer,
            token: tokens.access_token,
          })
        }
        return oidcClaims(terms.provider, tokens.claims())
      })
    },
  }
}

// Called deprecated by its authors so that it stands out. It is for issuers on the administrator's
// own network, which have to be named in a setting; the way out holds every call against that.
// oxlint-disable-next-line typescript/no-deprecated
const plainOf = (lib: typeof Library) => lib.allowInsecureRequests

const IdToken = z.object({
  iss: z.string(),
  sub: z.string().min(1).max(255),
  email: z.string().max(254).optional(),
  email_verified: z.boolean().optional(),
  name: z.string().max(200).optional(),
})

const oidcClaims = ({ issuer }: Provider, given: unknown): Claims => {
  const { iss, sub, email, email_verified, name } = IdToken.parse(given)
  if (iss !== issuer) throw new Error('The token is of another issuer.')
  return {
    issuer,
    subject: sub,
    email: email ?? null,
    emailVerified: email_verified === true,
    name: name ?? null,
  }
}

const User = z.object({ id: z.int().positive(), name: z.string().nullable().optional() })
const Emails = z.array(z.object({ email: z.string(), primary: z.boolean(), verified: z.boolean() }))

const githubClaims = async (
  fetch: Fetch,
  api: string,
  { issuer, token }: Readonly<{ issuer: string; token: string }>,
): Promise<Claims> => {
  const headers = { authorization: `Bearer ${token}`, accept: 'application/vnd.github+json' }
  const read = async (path: string): Promise<unknown> => {
    const answer = await fetch(`${api}${path}`, { headers })
    if (!answer.ok) throw new Error(`GitHub answered ${answer.status}.`)
    return answer.json()
  }
  const [user, emails] = await Promise.all([read('/user'), read('/user/emails')])
  const { id, name } = User.parse(user)
  const primary = Emails.parse(emails).find((one) => one.primary)
  return {
    issuer,
    subject: String(id),
    email: primary?.email ?? null,
    emailVerified: primary?.verified ?? false,
    name: name ?? null,
  }
}

/** Says in one sentence that it did not work; what the issuer said stays inside. */
const told = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Error && error.name === 'Refusal') throw error
    const message = 'The sign-in there did not come to an end; start again.'
    throw refuse('unauthenticated', 'identity.external_sign_in_failed', message)
  }
}
