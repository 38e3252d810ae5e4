import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openHome, readHubFile } from './home.ts'

let root = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'guildhall-home-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

const say = () => {}

test('a new home is closed to everybody else, and it is said that it was made', async () => {
  const lines: string[] = []
  const home = await openHome({ path: join(root, 'new'), say: (line) => lines.push(line) })
  expect((await stat(home.path)).mode & 0o777).toBe(0o700)
  expect(lines).toEqual([`Created the home ${home.path}.`])
  await home.release()
})

test('a second hub is refused and told who holds the home', async () => {
  const home = await openHome({ path: root, say })
  await home.writeHubFile({ pid: 4711, address: 'http://127.0.0.1:7420' })
  await expect(openHome({ path: root, say })).rejects.toMatchObject({
    kind: 'conflict',
    code: 'platform.home_busy',
    message:
      'Another hub (pid 4711, http://127.0.0.1:7420) runs on this home. ' +
      'Stop it or choose another GUILDHALL_HOME.',
  })
  await home.release()
})

test('a refused hub leaves the lock and the address of the first one as they were', async () => {
  const home = await openHome({ path: root, say })
  await home.writeHubFile({ pid: 4711, address: 'http://127.0.0.1:7420' })
  await expect(openHome({ path: root, say })).rejects.toThrow('Another hub')
  await expect(openHome({ path: root, say })).rejects.toThrow('Another hub (pid 4711')
  expect(await readHubFile(root)).toEqual({ pid: 4711, address: 'http://127.0.0.1:7420' })
  await home.release()
})

test('a released home can be opened again and says nothing of its last hub', async () => {
  const first = await openHome({ path: root, say })
  await first.writeHubFile({ pid: 4711, address: 'http://127.0.0.1:7420' })
  await first.release()
  await first.release()
  const second = await openHome({ path: root, say })
  expect(await readHubFile(root)).toBeUndefined()
  await second.release()
})

test('the address of a hub is for its owner only', async () => {
  const home = await openHome({ path: root, say })
  await home.writeHubFile({ pid: 1, address: 'http://127.0.0.1:7420' })
  expect((await stat(join(root, 'hub.json'))).mode & 0o777).toBe(0o600)
  await home.release()
})

test('a file in the place of the home is refused, and it is said what to do', async () => {
  const path = join(root, 'file')
  await writeFile(path, '')
  for (const place of [path, join(path, 'below')]) {
    await expect(openHome({ path: place, say })).rejects.toMatchObject({
      code: 'platform.home_not_usable',
      message: expect.stringContaining('choose another GUILDHALL_HOME'),
    })
  }
})

test('a hub that is killed frees its home at once', async () => {
  const script = `
    import { openHome } from ${JSON.stringify(join(import.meta.dirname, 'home.ts'))}
    const home = await openHome({ path: ${JSON.stringify(root)}, say: () => {} })
    await home.writeHubFile({ pid: process.pid, address: 'http://127.0.0.1:1' })
    console.log('held')
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  await expect(openHome({ path: root, say })).rejects.toThrow(`pid ${child.pid}`)
  child.kill('SIGKILL')
  await once(child, 'exit')
  const home = await openHome({ path: root, say })
  expect(JSON.parse(await readFile(join(root, 'hub.json'), 'utf8').catch(() => '{}'))).toEqual({})
  await home.release()
})
