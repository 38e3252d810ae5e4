import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { askingAt, type Json } from './hub-asking.ts'
import { type HubDoor, openHubDoor, UNASKED } from './hub-door.ts'
import { modernServer, type UpstreamServer } from './upstream-servers.ts'

// Many who listen to a profile, and one stream to each server behind it.

const WAIT = { timeout: 8_000 }
const LISTS = { toolsListChanged: true }

let hub: HubDoor
let server: UpstreamServer
beforeAll(async () => {
  hub = await openHubDoor()
  server = await modernServer()
  const added = { slug: 'mod', url: server.url, trust: true, rules: UNASKED }
  await hub.run('tools.add_tool_server', added)
  await hub.run('tools.save_tool_profile', { name: 'mod', tools: ['mod__*'] })
  await hub.run('tools.save_tool_profile', { name: 'single', tools: ['mod__echo'] })
})
afterAll(async () => {
  await server.stop()
  await hub.stop()
})

const { call, listen } = askingAt(() => hub)
const methods = (heard: readonly Json[]) => heard.map(({ method }: Json) => method)

test('three listeners cost one stream to the server, and the last takes it along', async () => {
  const uris = ['mod+test://one', 'mod+test://two', 'other+test://one']
  const streams = await Promise.all(
    uris.map((uri) => listen('mod', { ...LISTS, resourceSubscriptions: [uri] })),
  )
  const [one, two, other] = streams
  await vi.waitFor(async () => {
    await call('mod', 'mod__touch', { uri: 'test://one' })
    await vi.waitFor(() => expect(methods(one?.heard ?? [])).toContain(UPDATED), { timeout: 700 })
  }, WAIT)
  expect(methods(two?.heard ?? [])).not.toContain(UPDATED)
  expect(methods(other?.heard ?? [])).not.toContain(UPDATED)
  await vi.waitFor(() => expect(server.streams()).toBe(1), WAIT)
  await one?.close()
  await two?.close()
  await vi.waitFor(() => expect(server.streams()).toBe(1), WAIT)
  await other?.close()
  await vi.waitFor(() => expect(server.streams()).toBe(0), WAIT)
})

const UPDATED = 'notifications/resources/updated'

test('a list that is the same for its reader is not told of', async () => {
  const all = await listen('mod', LISTS)
  const single = await listen('single', LISTS)
  await vi.waitFor(async () => {
    await call('mod', 'mod__change')
    const told = () => expect(methods(all.heard)).toContain('notifications/tools/list_changed')
    await vi.waitFor(told, { timeout: 700 })
  }, WAIT)
  expect(methods(single.heard)).toEqual(['notifications/subscriptions/acknowledged'])
  await all.close()
  await single.close()
})

test('a server that is removed is told of, and its profile goes on', async () => {
  const all = await listen('mod', LISTS)
  await hub.run('tools.change_tool_server', { slug: 'mod', enabled: false })
  await vi.waitFor(() => {
    expect(methods(all.heard)).toContain('notifications/tools/list_changed')
  }, WAIT)
  await all.close()
})
