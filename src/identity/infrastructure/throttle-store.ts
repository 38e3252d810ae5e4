import { createHmac } from 'node:crypto'
import type { Database } from '../../platform/database.ts'
import { backoffStore } from '../../platform/limits/backoff-store.ts'
import { timesRate } from '../../platform/limits/gcra.ts'
import { type KnownDevices, knownDevices } from '../../platform/limits/known-devices.ts'
import type { Taking } from '../../platform/limits/limit-store.ts'
import { rateKey } from '../../platform/limits/rate-key.ts'
import { sqlLimits } from '../../platform/limits/sql-limits.ts'
import { onItsOwn } from '../../platform/limits/throttle.ts'
import { tooMany } from '../../platform/limits/too-many.ts'
import type { Sql } from '../../platform/sql.ts'
import {
  ACCOUNT_RATE,
  ADDRESS_RATE,
  countedName,
  DEVICE_RATE,
  decideTry,
  FACTOR_RATE,
} from '../domain/sign-in-throttle.ts'

/** A try to sign in: `account` is the e-mail or handle as it was typed, known or not. */
export type SignInTry = Readonly<{
  account: string
  address: string | undefined
  /** The id in the device's cookie, if it has one. */
  device: string | null
  now: number
  /** `false` where a second factor is still to come: until then the device is not known. */
  remember?: boolean
}>

/** Slows down guessing, without telling which accounts exist and without locking any. */
export type SignInThrottle = Readonly<{
  /**
   * Counts a try, before the password is looked at. `factor`: it may go on only with a second
   * factor or a mailed link first. Refuses with `too_many`; fails closed where the database is
   * away. The count stays, whatever becomes of the caller's transaction.
   */
  before(attempt: SignInTry): Promise<'go' | 'factor'>
  /** Lets a try stand as the failure that it was counted as. */
  failed(attempt: SignInTry): Promise<void>
  /** Takes the count of a good try back, and knows its device from then on. */
  passed(attempt: SignInTry): Promise<void>
  /**
   * Counts a code of the second factor before it is looked at; refuses with `too_many`. A known
   * device waits for itself alone.
   */
  beforeFactor(attempt: SignInTry): Promise<void>
  /** Takes the count of a right code back, and knows its device from then on. */
  passedFactor(attempt: SignInTry): Promise<void>
  /** Forgets the devices of an account: after a change of its password. */
  forgetDevices(account: string): Promise<void>
}>

type Ground = Readonly<{ database: Database; orgId: string }>
type Settings = Readonly<{
  /** Keys the digests, so that the tables tell no names and no addresses. */
  secret: Uint8Array
  /** Multiplies the rates; see `openLimits`. */
  factor?: number
}>

/** What a try is counted under. */
type Keys = Readonly<{ account: string; address: string; pair: string; device: string | null }>

/** Makes the throttle of the sign-ins of one organisation. */
export const signInThrottle = (
  { database, orgId }: Ground,
  { secret, factor = 1 }: Settings,
): SignInThrottle => {
  const keysOf = keyMaker(secret, orgId)
  const rates = {
    account: timesRate(ACCOUNT_RATE, factor),
    address: timesRate(ADDRESS_RATE, factor),
    device: timesRate(DEVICE_RATE, factor),
    code: timesRate(FACTOR_RATE, factor),
  }
  const stores = (sql: Sql) => ({
    addresses: sqlLimits({ sql, orgId }, 'sign_in_address'),
    pairs: backoffStore({ sql, orgId }, 'sign_in'),
    accounts: sqlLimits({ sql, orgId }, 'sign_in_account'),
    ownTries: sqlLimits({ sql, orgId }, 'sign_in_device'),
    codes: sqlLimits({ sql, orgId }, 'sign_in_code'),
    devices: knownDevices({ sql, orgId }),
  })
  const codeCount = async (all: ReturnType<typeof stores>, keys: Keys, now: number) => {
    const { device } = keys
    const own = device !== null && (await isKnown(all.devices, keys, now)) ? device : null
    const [store, rate] = own === null ? [all.codes, rates.code] : [all.ownTries, rates.device]
    const key = own ?? keys.account
    return {
      take: (taking: Taking) => store.take(key, rate, taking),
      giveBack: () => store.giveBack(key, rate, 1),
    }
  }
  const once = <T>(body: (all: ReturnType<typeof stores>) => Promise<T>): Promise<T> =>
    onItsOwn(database, orgId, (sql) => body(stores(sql)))

  return {
    async before(attempt) {
      const keys = keysOf(attempt)
      const taking = { cost: 1, now: attempt.now }
      const { waitMs, answer } = await once(async (all) => {
        if (keys.device !== null && (await isKnown(all.devices, keys, attempt.now))) {
          return after(await all.ownTries.take(keys.device, rates.device, taking))
        }
        // Every try locks the rows in this order, so none waits for another in a circle.
        const place = await all.addresses.take(keys.address, rates.address, taking)
        if (!place.ok) return after(place)
        const tried = decideTry(await all.pairs.hold(keys.pair), attempt.now)
        await all.pairs.keep(keys.pair, tried.tries)
        if (tried.waitMs > 0) {
          await all.addresses.giveBack(keys.address, rates.address, 1)
          return after(tried)
        }
        const account = await all.accounts.take(keys.account, rates.account, taking)
        return after({ waitMs: 0 }, account.ok ? 'go' : 'factor')
      })
      if (waitMs > 0) throw tooMany('There were too many tries to sign in', waitMs)
      return answer
    },
    // Counted by `before` already, in a transaction of its own.
    failed: () => Promise.resolve(),
    async passed(attempt) {
      const keys = keysOf(attempt)
      const { device } = keys
      await once(async (all) => {
        if (device !== null && (await isKnown(all.devices, keys, attempt.now))) {
          await all.ownTries.giveBack(device, rates.device, 1)
        } else {
          await all.addresses.giveBack(keys.address, rates.address, 1)
          await all.pairs.forget(keys.pair)
          await all.accounts.giveBack(keys.account, rates.account, 1)
        }
        if (device !== null && attempt.remember !== false) {
          await all.devices.remember(keys.account, device, attempt.now)
        }
      })
    },
    async beforeFactor(attempt) {
      const keys = keysOf(attempt)
      const { waitMs } = await once(async (all) => {
        const counted = await codeCount(all, keys, attempt.now)
        return counted.take({ cost: 1, now: attempt.now })
      })
      if (waitMs > 0) throw tooMany('There were too many codes that are not right', waitMs)
    },
    async passedFactor(attempt) {
      const keys = keysOf(attempt)
      await once(async (all) => {
        await (await codeCount(all, keys, attempt.now)).giveBack()
        if (keys.device !== null) {
          await all.devices.remember(keys.account, keys.device, attempt.now)
        }
      })
    },
    async forgetDevices(account) {
      const keys = keysOf({ account, address: undefined, device: null })
      await once((all) => all.devices.forgetAll(keys.account))
    },
  }
}

const after = ({ waitMs }: Readonly<{ waitMs: number }>, answer: 'go' | 'factor' = 'go') => ({
  waitMs,
  answer,
})

const isKnown = (devices: KnownDevices, { account, device }: Keys, now: number) =>
  device === null ? Promise.resolve(false) : devices.isKnown(account, device, now)

const keyMaker = (secret: Uint8Array, orgId: string) => {
  const digest = (kind: string, ...parts: readonly string[]): string =>
    createHmac('sha256', secret)
      .update(JSON.stringify([orgId, kind, ...parts]))
      .digest('base64url')
  return (attempt: Omit<SignInTry, 'now'>): Keys => {
    const account = countedName(attempt.account)
    const address = rateKey(attempt.address)
    return {
      account: digest('account', account),
      address: digest('address', address),
      pair: digest('pair', account, address),
      device: attempt.device === null ? null : digest('device', account, attempt.device),
    }
  }
}
