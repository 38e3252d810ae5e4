import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test } from 'vitest'

const REPOSITORY = join(import.meta.dirname, '..', '..')

// A clone without packages, in which npm and vite only leave a line about each call.
const FAKE_NPM = `
  const fs = require('node:fs')
  fs.appendFileSync('calls', 'npm ' + process.argv[2] + ' ' + process.versions.node + '\\n')
  if (fs.existsSync('offline')) process.exit(9)
  fs.rmSync('node_modules', { recursive: true, force: true })
  setTimeout(() => fs.cpSync('packages', 'node_modules', { recursive: true }), 300)`
const FAKE_VITE = `
  const fs = require('node:fs')
  fs.appendFileSync('../calls', 'vite ' + process.argv[2] + '\\n')
  fs.mkdirSync('dist', { recursive: true })`
const SCRIPT = `
  const [what] = process.argv.slice(2)
  console.log('args ' + process.argv.slice(2).join(','))
  if (what === 'wait') {
    let count = 0
    for (const name of ['SIGINT', 'SIGTERM']) {
      process.on(name, () => {
        console.log(name + ' ' + ++count)
        setTimeout(() => process.exit(7), 200)
      })
    }
    setInterval(() => {}, 1000)
    console.log('ready')
  }
  if (what === 'fail') process.exitCode = 5
  if (what === 'die') process.kill(process.pid, 'SIGKILL')`

let clone = ''
const running: ChildProcess[] = []

beforeEach(async () => {
  clone = await mkdtemp(join(tmpdir(), 'guildhall-clone-'))
  for (const folder of ['scripts', 'bin', 'src/work', 'web', 'packages/vite/bin', 'npm/bin']) {
    await mkdir(join(clone, folder), { recursive: true })
  }
  for (const file of ['scripts/bootstrap.mjs', 'scripts/bootstrap-lock.mjs', 'bin/child.mjs']) {
    await cp(join(REPOSITORY, file), join(clone, file))
  }
  await put('package.json', '{ "type": "commonjs" }')
  await put('package-lock.json', '{ "packages": { "node_modules/vite": { "version": "1.0.0" } } }')
  await put('npm/bin/npm-cli.js', FAKE_NPM)
  await put('packages/vite/bin/vite.js', FAKE_VITE)
  await put('script.js', SCRIPT)
})

afterEach(async () => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
  await rm(clone, { recursive: true, force: true })
})

const put = (path: string, content: string) => writeFile(join(clone, path), content)
const calls = () => readFile(join(clone, 'calls'), 'utf8').catch(() => '')
const NPM_CALL = `npm ci ${process.versions.node}\n`

const begin = (...args: string[]) => {
  const child = spawn(process.execPath, [join(clone, 'scripts', 'bootstrap.mjs'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, npm_execpath: join(clone, 'npm', 'bin', 'npm-cli.js') },
    // Not in the foreground of the terminal that runs the tests.
    detached: true,
  })
  running.push(child)
  return child
}

const bootstrap = async (...args: string[]) => {
  const child = begin(...args)
  const [out, err] = [text(child.stdout), text(child.stderr)]
  const [code, signal] = await once(child, 'close')
  return { out: await out, err: await err, code, signal }
}

test('the first run installs, the second one says and does nothing of its own', async () => {
  const first = await bootstrap('script.js', 'a', 'b c')
  expect(first).toMatchObject({ out: 'args a,b c\n', code: 0 })
  expect(first.err).toBe('guildhall: installing packages ...\n')
  expect(await bootstrap('script.js')).toMatchObject({ out: 'args \n', err: '', code: 0 })
  expect(await calls()).toBe(NPM_CALL)
})

test('a changed lock file is installed again', async () => {
  await bootstrap('script.js')
  await put('package-lock.json', '{ "packages": {} }')
  await bootstrap('script.js')
  expect(await calls()).toBe(NPM_CALL.repeat(2))
})

test('packages that somebody has installed by hand are taken as they are', async () => {
  await mkdir(join(clone, 'node_modules'))
  await cp(join(clone, 'package-lock.json'), join(clone, 'node_modules', '.package-lock.json'))
  expect(await bootstrap('script.js')).toMatchObject({ err: '', code: 0 })
  expect(await calls()).toBe('')
})

test('two at once install once', async () => {
  const both = await Promise.all([bootstrap('script.js', 'a'), bootstrap('script.js', 'b')])
  expect(both.map(({ out, code }) => [out, code])).toEqual([
    ['args a\n', 0],
    ['args b\n', 0],
  ])
  expect(await calls()).toBe(NPM_CALL)
})

test('the lock of one that was killed does not stop the next', async () => {
  const child = begin('script.js')
  await once(child.stderr, 'data')
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(await bootstrap('script.js')).toMatchObject({ code: 0 })
})

test('a failed installation ends with a sentence and is tried again next time', async () => {
  await put('offline', '')
  const failed = await bootstrap('script.js')
  expect(failed).toMatchObject({ out: '', code: 1 })
  expect(failed.err).toContain('npm-cli.js ended with code 9')
  await rm(join(clone, 'offline'))
  expect(await bootstrap('script.js')).toMatchObject({ code: 0 })
})

test('the web page is built when it or a contract has changed, and only then', async () => {
  await bootstrap('script.js')
  expect(await calls()).not.toContain('vite')
  await put('web/index.html', 'one')
  await bootstrap('script.js')
  await bootstrap('script.js')
  await put('src/work/contract.ts', 'export {}')
  await bootstrap('script.js')
  expect(await calls()).toBe(`${NPM_CALL}vite build\nvite build\n`)
})

test('the exit code is passed on, and so is the death by a signal', async () => {
  expect(await bootstrap('script.js', 'fail')).toMatchObject({ code: 5 })
  expect(await bootstrap('script.js', 'die')).toMatchObject({ code: null, signal: 'SIGKILL' })
})

test.each(['SIGINT', 'SIGTERM'] as const)('%s reaches the script once', async (signal) => {
  await bootstrap('script.js')
  const child = begin('script.js', 'wait')
  let out = ''
  const isReady = new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk) => {
      out += String(chunk)
      if (out.includes('ready')) resolve()
    })
  })
  await isReady
  child.kill(signal)
  const [code] = await once(child, 'close')
  expect(code).toBe(7)
  expect(out).toBe(`args wait\nready\n${signal} 1\n`)
})

test('without a script it says how it is called', async () => {
  expect(await bootstrap()).toMatchObject({ code: 1, err: expect.stringContaining('Usage:') })
})
