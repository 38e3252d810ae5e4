import type { Ground } from '../../platform/room.ts'
import type { ExternalNeeds } from '../application/external-ports.ts'
import { type GithubPlaces, issuerClient } from './oidc-client.ts'
import { providerStore } from './provider-store.ts'
import type { SignInOptions } from './sign-in-needs.ts'

/** The way out to issuers. */
export type IssuerOptions = Readonly<{
  fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>
  /** Tells whether plain http may be spoken with an address. */
  isPlain?: (address: string) => boolean
  github?: GithubPlaces
}>

type Own = Pick<ExternalNeeds, 'providers' | 'issuers'>

/** Makes the needs of signing in through others, for one process; without options none. */
export const externalNeeds = (
  signIn: SignInOptions | undefined,
  options: IssuerOptions | undefined,
): ((ground: Ground) => Partial<Own>) => {
  if (signIn === undefined || options === undefined) return () => ({})
  const issuers = issuerClient(options)
  return (ground) => ({ issuers, providers: providerStore(ground, signIn.seal) })
}
