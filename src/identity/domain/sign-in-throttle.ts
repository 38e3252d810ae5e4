// How sign-in slows down whoever guesses, and never locks out whoever is meant. A try is counted
// before the password is looked at and taken back when it was right: so a hundred tries at once
// are a hundred tries, and a hub that dies in between has counted too many, not too few.

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** Tries of one account from one address before a wait begins. */
export const FREE_TRIES = 5
/** The first wait; each further failure doubles it, up to the longest. */
export const FIRST_WAIT_MS = MINUTE_MS
/** The longest wait. */
export const LONGEST_WAIT_MS = 15 * MINUTE_MS
/** Without a try for so long, an account and address begin anew. */
export const FORGOTTEN_AFTER_MS = DAY_MS

/** Failures of one account from anywhere, beyond which a second factor comes first. */
export const ACCOUNT_RATE = { periodMs: HOUR_MS / 20, burst: 20 } as const
/** Failures of one address, whatever the accounts. */
export const ADDRESS_RATE = { periodMs: DAY_MS / 100, burst: 100 } as const
/** Failures of a known device: it is exempt from all of the above, and waits for itself alone. */
export const DEVICE_RATE = { periodMs: 5 * MINUTE_MS, burst: 10 } as const

/**
 * Codes of one account that are not right, from anywhere but known devices. Whoever gets so far has
 * the password, can begin as often as they like, and must not go through all codes.
 */
export const FACTOR_RATE = { periodMs: HOUR_MS / 10, burst: 10 } as const

/** Tries of one account from one address since the last good one. */
export type Tries = Readonly<{ count: number; freeAt: number }>

/** What becomes of a try: the tries to keep, and how long it has to wait; 0: it goes on. */
export type Tried = Readonly<{ tries: Tries; waitMs: number }>

/** Decides a try of an account from an address. */
export const decideTry = (kept: Tries, now: number): Tried => {
  const at = Math.floor(now)
  // A wait longer than the longest was kept under another clock.
  const freeAt = Math.min(kept.freeAt, at + LONGEST_WAIT_MS)
  if (freeAt > at) return { tries: { ...kept, freeAt }, waitMs: freeAt - at }
  const count = (at - freeAt > FORGOTTEN_AFTER_MS ? 0 : kept.count) + 1
  return { tries: { count, freeAt: at + waitAfter(count) }, waitMs: 0 }
}

/** Gives the wait after so many failures in a row. */
export const waitAfter = (failures: number): number => {
  if (failures < FREE_TRIES) return 0
  // Beyond ten doublings the longest wait is long reached.
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(10, failures - FREE_TRIES))
}

/** Gives an account's name as it is counted: however it is written, it is one account. */
export const countedName = (account: string): string =>
  account.normalize('NFKC').trim().replace(/^@/, '').toLowerCase()
