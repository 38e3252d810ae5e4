import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import {
  DEAF,
  FOREVER,
  IDLE,
  isAlive,
  MIB,
  nextLine,
  programGround,
} from '../../../test/programs.ts'
import { BUBBLEWRAPS, findSandbox, sandboxArgs } from './sandbox.ts'

// Bubblewrap is not part of every system; where it is missing, what can be told without it is.
const sandbox = await findSandbox({ programs: BUBBLEWRAPS, hidden: [], account: null })
const isolated = { isolate: 'required' } as const

test('without bubblewrap a program that needs it is refused, another one runs', async () => {
  const { start, launcher } = await programGround({ bubblewraps: ['/no/such/bwrap'] })
  await expect(start(IDLE, isolated)).rejects.toMatchObject({
    kind: 'unavailable',
    code: 'platform.no_sandbox',
  })
  const child = await start('console.log(process.ppid)', { isolate: 'if_there' })
  expect(Number(await nextLine(child))).toBe(process.pid)
  await child.ended
  expect(launcher.running()).toBe(0)
})

test('a bubblewrap that may not do its work is none', async () => {
  const find = (path: string) => findSandbox({ programs: [path], hidden: [], account: null })
  expect(await find('/bin/false')).toBeNull()
  expect(await find('/etc/passwd')).toBeNull()
})

test('deeper mounts come later, and what is hidden stays so for who asks for it', () => {
  const place = { command: '/bin/true', args: ['-a'], cwd: '/people/x', home: '/people/x/hub/p/1' }
  const args = sandboxArgs({ ...place, shows: [], opens: [] }, [
    '/tmp',
    '/people/x/hub',
    '/people/x',
  ])
  const at = (...mount: string[]) =>
    args.findIndex((_, index) => mount.every((word, step) => args[index + step] === word))
  expect(args.filter((word) => word === '--tmpfs')).toHaveLength(3)
  const order = [
    at('--ro-bind', '/', '/'),
    at('--bind', '/people/x', '/people/x'),
    at('--tmpfs', '/people/x'),
    at('--tmpfs', '/people/x/hub'),
    at('--bind', '/people/x/hub/p/1', '/people/x/hub/p/1'),
    at('--chdir', '/people/x', '--', '/bin/true', '-a'),
  ]
  expect(order).not.toContain(-1)
  expect(order).toEqual(order.toSorted((a, b) => a - b))
  const atRoot = sandboxArgs({ ...place, cwd: '/', shows: [], opens: [] }, []).join(' ')
  expect(atRoot).toContain('--chdir / ')
  expect(atRoot).not.toContain('--bind / ')
})

test.runIf(sandbox)('a program under bubblewrap sees its own and nothing of the hub', async () => {
  const ground = await programGround({ bubblewraps: BUBBLEWRAPS })
  const { root, launcher } = ground
  const outside = await programGround({ bubblewraps: BUBBLEWRAPS, hidden: [root] })
  const [cwd, shown] = [join(root, 'project'), join(root, 'tools', 'a')]
  const opened = join(root, 'data')
  await Promise.all([cwd, shown, opened].map((path) => mkdir(path, { recursive: true })))
  await writeFile(join(root, 'root.key'), 'secret')
  await writeFile(join(shown, 'main.js'), 'shown')
  const code = `
    const fs = require('node:fs')
    const [root, cwd, shown, home, opened] = process.argv.slice(1)
    const can = (act) => { try { return act() ?? true } catch (error) { return error.code } }
    console.log(JSON.stringify({
      key: can(() => fs.readFileSync(root + '/root.key', 'utf8')),
      shown: can(() => fs.readFileSync(shown + '/main.js', 'utf8')),
      change: can(() => fs.writeFileSync(shown + '/main.js', 'changed')),
      opened: can(() => fs.writeFileSync(opened + '/made', 'made')),
      project: can(() => fs.writeFileSync('made', 'made')),
      home: can(() => fs.writeFileSync(process.env.HOME + '/made', 'made')),
      temporary: can(() => fs.writeFileSync(process.env.TMPDIR + '/made', 'made')),
      system: can(() => fs.writeFileSync('/etc/made', 'made')),
      kernel: can(() => fs.openSync('/proc/sys/kernel/hostname', 'r+')),
      processes: fs.readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name)).length < 5,
      env: Object.keys(process.env).sort(),
      where: process.cwd(),
    }))`
  const home = join(root, 'home')
  const child = await outside.launcher.start(
    outside.launch('', {
      ...{ ...isolated, home, cwd, shows: [shown], opens: [opened] },
      args: ['-e', code, '--', root, cwd, shown, home, opened],
    }),
  )
  expect(JSON.parse(await nextLine(child))).toEqual({
    ...{ key: 'ENOENT', shown: 'shown', change: 'EROFS', project: true, home: true },
    opened: true,
    ...{
      temporary: true,
      system: 'EROFS',
      kernel: expect.stringMatching(/^(EROFS|EACCES)$/),
      processes: true,
      where: cwd,
    },
    // Bubblewrap itself adds PWD.
    env: ['HOME', 'LANG', 'PATH', 'PWD', 'TMPDIR'],
  })
  expect(await readFile(join(cwd, 'made'), 'utf8')).toBe('made')
  expect(await readFile(join(home, 'tmp', 'made'), 'utf8')).toBe('made')
  expect(launcher.running()).toBe(0)
})

test.runIf(sandbox)('a program under bubblewrap talks, and reaches the network', async () => {
  const { start } = await programGround({ bubblewraps: BUBBLEWRAPS })
  const server = createServer((_, answer) => answer.end('reached')).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  const code = `process.stdin.once('data', async (line) => {
    const answer = await fetch('http://127.0.0.1:${port}/')
    console.log(String(line).trim() + ' ' + await answer.text())
  })`
  const child = await start(code, isolated)
  await child.send('hello')
  expect(await nextLine(child)).toBe('hello reached')
})

test.runIf(sandbox)('under bubblewrap SIGTERM reaches the program, SIGKILL all of it', async () => {
  const { start } = await programGround({ bubblewraps: BUBBLEWRAPS })
  const told = `process.on('SIGTERM', () => process.exit(9));${FOREVER}console.log('ready')`
  const [kind, deaf] = [
    await start(told, isolated),
    await start(`${DEAF}console.log('ready')`, isolated),
  ]
  await Promise.all([nextLine(kind), nextLine(deaf)])
  await Promise.all([kind.stop(), deaf.stop()])
  expect(await kind.ended).toEqual({ why: 'stopped', code: 9, signal: null })
  expect(await deaf.ended).toEqual({ why: 'stopped', code: null, signal: 'SIGKILL' })
  expect(await isAlive(deaf.pid)).toBe(false)
})

test.runIf(sandbox)('under bubblewrap memory is counted as everywhere', async () => {
  const { start } = await programGround({ bubblewraps: BUBBLEWRAPS })
  const code = `globalThis.x = Buffer.alloc(300 * 1024 ** 2, 1);${IDLE}`
  const child = await start(code, { ...isolated, memoryBytesMax: 200 * MIB })
  expect(await child.ended).toMatchObject({ why: 'memory' })
})
