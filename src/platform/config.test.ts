import { expect, test } from 'vitest'
import { forgetSecrets, readConfig, settingsText } from './config.ts'

const HOME = { HOME: '/people/ana' }

test('with nothing set the defaults are in force', () => {
  const config = readConfig({}, HOME)
  expect(config).toMatchObject({
    home: '/people/ana/.guildhall',
    host: '127.0.0.1',
    port: 7420,
    publicUrl: null,
    databaseUrl: null,
    key: null,
  })
  expect(config.sources['GUILDHALL_PORT']).toBe('default')
  expect(Object.isFrozen(config)).toBe(true)
})

test('flags stand above the environment, and a flag not given does not', () => {
  const outer = { ...HOME, GUILDHALL_PORT: '8000', GUILDHALL_HOST: '0.0.0.0' }
  const config = readConfig({ GUILDHALL_PORT: '9000', GUILDHALL_HOST: undefined }, outer)
  expect(config).toMatchObject({ port: 9000, host: '0.0.0.0' })
  expect(config.sources['GUILDHALL_HOST']).toBe('environment')
})

test('an empty value counts as not set', () => {
  const config = readConfig({}, { ...HOME, GUILDHALL_PORT: '', DATABASE_URL: '' })
  expect(config).toMatchObject({ port: 7420, databaseUrl: null })
  expect(config.sources['GUILDHALL_PORT']).toBe('default')
})

test.each([
  ['GUILDHALL_PROT', 'Did you mean GUILDHALL_PORT?'],
  ['GUILDHALL_HOMES', 'Did you mean GUILDHALL_HOME?'],
  ['GUILDHALL_PUBLICURL', 'Did you mean GUILDHALL_PUBLIC_URL?'],
  ['GUILDHALL_SOMETHING_ELSE_ENTIRELY', 'Known are: GUILDHALL_HOME,'],
])('the unknown setting %s stops the start and is told what is near', (name, said) => {
  expect(() => readConfig({}, { ...HOME, [name]: 'x' })).toThrow(said)
})

test.each([
  ['GUILDHALL_PORT', 'http'],
  ['GUILDHALL_PORT', '-1'],
  ['GUILDHALL_PORT', '65536'],
  ['GUILDHALL_PORT', '080'],
  ['GUILDHALL_PORT', '1.5'],
  ['GUILDHALL_LOG', 'loud'],
  ['GUILDHALL_PUBLIC_URL', 'example.org'],
  ['GUILDHALL_PUBLIC_URL', 'https://example.org/path'],
])('%s=%s is refused by name', (name, value) => {
  expect(() => readConfig({}, { ...HOME, [name]: value })).toThrow(
    expect.objectContaining({
      code: 'platform.setting_not_valid',
      message: expect.stringContaining(name),
    }),
  )
})

test.each([
  ['~/hall', '/people/ana/hall'],
  ['~', '/people/ana'],
  ['/srv/~hall', '/srv/~hall'],
])('the home %s is the folder %s', (home, folder) => {
  expect(readConfig({}, { ...HOME, GUILDHALL_HOME: home }).home).toBe(folder)
})

test('secrets are printed as set only', () => {
  const secrets = {
    GUILDHALL_KEY: 'guild_s_canary',
    DATABASE_URL: 'postgres://u:canary@h/d',
    DATABASE_ADMIN_URL: 'postgres://a:canary@h/d',
    GUILDHALL_ROOT_KEY: 'canary-of-a-root-key',
    GUILDHALL_SMTP_URL: 'smtps://u:canary@h',
  }
  const config = readConfig({}, { ...HOME, ...secrets, GUILDHALL_PORT: '8000' })
  for (const text of [settingsText(config, false), settingsText(config, true)]) {
    expect(text).not.toContain('canary')
  }
  expect(settingsText(config, false)).toContain('GUILDHALL_PORT=8000  # environment')
  expect(settingsText(config, false)).toContain('DATABASE_URL=set  # environment')
  expect(settingsText(config, false)).toContain('GUILDHALL_HOST=127.0.0.1  # default')
})

test('secrets are taken out of the environment, and nothing else is', () => {
  const environment: Record<string, string | undefined> = {
    GUILDHALL_KEY: 'canary',
    GUILDHALL_ROOT_KEY: 'canary',
    DATABASE_URL: 'canary',
    GUILDHALL_PORT: '8000',
    PATH: '/bin',
  }
  forgetSecrets(environment)
  expect(environment).toEqual({ GUILDHALL_PORT: '8000', PATH: '/bin' })
})

test.each([
  [{}, { kind: 'home' }],
  [{ GUILDHALL_ROOT_KEY_FILE: '/k' }, { kind: 'file', path: '/k' }],
  [
    { GUILDHALL_ROOT_KEY_COMMAND: 'pass  show hall' },
    { kind: 'command', argv: ['pass', 'show', 'hall'] },
  ],
  [
    { GUILDHALL_VAULT_URL: 'https://bao', GUILDHALL_VAULT_TOKEN_FILE: '/t' },
    { kind: 'transit', url: 'https://bao', name: 'guildhall', tokenFile: '/t' },
  ],
])('the root key comes from one place: %j', (given, source) => {
  expect(readConfig({}, { ...HOME, ...given }).rootKey).toEqual(source)
})

test('two sources of a root key, and a vault without a token, are refused', () => {
  const two = { GUILDHALL_ROOT_KEY: 'x', GUILDHALL_ROOT_KEY_FILE: '/k' }
  expect(() => readConfig({}, { ...HOME, ...two })).toThrow('two sources')
  const bare = { GUILDHALL_VAULT_URL: 'https://bao' }
  expect(() => readConfig({}, { ...HOME, ...bare })).toThrow('GUILDHALL_VAULT_TOKEN_FILE')
})
