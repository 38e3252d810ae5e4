import { expect, test } from 'vitest'
import { headerValue, modernHeaders, readDiscovery } from './envelope.ts'

test.each([
  ['plain', 'plain'],
  ['with blank inside', 'with blank inside'],
  ['', '=?base64??='],
  [' blank at the start', '=?base64?IGJsYW5rIGF0IHRoZSBzdGFydA==?='],
  ['Grüße', '=?base64?R3LDvMOfZQ==?='],
  ['two\nlines', '=?base64?dHdvCmxpbmVz?='],
  ['=?base64?eA==?=', '=?base64?PT9iYXNlNjQ/ZUE9PT89?='],
])('%j goes into a header as %j', (text, value) => {
  expect(headerValue(text)).toBe(value)
})

test.each([
  ['tools/call', { name: 'echo' }, 'echo'],
  ['prompts/get', { name: 'plan' }, 'plan'],
  ['resources/read', { uri: 'test://a' }, 'test://a'],
  ['tasks/cancel', { taskId: 't1' }, 't1'],
  ['tools/list', { name: 'echo' }, undefined],
  ['tools/call', { name: 7 }, undefined],
])('%s is named by its params', (method, params, name) => {
  const headers = modernHeaders({ method, params, headers: { 'MCP-Method': 'forged' } })
  expect(headers['mcp-method']).toBe(method)
  expect(headers['mcp-name']).toBe(name)
})

test('a discovery says what a server is, and nothing more than it may', () => {
  const result = {
    supportedVersions: ['2026-07-28'],
    capabilities: { tools: {} },
    _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'n'.repeat(999), version: 7 } },
    instructions: ['no text'],
  }
  expect(readDiscovery(result)).toEqual({
    era: 'modern',
    version: '2026-07-28',
    server: { name: 'n'.repeat(200), version: '' },
    capabilities: { tools: {} },
    instructions: null,
  })
  expect(readDiscovery({ ...result, supportedVersions: ['2025-11-25'] })).toBeNull()
  expect(readDiscovery({ tools: [] })).toBeNull()
})
