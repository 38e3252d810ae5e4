import { Refusal, refuse } from '../../kernel/refusal.ts'
import type { RootKey } from './root.ts'

/** The way out, as far as it is needed here. */
export type FetchText = (input: string, init: RequestInit) => Promise<Response>

/** A key in the transit engine of OpenBao or HashiCorp Vault; the key itself never comes here. */
export type TransitSource = Readonly<{
  kind: 'transit'
  /** The server, such as `https://bao.example.org:8200`. */
  url: string
  /** The key's name in the engine. */
  name: string
  /** Where the engine is mounted; `transit` unless said. */
  mount?: string
  /** Gives the token at each call, so that a renewed one is taken up. */
  token: () => string | Promise<string>
  fetch: FetchText
}>

const CALL_MS = 10_000
const NAME = /^[A-Za-z0-9_.-]{1,128}$/
const MOUNT = /^[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+)*$/
const VERSIONED = /^vault:v[1-9][0-9]{0,8}:[A-Za-z0-9+/]+={0,2}$/

/** Opens a transit key as the root. Nothing is asked of the server before the first wrap. */
export const transitRoot = (source: TransitSource): RootKey => {
  const { name, mount = 'transit' } = source
  if (!NAME.test(name) || !MOUNT.test(mount)) throw nameNotValid()
  const ask = (verb: 'encrypt' | 'decrypt', body: object) =>
    send(source, `${mount}/${verb}/${name}`, body)

  const wrap: RootKey['wrap'] = async (bytes, aad) => {
    const answer = await ask('encrypt', {
      plaintext: base64(bytes),
      associated_data: base64(aad),
    })
    const text = fieldOf(answer.data, 'ciphertext')
    if (!answer.ok || text === undefined || !VERSIONED.test(text)) throw unexpected(answer.status)
    return text
  }
  const unwrap: RootKey['unwrap'] = async (text, aad) => {
    if (!VERSIONED.test(text)) return null
    const answer = await ask('decrypt', { ciphertext: text, associated_data: base64(aad) })
    // The engine says 400 for a text of another key, for another binding, and for a changed one.
    if (answer.status === 400) return null
    const plain = fieldOf(answer.data, 'plaintext')
    if (!answer.ok || plain === undefined) throw unexpected(answer.status)
    return new Uint8Array(Buffer.from(plain, 'base64'))
  }
  return {
    id: `transit-${mount}/${name}`,
    wrap,
    unwrap,
    // Not `transit/rewrap`: it takes no associated data, so it refuses everything wrapped here.
    async rewrap(text, aad) {
      const bytes = await unwrap(text, aad)
      if (bytes === null) return null
      try {
        return await wrap(bytes, aad)
      } finally {
        bytes.fill(0)
      }
    },
  }
}

type Answered = Readonly<{ status: number; ok: boolean; data: unknown }>

const send = async (source: TransitSource, path: string, body: object): Promise<Answered> => {
  const { url, token, fetch } = source
  const response = await fetch(`${url.replace(/\/+$/, '')}/v1/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-vault-token': await token() },
    body: JSON.stringify(body),
    redirect: 'error',
    signal: AbortSignal.timeout(CALL_MS),
  }).catch((error: unknown) => {
    if (error instanceof Refusal) throw error
    throw away(error instanceof Error ? error.name : 'unknown')
  })
  const { status, ok } = response
  if (status === 401 || status === 403) throw refused()
  if (status === 503) throw sealedUp()
  if (status === 429 || status >= 500) throw away(`status ${status}`)
  const parsed: unknown = await response.json().catch(() => null)
  const data: unknown =
    typeof parsed === 'object' && parsed !== null && 'data' in parsed ? parsed.data : null
  return { status, ok, data }
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

const fieldOf = (data: unknown, name: string): string | undefined => {
  const found: unknown = new Map(Object.entries(data ?? {})).get(name)
  return typeof found === 'string' ? found : undefined
}

const nameNotValid = () => {
  const message = 'Name the transit key by letters, digits, ".", "_" and "-", as the engine does.'
  return refuse('invalid', 'platform.root_key_name_not_valid', message)
}

const refused = () => {
  const message =
    'The key server refused the hub. Check its token, and that its policy allows encrypt and ' +
    'decrypt on this key.'
  return refuse('unavailable', 'platform.root_key_refused', message, { retryAfterS: 30 })
}

const sealedUp = () => {
  const message =
    'The key server is sealed or stands by. Unseal it; the hub then goes on by itself.'
  return refuse('unavailable', 'platform.root_key_sealed', message, { retryAfterS: 30 })
}

const away = (why: string) => {
  const message = `The key server does not answer (${why}). The hub tries again with the next call.`
  return refuse('unavailable', 'platform.root_key_away', message, { retryAfterS: 5 })
}

const unexpected = (status: number) => {
  const message = `The key server answered ${status} where a key was expected. Check its address.`
  return refuse('unavailable', 'platform.root_key_unexpected', message, { retryAfterS: 30 })
}
