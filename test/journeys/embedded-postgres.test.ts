import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { z } from 'zod'
import { type Home, openHome } from '../../src/platform/home.ts'
import {
  type EmbeddedDatabase,
  type EmbeddedOptions,
  startEmbedded,
} from '../../src/platform/postgres/embedded.ts'
import { processesIn, readLockFile, waitUntil } from '../../src/platform/postgres/processes.ts'
import { sqlStateOf } from '../../src/platform/postgres/probe.ts'
import { hubUser } from '../../src/platform/postgres/run-user.ts'
import { asAdmin } from '../server.ts'

const isRoot = hubUser().uid === 0
const HUB = join(import.meta.dirname, 'hub-stand-in.ts')
const LONG_WAIT_MS = 20_000

// What a test has opened, in order; closed in the opposite order, also when it fails.
const open: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

const makeRoot = async (name = 'guildhall-journey-'): Promise<string> => {
  const root = await mkdtemp(join(tmpdir(), name))
  open.push(() => rm(root, { recursive: true, force: true }))
  await chmod(root, 0o755)
  return root
}

const hold = async (path: string): Promise<Home> => {
  const home = await openHome({ path, say: () => {} })
  open.push(() => home.release())
  return home
}

type Hub = EmbeddedDatabase & { lines: string[]; dataDir: string; home: string }

const DURABLE = { fsync: true }

/** Holds a home and starts its database; without fsync, which only the end of a machine misses. */
const start = async (path: string, more: Partial<EmbeddedOptions> = {}): Promise<Hub> => {
  const home = await hold(path)
  const lines: string[] = []
  const log = (line: string) => lines.push(line)
  const database = await startEmbedded({ home: home.path, log, fsync: false, ...more })
  open.push(() => database.stop())
  const dataDir = join(home.path, 'postgres', 'data-18')
  return { ...database, lines, dataDir, home: home.path }
}

const stopAll = async () => {
  for (const close of open.splice(1).reverse()) await close()
}

const write = (database: EmbeddedDatabase, value: number) =>
  asAdmin(database.target, async (client) => {
    await client.query('create table if not exists kept (value int primary key)')
    await client.query('insert into kept values ($1)', [value])
  })

const kept = (database: EmbeddedDatabase): Promise<number[]> =>
  asAdmin(database.target, async (client) => {
    const { rows } = await client.query<{ value: number }>('select value from kept order by 1')
    return rows.map(({ value }) => value)
  })

const postmaster = async (dataDir: string) => (await readLockFile(dataDir))?.pid ?? 0

const until = async (what: string, isTrue: () => Promise<boolean> | boolean) => {
  expect(await waitUntil(isTrue, LONG_WAIT_MS), `in time: ${what}`).toBe(true)
}

/** Starts a hub as a process of its own, to be killed; optionally under another account. */
const spawnHub = async (
  path: string,
  { uid, mode = 'quick' }: { uid?: number; mode?: 'quick' | 'durable' } = {},
): Promise<ChildProcess> => {
  const account = uid === undefined ? {} : { uid, gid: uid }
  const child = spawn(process.execPath, [HUB, path, mode], {
    ...account,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  open.push(async () => child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  return child
}

test('a database starts, keeps what was written over a restart, and stops twice', async () => {
  const root = await makeRoot()
  const first = await start(root)
  expect([first.state(), first.target.embedded]).toEqual(['up', true])
  await write(first, 1)
  await first.stop()
  await first.stop()
  expect(first.state()).toBe('away')
  expect(existsSync(join(first.dataDir, 'postmaster.pid'))).toBe(false)
  await stopAll()
  expect(await kept(await start(root))).toEqual([1])
})

test('the runtime login owns nothing, inherits nothing, and may take on two roles', async () => {
  const { target } = await start(await makeRoot(), { fsync: false })
  const asHub = { ...target, adminUser: target.appUser }
  await asAdmin(asHub, async (client) => {
    await expect(client.query('create schema mine')).rejects.toMatchObject({ code: '42501' })
    await expect(client.query('create temporary table t ()')).rejects.toThrow('permission denied')
    for (const role of ['guildhall_app', 'guildhall_system']) {
      await client.query(`begin; set local role ${role}; commit`)
    }
    const { rows } = await client.query('select rolinherit from pg_roles where rolname = user')
    expect(rows).toEqual([{ rolinherit: false }])
  })
})

test('two homes have two databases at once', async () => {
  const [one, two] = await Promise.all([start(await makeRoot()), start(await makeRoot())])
  await Promise.all([write(one, 1), write(two, 2)])
  expect([await kept(one), await kept(two)]).toEqual([[1], [2]])
})

test('a killed server is started again and has everything that was committed', async () => {
  const hub = await start(await makeRoot(), DURABLE)
  await write(hub, 1)
  const pid = await postmaster(hub.dataDir)
  process.kill(pid, 'SIGKILL')
  await until('the loss is noticed', () => hub.state() !== 'up')
  await until('it is up again', () => hub.state() === 'up')
  expect(await postmaster(hub.dataDir)).not.toBe(pid)
  expect(await kept(hub)).toEqual([1])
  expect(hub.lines).toContain('PostgreSQL has ended by itself.')
})

test('a backend that outlives its killed server is ended before the next one starts', async () => {
  const hub = await start(await makeRoot())
  await write(hub, 1)
  const pid = await postmaster(hub.dataDir)
  const busy = asAdmin(hub.target, async (client) => {
    client.on('error', () => {})
    // Plain work looks neither at the postmaster nor at its signals' results for a while.
    await client.query('select count(*) from generate_series(1, 2000000000)')
  }).catch(() => 'ended')
  await until('the query runs', async () => {
    const running = await processesIn(hub.dataDir)
    return running !== 'unreadable' && running.length > 0 && (await activeQueries(hub)) === 1
  })
  process.kill(pid, 'SIGKILL')
  await until('the loss is noticed', () => hub.state() !== 'up')
  await until('it is up again', () => hub.state() === 'up')
  expect(await busy).toBe('ended')
  expect(hub.lines).toContain('Processes of a PostgreSQL that was killed are ended.')
  expect(await kept(hub)).toEqual([1])
})

const activeQueries = (hub: EmbeddedDatabase): Promise<number> =>
  asAdmin(hub.target, async (client) => {
    const { rows } = await client.query<{ n: number }>(
      `select count(*)::int as n from pg_stat_activity where query like '%generate_series(1, 2%'
          and state = 'active' and pid <> pg_backend_pid()`,
    )
    return rows[0]?.n ?? 0
  })

test('the server of a killed hub is adopted by the next one, and stops with it', async () => {
  const root = await makeRoot()
  const child = await spawnHub(root)
  const dataDir = join(root, 'postgres', 'data-18')
  const pid = await postmaster(dataDir)
  child.kill('SIGKILL')
  await once(child, 'exit')
  const next = await start(root)
  expect(await postmaster(dataDir)).toBe(pid)
  expect(next.lines).toContain('A PostgreSQL that an earlier hub has left running is taken over.')
  await write(next, 1)
  await next.stop()
  expect(existsSync(join(dataDir, 'postmaster.pid'))).toBe(false)
})

test('an adopted server that is killed is started again', async () => {
  const root = await makeRoot()
  const child = await spawnHub(root)
  child.kill('SIGKILL')
  await once(child, 'exit')
  const next = await start(root)
  await write(next, 1)
  process.kill(await postmaster(next.dataDir), 'SIGKILL')
  await until('the loss is noticed', () => next.state() !== 'up')
  await until('it is up again', () => next.state() === 'up')
  expect(await kept(next)).toEqual([1])
})

test('a left server with other settings is not adopted but replaced', async () => {
  const root = await makeRoot()
  const child = await spawnHub(root)
  child.kill('SIGKILL')
  await once(child, 'exit')
  const next = await start(root, { settings: { work_mem: '8MB' } })
  const shown = await asAdmin(next.target, (client) => client.query('show work_mem'))
  expect(shown.rows).toEqual([{ work_mem: '8MB' }])
})

test('a hub and its server, both killed, lose nothing that was committed', async () => {
  const root = await makeRoot()
  const first = await start(root, DURABLE)
  await write(first, 1)
  await stopAll()
  const child = await spawnHub(root, { mode: 'durable' })
  const dataDir = join(root, 'postgres', 'data-18')
  child.kill('SIGKILL')
  process.kill(await postmaster(dataDir), 'SIGKILL')
  await once(child, 'exit')
  expect(await kept(await start(root, DURABLE))).toEqual([1])
})

test('a second hub on the same home is refused and does no harm', async () => {
  const root = await makeRoot()
  const first = await start(root)
  await expect(openHome({ path: root, say: () => {} })).rejects.toMatchObject({
    code: 'platform.home_busy',
  })
  await write(first, 1)
})

test('what a killed first start has left behind is cleared away', async () => {
  const root = await makeRoot()
  const first = await start(root)
  await first.stop()
  await stopAll()
  const dataRoot = join(root, 'postgres')
  await mkdir(join(dataRoot, 'data-18.new'))
  await writeFile(join(dataRoot, 'data-18.new', 'half'), '')
  await rm(join(dataRoot, 'data-18'), { recursive: true })
  await rm(join(root, 'postgres.json'))
  const next = await start(root)
  expect(next.state()).toBe('up')
  expect((await readdir(dataRoot)).filter((name) => name.endsWith('.new'))).toEqual([])
})

test('data that have vanished are refused, not replaced by an empty database', async () => {
  const root = await makeRoot()
  await start(root)
  await stopAll()
  await rm(join(root, 'postgres', 'data-18'), { recursive: true })
  await expect(start(root)).rejects.toMatchObject({ code: 'platform.database_damaged' })
})

test('data of another major version, or without one, are refused and left alone', async () => {
  const root = await makeRoot()
  const { dataDir } = await start(root)
  await stopAll()
  await writeFile(join(dataDir, 'PG_VERSION'), '17\n')
  await expect(start(root)).rejects.toThrow('guildhall database upgrade')
  await stopAll()
  await rm(join(dataDir, 'PG_VERSION'))
  await expect(start(root)).rejects.toMatchObject({ code: 'platform.database_damaged' })
})

test.each(['', 'recycled'])('a lock file that is left (%s) does not keep it down', async (kind) => {
  const root = await makeRoot()
  const { dataDir } = await start(root)
  await write(await restarted(root), 1)
  await stopAll()
  // A living process of the same account now has the number of the old server.
  const sleeper = await sleeperOf(dataDir)
  const started = Math.round(Date.now() / 1000)
  const text = `${sleeper.pid}\n${dataDir}\n${started}\n5432\n${join(root, 'postgres', 'run')}\n\n`
  await writeFile(join(dataDir, 'postmaster.pid'), kind === '' ? '' : text)
  await giveBack(dataDir, 'postmaster.pid')
  const next = await start(root)
  expect(next.lines).toContain('The lock file of a PostgreSQL that was killed is removed.')
  expect(await kept(next)).toEqual([1])
  expect(sleeper.exitCode).toBeNull()
})

const restarted = async (root: string) => {
  await stopAll()
  return start(root)
}

const sleeperOf = async (dataDir: string): Promise<ChildProcess> => {
  const { uid, gid } = await stat(dataDir)
  const sleeper = spawn('/bin/sleep', ['60'], isRoot ? { uid, gid, cwd: '/' } : { cwd: '/' })
  open.push(async () => sleeper.kill('SIGKILL'))
  await once(sleeper, 'spawn')
  return sleeper
}

const giveBack = async (dataDir: string, name: string) => {
  const { uid, gid } = await stat(dataDir)
  await chown(join(dataDir, name), uid, gid)
}

test('a home whose path is too long for a socket gets a private, short one', async () => {
  const root = await makeRoot()
  const deep = join(root, 'x'.repeat(60), 'y'.repeat(60))
  await mkdir(deep, { recursive: true })
  const hub = await start(deep)
  open.splice(1, 0, () => rm(hub.target.host, { recursive: true, force: true }))
  expect(hub.target.host).toMatch(/\/gh-[0-9a-f]{12}$/)
  expect((await stat(hub.target.host)).mode & 0o777).toBe(0o700)
  await write(hub, 1)
})

test('a stranger at the socket is left alone and another one is taken', async () => {
  const root = await makeRoot()
  const one = await start(root)
  const dataRoot = join(root, 'postgres')
  await stopAll()
  // Somebody listens there and speaks no PostgreSQL.
  const stranger = createServer((socket) => socket.end('E\0\0\0\u0017SFATAL\0C28000\0Mno\0\0'))
  stranger.listen(join(dataRoot, 'run', '.s.PGSQL.5432'))
  open.push(async () => stranger.close())
  await once(stranger, 'listening')
  const next = await start(root)
  expect(next.target.host).toBe(join(dataRoot, 'run-2'))
  expect(stranger.listening).toBe(true)
  expect(one.target.host).toBe(join(dataRoot, 'run'))
})

test.runIf(isRoot)('nobody, an ordinary user, runs a database in a home of its own', async () => {
  const root = await makeRoot()
  await chown(root, 65_534, 65_534)
  const child = await spawnHub(root, { uid: 65_534 })
  const dataDir = join(root, 'postgres', 'data-18')
  expect((await stat(dataDir)).uid).toBe(65_534)
  child.kill('SIGTERM')
  await once(child, 'exit')
  expect(existsSync(join(dataDir, 'postmaster.pid'))).toBe(false)
})

test.runIf(isRoot)(
  'a home that only root can enter keeps its data where the server can',
  async () => {
    const root = await makeRoot()
    await chmod(root, 0o700)
    const first = await start(root, { fsync: false })
    const Notes = z.object({ dataRoot: z.string() })
    const { dataRoot } = Notes.parse(
      JSON.parse(await readFile(join(root, 'postgres.json'), 'utf8')),
    )
    open.splice(1, 0, () => rm(dataRoot, { recursive: true, force: true }))
    expect(dataRoot).toMatch(/^\/var\/lib\/guildhall\/[0-9a-f]{12}$/)
    expect(first.state()).toBe('up')
  },
)

test('a stop in the middle of a new start leaves no server behind', async () => {
  const hub = await start(await makeRoot())
  process.kill(await postmaster(hub.dataDir), 'SIGKILL')
  await until('a new one is on its way', async () => {
    const running = await processesIn(hub.dataDir)
    return hub.state() === 'starting' && running !== 'unreadable' && running.length > 0
  })
  await hub.stop()
  expect(hub.state()).toBe('away')
  // Children of the server that was killed end by themselves, a moment after it.
  await until('nobody is left', async () => {
    const running = await processesIn(hub.dataDir)
    return running !== 'unreadable' && running.length === 0
  })
})

test('five lost servers in a minute are said to be away, and a stop still ends', async () => {
  const hub = await start(await makeRoot(), { fsync: false })
  for (let count = 1; count <= 5; count += 1) {
    await until(`server ${count} is up`, () => hub.state() === 'up')
    process.kill(await postmaster(hub.dataDir), 'SIGKILL')
    await until(`the loss of ${count} is noticed`, () => hub.state() !== 'up')
  }
  expect(hub.state()).toBe('away')
  await hub.stop()
})

test.runIf(isRoot)(
  'a full disk costs no data: the ballast lets it recover, no writes',
  async ({ skip }) => {
    const root = await makeRoot()
    const mounted = spawn('/bin/mount', ['-t', 'tmpfs', '-o', 'size=260m,mode=755', 'tmpfs', root])
    const [code] = await once(mounted, 'exit')
    skip(code !== 0, 'This machine lets nobody mount a small disk.')
    open.push(async () => once(spawn('/bin/umount', ['-l', root]), 'exit'))
    const hub = await start(root)
    expect(hub.disk()).toBe('full')
    await write(hub, 1)
    // A small disk gets no ballast by itself.
    await writeFile(join(root, 'postgres', 'ballast'), Buffer.alloc(64 * 1024 * 1024, 1))
    const wasFull = await fillDisk(join(root, 'filler'))
    expect(wasFull).toBe('ENOSPC')
    const failed = asAdmin(hub.target, (client) => {
      client.on('error', () => {})
      // Fills the log of changes, not a table: for a table PostgreSQL would only refuse.
      return client.query(`select pg_logical_emit_message(false, 'x', repeat('x', 60000000))`)
    })
    await expect(failed).rejects.toBeInstanceOf(Error)
    await until('the ballast is thrown away', () => !existsSync(join(root, 'postgres', 'ballast')))
    await until('it is up again', () => hub.state() === 'up')
    expect(await kept(hub)).toEqual([1])
    expect(hub.disk()).toBe('full')
  },
)

const fillDisk = (path: string): Promise<unknown> =>
  writeFile(path, Buffer.alloc(300 * 1024 * 1024, 1)).catch(sqlStateOf)
