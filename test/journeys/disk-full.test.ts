import { execFile } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { hubUser } from '../../src/platform/postgres/run-user.ts'
import { newHome } from '../hub.ts'
import { hubOf, later, send, until } from './ground.ts'

// A small disk in memory stands for a full one. The hub stops writing while 256 MB are free and
// starts again at 512 MB: long before PostgreSQL itself would meet the end.

const DISK = '800m'
const MB = 1024 * 1024
const FILL_MB = 520
const run = promisify(execFile)

test.runIf(hubUser().uid === 0)(
  'a full disk refuses writes and serves reads, and when there is room writes go on',
  async ({ skip }) => {
    const home = await newHome()
    later(() => rm(home, { recursive: true, force: true, maxRetries: 3 }))
    const options = `size=${DISK},mode=755`
    const isMounted = await run('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', home]).then(
      () => true,
      () => false,
    )
    skip(!isMounted, 'This machine lets nobody mount a small disk.')
    later(() => run('umount', ['-l', home]))
    const inner = join(home, 'hub')
    // Made by the hub it would be closed to the database's user, whose data would lie elsewhere.
    await mkdir(inner, { mode: 0o755 })
    const hub = await hubOf({ home: inner })
    await hub.api('POST', '/v1/projects', { key: 'GH', name: 'Hall' })
    const body = { project: 'GH', items: [{ title: 'Written' }] }
    const write = () =>
      send({ url: hub.url, key: hub.ownerKey, method: 'POST', path: '/v1/tasks', body })
    expect((await write()).status).toBe(200)

    const filler = join(home, 'filler')
    await writeFile(filler, Buffer.alloc(FILL_MB * MB))
    await until('writes are refused', async () => (await write()).status === 503)
    const refused = await write()
    expect(refused.body).toMatchObject({ status: 503, code: 'platform.disk_full' })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await hub.api('GET', '/v1/tasks/GH-1')).body).toMatchObject({ title: 'Written' })
    expect((await hub.api('GET', '/readyz')).body).toMatchObject({ disk: 'full' })

    await rm(filler)
    await until('writes go on', async () => (await write()).status === 200)
    expect((await hub.api('GET', '/v1/ledger/verify')).body).toMatchObject({ ok: true })
  },
  100_000,
)
