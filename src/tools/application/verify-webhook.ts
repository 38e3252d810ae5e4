import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import {
  type HmacPlace,
  idFieldOf,
  isTimely,
  type Proof,
  readProof,
  type WebhookHeaders,
  type WebhookScheme,
} from '../domain/webhook-scheme.ts'
import { standardKey } from './webhook-secret.ts'

/** A call as it came: headers by small names, and the body as it is on the wire. */
export type RawCall = Readonly<{ headers: WebhookHeaders; body: Uint8Array }>

/** What a call that was proven is known by, so that it is not taken twice. */
export type CallKeys = Readonly<{ delivery: string; signed: string | null }>

/** A call whose sender has proven to know the secret. */
export type Verified = Readonly<{ keys: CallKeys; text: string; json: unknown }>

type Checked = Readonly<{ scheme: WebhookScheme; place: HmacPlace | null }>

/**
 * Checks a call against the secrets that count. Every signature is compared with every secret, in
 * constant time, over the body as it came; `null` where none fits, or the signed moment is far.
 */
export const verifyCall = (
  hook: Checked,
  call: RawCall,
  by: Readonly<{ secrets: readonly string[]; now: number }>,
): Verified | null => {
  const proof = readProof(hook.scheme, call.headers, hook.place)
  // Without a proof as much is computed as with one: the answer's time tells nothing.
  const tried = proof ?? NO_PROOF
  const fitting = by.secrets.filter((secret) => isBy(hook.scheme, tried, { call, secret }))
  if (proof === null || fitting.length === 0 || !isTimely(proof, by.now)) return null
  const text = new TextDecoder().decode(call.body)
  const json = readBody(text, call.headers['content-type'] ?? '')
  return { text, json, keys: keysOf(hook.scheme, proof, { call, json }) }
}

const NO_PROOF: Proof = {
  ...{ kind: 'hmac', hash: 'sha256', encoding: 'hex', before: '' },
  ...{ given: [''], sentAt: null, id: null },
}

const isBy = (
  scheme: WebhookScheme,
  proof: Proof,
  { call, secret }: Readonly<{ call: RawCall; secret: string }>,
): boolean => {
  if (proof.kind === 'token') return isSame(proof.given, secret)
  const { hash, encoding, before, given } = proof
  const key = scheme === 'standard-webhooks' ? standardKey(secret) : Buffer.from(secret)
  if (key === null) return false
  const own = createHmac(hash, key).update(before).update(call.body).digest(encoding)
  const tidied = encoding === 'hex' ? given.map((one) => one.toLowerCase()) : given
  return tidied.filter((one) => isSame(one, own)).length > 0
}

// Digests of equal length, so that neither length nor place of a difference shows in time.
const isSame = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b))
const digest = (...pieces: readonly (string | Uint8Array)[]): Buffer => {
  const hash = createHash('sha256')
  for (const piece of pieces) hash.update(piece)
  return hash.digest()
}

const FIELDS_MAX = 200

/** Reads JSON, or the fields of a form; `undefined` for anything else. */
const readBody = (text: string, type: string): unknown => {
  if (type.startsWith('application/x-www-form-urlencoded')) {
    return Object.fromEntries([...new URLSearchParams(text)].slice(0, FIELDS_MAX))
  }
  try {
    const value: unknown = JSON.parse(text)
    return value
  } catch {
    return undefined // A body is whatever its sender likes; rules find nothing in this one.
  }
}

/**
 * Names a call. What the seal covers counts: where the sender's name of a delivery stands outside
 * of it, whoever repeats the call could give it another one, so the body is a name as well.
 */
const keysOf = (
  scheme: WebhookScheme,
  proof: Proof,
  { call, json }: Readonly<{ call: RawCall; json: unknown }>,
): CallKeys => {
  const before = proof.kind === 'hmac' ? proof.before : ''
  const signed = `signed:${digest(before, call.body).toString('hex')}`
  const field = idFieldOf(scheme)
  const inside = field === null ? undefined : fieldOf(json, field)
  const name = typeof inside === 'string' && inside !== '' ? inside : proof.id
  if (name === null) return { delivery: signed, signed: null }
  const delivery = `id:${digest(name).toString('hex')}`
  return { delivery, signed: scheme === 'github' ? signed : null }
}

const fieldOf = (json: unknown, field: string): unknown =>
  typeof json === 'object' && json !== null && Object.hasOwn(json, field)
    ? Object.getOwnPropertyDescriptor(json, field)?.value
    : undefined
