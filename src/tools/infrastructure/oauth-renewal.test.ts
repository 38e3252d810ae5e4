import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'
import { protectServer } from '../../../test/mcp/protected-server.ts'
import { startTokenIssuer } from '../../../test/mcp/token-issuer.ts'
import { modernServer } from '../../../test/mcp/upstream-servers.ts'
import { asAdmin } from '../../../test/server.ts'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const CALLER = fileURLToPath(new URL('../../../test/mcp/token-caller.ts', import.meta.url))
const CALLS = 50
const PROCESSES = 4

const connected = async () => {
  const inner = await modernServer()
  // Slow, so that everybody finds out that the token is over before there is another one.
  const issuer = await startTokenIssuer({ slowMs: 700 })
  const server = await protectServer(inner, issuer)
  ends.push(inner.stop, issuer.stop, server.stop)
  const b = await bench()
  const rules = { approval: 'never', egress: 'internal' }
  const wish = { slug: 'docs', url: server.url, trust: true, rules }
  await b.run('tools.add_tool_server', { ...wish, auth: { kind: 'oauth' }, credential: 'shared' })
  const { url } = await b.run('tools.start_account', { server: 'docs' })
  const callback = String(await issuer.visit(url))
  await b.run('tools.finish_account', { callback })
  await b.run('tools.refresh_tools', { slug: 'docs' })
  return { ...b, issuer, server }
}

type World = Awaited<ReturnType<typeof connected>>

/** Starts another process of the hub; gives what makes it call, and what came of that. */
const startCaller = async ({ target, orgId, owner, fixtures }: World) => {
  const wanted = { target, root: fixtures.rootText, orgId, actorId: owner.id, calls: CALLS }
  const child = spawn(process.execPath, [CALLER, JSON.stringify(wanted)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  ends.push(async () => {
    child.kill()
    await ended
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  expect((await lines.next()).value).toBe('ready')
  return async (): Promise<readonly string[]> => {
    child.stdin.write('go\n')
    const { value } = await lines.next()
    return JSON.parse(String(value))
  }
}

/** Puts the end of every token into the past, as if an hour had gone by. */
const age = ({ target, orgId }: World) =>
  asAdmin(target, (client) =>
    client.query(
      `update tools.oauth_grant
          set issued_at = now() - interval '2 h', expires_at = now() - interval '1 h'
        where org_id = $1`,
      [orgId],
    ),
  )

test.each([
  ['is over by its time', true],
  ['is refused by the server', false],
])(
  'of 200 calls in four processes under a token that %s, one renews it',
  async (_, isAged) => {
    const w = await connected()
    const callers = await Promise.all(Array.from({ length: PROCESSES }, () => startCaller(w)))
    w.issuer.endAccess()
    if (isAged) await age(w)
    const came = await Promise.all(callers.map((call) => call()))
    expect(came.flat()).toEqual(Array(PROCESSES * CALLS).fill('result'))
    expect(w.issuer.refreshes()).toBe(1)
    const renewed = (await w.ledger()).filter(({ name }) => name === 'tools.token_renewed')
    expect(renewed).toHaveLength(1)
    expect(await w.verify()).toMatchObject({ ok: true })
  },
  60_000,
)
