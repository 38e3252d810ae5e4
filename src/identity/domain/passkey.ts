/** Milliseconds for which a challenge can be answered. */
export const CHALLENGE_MS = 300_000
/** Passkeys that one account may have. */
export const PASSKEYS_MAX = 20
/** Bytes of chance in a challenge. */
export const CHALLENGE_BYTES = 32

/** Why a challenge was given; it is answered for nothing else. */
export const CHALLENGE_PURPOSES = ['register', 'sign_in', 'factor'] as const
/** Why a challenge was given. */
export type ChallengePurpose = (typeof CHALLENGE_PURPOSES)[number]

/** Where passkeys are bound to: the name, and the pages that may ask for them. */
export type RelyingParty = Readonly<{ id: string; origin: string }>

const IP = /^(\d+\.\d+\.\d+\.\d+|\[.*\])$/

/** Finds what passkeys are bound to. An address in digits is no name: there it is `localhost`. */
export const relyingParty = (address: Readonly<{ hostname: string; origin: string }>) => {
  const { hostname, origin } = address
  const party: RelyingParty = IP.test(hostname)
    ? { id: 'localhost', origin: origin.replace(hostname, 'localhost') }
    : { id: hostname, origin }
  return party
}
