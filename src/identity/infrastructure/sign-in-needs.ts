import type { Database } from '../../platform/database.ts'
import type { Seal } from '../../platform/keyring/seal.ts'
import { rateOf } from '../../platform/limits/gcra.ts'
import { rateOfLimit, SHARED_LIMITS } from '../../platform/limits/limit-table.ts'
import { throttle } from '../../platform/limits/throttle.ts'
import type { Ground } from '../../platform/room.ts'
import type { IdentityNeeds } from '../application/ports.ts'
import type { TotpCodes } from '../application/factor-ports.ts'
import type {
  Mailer,
  PasswordHasher,
  PasswordList,
  SignInNeeds,
} from '../application/sign-in-ports.ts'
import { accountStore } from './account-store.ts'
import { factorStore } from './factor-store.ts'
import { leftoverStore } from './leftover-store.ts'
import { linkStore } from './link-store.ts'
import { mailStore } from './mail-store.ts'
import { passkeyStore } from './passkey-store.ts'
import { type HasherBounds, passwordHasher } from './password-hasher.ts'
import { passwordList } from './password-list.ts'
import { sessionStore } from './session-store.ts'
import { signInSettingsStore } from './sign-in-settings-store.ts'
import { signInThrottle } from './throttle-store.ts'
import { totpCodes } from './totp-codes.ts'
import { tryStore } from './try-store.ts'
import { webauthn } from './webauthn.ts'

/** Codes of second factors that may be given for one account. */
const CODE_RATE = rateOf(30, 3_600_000, 15)

/** What `main` hands in, so that people can sign in. */
export type SignInOptions = Readonly<{
  /** What counts tries, which has to stay where the call that it is for is refused. */
  database: Database
  now: () => number
  seal: Seal
  /** The address people use; asked for with every link, because a port may be known late. */
  address: () => string
  mailer: Mailer | null
  /** Keys the digests under which tries are counted; all processes of a database share it. */
  limitSecret: Uint8Array
  /** Multiplies the limits; see `openLimits`. */
  limitFactor?: number
  /** How much is hashed at once and how long others wait; left out: what two cores bear. */
  hasherBounds?: HasherBounds
}>

type Own = Omit<SignInNeeds, keyof IdentityNeeds>
type Shared = Readonly<{ hasher: PasswordHasher; list: PasswordList; totp: TotpCodes }>

/**
 * Makes the needs of signing in, for one process: the line before the hasher is the same for all
 * organisations. Without options there are none: lists of operations and schemas need none, and
 * to sign in where nobody was told how is our bug.
 */
export const signInNeeds = (options: SignInOptions | undefined) => {
  const shared: Shared = {
    hasher: passwordHasher(options?.hasherBounds),
    list: passwordList(),
    totp: totpCodes(),
  }
  return (ground: Ground): Partial<Own> =>
    options === undefined ? {} : needsOf(ground, options, shared)
}

const needsOf = (ground: Ground, options: SignInOptions, { hasher, list, totp }: Shared): Own => {
  const { orgId } = ground
  const { database, now, seal, address, mailer, limitSecret, limitFactor = 1 } = options
  const counter = throttle({ database, orgId, now, factor: limitFactor })
  return {
    accounts: accountStore(ground),
    sessions: sessionStore(ground),
    factors: factorStore(ground, seal),
    passkeys: passkeyStore(ground),
    links: linkStore(ground),
    mails: mailStore(ground, seal),
    signInSettings: signInSettingsStore(ground),
    tries: tryStore(database, orgId),
    leftovers: leftoverStore(ground),
    hasher,
    passwordList: list,
    totp,
    webauthn: webauthn(address),
    throttle: signInThrottle({ database, orgId }, { secret: limitSecret, factor: limitFactor }),
    site: {
      address,
      mailer,
      countMail: (recipient) =>
        counter.take('mail', recipient.toLowerCase(), rateOfLimit(SHARED_LIMITS.mail)),
      countCode: (account) => counter.take('factor_code', account.toLowerCase(), CODE_RATE),
    },
  }
}
