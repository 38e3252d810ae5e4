import type { Actor } from '../../src/kernel/actor.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { atPage } from '../approvals.ts'
import { suiteServer, type SuiteServer } from './conformance-server.ts'
import { askingAt, type Json } from './hub-asking.ts'
import { type HubDoor, openHubDoor, UNASKED } from './hub-door.ts'
import { sessionServer, type UpstreamServer } from './upstream-servers.ts'

// What a profile of the hub does that no client library shows: names, states, refusals.

let hub: HubDoor
let ana: Actor
let suite: SuiteServer
let session: UpstreamServer
beforeAll(async () => {
  hub = await openHubDoor()
  suite = await suiteServer('modern')
  session = await sessionServer()
  const add = (slug: string, url: string, rules: object = UNASKED) =>
    hub.run('tools.add_tool_server', { slug, url, trust: true, rules })
  await add('suite', suite.url)
  await add('old', session.url)
  await add('asked', session.url, { approval: 'always', egress: 'internal' })
  const save = (name: string, tools: readonly string[], raw = false) =>
    hub.run('tools.save_tool_profile', { name, tools, raw })
  await save('both', ['suite__*', 'old__*'])
  await save('raw', ['suite__*'], true)
  await save('one', ['old__echo'])
  await save('asked', ['asked__*'])
  ana = await hub.given.person('ana', 'admin')
  const wanted = { slug: 'mine', url: session.url, credential: 'person', auth: { kind: 'bearer' } }
  await hub.run('tools.add_tool_server', { ...wanted, trust: true, rules: UNASKED })
})
afterAll(async () => {
  await suite.stop()
  await session.stop()
  await hub.stop()
})

const { ask, call } = askingAt(() => hub)

const FORMS = { elicitation: { form: {} } }
const PAGES = { elicitation: { form: {}, url: {} } }
const RED = { action: 'accept', content: { colour: 'red' } }

describe('lists', () => {
  test('a profile lists its tools, and the one that reads results', async () => {
    const { result } = await ask('one', 'tools/list')
    expect(result.tools.map(({ name }: Json) => name)).toEqual(['guildhall__result', 'old__echo'])
    expect(result).toMatchObject({ ttlMs: 60_000, cacheScope: 'private', resultType: 'complete' })
    const wrong = await call('one', 'old__count')
    expect(wrong).toMatchObject({ status: 200, error: { code: -32_602 } })
    const product = await call('one', 'task_get', { ids: ['GH-1'] })
    expect(product).toMatchObject({ status: 200, error: { code: -32_602 } })
  })

  test('an unknown profile is not there, whoever asks', async () => {
    const gone = await ask('nothing', 'tools/list')
    expect(gone).toMatchObject({ status: 404 })
    expect(gone.error.message).toContain('unknown profile')
    const { ownerKey } = await openHubDoorKey()
    expect(await ask('one', 'tools/list', {}, { key: ownerKey })).toMatchObject({ status: 404 })
  })

  test('what several servers have gets the names of their servers', async () => {
    const { result: prompts } = await ask('both', 'prompts/list')
    expect(prompts.prompts.map(({ name }: Json) => name)).toContain('suite__test_simple_prompt')
    const { result: resources } = await ask('both', 'resources/list')
    expect(resources.resources.map(({ uri }: Json) => uri)).toContain('suite+test://static-text')
    const { result: templates } = await ask('both', 'resources/templates/list')
    expect(templates.resourceTemplates).toMatchObject([
      { uriTemplate: 'suite+test://template/{id}/data' },
    ])
    const uri = 'suite+test://template/7/data'
    const read = await ask('both', 'resources/read', { uri })
    expect(read.result).toMatchObject({ contents: [{ uri }], ttlMs: 0, cacheScope: 'private' })
    const embedded = await call('both', 'suite__test_embedded_resource')
    expect(embedded.result.content[0].resource.uri).toBe('suite+test://embedded-resource')
    const prompt = await ask('both', 'prompts/get', {
      name: 'suite__test_prompt_with_arguments',
      arguments: { arg1: 'a', arg2: 'b' },
    })
    expect(prompt.result.messages[0].content.text).toContain("arg1='a'")
    const completed = await ask('both', 'completion/complete', {
      ref: { type: 'ref/prompt', name: 'suite__test_prompt_with_arguments' },
      argument: { name: 'arg1', value: 'par' },
    })
    expect(completed.result.completion.values).toEqual(['paris', 'park', 'party'])
  })

  test('a profile that holds single tools gives no resources', async () => {
    const { result } = await ask('one', 'resources/list')
    expect(result.resources).toEqual([])
    const read = await ask('one', 'resources/read', { uri: 'suite+test://static-text' })
    expect(read.error).toMatchObject({ code: -32_602, data: { uri: 'suite+test://static-text' } })
  })

  test('what is read and asked for stands in the record', async () => {
    await ask('both', 'resources/read', { uri: 'suite+test://static-text' })
    const { items } = await hub.run('tools.list_tool_calls', { server: 'suite' })
    expect(items).toContainEqual(
      expect.objectContaining({ tool: 'resources/read', effect: 'read', door: 'mcp' }),
    )
  })

  test('a profile can do what its servers can', async () => {
    const both = await ask('both', 'server/discover')
    expect(both.result.capabilities).toMatchObject({ completions: {}, logging: {} })
    const one = await ask('one', 'server/discover')
    expect(one.result.capabilities.completions).toBeUndefined()
    expect(one.result.instructions).toContain('guildhall__result')
  })
})

const openHubDoorKey = async () => {
  const other = await openHubDoor()
  await other.stop()
  return other
}

describe('headers', () => {
  const name = 'test_custom_header'
  const args = { region: 'eu' }

  test('own names want the headers that the server marks', async () => {
    const bare = await call('raw', name, args)
    expect(bare).toMatchObject({ status: 400, error: { code: -32_020 } })
    const wrong = await call('raw', name, args, { headers: { 'mcp-param-region': 'us' } })
    expect(wrong).toMatchObject({ status: 400, error: { code: -32_020 } })
    const right = await call('raw', name, args, { headers: { 'mcp-param-region': 'eu' } })
    expect(right.result.content[0].text).toBe('{"region":"eu"}')
  })

  test('elsewhere clients see no marks, and the hub makes the headers itself', async () => {
    const { result } = await ask('both', 'tools/list')
    expect(JSON.stringify(result)).not.toContain('x-mcp-header')
    const made = await call('both', `suite__${name}`, args)
    expect(made.result.content[0].text).toBe('{"region":"eu"}')
  })
})

describe('questions of a server with sessions to a stateless client', () => {
  const begin = () => call('both', 'old__ask', {}, { capabilities: FORMS })
  const answer = (requestState: unknown, inputResponses: Json, more: Json = {}, key?: string) =>
    ask(
      'both',
      'tools/call',
      { name: 'old__ask', arguments: {}, requestState, inputResponses, ...more },
      { capabilities: FORMS, ...(key !== undefined && { key }) },
    )

  test('a call waits in the air and ends with its answer, once', async () => {
    const { result } = await begin()
    expect(result).toMatchObject({
      resultType: 'input_required',
      inputRequests: { 'question-1': { method: 'elicitation/create' } },
      requestState: expect.stringMatching(/^gr1\./),
    })
    expect(result).not.toHaveProperty('ttlMs')
    const { requestState } = result
    const nothing = await answer(requestState, { other: RED })
    expect(nothing.result.inputRequests).toEqual(result.inputRequests)
    const done = await answer(nothing.result.requestState, { 'question-1': RED, extra: RED })
    expect(done.result.content[0].text).toBe('["accept","red"]')
    const again = await answer(nothing.result.requestState, { 'question-1': RED })
    expect(again.result).toMatchObject({ isError: true })
    expect(again.result.content[0].text).toContain('tools.call_lost')
  })

  test('a state fits its call and its principal only', async () => {
    const { result } = await begin()
    const { requestState } = result
    const bad = { code: -32_602, message: 'requestState is not valid for this call.' }
    const tampered = await answer(`${requestState.slice(0, -2)}AA`, { 'question-1': RED })
    expect(tampered.error).toMatchObject(bad)
    const other = await answer(requestState, {}, { arguments: { n: 1 } })
    expect(other.error).toMatchObject(bad)
    const bob = await hub.given.person('bob')
    const { key } = await hub.run('identity.create_key', { name: 'k' }, bob)
    const foreign = await answer(requestState, { 'question-1': RED }, {}, key)
    expect(foreign.error).toMatchObject(bad)
    expect((await answer(requestState, { 'question-1': RED })).result.content[0].text).toContain(
      'red',
    )
  })
})

describe('a call that needs a person', () => {
  const decide = async (approval: string) => {
    const page = atPage(ana, hub.clock.now())
    await hub.run('agents.decide_approval', { key: approval, decision: 'approve' }, page)
    await hub.house.settle()
    await hub.due('tools.resume_calls')
  }

  test('a client that opens pages is sent to one, and its retry brings the result', async () => {
    const args = { n: 1 }
    const { result } = await call('asked', 'asked__echo', args, { capabilities: PAGES })
    expect(result).toMatchObject({
      resultType: 'input_required',
      inputRequests: {
        page: {
          method: 'elicitation/create',
          params: { mode: 'url', url: expect.stringContaining('/inbox?approval=') },
        },
      },
    })
    const { url } = result.inputRequests.page.params
    await decide(new URL(url).searchParams.get('approval') ?? '')
    const { requestState } = result
    const params = { name: 'asked__echo', arguments: args, requestState, inputResponses: {} }
    const done = await ask('asked', 'tools/call', params, { capabilities: PAGES })
    expect(done.result.content).toEqual([{ type: 'text', text: '{"n":1}' }])
  })

  test('another client gets the key of the call, and reads the result with it', async () => {
    const { result } = await call('asked', 'asked__echo', { n: 2 }, { capabilities: FORMS })
    const [text] = result.content
    const key = /TC-\d+/.exec(text.text)?.[0] ?? ''
    const approval = /approve (\S+)\./.exec(text.text)?.[1] ?? ''
    await decide(approval)
    const done = await call('asked', 'guildhall__result', { call: key })
    expect(done.result.content).toEqual([{ type: 'text', text: '{"n":2}' }])
  })
})

test('a session of one profile opens no other', async () => {
  const initialize = (at: string) =>
    fetch(at, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        authorization: `Bearer ${hub.ownerKey}`,
      },
      body: JSON.stringify({
        ...{ jsonrpc: '2.0', id: 1, method: 'initialize' },
        params: {
          ...{ protocolVersion: '2025-11-25', capabilities: {} },
          clientInfo: { name: 'test', version: '1' },
        },
      }),
    })
  const opened = await initialize(hub.at('one'))
  await opened.text()
  const id = opened.headers.get('mcp-session-id') ?? ''
  const list = (at: string) =>
    fetch(at, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'mcp-session-id': id,
        authorization: `Bearer ${hub.ownerKey}`,
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'tools/list', params: {} }),
    })
  expect(await (await list(hub.at('one'))).text()).toContain('old__echo')
  expect((await list(hub.at('both'))).status).toBe(404)
  expect((await list(hub.at('one').replace('/p/one', ''))).status).toBe(404)
  expect((await initialize(hub.at('nothing'))).status).toBe(404)
})

test('what is too long is cut, and read on by its key', async () => {
  const text = 'x'.repeat(40_000)
  const { result } = await call('both', 'old__echo', { text })
  expect(result.content[0].text.length).toBeLessThan(33_000)
  const key = /TC-\d+/.exec(result.content[0].text.slice(-300))?.[0] ?? ''
  const rest = await call('both', 'guildhall__result', { call: key, part: 2 })
  expect(rest.result.content[0].text).toContain('the end')
})

test('a missing account is connected at a page, by clients that open pages', async () => {
  await hub.run('tools.connect_account', { server: 'mine', value: 'the-upstream-key' }, hub.owner)
  await hub.run('tools.refresh_tools', { slug: 'mine' })
  await hub.run('tools.save_tool_profile', { name: 'mine', tools: ['mine__*'] })
  const eve = await hub.given.person('eve', 'admin')
  const { key } = await hub.run('identity.create_key', { name: 'k' }, eve)
  const { result: listed } = await ask('mine', 'tools/list', {}, { key })
  expect(listed.tools.map(({ name }: Json) => name)).toContain('mine__echo')
  const asked = await call('mine', 'mine__echo', { n: 1 }, { key, capabilities: PAGES })
  expect(asked.result).toMatchObject({
    resultType: 'input_required',
    inputRequests: { page: { params: { mode: 'url', url: 'http://localhost:7420/tools/mine' } } },
  })
  const told = await call('mine', 'mine__echo', { n: 1 }, { key })
  expect(told.result).toMatchObject({ isError: true })
  expect(told.result.content[0].text).toContain('tools.needs_connect')
  await hub.run('tools.connect_account', { server: 'mine', value: 'the-other-key' }, eve)
  const { requestState } = asked.result
  const params = { name: 'mine__echo', arguments: { n: 1 }, requestState, inputResponses: {} }
  const done = await ask('mine', 'tools/call', params, { key, capabilities: PAGES })
  expect(done.result.content[0].text).toBe('{"n":1}')
})
