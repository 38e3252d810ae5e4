/** Header values as Node gives them: names in lower case. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

/** Where this hub can be reached: its port on loopback, and the address people use, if any. */
export type OwnAddress = Readonly<{ port: number; publicUrl?: string | undefined }>

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * Judges where a request comes from and whom it was meant for: 403 for a foreign page's `Origin`,
 * 421 for a `Host` that is not ours (a rebound name), `null` where nothing speaks against it.
 */
export const guardOrigin = (
  headers: Headers,
  own: OwnAddress,
): Readonly<{ status: 403 | 421 }> | null => {
  const { origin, host } = headers
  if (origin !== undefined && !isOwnOrigin(origin, own)) return { status: 403 }
  if (!isOwnHost(host, own)) return { status: 421 }
  return null
}

const isOwnHost = (host: Headers[string], own: OwnAddress): boolean => {
  if (typeof host !== 'string') return false
  const name = host.toLowerCase()
  return isLoopback(name, own.port) || name === publicAddress(own.publicUrl)?.host
}

/** Tells whether a page of this hub made a request, by its `Origin`. */
export const isOwnOrigin = (origin: Headers[string], own: OwnAddress): boolean => {
  if (typeof origin !== 'string') return false
  const text = origin.toLowerCase()
  if (text.startsWith('http://') && isLoopback(text.slice(7), own.port)) return true
  return text === publicAddress(own.publicUrl)?.origin
}

/** Tells whether a host names this machine, with this port. */
export const isLoopback = (host: string, port: number): boolean => {
  const colon = host.lastIndexOf(':')
  const bare = colon < 0 || host.endsWith(']')
  if (bare) return port === 80 && LOOPBACK.has(host)
  return host.slice(colon + 1) === String(port) && LOOPBACK.has(host.slice(0, colon))
}

const parsed = new Map<string, URL>()

// One address for the life of a process: parsed once, not with every request.
const publicAddress = (publicUrl: string | undefined): URL | undefined => {
  if (!publicUrl) return undefined
  const known = parsed.get(publicUrl)
  if (known) return known
  const fresh = new URL(publicUrl)
  parsed.clear()
  parsed.set(publicUrl, fresh)
  return fresh
}
