import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'

// A passkey in software: it makes a key pair, signs challenges and counts, and it can be told to
// do each of these wrongly. ES256 and CBOR by hand, as far as an authenticator needs them.

const b64 = (bytes: Uint8Array | string) => Buffer.from(bytes).toString('base64url')
const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest()

/** Writes the head of a CBOR item: its major type and a number. */
const head = (major: number, value: number): Buffer => {
  if (value < 24) return Buffer.from([(major << 5) | value])
  if (value < 256) return Buffer.from([(major << 5) | 24, value])
  return Buffer.from([(major << 5) | 25, value >> 8, value & 255])
}

type Cbor = number | string | Uint8Array | ReadonlyMap<number | string, Cbor>

/** Writes CBOR: small numbers, texts, bytes and maps. */
const cbor = (value: Cbor): Buffer => {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value)
  if (typeof value === 'string') return Buffer.concat([head(3, value.length), Buffer.from(value)])
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value])
  const pairs = [...value].flatMap(([key, one]) => [cbor(key), cbor(one)])
  return Buffer.concat([head(5, value.size), ...pairs])
}

const FLAGS = { present: 0x01, verified: 0x04, attested: 0x40 }

/** What a passkey can be told to do otherwise. */
export type Otherwise = Readonly<{
  origin?: string
  rpId?: string
  challenge?: string
  type?: string
  /** Set where nobody was asked for a fingerprint. */
  isUnverified?: boolean
  counter?: number
  /** Set where the signature is of another key. */
  isForged?: boolean
}>

const challengeOf = (options: unknown) => String(Object(options)['challenge'])

/** Makes a passkey for the pages of one origin. */
export const authenticator = (origin: string, rpId: string) => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const id = randomBytes(16)
  let count = 0

  const client = (type: string, options: unknown, otherwise: Otherwise) =>
    Buffer.from(
      JSON.stringify({
        type: otherwise.type ?? type,
        challenge: otherwise.challenge ?? challengeOf(options),
        origin: otherwise.origin ?? origin,
        crossOrigin: false,
      }),
    )
  const data = (flags: number, otherwise: Otherwise) => {
    const counter = Buffer.alloc(4)
    counter.writeUInt32BE(otherwise.counter ?? count)
    const seen = otherwise.isUnverified ? FLAGS.present : FLAGS.present | FLAGS.verified
    return Buffer.concat([sha256(otherwise.rpId ?? rpId), Buffer.from([flags | seen]), counter])
  }
  const shell = { id: b64(id), rawId: b64(id), type: 'public-key' }

  return {
    /** Answers `navigator.credentials.create`. */
    create(options: unknown, otherwise: Otherwise = {}) {
      const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
      const key = new Map<number, Cbor>([
        ...([
          [1, 2],
          [3, -7],
          [-1, 1],
        ] as const),
        [-2, Buffer.from(x, 'base64url')],
        [-3, Buffer.from(y, 'base64url')],
      ])
      const length = Buffer.from([0, id.length])
      const attested = Buffer.concat([Buffer.alloc(16), length, id, cbor(key)])
      const authData = Buffer.concat([data(FLAGS.attested, otherwise), attested])
      const attestation = new Map<string, Cbor>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', authData],
      ])
      const clientDataJSON = b64(client('webauthn.create', options, otherwise))
      const response = { clientDataJSON, attestationObject: b64(cbor(attestation)) }
      return { ...shell, response: { ...response, transports: ['internal'] } }
    },
    /** Answers `navigator.credentials.get`. */
    get(options: unknown, otherwise: Otherwise = {}) {
      count += 1
      const authenticatorData = data(0, otherwise)
      const clientData = client('webauthn.get', options, otherwise)
      const signed = Buffer.concat([authenticatorData, sha256(clientData)])
      const signature = sign('sha256', signed, otherwise.isForged ? other : privateKey)
      const response = {
        clientDataJSON: b64(clientData),
        authenticatorData: b64(authenticatorData),
        signature: b64(signature),
      }
      return { ...shell, response }
    },
  }
}
