import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { firstClient, type HubClient, secondClient } from './hub-clients.ts'
import { type HubDoor, openHubDoor } from './hub-door.ts'
import { type Cell, CELLS } from './hub-upstreams.ts'
import type { UpstreamServer } from './upstream-servers.ts'

// Every official client at a profile of the hub, with every kind of server behind it.

const CLIENTS = [
  { client: 'first line', connect: firstClient },
  { client: 'second line, session', connect: secondClient('legacy') },
  { client: 'second line, stateless', connect: secondClient('auto') },
] as const

const PAIRS = CLIENTS.flatMap((one) => CELLS.map((cell) => ({ ...one, cell, slug: cell.slug })))
const WAIT = { timeout: 8_000 }

let hub: HubDoor
const servers = new Map<string, UpstreamServer | null>()
const open: HubClient[] = []

beforeAll(async () => {
  hub = await openHubDoor()
  for (const { slug, add } of CELLS) {
    servers.set(slug, await add(hub))
    await hub.run('tools.save_tool_profile', { name: slug, tools: [`${slug}__*`] })
  }
})
afterAll(async () => {
  for (const client of open) await client.close()
  for (const server of servers.values()) await server?.stop()
  await hub.stop()
})

const connected = async ({ connect, cell }: (typeof PAIRS)[number], capabilities?: object) => {
  const client = await connect(hub.at(cell.slug), hub.ownerKey, capabilities)
  open.push(client)
  return client
}

const textOf = ({ content }: Readonly<{ content?: unknown }>): string => {
  const [first]: unknown[] = Array.isArray(content) ? content : []
  return typeof first === 'object' && first !== null && 'text' in first ? String(first.text) : ''
}

const named = ({ slug }: Cell, tool: string) => `${slug}__${tool}`

describe.each(PAIRS)('$client at $slug', (pair) => {
  const { cell, client: kind } = pair
  const { speaks } = cell

  test('lists and calls', async () => {
    const client = await connected(pair)
    expect(client.era).toBe(kind === 'second line, stateless' ? 'modern' : 'legacy')
    const tools = await client.listTools()
    expect(tools).toContain('guildhall__result')
    expect(tools).toContain(named(cell, 'echo'))
    const answers = await Promise.all([1, 2, 3].map((n) => client.call(named(cell, 'echo'), { n })))
    expect(answers.map(textOf)).toEqual(['{"n":1}', '{"n":2}', '{"n":3}'])
  })

  test('progress comes to its call', async () => {
    const client = await connected(pair)
    const steps: number[] = []
    const onprogress = ({ progress }: { progress: number }) => void steps.push(progress)
    const answer = await client.call(named(cell, 'count'), {}, { onprogress })
    expect(textOf(answer)).toBe('3')
    expect(steps).toEqual([1, 2, 3])
  })

  test('an error of the protocol comes as it is', async () => {
    const client = await connected(pair)
    await expect(client.call(named(cell, 'refuse'))).rejects.toMatchObject({
      code: -32_050,
      data: { why: 'fixture' },
    })
    await expect(client.call('no_such_tool')).rejects.toMatchObject({ code: -32_602 })
  })

  test.runIf(speaks)('a cancelled call ends at the server', async () => {
    const client = await connected(pair)
    const before = Number(textOf(await client.call(named(cell, 'cancelled'))))
    const caller = new AbortController()
    const call = client.call(named(cell, 'hang'), {}, { signal: caller.signal })
    const seen = servers.get(cell.slug)?.seen
    if (seen) await vi.waitFor(() => expect(seen.calls.at(-1)).toBe('hang'), WAIT)
    else await vi.waitFor(async () => expect(await isUnderWay('hang')).toBe(true), WAIT)
    caller.abort()
    await expect(call).rejects.toBeInstanceOf(Error)
    await vi.waitFor(async () => {
      expect(textOf(await client.call(named(cell, 'cancelled')))).toBe(String(before + 1))
    }, WAIT)
  })
})

describe.each(PAIRS)('$client at $slug, beside calls', (pair) => {
  const { cell, client: kind } = pair
  const { speaks, era } = cell

  test.runIf(speaks)('a question reaches the client, its answer the server', async () => {
    const client = await connected(pair)
    const answer = await client.call(named(cell, 'ask'))
    expect(client.asked).toEqual(['Which colour?'])
    expect(textOf(answer)).toContain('red')
    if (era === 'modern') return
    // Asked on the stream that belongs to no call: the only one under way is meant.
    expect(textOf(await client.call(named(cell, 'ask_later')))).toBe('["accept","red"]')
  })

  test.runIf(speaks)('an updated resource is told', async () => {
    const client = await connected(pair)
    const updated: string[] = []
    await client.onUpdated(`${cell.slug}+test://one`, (uri) => void updated.push(uri))
    await vi.waitFor(async () => {
      await client.call(named(cell, 'touch'), { uri: 'test://one' })
      await client.call(named(cell, 'touch'), { uri: 'test://two' })
      await vi.waitFor(() => expect(updated.length).toBeGreaterThan(0), { timeout: 700 })
    }, WAIT)
    expect(new Set(updated)).toEqual(new Set([`${cell.slug}+test://one`]))
  })

  test.runIf(kind !== 'second line, stateless')('a log message is passed on', async () => {
    const client = await connected(pair)
    await client.call(named(cell, 'talk'))
    await vi.waitFor(() => expect(client.logged).toEqual(['I talk.']), WAIT)
  })

  test.runIf(speaks)('a client that cannot be asked is not asked', async () => {
    const client = await connected(pair, {})
    await expect(client.call(named(cell, 'ask'))).rejects.toBeInstanceOf(Error)
    expect(client.asked).toEqual([])
  })

  test.runIf(speaks)('a changed list is told', async () => {
    const client = await connected(pair)
    let told = 0
    await client.onTools(() => {
      told += 1
    })
    const before = await client.listTools()
    // The way to the server opens beside the calls: changed until it is heard of.
    await vi.waitFor(async () => {
      await client.call(named(cell, 'change'))
      await vi.waitFor(() => expect(told).toBeGreaterThan(0), { timeout: 700 })
    }, WAIT)
    await vi.waitFor(async () => expect(await client.listTools()).not.toEqual(before), WAIT)
  })
})

/** Tells whether a call is under way: into a program nobody can look. */
const isUnderWay = async (tool: string): Promise<boolean> => {
  const { items } = await hub.run('tools.list_tool_calls', {})
  return items.some(
    (one: { tool: string; state: string }) => one.tool === tool && one.state === 'begun',
  )
}
