import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, readFileSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { newHome } from '../hub.ts'

// What a user gets: the tarball, installed into an empty folder by npm, and nothing of the clone.

const REPOSITORY = join(import.meta.dirname, '..', '..')
/** The larger files of the page lie in it twice: plain, and packed by Brotli. */
const TARBALL_BYTES_MAX = 2_400_000
const INSTALL_MS = 120_000
const OPEN_MS = 60_000
const END_MS = 5_000
const NPM_QUIET = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error']

const run = promisify(execFile)
let place = ''
let folder = ''
let home = ''
const running: ChildProcess[] = []

// npm tells its children where it was called; the npm of this test is called somewhere else. And
// settings of whoever runs the tests must not reach the hub.
const outerEnv = () => {
  const foreign = /^npm_(package_|lifecycle_|config_(local_prefix|workspaces?$|omit|include))/
  const kept = Object.entries(process.env).filter(
    ([name]) => !foreign.test(name) && !/^(GUILDHALL|DATABASE)_|^(INIT_CWD|NODE_ENV)$/.test(name),
  )
  const PATH = [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter)
  return { ...Object.fromEntries(kept), PATH }
}

const hubEnv = () => ({ ...outerEnv(), GUILDHALL_HOME: home, GUILDHALL_PORT: '0' })

const packageFolder = () => join(folder, 'node_modules', 'guildhall')

const npx = async (...words: string[]): Promise<string> => {
  const options = { cwd: folder, env: hubEnv(), timeout: OPEN_MS }
  const { stdout } = await run('npx', ['--no-install', 'guildhall', ...words], options)
  return stdout
}

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'guildhall-package-'))
  await chmod(place, 0o755)
  folder = join(place, 'empty')
  await mkdir(folder)
  home = await newHome()
  const pack = ['pack', '--pack-destination', place, '--loglevel=error']
  await run('npm', pack, { cwd: REPOSITORY, env: outerEnv(), timeout: INSTALL_MS })
  // With a prefix, since npm would otherwise look for a project in the folders above.
  const install = ['install', '--prefix', folder, '--prefer-offline', ...NPM_QUIET, tarball()]
  await run('npm', install, { cwd: folder, env: outerEnv(), timeout: INSTALL_MS })
}, 2 * INSTALL_MS)

const tarball = (): string => join(place, globSync('guildhall-*.tgz', { cwd: place })[0] ?? 'none')

afterEach(async () => {
  for (const child of running.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    signalAll(child, 'SIGKILL')
    await once(child, 'close')
  }
})

afterAll(async () => {
  for (const path of [place, home]) await rm(path, { recursive: true, force: true, maxRetries: 3 })
})

/** Sends a signal as a terminal does: to the program and to all that it has started. */
const signalAll = (child: ChildProcess, signal: NodeJS.Signals) =>
  process.kill(-(child.pid ?? Number.NaN), signal)

/** Starts a hub and waits until it says where it is open. */
const start = async (program: string, args: readonly string[]) => {
  const child = spawn(program, args, {
    cwd: folder,
    env: hubEnv(),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  running.push(child)
  let said = ''
  const address = await new Promise<string>((resolve, reject) => {
    const fail = () => reject(new Error(`The hub did not open:\n${said}`))
    const timer = setTimeout(fail, OPEN_MS)
    const hear = (chunk: Buffer) => {
      said += chunk.toString()
      const found = /^Guildhall is open at (\S+)$/m.exec(said)?.[1]
      if (found === undefined) return
      clearTimeout(timer)
      resolve(found)
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.on('close', fail)
  })
  return { child, address }
}

const ended = async (child: ChildProcess) => {
  const [code, signal]: unknown[] = await once(child, 'close', {
    signal: AbortSignal.timeout(END_MS),
  })
  return { code, signal }
}

// The first Node on the path that cannot run Guildhall by itself, if there is one.
const olderNode = async (): Promise<string | undefined> => {
  for (const entry of (process.env['PATH'] ?? '').split(delimiter)) {
    const node = join(entry, 'node')
    const { stdout } = await run(node, ['--version']).catch(() => ({ stdout: '' }))
    if (/^v(18|2[0-3])\./.test(stdout)) return node
  }
  return undefined
}

test('the package holds every module as JavaScript, every migration, and the page', async () => {
  const modules = globSync('**/*.ts', { cwd: join(REPOSITORY, 'src') })
    .filter((path) => !path.endsWith('.test.ts'))
    .map((path) => path.replace(/\.ts$/, '.js'))
  const migrations = globSync('**/*.sql', { cwd: join(REPOSITORY, 'src') })
  const dist = join(packageFolder(), 'dist')
  const built = globSync('**/*.{js,sql}', { cwd: dist }).filter((path) => !path.startsWith('web/'))
  expect(built.toSorted()).toEqual([...modules, ...migrations].toSorted())
  expect(globSync('web/assets/*.js', { cwd: dist })).not.toEqual([])
  expect(globSync('web/index.html', { cwd: dist })).toHaveLength(1)
})

test('the package holds no sources, no tests, and nothing of its machine', async () => {
  const entries = await readdir(packageFolder(), { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(packageFolder().length + 1))
  const known = /^(bin\/[a-z]+\.mjs|dist\/.+|LICENSE|README\.md|package\.json)$/
  expect(files.filter((path) => !known.test(path))).toEqual([])
  expect(files.filter((path) => /\.tsx?$|\.map$|\.test\.|(^|\/)tests?\//.test(path))).toEqual([])
  const texts = files.map((path) => ({
    path,
    text: readFileSync(join(packageFolder(), path), 'utf8'),
  }))
  const places = [REPOSITORY, `${homedir()}/`, place]
  const telling = texts.filter(({ text }) => places.some((path) => text.includes(path)))
  expect(telling.map(({ path }) => path)).toEqual([])
  expect((await stat(tarball())).size).toBeLessThan(TARBALL_BYTES_MAX)
})

test('an installed Guildhall says its version, opens, answers, and ends at Ctrl-C', async () => {
  expect(await npx('--version')).toMatch(/^\d+\.\d+\.\d+\n$/)
  const { child, address } = await start('npx', ['--no-install', 'guildhall', 'start'])
  for (const path of ['/healthz', '/readyz']) {
    expect(await fetch(`${address}${path}`)).toMatchObject({ status: 200 })
  }
  const page = await fetch(`${address}/`)
  expect(page.headers.get('content-type')).toContain('text/html')
  const script = /<script[^>]+src="([^"]+)"/.exec(await page.text())?.[1]
  expect(await fetch(`${address}${script}`)).toMatchObject({ status: 200 })
  await npx('project', 'create', '--key', 'PKG', '--name', 'From the package')
  expect(JSON.parse(await npx('project', 'get', 'PKG', '--json'))).toMatchObject({ key: 'PKG' })
  signalAll(child, 'SIGINT')
  // The command has ended well (see below); npx dies of the signal that it got itself.
  expect(await ended(child)).toSatisfy(
    ({ code, signal }: { code: unknown; signal: unknown }) => code === 0 || signal === 'SIGINT',
  )
  await expect(fetch(`${address}/healthz`)).rejects.toThrow('fetch failed')
})

test('the installed command keeps what was written, and its exit code at Ctrl-C is 0', async () => {
  // An older Node may start the command, which then runs on the Node that the package brings.
  const node = (await olderNode()) ?? process.execPath
  const command = join(packageFolder(), 'bin', 'guildhall.mjs')
  const { child, address } = await start(node, [command, 'start'])
  expect(await fetch(`${address}/readyz`)).toMatchObject({ status: 200 })
  expect(JSON.parse(await npx('project', 'get', 'PKG', '--json'))).toMatchObject({ key: 'PKG' })
  child.kill('SIGINT')
  expect(await ended(child)).toEqual({ code: 0, signal: null })
})

test('under any Node the installed command runs on one that is new enough', async () => {
  const node = (await olderNode()) ?? process.execPath
  const command = join(packageFolder(), 'bin', 'guildhall.mjs')
  const { stdout } = await run(node, [command, 'version', '--json'], { env: hubEnv() })
  const said: unknown = JSON.parse(stdout)
  expect(said).toEqual({
    version: expect.any(String),
    node: expect.stringMatching(/^v(2[4-9]|[3-9]\d)/),
  })
})
