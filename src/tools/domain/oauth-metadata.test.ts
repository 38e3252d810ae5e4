import { expect, test } from 'vitest'
import {
  covers,
  isIssuerName,
  type IssuerFacts,
  issuerFaults,
  issuerMetadataAddresses,
  isOfIssuer,
  resourceMetadataAddresses,
  resourceOf,
  scopesToAsk,
} from './oauth-metadata.ts'

test('a server says who issues its tokens for its path first, then for all of it', () => {
  expect(resourceMetadataAddresses('https://a.example/public/mcp')).toEqual([
    'https://a.example/.well-known/oauth-protected-resource/public/mcp',
    'https://a.example/.well-known/oauth-protected-resource',
  ])
  expect(resourceMetadataAddresses('https://a.example/')).toEqual([
    'https://a.example/.well-known/oauth-protected-resource',
  ])
})

test('an issuer with a path is looked for in three places, one without in two', () => {
  expect(issuerMetadataAddresses('https://a.example/tenant1')).toEqual([
    'https://a.example/.well-known/oauth-authorization-server/tenant1',
    'https://a.example/.well-known/openid-configuration/tenant1',
    'https://a.example/tenant1/.well-known/openid-configuration',
  ])
  expect(issuerMetadataAddresses('https://a.example/')).toEqual([
    'https://a.example/.well-known/oauth-authorization-server',
    'https://a.example/.well-known/openid-configuration',
  ])
})

test.each([
  ['https://a.example/mcp', 'https://a.example/mcp', true],
  ['https://a.example', 'https://a.example/mcp', true],
  ['https://A.example/', 'https://a.example/mcp', true],
  ['https://a.example/mcp', 'https://a.example/mcp/sse', true],
  ['https://a.example:443/mcp', 'https://a.example/mcp', true],
  ['https://a.example/mcp', 'https://a.example/mcp2', false],
  ['https://a.example/mcp', 'https://a.example/', false],
  ['https://a.example/mcp', 'https://b.example/mcp', false],
  ['https://a.example/mcp', 'http://a.example/mcp', false],
  ['https://a.example:8443/mcp', 'https://a.example/mcp', false],
  ['https://a.example.evil.example/', 'https://a.example/', false],
  ['https://a.example@evil.example/', 'https://a.example/', false],
  ['https://u:p@a.example/', 'https://a.example/', false],
  ['https://a.example/mcp#x', 'https://a.example/mcp', false],
  ['https://a.example/mcp?tenant=1', 'https://a.example/mcp?tenant=2', false],
  ['https://a.example/mcp/../admin', 'https://a.example/mcp', false],
  ['urn:a', 'urn:a', false],
  ['a.example', 'https://a.example/', false],
])('tokens for %s may go to %s: %s', (resource, address, may) => {
  expect(covers(resource, address)).toBe(may)
})

test('the name of a server that says none is its address', () => {
  expect(resourceOf('https://a.example')).toBe('https://a.example')
  expect(resourceOf('https://A.example:443/mcp#x')).toBe('https://a.example/mcp')
})

test.each([
  ['https://a.example', true],
  ['http://127.0.0.1:80/x', true],
  ['https://a.example?x', false],
  ['https://a.example#', false],
  ['https://u@a.example', false],
  ['javascript:alert(1)', false],
  ['a.example', false],
])('%s names an issuer: %s', (text, is) => {
  expect(isIssuerName(text)).toBe(is)
})

const NAME = 'https://id.example'
const good: IssuerFacts = {
  issuer: NAME,
  authorizationEndpoint: 'https://id.example/auth',
  tokenEndpoint: 'https://tokens.example/token',
  registrationEndpoint: null,
  revocationEndpoint: null,
  scopes: null,
  challengeMethods: ['plain', 'S256'],
  authMethods: null,
  responseTypes: ['code'],
  grantTypes: ['authorization_code'],
  namesItself: true,
  takesDocuments: false,
}

test.each<[string, Partial<IssuerFacts>, number]>([
  ['one that is as it should be', {}, 0],
  ['one that says little', { responseTypes: null, grantTypes: null }, 0],
  ['one of another name', { issuer: 'https://id.example/' }, 1],
  ['one without PKCE', { challengeMethods: null }, 1],
  ['one with plain PKCE only', { challengeMethods: ['plain'] }, 1],
  ['one that gives tokens without codes', { responseTypes: ['token'] }, 1],
  ['one that takes no codes', { grantTypes: ['client_credentials'] }, 1],
  ['one whose page is a script', { authorizationEndpoint: 'javascript:alert(1)' }, 1],
  ['one whose page is a file', { authorizationEndpoint: 'file:///etc/passwd' }, 1],
  ['one that takes codes in the clear', { tokenEndpoint: 'http://id.example/token' }, 1],
  ['one that registers in the clear', { registrationEndpoint: 'http://id.example/reg' }, 1],
  ['one that takes tokens back in the clear', { revocationEndpoint: 'http://id.example/x' }, 1],
  ['one with a name in its address', { tokenEndpoint: 'https://u@id.example/token' }, 1],
])('%s', (_, more, count) => {
  expect(issuerFaults({ ...good, ...more }, NAME)).toHaveLength(count)
})

test.each([
  [{ namesItself: true }, NAME, true],
  [{ namesItself: true }, null, false],
  [{ namesItself: false }, null, true],
  [{ namesItself: false }, NAME, true],
  [{ namesItself: false }, 'https://evil.example', false],
  [{ namesItself: true }, 'https://id.example/', false],
  [{ namesItself: true }, 'https://ID.example', false],
  [{ namesItself: true }, 'https://id.example:443', false],
])('an answer of an issuer with %j that is named %s is its own: %s', (asked, named, is) => {
  expect(isOfIssuer({ ...asked, issuer: NAME }, named)).toBe(is)
})

test('what the server asks for comes before what it says it needs, and nothing gets lost', () => {
  const wish = { challenged: ['w'], before: ['r', 'w'], resource: ['all'], issuer: ['w'] }
  expect(scopesToAsk(wish)).toEqual(['w', 'r'])
  expect(scopesToAsk({ ...wish, challenged: [] })).toEqual(['all', 'r', 'w'])
  const none = { challenged: [], before: [], resource: null, issuer: null }
  expect(scopesToAsk(none)).toEqual([])
  expect(scopesToAsk({ ...none, issuer: ['offline_access', 'x'] })).toEqual(['offline_access'])
})
