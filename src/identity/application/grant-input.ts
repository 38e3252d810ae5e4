import { z } from 'zod'
import type { Condition } from '../../kernel/access.ts'
import { isPermission, type Permission } from '../../kernel/permission.ts'
import { Moment } from '../contract.ts'
import type { GrantCondition } from '../domain/grant-condition.ts'

/** The fields of what a grant says besides whom, what and where. */
export const GRANT_TERMS = {
  effect: z.enum(['allow', 'deny']).default('allow').describe('A deny wins over every allow'),
  own: z.boolean().optional().describe('Only for what is their own'),
  assigned: z.boolean().optional().describe('Only for tasks they have claimed'),
  mfa_within_s: z.int().min(60).max(86_400).optional().describe('Seconds since a second factor'),
  addresses: z.array(z.string().max(50)).min(1).max(50).optional().describe('Like 10.0.0.0/8'),
  expires_at: Moment.optional().describe('When it ends by itself'),
} as const

type Terms = Readonly<{
  own?: boolean | undefined
  assigned?: boolean | undefined
  mfa_within_s?: number | undefined
  addresses?: readonly string[] | undefined
  expires_at?: string | undefined
}>

/** Reads the condition out of the fields; `null` where there is none. */
export const readCondition = (terms: Terms): GrantCondition | null => {
  const { own, assigned, mfa_within_s, addresses } = terms
  const condition: GrantCondition = {
    ...(own && { own }),
    ...(assigned && { assigned }),
    ...(mfa_within_s !== undefined && { mfa_within_s }),
    ...(addresses && { addresses }),
  }
  return Object.keys(condition).length === 0 ? null : condition
}

/** Reads the end out of the fields, in milliseconds since 1970. */
export const readEnd = ({ expires_at: end }: Terms): number | null =>
  end === undefined ? null : Date.parse(end)

/** Joins permissions with those under a condition; the one without a condition is the wider. */
export const readHolds = (
  words: Readonly<{
    permissions: readonly string[]
    held?: readonly string[] | undefined
    own?: readonly string[] | undefined
  }>,
): ReadonlyMap<Permission, Condition> => {
  const pairs = [
    ...(words.own ?? []).map((word): [string, Condition] => [word, 'own']),
    ...(words.held ?? []).map((word): [string, Condition] => [word, 'held']),
    ...words.permissions.map((word): [string, Condition] => [word, null]),
  ]
  return new Map(pairs.flatMap(([word, when]) => (isPermission(word) ? [[word, when]] : [])))
}
