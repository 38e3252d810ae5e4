import { expect, test } from 'vitest'
import { isGood, LINK_PURPOSES, type Link, type LinkAccount, linkText } from './link.ts'

const NOW = 1_000_000
const link: Link = {
  id: 'l',
  purpose: 'reset',
  principalId: 'p',
  epoch: 3,
  email: 'ada@example.org',
  gives: null,
  createdBy: 'o',
  createdAt: NOW - 10,
  expiresAt: NOW + 10,
  usedAt: null,
  withdrawnAt: null,
}
const account: LinkAccount = { epoch: 3, email: 'ada@example.org', isActive: true }
const asked = { purpose: 'reset', now: NOW, account } as const

test('a link is good as long as everything is as it was', () => {
  expect(isGood(link, asked)).toBe(true)
})

test.each<readonly [string, Partial<Link>, Partial<LinkAccount> | null, number]>([
  ['was used', { usedAt: NOW }, {}, NOW],
  ['was withdrawn', { withdrawnAt: NOW }, {}, NOW],
  ['is over', {}, {}, NOW + 10],
  ['is of an older epoch', {}, { epoch: 4 }, NOW],
  ['is for another address', {}, { email: 'eve@example.org' }, NOW],
  ['is for an address that is gone', {}, { email: null }, NOW],
  ['is for somebody suspended', {}, { isActive: false }, NOW],
  ['is for an account that is gone', {}, null, NOW],
  ['is for nobody', { principalId: null }, null, NOW],
])('a link that %s is not good', (_, other, changed, now) => {
  const there = changed === null ? null : { ...account, ...changed }
  expect(isGood({ ...link, ...other }, { ...asked, now, account: there })).toBe(false)
})

test('a link is good for its own purpose only', () => {
  for (const made of LINK_PURPOSES) {
    for (const purpose of LINK_PURPOSES) {
      expect(isGood({ ...link, purpose: made }, { ...asked, purpose })).toBe(made === purpose)
    }
  }
})

test('an invitation needs no account, and keeps its secret behind the #', () => {
  const invitation: Link = { ...link, purpose: 'invite', principalId: null, epoch: null }
  expect(isGood(invitation, { ...asked, purpose: 'invite', account: null })).toBe(true)
  expect(linkText('https://hall.example.org/', 'invite', 'tag.id.secret')).toBe(
    'https://hall.example.org/invitation#tag.id.secret',
  )
})
