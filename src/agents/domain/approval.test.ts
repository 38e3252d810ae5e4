import { expect, test } from 'vitest'
import {
  type Approval,
  APPROVAL_STATES,
  type ApprovalState,
  decideApproval,
  expireApproval,
  isUndecidedBy,
  type Verdict,
  withdrawApproval,
} from './approval.ts'

const NOW = Date.parse('2026-11-21T10:02:00Z')
const asked: Approval = {
  ...{ key: 'AP-12', kind: 'tool', state: 'open', risk: 'normal', needs: 1, requester: 'dev-1' },
  ...{ onBehalfOf: 'ana', expiresAt: NOW + 60_000, decidedBy: [], decidedAt: null, reason: null },
  version: 1,
}
const closed = (state: ApprovalState): Approval =>
  state === 'open' ? asked : { ...asked, state, decidedBy: ['bo'], decidedAt: NOW, version: 2 }
const nameOf = (id: string) => `@${id}`
const verdict = (more: Partial<Verdict> = {}): Verdict => ({
  event: 'approve',
  reason: null,
  by: { kind: 'person', id: 'ana', via: 'session' },
  now: NOW,
  ...more,
})
const refusal = (code: string, message: unknown = expect.any(String)) =>
  expect.objectContaining({ code, message })

// Every event in every state, done by what the rooms call, not by the table they read.
const EVENTS: Readonly<Record<string, (approval: Approval) => Approval>> = {
  approve: (approval) => decideApproval(approval, verdict(), nameOf),
  deny: (approval) => decideApproval(approval, verdict({ event: 'deny' }), nameOf),
  change: (approval) => decideApproval(approval, verdict({ event: 'change' }), nameOf),
  expire: (approval) => expireApproval(approval, approval.expiresAt),
  withdraw: (approval) => withdrawApproval(approval, NOW, nameOf),
}
const FROM_OPEN: Readonly<Record<string, ApprovalState>> = {
  ...{ approve: 'approved', deny: 'denied', change: 'changes', expire: 'expired' },
  withdraw: 'withdrawn',
}
const PAIRS = APPROVAL_STATES.flatMap((state) =>
  Object.keys(EVENTS).map((event) => ({ state, event })),
)

test.each(PAIRS)('A2: $event of what is $state', ({ state, event }) => {
  const from = closed(state)
  const happen = () => EVENTS[event]?.(from)
  if (state === 'open') {
    expect(happen()).toMatchObject({ state: FROM_OPEN[event], version: 2 })
  } else if (event === 'expire') {
    expect(happen()).toBe(from)
  } else {
    expect(happen).toThrow(refusal('agents.approval_decided'))
  }
})

test('a refusal names who decided, and when', () => {
  const said = (state: ApprovalState) =>
    refusal('agents.approval_decided', {
      asymmetricMatch: (message: unknown) => message === SAID[state],
      toString: () => SAID[state] ?? '',
    })
  const SAID: Partial<Record<ApprovalState, string>> = {
    approved: '@bo approved it at 10:02 UTC.',
    denied: '@bo denied it at 10:02 UTC.',
    changes: '@bo asked for changes at 10:02 UTC.',
    withdrawn: 'AP-12 was withdrawn at 10:02 UTC.',
    expired: 'AP-12 expired at 10:02 UTC, which counts as a no; ask again if it is still wanted.',
  }
  for (const state of APPROVAL_STATES) {
    if (state === 'open') continue
    expect(() => decideApproval(closed(state), verdict(), nameOf)).toThrow(said(state))
  }
})

test('A4: two persons are two persons, and the first yes leaves it open', () => {
  const half = decideApproval({ ...asked, needs: 2 }, verdict(), nameOf)
  expect(half).toMatchObject({ state: 'open', decidedBy: ['ana'], decidedAt: NOW, version: 2 })
  expect(() => decideApproval(half, verdict(), nameOf)).toThrow(
    refusal(
      'agents.approval_decided',
      'You approved AP-12 at 10:02 UTC; it needs another person now.',
    ),
  )
  const other = verdict({ by: { kind: 'person', id: 'bo', via: 'session' } })
  expect(decideApproval(half, other, nameOf)).toMatchObject({
    state: 'approved',
    decidedBy: ['ana', 'bo'],
  })
  // A no needs one person, whoever said yes before.
  expect(decideApproval(half, { ...other, event: 'deny' }, nameOf).state).toBe('denied')
})

const STRANGERS = [
  ['an agent', { kind: 'agent', id: 'dev-2', via: 'key' }, 'agents.approval_needs_person'],
  [
    'an agent with a token',
    { kind: 'agent', id: 'x', via: 'oauth' },
    'agents.approval_needs_person',
  ],
  ['the requester', { kind: 'agent', id: 'dev-1', via: 'key' }, 'agents.approval_needs_person'],
  ['a service', { kind: 'service', id: 'ci', via: 'key' }, 'agents.approval_needs_person'],
  ['the hub itself', { kind: 'system', id: 'hub' }, 'agents.approval_needs_person'],
  [
    'a person with a key',
    { kind: 'person', id: 'ana', via: 'key' },
    'agents.approval_needs_person',
  ],
  ['a person with no proof', { kind: 'person', id: 'ana' }, 'agents.approval_needs_person'],
] as const

test.each(STRANGERS)('A1: %s decides nothing', (_, by, code) => {
  for (const event of ['approve', 'deny', 'change'] as const) {
    expect(() => decideApproval(asked, verdict({ event, by }), nameOf)).toThrow(refusal(code))
  }
  // Nor do they learn from the refusal what has become of it.
  expect(() => decideApproval(closed('denied'), verdict({ by }), nameOf)).toThrow(refusal(code))
})

test('A1: a person who asked does not decide; one in whose name an agent asked does', () => {
  const own = { ...asked, requester: 'ana', onBehalfOf: null }
  expect(() => decideApproval(own, verdict(), nameOf)).toThrow(refusal('agents.approval_not_yours'))
  expect(decideApproval(asked, verdict(), nameOf).state).toBe('approved')
})

test('an approval expires at its moment and not before', () => {
  const { expiresAt } = asked
  expect(expireApproval(asked, expiresAt - 1)).toBe(asked)
  expect(expireApproval(asked, expiresAt)).toMatchObject({ state: 'expired', decidedAt: expiresAt })
  expect(decideApproval(asked, verdict({ now: expiresAt - 1 }), nameOf).state).toBe('approved')
  expect(() => decideApproval(asked, verdict({ now: expiresAt }), nameOf)).toThrow(
    refusal('agents.approval_decided'),
  )
})

test('what waits for somebody is told from what does not', () => {
  const ana = { kind: 'person', id: 'ana' } as const
  expect(isUndecidedBy(asked, ana, NOW)).toBe(true)
  expect(isUndecidedBy(asked, { kind: 'agent', id: 'ana' }, NOW)).toBe(false)
  expect(isUndecidedBy(asked, ana, asked.expiresAt)).toBe(false)
  expect(isUndecidedBy({ ...asked, requester: 'ana' }, ana, NOW)).toBe(false)
  expect(isUndecidedBy({ ...asked, needs: 2, decidedBy: ['ana'] }, ana, NOW)).toBe(false)
  expect(isUndecidedBy(closed('approved'), ana, NOW)).toBe(false)
})
