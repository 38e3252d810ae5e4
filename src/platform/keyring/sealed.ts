import { inspect } from 'node:util'
import { assert } from '../../kernel/assert.ts'

// A value in memory that cannot print itself. The value is no property of the object but lives in
// a closure behind a token of this file: whatever walks over properties (JSON, util.inspect,
// structuredClone, a logger) finds none.

const open = Symbol('open')
const token = Symbol('token')

/** A plaintext that every way of printing shows as `[sealed]`. */
export type Sealed<T> = Readonly<{
  [open]: (shown: symbol) => T
  toString(): string
  toJSON(): string
}>

const SHOWN = '[sealed]'

const speech = {
  toString: () => SHOWN,
  toJSON: () => SHOWN,
  [Symbol.toPrimitive]: () => SHOWN,
  [inspect.custom]: () => SHOWN,
}

/** Wraps a plaintext. */
export const sealed = <T>(value: T): Sealed<T> => {
  const give = (shown: symbol): T => {
    assert(shown === token, 'a sealed value opens for the keyring only')
    return value
  }
  const holder = { [open]: give, ...speech }
  // Hidden, so that copies and clones get nothing at all.
  for (const key of Reflect.ownKeys(holder)) {
    Object.defineProperty(holder, key, { enumerable: false })
  }
  return Object.freeze(holder)
}

/** Gives the plaintext: for the keyring and the vault only, which a test watches over. */
export const reveal = <T>(holder: Sealed<T>): T => holder[open](token)
