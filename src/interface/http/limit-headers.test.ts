import { expect, test } from 'vitest'
import { refuse } from '../../kernel/refusal.ts'
import { quotaHeaders, refusedQuotaHeaders } from './limit-headers.ts'

const QUOTA = { policy: 'agent', quota: 200, windowS: 4, remaining: 137, resetS: 1 }

test('a quota is told in two headers', () => {
  expect(quotaHeaders(QUOTA)).toEqual([
    'ratelimit-policy',
    '"agent";q=200;w=4',
    'ratelimit',
    '"agent";r=137;t=1',
  ])
})

test('a call that no limit counts has no headers about one', () => {
  expect(quotaHeaders(undefined)).toEqual([])
  expect(quotaHeaders(null)).toEqual([])
})

test('a refused call is told the limit that refused it', () => {
  const details = { policy: 'import', quota: 6, windowS: 3_600, resetS: 3_600, retryAfterS: 600 }
  expect(
    refusedQuotaHeaders(refuse('too_many', 'platform.too_many_calls', 'Wait.', details)),
  ).toEqual(['ratelimit-policy', '"import";q=6;w=3600', 'ratelimit', '"import";r=0;t=3600'])
})

test('a refusal that speaks of no limit has no such headers', () => {
  const full = refuse('too_many', 'platform.too_many_streams', 'Close one.', { retryAfterS: 5 })
  expect(refusedQuotaHeaders(full)).toEqual([])
  expect(refusedQuotaHeaders(refuse('conflict', 'work.column_full', 'Full.', QUOTA))).toEqual([])
})
