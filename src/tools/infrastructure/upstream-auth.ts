import type { Auth, Upstream } from '../domain/upstream.ts'

/** Makes the headers that carry a credential; none where it goes elsewhere. */
export const authHeaders = (
  { kind, name }: Auth,
  secret: string | null,
): Readonly<Record<string, string>> => {
  if (secret === null) return {}
  if (kind === 'bearer' || kind === 'oauth') return { authorization: `Bearer ${secret}` }
  if (kind === 'basic') {
    return { authorization: `Basic ${Buffer.from(secret, 'utf8').toString('base64')}` }
  }
  return kind === 'header' && name !== undefined ? { [name.toLowerCase()]: secret } : {}
}

/** Names where a credential goes, for the record of its use. */
export const hostOf = (upstream: Upstream, replica: string): string => {
  const url = upstream.replicas.find(({ id }) => id === replica)?.url
  return url === undefined ? upstream.slug : new URL(url).host
}
