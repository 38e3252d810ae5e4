import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, mkdir, readFile, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { hubUser } from '../../src/platform/postgres/run-user.ts'
import { newHome, startTestHub } from '../hub.ts'
import { openStream } from './event-stream.ts'
import { hubOf, inTime, later, send, until } from './ground.ts'
import { startServer } from './postgres-server.ts'

const CLI = join(import.meta.dirname, '..', '..', 'src', 'main', 'cli.ts')
const END_MS = 5_000
const ELSE = 'Stop it or choose another GUILDHALL_HOME.'
const isRoot = hubUser().uid === 0

type Ended = Readonly<{ exit: number | null; out: string; err: string }>

/** Starts a hub that is expected not to open, and waits for its end. */
const failedStart = async (env: Readonly<Record<string, string>>): Promise<Ended> => {
  const { PATH = '', HOME = '/' } = process.env
  const child = spawn(process.execPath, [CLI, 'start'], {
    env: { PATH, HOME, GUILDHALL_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  later(async () => child.kill('SIGKILL'))
  const [out, err] = [text(child.stdout), text(child.stderr)]
  const [code] = await inTime('the start ends', once(child, 'close'))
  return { exit: typeof code === 'number' ? code : null, out: await out, err: await err }
}

const ownHome = async (): Promise<string> => {
  const home = await newHome()
  later(() => rm(home, { recursive: true, force: true, maxRetries: 3 }))
  return home
}

test('a mistyped setting stops the start and names the one that was meant', async () => {
  const GUILDHALL_HOME = await ownHome()
  const ended = await failedStart({ GUILDHALL_HOME, GUILDHALL_PROT: '1' })
  expect(ended).toEqual({
    exit: 2,
    out: '',
    err: 'error: GUILDHALL_PROT is no setting. Did you mean GUILDHALL_PORT?\n',
  })
}, 60_000)

test('the owner key is for its owner alone; a second hub is told who has the home', async () => {
  const hub = await hubOf()
  const path = join(hub.home, 'owner.key')
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  await until('the words about the key', () => hub.said().includes('keep it safe'))
  expect(hub.said()).toContain(`Your owner key is in ${path}; keep it safe.`)
  expect(hub.said()).not.toContain(hub.ownerKey)

  const ended = await failedStart({ GUILDHALL_HOME: hub.home })
  expect(ended).toMatchObject({ exit: 5, out: '' })
  expect(ended.err).toBe(
    `error: Another hub (pid ${hub.pid}, ${hub.url}) runs on this home. ${ELSE}\n`,
  )
  expect((await hub.api('GET', '/v1/me')).status).toBe(200)
}, 60_000)

test('a deleted owner key is replaced by the next start, a kept one stays', async () => {
  const first = await startTestHub()
  await first.stop({ keep: true })
  await rm(join(first.home, 'owner.key'))
  const second = await startTestHub({ home: first.home })
  expect(second.ownerKey).not.toBe(first.ownerKey)
  expect((await second.api('GET', '/v1/me')).body).toMatchObject({ handle: 'owner' })
  await second.stop({ keep: true })
  const third = await hubOf({ home: first.home })
  expect(third.ownerKey).toBe(second.ownerKey)
  expect(third.said()).not.toContain('keep it safe')
}, 90_000)

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s ends a hub with open streams and waits in time, and leaves the home free',
  async (signal) => {
    const hub = await hubOf()
    const stream = await openStream({ url: hub.url, key: hub.ownerKey })
    await hub.api('POST', '/v1/projects', { key: 'GH', name: 'Hall' })
    await hub.api('POST', '/v1/agents', { name: 'dev', projects: ['GH'] })
    const body = { project: 'GH', wait_s: 45 }
    const wish = { url: hub.url, key: hub.ownerKey, method: 'POST', path: '/v1/work/next', body }
    const waiting = send(wish).catch(() => null)
    process.kill(hub.pid, signal)
    const begun = performance.now()
    await until('the process is gone', () => !isAlive(hub.pid), 2 * END_MS)
    // The hub gives itself five seconds; the look at it may come a moment later.
    expect(performance.now() - begun).toBeLessThan(END_MS + 2_000)
    await until('the stream is over', () => stream.isOver)
    await waiting
    await expect(readFile(join(hub.home, 'hub.json'), 'utf8')).rejects.toThrow('ENOENT')
  },
  60_000,
)

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

test('a taken port is said in one sentence, and nothing is left running', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  later(async () => server.close())
  const at = server.address()
  const port = typeof at === 'object' && at ? String(at.port) : ''
  const GUILDHALL_HOME = await ownHome()
  const ended = await failedStart({ GUILDHALL_HOME, GUILDHALL_PORT: port })
  expect(ended.exit).not.toBe(0)
  expect(ended.err).toBe(`error: Port ${port} is in use; choose another one with GUILDHALL_PORT.\n`)
  const hub = await startTestHub({ home: GUILDHALL_HOME })
  await hub.stop()
}, 60_000)

test('two hubs with different homes run at once and know nothing of each other', async () => {
  const [one, two] = await Promise.all([hubOf(), hubOf()])
  await one.api('POST', '/v1/projects', { key: 'GH', name: 'Hall' })
  expect((await one.api('GET', '/v1/projects/GH')).status).toBe(200)
  expect((await two.api('GET', '/v1/projects/GH')).status).toBe(404)
  expect((await two.api('GET', '/v1/me', undefined, one.ownerKey)).status).toBe(401)
}, 90_000)

test('with DATABASE_URL a hub uses that server and starts none of its own', async () => {
  const server = await startServer()
  const hub = await hubOf({ env: server.env })
  expect((await hub.api('GET', '/readyz')).body).toMatchObject({
    ready: true,
    database: 'server',
    rls: 'on',
  })
  await expect(stat(join(hub.home, 'postgres'))).rejects.toThrow('ENOENT')
}, 60_000)

const NOBODY = 65_534

/** Starts a hub as another user and waits for its address. */
const startAs = async (uid: number, home: string): Promise<[ChildProcess, string]> => {
  const { PATH = '' } = process.env
  const child = spawn(process.execPath, [CLI, 'start'], {
    uid,
    gid: uid,
    cwd: '/',
    env: { PATH, HOME: home, GUILDHALL_HOME: home, GUILDHALL_PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  later(async () => child.kill('SIGKILL'))
  let said = ''
  for (const pipe of [child.stdout, child.stderr]) {
    pipe?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
  }
  const addressOf = () => /^Guildhall is open at (\S+)$/m.exec(said)?.[1]
  await until('it is open or over', () => addressOf() !== undefined || child.exitCode !== null)
  const address = addressOf()
  if (address === undefined) throw new Error(`The hub did not open:\n${said}`)
  return [child, address]
}

/** Tells whether an ordinary user reaches the program: a clone below root's home it does not. */
const isReadable = (uid: number): boolean => {
  try {
    execFileSync(process.execPath, ['--check', CLI], { uid, gid: uid, cwd: '/', stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

test.runIf(isRoot && isReadable(NOBODY))(
  'an ordinary user starts a hub in a home of its own, and Ctrl-C ends it with 0',
  async () => {
    const outer = await ownHome()
    const home = join(outer, 'nobody')
    await mkdir(home)
    await chown(home, NOBODY, NOBODY)
    await chmod(home, 0o700)
    const [child, url] = await startAs(NOBODY, home)
    const ownerKey = (await readFile(join(home, 'owner.key'), 'utf8')).trim()
    const got = await send({ url, key: ownerKey, method: 'GET', path: '/v1/me' })
    expect(got).toMatchObject({ status: 200, body: { handle: 'owner' } })
    expect(await stat(join(home, 'owner.key'))).toMatchObject({ uid: NOBODY })
    const ended = once(child, 'exit')
    child.kill('SIGINT')
    const [code] = await inTime('the end', ended, 3 * END_MS)
    expect(code).toBe(0)
  },
  90_000,
)
