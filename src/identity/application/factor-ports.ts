import type { ChallengePurpose } from '../domain/passkey.ts'

/** The challenge that an answer claims to be for. */
export type ChallengeAsked = Readonly<{
  id: string
  purpose: ChallengePurpose
  sessionId: string | null
  now: number
}>

/** Keeps second factors. */
export type FactorStore = Readonly<{
  hasTotp(principalId: string): Promise<boolean>
  /** Gives the secret of the generator in use, or of the one that waits for its first code. */
  totp(principalId: string, state: 'confirmed' | 'pending'): Promise<TotpSecret | null>
  addTotp(totp: TotpSecret, principalId: string, now: number): Promise<void>
  /** Puts a generator in the place of the one before it; false where it has gone. */
  confirmTotp(
    id: string,
    principalId: string,
    at: Readonly<{ step: number; now: number }>,
  ): Promise<boolean>
  /** Takes the code of a step once; false where it or a later one was taken. */
  useStep(id: string, step: number): Promise<boolean>
  removeTotp(principalId: string): Promise<boolean>
  codesLeft(principalId: string): Promise<number>
  /** Gives a code that was not used yet, as it is kept. */
  code(principalId: string, slot: number): Promise<string | null>
  /** Takes a code once. */
  useCode(
    principalId: string,
    code: Readonly<{ slot: number; phc: string }>,
    now: number,
  ): Promise<boolean>
  replaceCodes(principalId: string, phcs: readonly string[]): Promise<void>
  removeCodes(principalId: string): Promise<void>
}>

/** A generator's secret, and the last step that was taken. */
export type TotpSecret = Readonly<{ id: string; secret: Uint8Array; lastStep: number }>

/** A passkey as it is kept. */
export type Passkey = Readonly<{
  id: string
  principalId: string
  credentialId: string
  publicKey: Uint8Array
  counter: number
  transports: readonly string[]
  name: string
  createdAt: number
  lastUsedAt: number | null
}>

/** Where passkeys are kept. */
export type PasskeyStore = Readonly<{
  /** Refuses one that is there already. */
  add(passkey: Passkey): Promise<void>
  listOf(principalId: string): Promise<readonly Passkey[]>
  byCredential(credentialId: string): Promise<Passkey | null>
  /** Moves the counter on; false where it is not behind. */
  use(id: string, counter: number, now: number): Promise<boolean>
  remove(principalId: string, id: string): Promise<boolean>
  removeAll(principalId: string): Promise<void>
  addChallenge(
    asked: Omit<ChallengeAsked, 'now'> & Readonly<{ challenge: string; expiresAt: number }>,
  ): Promise<void>
}>

/** Computes the codes of a generator. */
export type TotpCodes = Readonly<{
  /** Gives the step that a code belongs to, if it is one that is taken now. */
  stepOf(secret: Uint8Array, code: string, now: number): Promise<number | null>
  /** Writes the address that generators read out of a picture. */
  address(secret: Uint8Array, label: string, issuer: string): Promise<string>
  /** Writes the secret as people type it into a generator. */
  text(secret: Uint8Array): Promise<string>
}>

/** What a browser gives back, as `PublicKeyCredential.toJSON` writes it. */
export type PasskeyAnswer = Readonly<{
  id: string
  rawId: string
  type: 'public-key'
  response: Readonly<Record<string, unknown>>
}>

/** Checks what passkeys sign. */
export type PasskeyCheck = Readonly<{
  registerOptions(
    asked: Readonly<{
      challenge: Uint8Array
      user: Readonly<{ id: string; name: string; displayName: string }>
      known: readonly Passkey[]
    }>,
  ): Promise<Readonly<Record<string, unknown>>>
  signInOptions(
    asked: Readonly<{ challenge: Uint8Array; known: readonly Passkey[] }>,
  ): Promise<Readonly<Record<string, unknown>>>
  /** Gives the new passkey; `null` where the answer does not fit. */
  registered(
    answer: PasskeyAnswer,
    challenge: string,
  ): Promise<Pick<Passkey, 'credentialId' | 'publicKey' | 'counter' | 'transports'> | null>
  /** Gives the counter after it; `null` where the answer does not fit. */
  signedIn(answer: PasskeyAnswer, challenge: string, passkey: Passkey): Promise<number | null>
}>
