import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync } from 'node:fs'
import { rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import type { Registry } from '../../../test/tools-real/registry.ts'
import { startRegistry } from '../../../test/tools-real/registry.ts'
import { findNpm, npmEnvironment } from './npm-program.ts'
import type { InstallGround } from './package-install.ts'
import { packageInstaller } from './package-install.ts'

const NAME = '@guild/bell'
const DAY = '2026-06-01'
const HOUR_MS = 3_600_000
// What a user may have set and what must not change anything.
const UNRULY =
  'ignore-scripts=false\nglobal=true\npackage-lock=false\ndry-run=true\nmin-release-age=1\n'

let registry: Registry
let folder: string

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'guildhall-install-')))
  registry = await startRegistry([
    {
      name: NAME,
      version: '1.2.0',
      on: '2026-05-01',
      files: {
        'dist/bell.js': 'console.log(`${require("rope")} ${process.argv.slice(2).join(" ")}`)',
        'after.js': 'require("node:fs").writeFileSync(`${__dirname}/ran`, "")',
      },
      manifest: {
        bin: { bell: 'dist/bell.js' },
        scripts: { postinstall: 'node after.js', install: 'node after.js' },
        dependencies: { rope: '^1.0.0' },
        devDependencies: { 'never-published': '1.0.0' },
      },
    },
    rope('1.0.0', '2026-04-01'),
    rope('1.1.0', '2026-07-01'),
  ])
})
afterAll(async () => {
  await registry.stop()
  rmSync(folder, { recursive: true, force: true })
})

const rope = (version: string, on: string) => ({
  name: 'rope',
  version,
  on,
  files: { 'index.js': `module.exports = 'rope ${version}'` },
})

/** A home whose npm asks our registry, and an installer of that home. */
const given = (changes: Partial<InstallGround & { url: string }> = {}) => {
  const home = mkdtempSync(join(folder, 'home-'))
  const url = changes.url ?? registry.url
  writeFileSync(join(home, '.npmrc'), `registry=${url}\ncache=${join(home, 'cache')}\n${UNRULY}`)
  const tools = join(home, 'tools')
  registry.behave('well')
  const ground = {
    folder: tools,
    npm: null,
    node: process.execPath,
    environment: { PATH: process.env['PATH'], HOME: home },
    day: DAY,
    now: Date.now,
    ...changes,
  }
  const installer = packageInstaller(ground)
  onTestFinished(() => installer.stop())
  return { tools, installer, ground }
}

const bell = (integrity = registry.integrityOf(NAME, '1.2.0')) => ({
  key: 'bell',
  package: { name: NAME, version: '1.2.0', integrity, bin: 'dist/bell.js' },
})

const failure = (reason: string) => ({ code: 'tools.install_failed', details: { reason } })

test('an installed program is one script that our own node starts', async () => {
  const { tools, installer } = given()
  const { program, version, tree } = await installer.install(bell())
  expect(program).toBe(join(tools, 'bell@1.2.0/node_modules/@guild/bell/dist/bell.js'))
  expect(version).toBe('1.2.0')
  expect(tree).toMatch(/^[0-9a-f]{64}$/)
  expect(String(execFileSync(process.execPath, [program, '$(id)']))).toBe('rope 1.0.0 $(id)\n')
  expect(readdirSync(tools)).toEqual(['bell@1.2.0'])
})

test('no script of a package runs while it is installed', async () => {
  const { tools, installer } = given()
  await installer.install(bell())
  const inside = join(tools, 'bell@1.2.0/node_modules/@guild/bell')
  expect(existsSync(join(inside, 'after.js'))).toBe(true)
  expect(existsSync(join(inside, 'ran'))).toBe(false)
})

test('dependencies are taken as they were on the day of the catalogue', async () => {
  const { installer } = given({ day: null })
  const { program } = await installer.install(bell())
  expect(String(execFileSync(process.execPath, [program]))).toContain('rope 1.1.0')
})

test('what is installed is not asked for again', async () => {
  const { installer, ground } = given()
  const first = await installer.install(bell())
  const before = registry.asked.length
  expect(await packageInstaller(ground).install(bell())).toEqual(first)
  expect(registry.asked).toHaveLength(before)
})

test('two who want one program at once share one installation', async () => {
  const { installer } = given()
  const before = registry.asked.length
  const [one, other] = await Promise.all([installer.install(bell()), installer.install(bell())])
  expect(one).toBe(other)
  expect(registry.asked.slice(before).filter((path) => path.endsWith('1.2.0.tgz'))).toHaveLength(1)
})

test('two installers of one home end with one whole program', async () => {
  const { tools, installer, ground } = given()
  const second = packageInstaller(ground)
  const [one, other] = await Promise.all([installer.install(bell()), second.install(bell())])
  expect(one).toEqual(other)
  expect(readdirSync(tools)).toEqual(['bell@1.2.0'])
})

test('a package with another hash than the entry names is not installed', async () => {
  const { tools, installer } = given()
  const other = registry.integrityOf('rope', '1.0.0')
  await expect(installer.install(bell(other))).rejects.toMatchObject(failure('integrity'))
  expect(readdirSync(tools)).toEqual([])
})

test('bytes with another hash than the registry promised are not installed', async () => {
  const { tools, installer } = given()
  registry.behave('falsely')
  await expect(installer.install(bell())).rejects.toMatchObject(failure('integrity'))
  expect(readdirSync(tools)).toEqual([])
})

test('a package without the script of the entry is not installed', async () => {
  const { tools, installer } = given()
  const entry = { ...bell(), package: { ...bell().package, bin: 'dist/gong.js' } }
  await expect(installer.install(entry)).rejects.toMatchObject(failure('integrity'))
  expect(readdirSync(tools)).toEqual([])
})

test('a version that the registry does not have is a refusal', async () => {
  const { installer } = given()
  const entry = { ...bell(), package: { ...bell().package, version: '9.9.9' } }
  await expect(installer.install(entry)).rejects.toMatchObject(failure('not_found'))
})

test('a registry that is away is a refusal, and a later try succeeds', async () => {
  const gone = await startRegistry([])
  await gone.stop()
  const { tools, installer, ground } = given({ url: gone.url })
  await expect(installer.install(bell())).rejects.toMatchObject(failure('away'))
  expect(readdirSync(tools)).toEqual([])
  const environment = { ...ground.environment, npm_config_registry: registry.url }
  const later = packageInstaller({ ...ground, environment })
  await expect(later.install(bell())).resolves.toMatchObject({ version: '1.2.0' })
})

test('a machine without npm is a refusal', async () => {
  const empty = mkdtempSync(join(folder, 'empty-'))
  const node = join(empty, 'node')
  writeFileSync(node, '')
  const { installer } = given({ node, environment: { PATH: empty } })
  await expect(installer.install(bell())).rejects.toMatchObject(failure('no_npm'))
  expect(await findNpm(process.execPath, process.env)).toMatch(/npm-cli\.js$/)
})

test('stopping ends an installation that waits', async () => {
  const { tools, installer } = given()
  registry.behave('silently')
  const before = registry.asked.length
  const begun = installer.install(bell()).catch((error: unknown) => error)
  await vi.waitFor(() => expect(registry.asked.length).toBeGreaterThan(before), 10_000)
  await installer.stop()
  expect(await begun).toMatchObject(failure('stopped'))
  expect(readdirSync(tools)).toEqual([])
})

test('a folder that was not finished, or is of other bytes, is made anew', async () => {
  const { tools, installer } = given()
  const place = join(tools, 'bell@1.2.0')
  mkdirSync(place, { recursive: true })
  writeFileSync(join(place, 'guildhall.json'), '{"packages":[')
  const { program } = await installer.install(bell())
  expect(existsSync(program)).toBe(true)
  expect(readdirSync(tools)).toEqual(['bell@1.2.0'])
})

test('what cut-off installations left is removed, what others make now is not', async () => {
  const { tools, installer } = given()
  for (const name of ['.new-bell-old', '.new-bell-now']) {
    mkdirSync(join(tools, name), { recursive: true })
  }
  const old = new Date(Date.now() - 2 * HOUR_MS)
  utimesSync(join(tools, '.new-bell-old'), old, old)
  await installer.install(bell())
  expect(readdirSync(tools).toSorted()).toEqual(['.new-bell-now', 'bell@1.2.0'])
})

test('npm sees the way to the registry and nothing of ours', () => {
  const passed = {
    PATH: '/usr/bin',
    HOME: '/home/you',
    https_proxy: 'http://proxy.example:8080',
    npm_config_registry: 'https://npm.example/',
    'npm_config_//npm.example/:_authToken': 'token',
  }
  const kept = {
    NODE_OPTIONS: '--require=./evil.js',
    LD_PRELOAD: '/evil.so',
    DATABASE_URL: 'postgres://user:pw@host/db',
    GUILDHALL_KEY: 'guild_a_key',
    npm_config_prefix: '/usr',
    npm_config_script_shell: '/bin/evil',
  }
  expect(npmEnvironment({ ...passed, ...kept })).toEqual(passed)
})
