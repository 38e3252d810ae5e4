import { type Api, shape } from '../live/api.ts'
import { isPasskeyAsked } from './views.ts'

// Between the hub, which speaks JSON, and `navigator.credentials`, which speaks bytes. What
// browsers bring along for it is not everywhere yet, and two ways are twice as much to get wrong.

/** What a browser signed, as the hub takes it. */
export type PasskeyAnswer = Readonly<{
  id: string
  rawId: string
  type: 'public-key'
  response: Readonly<Record<string, unknown>>
}>

const isCreation = shape<PublicKeyCredentialCreationOptionsJSON>('challenge', 'user', 'rp')
const isRequest = shape<PublicKeyCredentialRequestOptionsJSON>('challenge')
const IP = /^(\d+\.\d+\.\d+\.\d+|\[.*\])$/

/** Tells whether this browser knows passkeys. */
export const knowsPasskeys = (): boolean => 'PublicKeyCredential' in window

/** Gives where passkeys work instead: they are bound to a name, and digits are none. */
export const placeWithName = ({ hostname, href }: Location): string | null => {
  if (!IP.test(hostname)) return null
  const place = new URL(href)
  place.hostname = 'localhost'
  return place.href
}

/** Lets the browser make a passkey. */
export const makePasskey = async (options: unknown): Promise<PasskeyAnswer> => {
  if (!isCreation(options)) throw new Error(OTHER_VERSION)
  const { user, challenge, excludeCredentials = [], pubKeyCredParams } = options
  const publicKey: PublicKeyCredentialCreationOptions = {
    rp: options.rp,
    user: { ...user, id: bytesOf(user.id) },
    challenge: bytesOf(challenge),
    pubKeyCredParams: pubKeyCredParams.map(({ alg }) => ({ alg, type: 'public-key' })),
    excludeCredentials: excludeCredentials.map(({ id }) => ({
      id: bytesOf(id),
      type: 'public-key',
    })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    attestation: 'none',
    ...(options.timeout !== undefined && { timeout: options.timeout }),
  }
  const made = await navigator.credentials.create({ publicKey }).catch(inOurWords)
  if (!(made instanceof PublicKeyCredential)) throw new Error(NOTHING_DONE)
  const { response } = made
  if (!(response instanceof AuthenticatorAttestationResponse)) throw new Error(NOTHING_DONE)
  return answer(made, {
    attestationObject: textOf(response.attestationObject),
    transports: response.getTransports(),
  })
}

const signWithPasskey = async (options: unknown): Promise<PasskeyAnswer> => {
  if (!isRequest(options)) throw new Error(OTHER_VERSION)
  const { challenge, allowCredentials = [], rpId, timeout } = options
  const publicKey: PublicKeyCredentialRequestOptions = {
    challenge: bytesOf(challenge),
    allowCredentials: allowCredentials.map(({ id }) => ({ id: bytesOf(id), type: 'public-key' })),
    userVerification: 'required',
    ...(rpId !== undefined && { rpId }),
    ...(timeout !== undefined && { timeout }),
  }
  const given = await navigator.credentials.get({ publicKey }).catch(inOurWords)
  if (!(given instanceof PublicKeyCredential)) throw new Error(NOTHING_DONE)
  const { response } = given
  if (!(response instanceof AuthenticatorAssertionResponse)) throw new Error(NOTHING_DONE)
  return answer(given, {
    authenticatorData: textOf(response.authenticatorData),
    signature: textOf(response.signature),
  })
}

/** A challenge of the hub, signed with a passkey. */
export type PasskeyProof = Readonly<{ challengeId: string; answer: PasskeyAnswer }>

/** Has the hub ask for a passkey, and the browser sign. */
export const passkeyProof = async (
  { write }: Pick<Api, 'write'>,
  path: string,
  about: object = {},
): Promise<PasskeyProof> => {
  const { challengeId, options } = await write(path, about, isPasskeyAsked)
  return { challengeId, answer: await signWithPasskey(options) }
}

const OTHER_VERSION = 'The hub is of another version than this page; reload the page.'
const NOTHING_DONE = 'No passkey was used. Try again, or take another way.'

const answer = (
  { id, rawId, response }: PublicKeyCredential,
  more: PasskeyAnswer['response'],
): PasskeyAnswer => ({
  id,
  rawId: textOf(rawId),
  type: 'public-key',
  response: { clientDataJSON: textOf(response.clientDataJSON), ...more },
})

const inOurWords = (thrown: unknown): never => {
  const name = thrown instanceof DOMException ? thrown.name : ''
  if (name === 'InvalidStateError') {
    throw new Error('This device has a passkey for your account already.')
  }
  if (name === 'SecurityError') {
    throw new Error('Passkeys do not work at this address; open the hub by its name, with HTTPS.')
  }
  throw new Error(NOTHING_DONE)
}

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => {
  const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0))
}

const textOf = (bytes: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
