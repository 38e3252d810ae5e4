import { expect, test } from 'vitest'
import {
  chooseClient,
  clientDocument,
  type ClientChoice,
  type KeptClient,
  redirectUri,
} from './oauth-client.ts'
import { endOf, freshnessOf } from './oauth-grant.ts'
import type { IssuerFacts } from './oauth-metadata.ts'

const ADDRESS = 'https://hall.example'
const MARK = 'abcdefghijklmnopqrstuv'
const facts: IssuerFacts = {
  issuer: 'https://id.example',
  authorizationEndpoint: 'https://id.example/auth',
  tokenEndpoint: 'https://id.example/token',
  registrationEndpoint: 'https://id.example/reg',
  revocationEndpoint: null,
  scopes: null,
  challengeMethods: ['S256'],
  authMethods: null,
  responseTypes: null,
  grantTypes: null,
  namesItself: true,
  takesDocuments: true,
}
const registered: KeptClient = {
  id: '1',
  issuer: facts.issuer,
  kind: 'registered',
  clientId: 'r',
  authMethod: 'none',
  secretId: null,
  redirectUri: redirectUri(ADDRESS, MARK),
  expiresAt: null,
  createdBy: '2',
  createdAt: 0,
  version: 1,
}
const given: KeptClient = { ...registered, kind: 'given', clientId: 'g' }
const plain = { ...facts, takesDocuments: false }
const nobody = { ...plain, registrationEndpoint: null }

test.each<[string, Partial<ClientChoice>, string]>([
  ['what an administrator gave comes first', { kept: given }, 'given'],
  ['then comes the document', {}, 'document'],
  ['a document comes before a registration', { kept: registered }, 'document'],
  ['a hub without https has no document', { address: 'http://localhost:1' }, 'register'],
  ['an issuer that reads none registers', { facts: plain }, 'register'],
  ['what was registered is used again', { facts: plain, kept: registered }, 'registered'],
  [
    'but not from another address',
    { facts: plain, kept: registered, address: 'https://b.example' },
    'register',
  ],
  [
    'and not when its secret ends',
    { facts: plain, kept: { ...registered, expiresAt: 1_000 } },
    'register',
  ],
  ['an issuer that does neither needs a person', { facts: nobody }, 'missing'],
])('%s', (_, more, kind) => {
  const choice = { facts, kept: null, address: ADDRESS, mark: MARK, now: 500, ...more }
  expect(chooseClient(choice).kind).toBe(kind)
})

test('the document names itself by its own address', () => {
  const document = clientDocument(ADDRESS, MARK)
  expect(document.client_id).toBe(`${ADDRESS}/connect/${MARK}/client.json`)
  expect(document.redirect_uris).toEqual([`${ADDRESS}/connect/${MARK}/callback`])
  expect(document.token_endpoint_auth_method).toBe('none')
})

test('a token ages at four fifths of its life', () => {
  const token = { issuedAt: 1_000, expiresAt: endOf(1_000, 10) }
  expect(token.expiresAt).toBe(11_000)
  const states = [1_000, 8_999, 9_000, 10_999, 11_000].map((now) => freshnessOf(token, now))
  expect(states).toEqual(['fresh', 'fresh', 'ageing', 'ageing', 'over'])
  expect(freshnessOf({ issuedAt: 0, expiresAt: null }, 1e15)).toBe('fresh')
})

test.each([
  [null, null],
  [Number.NaN, null],
  [-5, 0],
  [1e300, 366 * 86_400_000],
])('a life of %s seconds ends at %s', (seconds, end) => {
  expect(endOf(0, seconds)).toBe(end)
})
