import type { Quota } from '../../kernel/hall.ts'
import type { Refusal } from '../../kernel/refusal.ts'
import type { FlatHeaders } from './headers.ts'

/** Writes how far a caller is from its limit; nothing where no limit counts. */
export const quotaHeaders = (quota: Quota | null | undefined): FlatHeaders => {
  if (!quota) return []
  const { policy, windowS, remaining, resetS } = quota
  return [
    'ratelimit-policy',
    `"${policy}";q=${quota.quota};w=${windowS}`,
    'ratelimit',
    `"${policy}";r=${remaining};t=${resetS}`,
  ]
}

/** Writes the limit that a refusal speaks of, from its details; nothing where it names none. */
export const refusedQuotaHeaders = ({ kind, details }: Refusal): FlatHeaders => {
  const { policy, quota, windowS, resetS } = details
  if (kind !== 'too_many' || typeof policy !== 'string') return []
  if (typeof quota !== 'number' || typeof windowS !== 'number' || typeof resetS !== 'number') {
    return []
  }
  return quotaHeaders({ policy, quota, windowS, remaining: 0, resetS })
}
