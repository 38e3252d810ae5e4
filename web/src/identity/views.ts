import type { Shape } from '../live/api.ts'
import { hubApi, shape } from '../live/api.ts'

// What the hub answers about people and how they sign in, as far as these pages read it.

/** What is missing of a sign-in. */
export type Stage = 'factor' | 'enrol' | null

/** How far a sign-in has come. */
export type SignedIn = Readonly<{ stage: Stage; handle: string; name: string | null }>

/** How one can sign in here. */
export type SignInWays = Readonly<{
  password: boolean
  passkeys: boolean
  providers: readonly Readonly<{ key: string; name: string; kind: string }>[]
  mail: boolean
  setUp: boolean
}>

/** What a link is for. */
export type LinkAbout = Readonly<{ purpose: string; organisation: string; email: string | null }>

/** How somebody signs in. */
export type Factors = Readonly<{
  password: boolean
  totp: boolean
  passkeys: readonly Passkey[]
  backupCodesLeft: number
  isNeeded: boolean
}>

/** A passkey as its holder sees it. */
export type Passkey = Readonly<{
  id: string
  name: string
  createdAt: string
  lastUsedAt: string | null
}>

/** What a browser is to be asked for a passkey. */
export type PasskeyAsked = Readonly<{ challengeId: string; options: unknown }>

/** Where to go to sign in elsewhere, and what this browser keeps meanwhile. */
export type ExternalStart = Readonly<{ address: string; binding: string }>

export const isSignedIn: Shape<SignedIn> = shape('stage', 'handle')
export const isSignInWays: Shape<SignInWays> = shape('providers', 'mail', 'setUp')
export const isLinkAbout: Shape<LinkAbout> = shape('purpose', 'organisation')
export const isFactors: Shape<Factors> = shape('totp', 'passkeys', 'backupCodesLeft')
export const isPasskeyAsked: Shape<PasskeyAsked> = shape('challengeId', 'options')
export const isExternalStart: Shape<ExternalStart> = shape('address', 'binding')

/** Asks the hub without being anybody yet; a sign-in under way is in the cookie. */
export const strangerApi = hubApi({ key: null, signedOut: () => {} })
