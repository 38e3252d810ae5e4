import fc from 'fast-check'
import { expect, test } from 'vitest'
import { behindUri, hubUri, toHubUris, toUpstreamUris } from './resource-name.ts'

test.each([
  ['file:///a/b.txt', 'fs+file:///a/b.txt'],
  ['memory:note?x=1#y', 'fs+memory:note?x=1#y'],
  ['file:///{path}', 'fs+file:///{path}'],
  ['{+uri}', 'fs+{+uri}'],
  ['other+file:///a', 'fs+other+file:///a'],
  ['ui://chart/main.html', 'ui://fs+chart/main.html'],
  ['ui://fs+chart', 'ui://fs+fs+chart'],
  ['UI://chart', 'fs+UI://chart'],
])('%s is known as %s', (uri, hub) => {
  expect(hubUri({ slug: 'fs', uri })).toBe(hub)
  expect(behindUri(hub)).toEqual({ slug: 'fs', uri })
})

test.each([
  'guildhall://tasks/GH-1',
  'file:///a+b',
  'ui://page',
  'Fs+file:///a',
  '',
  '+x',
  '1a+b:c',
])('%s is of no server', (uri) => {
  expect(behindUri(uri)).toBeNull()
})

test('any name of a resource leads back to its server and to itself', () => {
  const slugs = fc.stringMatching(/^[a-z][a-z0-9-]{0,15}$/)
  const uris = fc.oneof(
    fc.string(),
    fc.string().map((rest) => `ui://${rest}`),
    fc.webUrl(),
  )
  fc.assert(
    fc.property(slugs, uris, (slug, uri) => {
      expect(behindUri(hubUri({ slug, uri }))).toEqual({ slug, uri })
    }),
  )
})

test('a result of a tool names its links and embedded resources for clients', () => {
  const result = {
    content: [
      { type: 'text', text: 'see file:///a' },
      { type: 'resource_link', uri: 'file:///a', name: 'a' },
      { type: 'resource', resource: { uri: 'file:///b', text: 'file:///c' } },
    ],
    structuredContent: { uri: 'file:///d', content: [{ type: 'resource_link', uri: 'file:///e' }] },
    _meta: { ui: { resourceUri: 'ui://p', csp: {} }, 'ui/resourceUri': 'ui://p' },
  }
  expect(toHubUris('fs', result)).toEqual({
    content: [
      { type: 'text', text: 'see file:///a' },
      { type: 'resource_link', uri: 'fs+file:///a', name: 'a' },
      { type: 'resource', resource: { uri: 'fs+file:///b', text: 'file:///c' } },
    ],
    structuredContent: { uri: 'file:///d', content: [{ type: 'resource_link', uri: 'file:///e' }] },
    _meta: { ui: { resourceUri: 'ui://fs+p', csp: {} }, 'ui/resourceUri': 'ui://fs+p' },
  })
})

test.each([
  [
    'a list of resources',
    { resources: [{ uri: 'a:1', name: 'n' }], nextCursor: 'c' },
    { resources: [{ uri: 'fs+a:1', name: 'n' }], nextCursor: 'c' },
  ],
  [
    'a list of templates',
    { resourceTemplates: [{ uriTemplate: 'a:{x}', name: 'n' }] },
    { resourceTemplates: [{ uriTemplate: 'fs+a:{x}', name: 'n' }] },
  ],
  ['what was read', { contents: [{ uri: 'a:1' }] }, { contents: [{ uri: 'fs+a:1' }] }],
  [
    'a list of tools with pages',
    {
      tools: [{ name: 't', _meta: { ui: { resourceUri: 'ui://x' } }, inputSchema: { uri: 'a:1' } }],
    },
    {
      tools: [
        { name: 't', _meta: { ui: { resourceUri: 'ui://fs+x' } }, inputSchema: { uri: 'a:1' } },
      ],
    },
  ],
  [
    'a prompt',
    { messages: [{ role: 'user', content: { type: 'resource', resource: { uri: 'a:1' } } }] },
    { messages: [{ role: 'user', content: { type: 'resource', resource: { uri: 'fs+a:1' } } }] },
  ],
  [
    'a notification',
    { method: 'notifications/resources/updated', params: { uri: 'a:1' } },
    { method: 'notifications/resources/updated', params: { uri: 'fs+a:1' } },
  ],
  [
    'the result inside a task',
    { taskId: 'x', result: { content: [{ type: 'resource_link', uri: 'a:1' }] } },
    { taskId: 'x', result: { content: [{ type: 'resource_link', uri: 'fs+a:1' }] } },
  ],
  [
    'what is to be completed',
    {
      params: { ref: { type: 'ref/resource', uri: 'a:{x}' }, argument: { name: 'x', uri: 'a:1' } },
    },
    {
      params: {
        ref: { type: 'ref/resource', uri: 'fs+a:{x}' },
        argument: { name: 'x', uri: 'a:1' },
      },
    },
  ],
  [
    'what is listened to',
    { params: { notifications: { resourceSubscriptions: ['a:1', 'ui://x'] } } },
    { params: { notifications: { resourceSubscriptions: ['fs+a:1', 'ui://fs+x'] } } },
  ],
  [
    'arguments of a call, which are data',
    { params: { name: 't', arguments: { uri: 'a:1', resource: { uri: 'a:1' } } } },
    { params: { name: 't', arguments: { uri: 'a:1', resource: { uri: 'a:1' } } } },
  ],
])('%s is renamed, and back', (_, native, hub) => {
  expect(toHubUris('fs', native)).toEqual(hub)
  expect(toUpstreamUris('fs', hub)).toEqual(native)
})

test('a name of another server is not taken for ours', () => {
  const read = { params: { uri: 'other+file:///a' } }
  expect(toUpstreamUris('fs', read)).toEqual(read)
})

const uri = fc.oneof(fc.webUrl(), fc.constantFrom('ui://a', 'fs+x:1', 'ui://fs+a', 'a+b:c', ''))
const tree = fc.letrec((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.jsonValue({ maxDepth: 1 }),
    fc.array(tie('node'), { maxLength: 3 }),
    fc.record({ type: fc.constantFrom('resource_link', 'resource', 'ref/resource', 'x'), uri }),
    fc.dictionary(
      fc.constantFrom(
        ...['content', 'resource', 'contents', 'resources', 'params', '_meta', 'result', 'uri'],
        ...['resourceTemplates', 'uriTemplate', 'ui', 'ui/resourceUri', 'resourceUri', '__proto__'],
        ...['messages', 'resourceSubscriptions', 'notifications', 'structuredContent', 'type'],
      ),
      fc.oneof(uri, tie('node')),
      { noNullPrototype: true },
    ),
  ),
})).node

test('renaming any JSON and taking the names back gives what was there', () => {
  fc.assert(
    fc.property(tree, (value) => {
      expect(toUpstreamUris('fs', toHubUris('fs', value))).toEqual(value)
    }),
    { numRuns: 1_000 },
  )
})

test('content that is nested without end is left alone at some depth', () => {
  let value: unknown = { type: 'resource_link', uri: 'a:1' }
  for (let level = 0; level < 10_000; level++) value = { content: [value] }
  expect(
    JSON.stringify(toHubUris('fs', { content: [{ type: 'resource_link', uri: 'a:1' }] })),
  ).toContain('fs+a:1')
  expect(() => toHubUris('fs', value)).not.toThrow()
})
