import type { Heard, Wire } from './wire.ts'

type Cookie = Readonly<{ value: string; path: string; secure: boolean; httpOnly: boolean }>

/** A browser as far as OAuth needs one: cookies by their paths, and no script. */
export type Browser = Readonly<{
  jar: Map<string, Cookie>
  get(address: string, headers?: Readonly<Record<string, string>>): Promise<Heard>
  /** Sends JSON as a page of the hub would. */
  post(address: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Heard>
  /** Follows redirects within the hub; gives the first answer that leads elsewhere or ends. */
  follow(address: string): Promise<Heard & Readonly<{ at: string }>>
}>

const REDIRECTS_MAX = 10

/** Opens a browser; `host` is the name it believes to be on. */
export const browserOn = (wire: Wire, home: string, cookie?: string): Browser => {
  const jar = new Map<string, Cookie>()
  if (cookie !== undefined) {
    const [name = '', value = ''] = cookie.split('=')
    jar.set(name, { value, path: '/', secure: false, httpOnly: true })
  }
  const { host, origin } = new URL(home)
  const pathOf = (address: string) => {
    const url = new URL(address, home)
    return `${url.pathname}${url.search}`
  }
  const cookiesFor = (path: string): Record<string, string> => {
    const [bare = ''] = path.split('?')
    const fitting = [...jar].filter(([, one]) => bare === one.path || bare.startsWith(under(one)))
    const text = fitting.map(([name, { value }]) => `${name}=${value}`).join('; ')
    return text === '' ? {} : { cookie: text }
  }
  const keep = (heard: Heard): Heard => {
    for (const line of heard.headers['set-cookie'] ?? []) keepCookie(jar, line)
    return heard
  }
  const browser: Browser = {
    jar,
    async get(address, headers = {}) {
      const path = pathOf(address)
      const all = { host, accept: 'text/html', ...cookiesFor(path), ...headers }
      return keep(await wire.send({ method: 'GET', path, headers: all }))
    },
    async post(address, body, headers = {}) {
      const path = pathOf(address)
      const all = {
        ...{ host, origin, 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' },
        ...cookiesFor(path),
        ...headers,
      }
      return keep(
        await wire.send({ method: 'POST', path, headers: all, body: JSON.stringify(body) }),
      )
    },
    async follow(address) {
      let at = address
      for (let count = 0; count < REDIRECTS_MAX; count += 1) {
        const heard = await browser.get(at)
        const { location } = heard.headers
        if (location === undefined || new URL(location, home).origin !== origin) {
          return { ...heard, at }
        }
        at = location
      }
      throw new Error('This leads round and round.')
    },
  }
  return browser
}

const under = ({ path }: Cookie): string => (path.endsWith('/') ? path : `${path}/`)

const keepCookie = (jar: Map<string, Cookie>, line: string): void => {
  const [pair = '', ...attributes] = line.split(';').map((part) => part.trim())
  const [name = '', value = ''] = pair.split(/=(.*)/s)
  const words = attributes.map((attribute) => attribute.toLowerCase())
  const path = attributes.find((attribute) => /^path=/i.test(attribute))?.slice(5) ?? '/'
  if (value === '' || words.some((word) => word.includes('1970'))) {
    jar.delete(name)
    return
  }
  const [secure, httpOnly] = [words.includes('secure'), words.includes('httponly')]
  jar.set(name, { value, path, secure, httpOnly })
}
