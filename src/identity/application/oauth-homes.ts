import { refuse } from '../../kernel/refusal.ts'
import type { OauthResource } from './oauth-words.ts'

// An issuer is one address. A hub with an address of its own has one; a hub that is only reached
// on its own machine goes by each name of that machine, because clients compare what they were
// told with what they typed.

/** Where the hub is reached; the port is asked late, because the system may choose it. */
export type OauthPlace = Readonly<{ publicUrl: string | undefined; port: () => number }>

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Gives the address under which a request reached the hub, without a path. */
export const homeOf = ({ publicUrl }: OauthPlace, host: string | undefined): string => {
  const home = publicUrl === undefined ? `http://${host ?? ''}` : new URL(publicUrl).origin
  const { protocol, hostname, origin } = new URL(home)
  if (protocol === 'https:' || LOOPBACK.has(hostname)) return origin
  const message = 'Guildhall needs HTTPS on this address; set GUILDHALL_PUBLIC_URL to it.'
  throw refuse('forbidden', 'identity.https_needed', message)
}

/** Tells whether an address is one that tokens of this hub are made for. */
export const isResourceOf = (place: OauthPlace, address: string, of: OauthResource): boolean => {
  const { publicUrl, port } = place
  const homes =
    publicUrl === undefined
      ? [...LOOPBACK].map((name) => new URL(`http://${name}:${port()}`).origin)
      : [new URL(publicUrl).origin]
  return homes.some((home) => address === `${home}/${of}`)
}

/** The path of the metadata that tells clients of `/mcp` where to sign in. */
export const RESOURCE_METADATA = '/.well-known/oauth-protected-resource/mcp'
