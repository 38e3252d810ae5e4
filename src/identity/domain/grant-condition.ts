import type { Condition, Facts, Held } from '../../kernel/access.ts'
import type { Permission } from '../../kernel/permission.ts'
import { addressNumber, addressRange } from './address-range.ts'

/** What a grant may be bound to. All of it must hold; several grants are alternatives. */
export type GrantCondition = Readonly<{
  /** Only what belongs to the holder. */
  own?: true | undefined
  /** Only tasks the holder has claimed. */
  assigned?: true | undefined
  /** Only within so many seconds after a sign-in with a second factor. */
  mfa_within_s?: number | undefined
  /** Only from these addresses. */
  addresses?: readonly string[] | undefined
}>

// The conditions that operations look at themselves. Any other pair is a no: a condition that
// nobody looks at must not turn into a right without one.
const LOOKED_AT: Readonly<Partial<Record<Permission, Exclude<Condition, null>>>> = {
  'task:write': 'held',
  'context:write': 'held',
  'agent:write': 'own',
  'key:write': 'own',
}

/** Tells whether operations of a permission look at a condition. */
export const isLookedAt = (permission: Permission, condition: Condition): boolean =>
  condition === null || LOOKED_AT[permission] === condition

/** Lists the permissions whose operations look at a condition. */
export const permissionsUnder = (condition: Condition): readonly string[] =>
  Object.entries(LOOKED_AT).flatMap(([permission, one]) => (one === condition ? [permission] : []))

/** Puts permissions under what a grant says; drops those whose operations would not look at it. */
export const conditioned = (holds: Held, condition: GrantCondition | null): Held => {
  const wanted: readonly Condition[] = [
    ...(condition?.own ? (['own'] as const) : []),
    ...(condition?.assigned ? (['held'] as const) : []),
  ]
  const under = [...holds].map(([permission, has]) => {
    const all = new Set([has, ...wanted].filter((one) => one !== null))
    return { permission, all: [...all] }
  })
  return new Map(
    under.flatMap(({ permission, all }): [Permission, Condition][] => {
      const [one = null, ...more] = all
      return more.length === 0 && isLookedAt(permission, one) ? [[permission, one]] : []
    }),
  )
}

// Words of RFC 8176 for what only somebody with a second factor, or a passkey, has shown.
const SECOND_FACTORS: ReadonlySet<string> = new Set(['mfa', 'otp', 'hwk'])

/** Makes the test of the moment that a condition asks for; `null` where it asks for none. */
export const testOf = (condition: GrantCondition | null): ((facts: Facts) => boolean) | null => {
  const { mfa_within_s: seconds, addresses } = condition ?? {}
  if (seconds === undefined && addresses === undefined) return null
  const ranges = addresses?.map(addressRange)
  return ({ actor: { amr, authTime }, now, address }) => {
    if (seconds !== undefined) {
      const isStrong = amr?.some((word) => SECOND_FACTORS.has(word)) === true
      if (!isStrong || authTime === undefined || now === undefined) return false
      if (now - authTime > seconds * 1000) return false
    }
    if (ranges === undefined) return true
    const number = address === undefined ? null : addressNumber(address)
    return number !== null && ranges.some((one) => one && one.from <= number && number <= one.to)
  }
}
