import { mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text as readAll } from 'node:stream/consumers'
import { PassThrough, Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { CliFailure } from './failure.ts'
import { loginCommand, logoutCommand, makeLoginCommand } from './login.ts'
import { keepLogin, loginFile, readLogin, tokenFor } from './login-store.ts'
import type { Given, Session } from './session.ts'

type Reply = Readonly<{ status?: number; body: object }>
type Route = (fields: URLSearchParams) => Reply

let server: Server
let url = ''
let home = ''
let seen: { path: string; fields: URLSearchParams }[] = []
let routes: Record<string, Route> = {}

const pending: Reply = { status: 400, body: { error: 'authorization_pending' } }
const tokens = (name: string, expiresIn = 600): Reply => ({
  body: { access_token: `a-${name}`, refresh_token: `r-${name}`, expires_in: expiresIn },
})

const hubRoutes = (polls: Reply[]): Record<string, Route> => ({
  '/.well-known/oauth-authorization-server/oauth': () => ({
    body: {
      issuer: `${url}/oauth`,
      token_endpoint: `${url}/oauth/token`,
      device_authorization_endpoint: `${url}/oauth/device/auth`,
      revocation_endpoint: `${url}/oauth/revoke`,
    },
  }),
  '/oauth/device/auth': () => ({
    body: {
      device_code: 'device-1',
      user_code: 'BCDF-GHJK',
      verification_uri: `${url}/device`,
      expires_in: 600,
      interval: 5,
    },
  }),
  '/oauth/token': () => polls.shift() ?? pending,
  '/oauth/revoke': () => ({ body: {} }),
})

const answer = async (req: IncomingMessage): Promise<Reply> => {
  const fields = new URLSearchParams(await readAll(req))
  seen.push({ path: req.url ?? '', fields })
  return routes[req.url ?? '']?.(fields) ?? { status: 404, body: {} }
}

beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'guildhall-login-'))
  seen = []
  server = createServer((req, res) => {
    answer(req).then(({ status = 200, body }) => {
      res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }, res.destroy.bind(res))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
})

afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await rm(home, { recursive: true })
})

const given: Given = { words: [], flags: {} }

const sessionOf = () => {
  const said: string[] = []
  const say = (line: string) => void said.push(line)
  const session: Session = {
    env: {
      ...{ home, userHome: home, cwd: home, noColor: true },
      ...{ nodePath: '', nodeVersion: '', cliPath: '' },
      tty: { stdin: false, stdout: false, stderr: false },
    },
    switches: {
      ...{ json: false, quiet: false, verbose: false, yes: false, noInput: true },
      ...{ fields: null, url: undefined, keyFile: undefined },
    },
    operations: [],
    hub: {
      url: async () => url,
      key: async () => undefined,
      ask: async () => null,
      open: async () => new Response(),
    },
    print: { data: say, line: say, note: say, detail: say, status: say },
    ...{ stdin: Readable.from([]), stdout: new PassThrough(), stderr: new PassThrough() },
    signal: new AbortController().signal,
    version: '0',
  }
  return { session, said }
}

const logIn = async (polls: Reply[]) => {
  routes = hubRoutes(polls)
  const pauses: number[] = []
  const command = makeLoginCommand(async (ms) => void pauses.push(ms))
  const { session, said } = sessionOf()
  const exit = await command.run(given, session).catch((error: unknown) => error)
  return { exit, pauses, said }
}

describe('guildhall login', () => {
  test('prints the code, asks until the person has decided, and keeps what it gets', async () => {
    const { exit, pauses, said } = await logIn([pending, pending, tokens('1')])
    expect(exit).toBe(0)
    expect(said[0]).toBe(`Open ${url}/device and type the code BCDF-GHJK`)
    expect(pauses).toEqual([5_000, 5_000, 5_000])
    expect(await readLogin({ userHome: home }, url)).toMatchObject({
      access: 'a-1',
      refresh: 'r-1',
    })
    const asked = seen.find(({ path: at }) => at === '/oauth/device/auth')
    expect(Object.fromEntries(asked?.fields ?? [])).toEqual({
      client_id: 'guildhall-cli',
      resource: `${url}/v1`,
    })
  })

  test('keeps it where nobody else can read it', async () => {
    await logIn([tokens('1')])
    const file = loginFile({ userHome: home })
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect((await stat(path.dirname(file))).mode & 0o777).toBe(0o700)
  })

  test('slows down when it is told to, and stays slow', async () => {
    const slower: Reply = { status: 400, body: { error: 'slow_down' } }
    const { pauses } = await logIn([slower, pending, slower, tokens('1')])
    expect(pauses).toEqual([5_000, 10_000, 10_000, 15_000])
  })
})

describe('guildhall login', () => {
  test.each([
    ['access_denied', 3],
    ['expired_token', 5],
    ['invalid_grant', 5],
    ['invalid_client', 3],
  ])('ends with %s', async (error, code) => {
    const { exit } = await logIn([pending, { status: 400, body: { error } }])
    expect(exit).toBeInstanceOf(CliFailure)
    expect(exit).toMatchObject({ exit: code })
    expect(await readLogin({ userHome: home }, url)).toBeUndefined()
  })

  test('gives up when the code is over', async () => {
    const { exit, pauses } = await logIn([])
    expect(exit).toMatchObject({ exit: 5 })
    expect(pauses).toHaveLength(120)
  })

  test('does not believe a hub that goes by another name', async () => {
    routes = {
      '/.well-known/oauth-authorization-server/oauth': () => ({
        body: {
          issuer: 'https://evil.example/oauth',
          token_endpoint: 'https://evil.example/oauth/token',
          device_authorization_endpoint: 'https://evil.example/oauth/device/auth',
          revocation_endpoint: 'https://evil.example/oauth/revoke',
        },
      }),
    }
    const failed = loginCommand.run(given, sessionOf().session)
    await expect(failed).rejects.toMatchObject({
      hint: 'guildhall login --hub https://evil.example',
    })
  })

  test('does not send commands where a hub’s own name points elsewhere', async () => {
    const usual = hubRoutes([])
    const told = usual['/.well-known/oauth-authorization-server/oauth']?.(new URLSearchParams())
    const body = { ...told?.body, token_endpoint: 'https://evil.example/oauth/token' }
    routes = { ...usual, '/.well-known/oauth-authorization-server/oauth': () => ({ body }) }
    const failed = loginCommand.run(given, sessionOf().session)
    await expect(failed).rejects.toMatchObject({ exit: 7 })
  })

  test('says that nobody is there', async () => {
    routes = {}
    const failed = loginCommand.run(given, sessionOf().session)
    await expect(failed).rejects.toMatchObject({ exit: 7 })
  })
})

describe('guildhall logout', () => {
  test('ends it at the hub and forgets it here', async () => {
    await logIn([tokens('1')])
    expect(await logoutCommand.run(given, sessionOf().session)).toBe(0)
    const revoked = seen.find(({ path: at }) => at === '/oauth/revoke')
    expect(revoked?.fields.get('token')).toBe('r-1')
    expect(await readFile(loginFile({ userHome: home }), 'utf8')).not.toContain('r-1')
  })

  test('forgets it here also where the hub is away, and says so', async () => {
    await logIn([tokens('1')])
    routes = {}
    const { session, said } = sessionOf()
    expect(await logoutCommand.run(given, session)).toBe(0)
    expect(said[0]).toContain('did not answer')
    expect(await readLogin({ userHome: home }, url)).toBeUndefined()
  })

  test('says that there is nothing to end', async () => {
    const failed = logoutCommand.run(given, sessionOf().session)
    await expect(failed).rejects.toMatchObject({ exit: 4 })
  })
})

describe('a stored login', () => {
  const never = new AbortController().signal
  const over = { access: 'old', refresh: 'r-old', expiresAt: Date.now() - 1 }

  test('that holds is used as it is', async () => {
    const login = { ...over, access: 'good', expiresAt: Date.now() + 600_000 }
    await keepLogin({ userHome: home }, url, login)
    expect(await tokenFor({ userHome: home }, url, never)).toBe('good')
    expect(seen).toEqual([])
  })

  test('that is over is renewed once, however many ask', async () => {
    let count = 0
    routes = { '/oauth/token': () => tokens(`new-${++count}`) }
    await keepLogin({ userHome: home }, url, over)
    const all = await Promise.all(
      Array.from({ length: 8 }, () => tokenFor({ userHome: home }, url, never)),
    )
    expect(new Set(all)).toEqual(new Set(['a-new-1']))
    expect(count).toBe(1)
    expect(seen[0]?.fields.get('refresh_token')).toBe('r-old')
    expect(await readLogin({ userHome: home }, url)).toMatchObject({ refresh: 'r-new-1' })
  })

  test('that the hub has ended is forgotten', async () => {
    routes = { '/oauth/token': () => ({ status: 400, body: { error: 'invalid_grant' } }) }
    await keepLogin({ userHome: home }, url, over)
    expect(await tokenFor({ userHome: home }, url, never)).toBeUndefined()
    expect(await readLogin({ userHome: home }, url)).toBeUndefined()
  })

  test('survives a hub that is in trouble', async () => {
    routes = { '/oauth/token': () => ({ status: 503, body: {} }) }
    await keepLogin({ userHome: home }, url, over)
    await expect(tokenFor({ userHome: home }, url, never)).rejects.toMatchObject({ exit: 7 })
    expect(await readLogin({ userHome: home }, url)).toMatchObject({ refresh: 'r-old' })
  })

  test('is renewed where a command that died left its lock', async () => {
    routes = { '/oauth/token': () => tokens('1') }
    await keepLogin({ userHome: home }, url, over)
    const lock = `${loginFile({ userHome: home })}.lock`
    await writeFile(lock, '')
    const longAgo = new Date(Date.now() - 60_000)
    await utimes(lock, longAgo, longAgo)
    expect(await tokenFor({ userHome: home }, url, never)).toBe('a-1')
  })

  test('of one hub is shown to no other', async () => {
    await keepLogin({ userHome: home }, 'https://other.example', over)
    expect(await tokenFor({ userHome: home }, url, never)).toBeUndefined()
  })
})
