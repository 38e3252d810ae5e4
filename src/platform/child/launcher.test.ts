import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import {
  DEAF,
  FOREVER,
  IDLE,
  isAlive,
  MIB,
  nextLine,
  programGround,
  until,
} from '../../../test/programs.ts'
import { Refusal } from '../../kernel/refusal.ts'
import type { Launch } from './child.ts'
import { readProcess } from './process-table.ts'

test('what is sent is read line by line, and answers come line by line', async () => {
  const { start, launch, launcher } = await programGround()
  const child = await launcher.start({ ...launch(''), command: '/bin/cat', args: [] })
  const heard: string[] = []
  child.onLine((line) => heard.push(line))
  await child.send('{"a":"ä"}')
  await child.send('x'.repeat(3 * MIB))
  await until('both lines', () => heard.length === 2)
  expect(heard).toEqual(['{"a":"ä"}', 'x'.repeat(3 * MIB)])
  await child.stop()
  expect(await child.ended).toEqual({ why: 'stopped', code: 0, signal: null })
  await expect(child.send('more')).rejects.toMatchObject({ code: 'platform.program_ended' })
  expect((await start('')).pid).not.toBe(child.pid)
})

test('the environment of a program is the allow-list, nothing of the hub', async () => {
  process.env['GUILDHALL_TEST_CANARY'] = 'canary'
  onTestFinished(() => void delete process.env['GUILDHALL_TEST_CANARY'])
  const { root, start } = await programGround()
  const child = await start('console.log(JSON.stringify([process.env, process.cwd()]))', {
    env: { API_KEY: 'declared' },
  })
  const home = join(root, 'home')
  expect(JSON.parse(await nextLine(child))).toEqual([
    {
      API_KEY: 'declared',
      PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
      HOME: home,
      LANG: 'C.UTF-8',
      TMPDIR: join(home, 'tmp'),
    },
    home,
  ])
  expect(existsSync(join(home, 'tmp'))).toBe(true)
})

test('arguments reach the program as they are: there is no shell', async () => {
  const { root, start } = await programGround()
  const args = ['$HOME', '; touch x', '`id`', '*', '', 'a b', '--', "'"]
  const code = 'console.log(JSON.stringify(process.argv.slice(1)))'
  const child = await start('', { args: ['-e', code, '--', ...args], cwd: root })
  expect(JSON.parse(await nextLine(child))).toEqual(args)
})

test('a refused variable, and a program or a folder that cannot be, start nothing', async () => {
  const { root, start, launcher } = await programGround()
  await writeFile(join(root, 'plain'), 'text')
  const wrong = { kind: 'invalid', code: 'platform.program_wrong' }
  const failure = (other: Partial<Launch>) => start('', other).catch((error: unknown) => error)
  for (const command of ['node', './node', join(root, 'no'), join(root, 'plain'), root, '/a\0b']) {
    expect(await failure({ command })).toMatchObject(wrong)
  }
  for (const cwd of ['.', join(root, 'no'), join(root, 'plain')]) {
    expect(await failure({ cwd })).toMatchObject(wrong)
  }
  expect(await failure({ shows: [join(root, 'no')] })).toMatchObject(wrong)
  expect(await failure({ home: 'here' })).toMatchObject(wrong)
  expect(await failure({ args: Array.from({ length: 257 }, () => 'x') })).toMatchObject(wrong)
  expect(await failure({ args: ['x\0'] })).toMatchObject(wrong)
  const environment = { code: 'platform.environment_refused' }
  expect(await failure({ env: { NODE_OPTIONS: '--require=/x' } })).toMatchObject(environment)
  expect(await failure({ env: { LD_PRELOAD: '/x.so' } })).toMatchObject(environment)
  expect(launcher.running()).toBe(0)
})

test('a program that the system does not start is told as a refusal', async () => {
  const { root, start, launcher } = await programGround()
  const command = join(root, 'script')
  await writeFile(command, '#!/no/such/interpreter\n', { mode: 0o755 })
  await expect(start('', { command })).rejects.toMatchObject({
    kind: 'unavailable',
    code: 'platform.program_does_not_start',
  })
  expect(launcher.running()).toBe(0)
})

test('a link is followed before the start', async () => {
  const { root, start } = await programGround()
  const command = join(root, 'link')
  await symlink(process.execPath, command)
  const child = await start('console.log(process.execPath)', { command })
  expect(await nextLine(child)).toBe(await realpath(process.execPath))
})

test('lines that were said before anybody listened are not lost', async () => {
  const { start, folder } = await programGround()
  const child = await start('console.log("early"); console.error("a word")')
  expect(await child.ended).toEqual({ why: 'exited', code: 0, signal: null })
  expect(await nextLine(child)).toBe('early')
  expect(child.errors()).toBe('a word\n')
  expect(await readdir(folder)).toEqual([])
})

test('a listener that throws takes no line from the others', async () => {
  const { start, errors } = await programGround()
  const child = await start(`process.stdin.once('data', () => console.log("one\\ntwo"));${IDLE}`)
  const heard: string[] = []
  child.onLine(() => {
    throw new Error('of mine')
  })
  child.onLine((line) => heard.push(line))
  await child.send('go')
  await until('two lines', () => heard.length === 2)
  expect(errors).toHaveLength(2)
})

test('the last of what a program says to stderr is kept, and no more', async () => {
  const { start } = await programGround()
  const child = await start('process.stderr.write("x".repeat(200_000) + "\\nend")')
  await child.ended
  expect(child.errors()).toHaveLength(64 * 1024)
  expect(child.errors()).toMatch(/x\nend$/)
})

test('who ends with its input is not signalled, who waits for SIGTERM gets it', async () => {
  const { start } = await programGround()
  const told = `process.on('SIGTERM', () => { process.exitCode = 9; process.exit() });${FOREVER}`
  const [polite, waiting] = [
    await start(`process.stdin.on('end', () => process.exit(4)).resume();${FOREVER}`),
    await start(`${told}console.log('ready')`),
  ]
  await nextLine(waiting)
  await Promise.all([polite.stop(), waiting.stop()])
  expect(await polite.ended).toEqual({ why: 'stopped', code: 4, signal: null })
  expect(await waiting.ended).toEqual({ why: 'stopped', code: 9, signal: null })
})

test('who hears nothing is killed, and may be stopped twice', async () => {
  const { folder, start, launcher } = await programGround()
  const child = await start(`${DEAF}console.log('ready')`)
  await nextLine(child)
  expect(JSON.parse(await readFile(join(folder, `${child.pid}.json`), 'utf8'))).toEqual({
    pid: child.pid,
    start: (await readProcess(child.pid))?.start,
    name: 'tester',
    startedAt: 7,
  })
  await Promise.all([child.stop(), child.stop()])
  await child.stop()
  expect(await child.ended).toEqual({ why: 'stopped', code: null, signal: 'SIGKILL' })
  expect(await isAlive(child.pid)).toBe(false)
  expect(await readdir(folder)).toEqual([])
  expect(launcher.running()).toBe(0)
})

const parentOf = (options: string, then: string) => `
  const { spawn } = require('node:child_process');
  const code = ${JSON.stringify(`${DEAF}console.log('ready')`)};
  const args = { stdio: ['pipe', 'pipe', 'ignore'], ${options} };
  const child = spawn(process.execPath, ['-e', code], args);
  child.stdout.once('data', () => { console.log(child.pid); ${then} });
  ${FOREVER}`

test.each([
  ['stays in the group', ''],
  ['has left the group', 'detached: true'],
])('a grandchild that %s ends with a program that is stopped', async (_, options) => {
  const { start } = await programGround()
  const child = await start(
    parentOf(options, `process.stdin.on('end', () => process.exit(0)).resume()`),
  )
  const grandchild = Number(await nextLine(child))
  expect(await isAlive(grandchild)).toBe(true)
  await child.stop()
  expect(await child.ended).toMatchObject({ why: 'stopped', code: 0 })
  expect(await isAlive(grandchild)).toBe(false)
})

test('a grandchild ends with a program that crashes', async () => {
  const { start } = await programGround()
  const child = await start(parentOf('', 'process.abort()'))
  const grandchild = Number(await nextLine(child))
  expect(await child.ended).toEqual({ why: 'exited', code: null, signal: 'SIGABRT' })
  expect(await isAlive(grandchild)).toBe(false)
})

test('a program that takes too much memory is ended, and its modest neighbour is not', async () => {
  const { start } = await programGround()
  const limit = { memoryBytesMax: 200 * MIB }
  const hog = await start(`globalThis.x = Buffer.alloc(300 * 1024 ** 2, 1);${IDLE}`, limit)
  const modest = await start(`console.log('ready');${IDLE}`, {
    ...limit,
    home: `${(await programGround()).root}/home`,
  })
  await nextLine(modest)
  expect(await modest.rssBytes()).toBeGreaterThan(10 * MIB)
  expect(await hog.ended).toEqual({ why: 'memory', code: null, signal: 'SIGKILL' })
  expect(await isAlive(modest.pid)).toBe(true)
})

test('memory is counted over all that a program has started', async () => {
  const { start } = await programGround()
  const hog = `globalThis.x = Buffer.alloc(150 * 1024 ** 2, 1);${FOREVER}`
  const code = `
    const { spawn } = require('node:child_process');
    for (const detached of [true, false])
      spawn(process.execPath, ['-e', ${JSON.stringify(hog)}], { detached, stdio: 'ignore' });
    ${FOREVER}`
  const child = await start(code, { memoryBytesMax: 300 * MIB })
  expect(await child.ended).toMatchObject({ why: 'memory' })
})

test('a program that says a line without end is ended', async () => {
  const { start } = await programGround()
  const flood = 'const more = () => process.stdout.write("x".repeat(65536), more); more()'
  const child = await start(flood)
  const heard: string[] = []
  child.onLine((line) => heard.push(line))
  expect(await child.ended).toMatchObject({ why: 'line_too_long', signal: 'SIGKILL' })
  expect(heard).toEqual([])
})

test('what a program does not read piles up to a bound, and ends with it', async () => {
  const { start } = await programGround()
  const child = await start(FOREVER)
  const line = 'x'.repeat(MIB)
  const outcomes: string[] = []
  const waiting = Array.from({ length: 20 }, () =>
    child.send(line).catch((error: unknown) => {
      if (error instanceof Refusal) outcomes.push(error.code)
    }),
  )
  await until('some are refused', () => outcomes.length > 0)
  expect(new Set(outcomes)).toEqual(new Set(['platform.program_busy']))
  expect(outcomes.length).toBeGreaterThanOrEqual(11)
  await child.stop()
  await Promise.all(waiting)
  expect(outcomes.filter((code) => code === 'platform.program_ended').length).toBeGreaterThan(5)
  await expect(child.send('x'.repeat(4 * MIB))).rejects.toMatchObject({ kind: 'unavailable' })
})

test('a message above four mebibytes is refused and harms nobody', async () => {
  const { start } = await programGround()
  const child = await start('process.stdin.pipe(process.stdout)')
  await expect(child.send('x'.repeat(4 * MIB))).rejects.toMatchObject({
    code: 'platform.message_too_long',
  })
  await child.send('short')
  expect(await nextLine(child)).toBe('short')
})

test('sixteen programs run, the seventeenth is refused until one has ended', async () => {
  const { launcher, launch } = await programGround()
  const cat = { ...launch(''), command: '/bin/cat', args: [] }
  const begun = await Promise.allSettled(Array.from({ length: 17 }, () => launcher.start(cat)))
  const children = begun.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  expect(children).toHaveLength(16)
  expect(begun.find((one) => one.status === 'rejected')).toMatchObject({
    reason: { kind: 'too_many', code: 'platform.too_many_programs' },
  })
  expect(launcher.running()).toBe(16)
  await children[0]?.stop()
  expect(launcher.running()).toBe(15)
  await launcher.start(cat)
  await expect(launcher.start(cat)).rejects.toMatchObject({ kind: 'too_many' })
  await launcher.stop()
  await launcher.stop()
  expect(launcher.running()).toBe(0)
  expect(await Promise.all(children.map(({ pid }) => isAlive(pid)))).not.toContain(true)
  await expect(launcher.start(cat)).rejects.toMatchObject({ code: 'platform.launcher_stopped' })
})

test('a start that is under way when the launcher stops leaves nothing', async () => {
  const { folder, launcher, launch } = await programGround()
  const [child] = await Promise.all([launcher.start(launch(IDLE)), launcher.stop()])
  expect(await child.ended).toMatchObject({ why: 'stopped' })
  expect(await readdir(folder)).toEqual([])
})

test.runIf(process.getuid?.() === 0)(
  'a root hub can run programs under another account',
  async () => {
    const account = { uid: 64_999, gid: 64_998 }
    const { start } = await programGround({ account })
    const home = await mkdtemp('/var/tmp/guildhall-child-')
    onTestFinished(() => rm(home, { recursive: true }))
    const args = ['-c', 'touch "$TMPDIR/mine" && echo $(id -u) $(id -g) $(id -G)']
    const child = await start('', { command: '/bin/sh', args, home })
    expect(await nextLine(child)).toBe('64999 64998 64998')
  },
)

test('a program for which no record can be kept is not left running', async () => {
  const { root, folder, start, launcher } = await programGround()
  await writeFile(folder, 'in the way')
  await expect(start(`process.stdin.resume()`)).rejects.toMatchObject({ code: 'EEXIST' })
  expect(launcher.running()).toBe(0)
  expect(existsSync(join(root, 'home'))).toBe(true)
})
