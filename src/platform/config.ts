import { homedir } from 'node:os'
import path from 'node:path'
import { refuse } from '../kernel/refusal.ts'
import { nearest } from '../kernel/text.ts'

type Setting = Readonly<{ about: string; fallback: string; valid?: RegExp; expects?: string }>

const PORT = /^(0|[1-9][0-9]{0,4})$/
const RANGES = /^( *[0-9a-fA-F:.]+(\/[0-9]{1,3})? *(,|$))*$/

/** Every setting, with its default and a sentence; the only names the environment may use. */
export const SETTINGS = {
  GUILDHALL_HOME: { about: 'Folder of keys, database and logs.', fallback: '~/.guildhall' },
  GUILDHALL_HOST: { about: 'Address the hub listens on.', fallback: '127.0.0.1' },
  GUILDHALL_PORT: {
    about: 'Port the hub listens on; 0 takes a free one.',
    fallback: '7420',
    valid: PORT,
    expects: 'a port number',
  },
  GUILDHALL_PUBLIC_URL: {
    about: 'Address people use when a proxy stands before the hub.',
    fallback: '',
    valid: /^(https?:\/\/[^/]+)?$/,
    expects: 'an http or https address without a path',
  },
  GUILDHALL_LOG: {
    about: 'Least level that is written to the log: debug, info, warn or error.',
    fallback: 'info',
    valid: /^(debug|info|warn|error)$/,
    expects: 'debug, info, warn or error',
  },
  GUILDHALL_KEY: { about: 'Key of the command line and the bridge.', fallback: '' },
  GUILDHALL_URL: { about: 'Hub that the command line talks to.', fallback: '' },
  GUILDHALL_ROOT_KEY_FILE: {
    about: 'File of the root key that everything secret is sealed under.',
    fallback: '',
  },
  GUILDHALL_ROOT_KEY_COMMAND: {
    about: 'Command that prints the root key; words are parted by spaces.',
    fallback: '',
  },
  GUILDHALL_ROOT_KEY: {
    about: 'The root key itself; a file is safer, because every child process can read this.',
    fallback: '',
  },
  GUILDHALL_FORMER_ROOT_KEY_FILE: {
    about: 'File of the root key of before: at a start with both, all keys move under the new one.',
    fallback: '',
  },
  GUILDHALL_VAULT_URL: {
    about: 'OpenBao or HashiCorp Vault whose transit key takes the place of the root key.',
    fallback: '',
    valid: /^(https?:\/\/\S+)?$/,
    expects: 'an http or https address',
  },
  GUILDHALL_VAULT_KEY: { about: 'Name of that transit key.', fallback: 'guildhall' },
  GUILDHALL_VAULT_TOKEN_FILE: { about: 'File with the token for that vault.', fallback: '' },
  GUILDHALL_TRUSTED_PROXIES: {
    about: 'Proxies whose word on the address of a caller is taken: ranges, parted by commas.',
    fallback: '',
    valid: RANGES,
    expects: 'ranges like 10.0.0.0/8, parted by commas',
  },
  GUILDHALL_EGRESS_ALLOW: {
    about: 'Private addresses the hub may call: range:port, parted by commas.',
    fallback: '',
  },
  GUILDHALL_LIMIT_FACTOR: {
    about: 'Multiplies every limit, those on guessing passwords too: for load tests.',
    fallback: '1',
    valid: /^[1-9][0-9]{0,5}$/,
    expects: 'a whole number of at least 1',
  },
  GUILDHALL_CLIENT_REGISTRATION: {
    about: 'Whether MCP clients may register themselves (RFC 7591): on or off.',
    fallback: 'off',
    valid: /^(on|off)$/,
    expects: 'on or off',
  },
  GUILDHALL_SMTP_URL: {
    about: 'Mail server for invitations and resets: smtps://user:password@host?from=hall@host.',
    fallback: '',
    valid: /^(smtps?:\/\/\S+)?$/,
    expects: 'an smtp or smtps address',
  },
  GUILDHALL_LEDGER_MONTHS: {
    about: 'Whole months of the ledger that stay; older ones go to files of the home. 0: all stay.',
    fallback: '0',
    valid: /^(0|[1-9][0-9]{0,3})$/,
    expects: 'a number of months, or 0',
  },
  GUILDHALL_CHECKPOINT_URL: {
    about: 'Address that signed checkpoints of the ledger are sent to as well.',
    fallback: '',
    valid: /^(https?:\/\/\S+)?$/,
    expects: 'an http or https address',
  },
  DATABASE_URL: { about: 'PostgreSQL server to use instead of the embedded one.', fallback: '' },
  DATABASE_ADMIN_URL: { about: 'The same server as its owner, direct.', fallback: '' },
} as const satisfies Record<string, Setting>

/** The name of a setting. */
export type SettingName = keyof typeof SETTINGS

const isName = (name: string): name is SettingName => Object.hasOwn(SETTINGS, name)
const NAMES: readonly SettingName[] = Object.keys(SETTINGS).filter(isName)
const SECRET: ReadonlySet<string> = new Set<SettingName>([
  'GUILDHALL_KEY',
  'GUILDHALL_ROOT_KEY',
  'GUILDHALL_SMTP_URL',
  'DATABASE_URL',
  'DATABASE_ADMIN_URL',
])

/** Where the root key comes from; `home`: the file in the hub's own folder. */
export type RootKeySetting =
  | Readonly<{ kind: 'home' }>
  | Readonly<{ kind: 'file'; path: string }>
  | Readonly<{ kind: 'command'; argv: readonly string[] }>
  | Readonly<{ kind: 'value'; text: string }>
  | Readonly<{ kind: 'transit'; url: string; name: string; tokenFile: string }>

/** Settings in force: the values, and where each came from. */
export type Config = Readonly<{
  home: string
  host: string
  port: number
  publicUrl: string | null
  log: string
  key: string | null
  url: string | null
  databaseUrl: string | null
  databaseAdminUrl: string | null
  rootKey: RootKeySetting
  formerRootKeyFile: string | null
  trustedProxies: readonly string[]
  egressAllow: readonly string[]
  limitFactor: number
  clientRegistration: boolean
  smtpUrl: string | null
  checkpointUrl: string | null
  ledgerMonths: number
  noColor: boolean
  sources: Readonly<Record<string, 'environment' | 'default'>>
  /** Every setting as it may be shown: secrets as `set`. */
  values: Readonly<Record<string, string>>
}>

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads and checks the settings; an unknown `GUILDHALL_` name stops the start.
 * `given` stands above the environment: the flags of the command line.
 */
export const readConfig = (given: Environment = {}, outer: Environment = process.env): Config => {
  const flags = Object.entries(given).filter(([, value]) => value !== undefined)
  const environment: Environment = { ...outer, ...Object.fromEntries(flags) }
  for (const name of Object.keys(environment)) {
    if (name.startsWith('GUILDHALL_') && !Object.hasOwn(SETTINGS, name)) throw unknownName(name)
  }
  const read = (name: SettingName): string => valueOf(name, environment)
  const orNull = (name: SettingName): string | null => read(name) || null
  return Object.freeze({
    home: path.resolve(
      read('GUILDHALL_HOME').replace(/^~(?=$|\/)/, environment['HOME'] ?? homedir()),
    ),
    host: read('GUILDHALL_HOST'),
    port: portOf(read('GUILDHALL_PORT')),
    publicUrl: orNull('GUILDHALL_PUBLIC_URL'),
    log: read('GUILDHALL_LOG'),
    key: orNull('GUILDHALL_KEY'),
    url: orNull('GUILDHALL_URL'),
    databaseUrl: orNull('DATABASE_URL'),
    databaseAdminUrl: orNull('DATABASE_ADMIN_URL'),
    rootKey: rootKeyOf(read),
    formerRootKeyFile: orNull('GUILDHALL_FORMER_ROOT_KEY_FILE'),
    trustedProxies: listOf(read('GUILDHALL_TRUSTED_PROXIES')),
    egressAllow: listOf(read('GUILDHALL_EGRESS_ALLOW')),
    limitFactor: Number(read('GUILDHALL_LIMIT_FACTOR')),
    clientRegistration: read('GUILDHALL_CLIENT_REGISTRATION') === 'on',
    smtpUrl: orNull('GUILDHALL_SMTP_URL'),
    ledgerMonths: Number(read('GUILDHALL_LEDGER_MONTHS')),
    checkpointUrl: orNull('GUILDHALL_CHECKPOINT_URL'),
    noColor: Boolean(environment['NO_COLOR']),
    values: Object.fromEntries(NAMES.map((name) => [name, shownOf(name, read(name))])),
    sources: Object.fromEntries(
      NAMES.map((name): [string, 'environment' | 'default'] => [
        name,
        environment[name] ? 'environment' : 'default',
      ]),
    ),
  })
}

const listOf = (text: string): readonly string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)

/** Finds the one source of the root key; two would leave open which of them opens the hub. */
const rootKeyOf = (read: (name: SettingName) => string): RootKeySetting => {
  const path = read('GUILDHALL_ROOT_KEY_FILE')
  const command = read('GUILDHALL_ROOT_KEY_COMMAND')
  const text = read('GUILDHALL_ROOT_KEY')
  const url = read('GUILDHALL_VAULT_URL')
  const name = read('GUILDHALL_VAULT_KEY')
  const tokenFile = read('GUILDHALL_VAULT_TOKEN_FILE')
  const sources: RootKeySetting[] = []
  if (path) sources.push({ kind: 'file', path })
  if (command) sources.push({ kind: 'command', argv: command.trim().split(/ +/) })
  if (text) sources.push({ kind: 'value', text })
  if (url) sources.push({ kind: 'transit', url, name, tokenFile })
  if (sources.length > 1) {
    const message = 'The root key has two sources: name one of GUILDHALL_ROOT_KEY.. and VAULT_URL.'
    throw refuse('invalid', 'platform.setting_not_valid', message, { name: 'GUILDHALL_ROOT_KEY' })
  }
  if (url && !tokenFile) {
    const message = 'GUILDHALL_VAULT_URL needs GUILDHALL_VAULT_TOKEN_FILE, a file with the token.'
    throw refuse('invalid', 'platform.setting_not_valid', message, { name: 'GUILDHALL_VAULT_URL' })
  }
  return sources[0] ?? { kind: 'home' }
}

const valueOf = (name: SettingName, environment: Environment): string => {
  const setting: Setting = SETTINGS[name]
  const value = environment[name] || setting.fallback
  if (setting.valid && !setting.valid.test(value)) {
    const message = `${name} must be ${setting.expects}, not "${value}".`
    throw refuse('invalid', 'platform.setting_not_valid', message, { name })
  }
  return value
}

const portOf = (text: string): number => {
  const port = Number(text)
  if (port <= 65_535) return port
  const message = `GUILDHALL_PORT must be a port number, not "${text}".`
  throw refuse('invalid', 'platform.setting_not_valid', message, { name: 'GUILDHALL_PORT' })
}

const unknownName = (name: string) => {
  const near = nearest(name, NAMES)
  const hint = near ? `Did you mean ${near}?` : `Known are: ${NAMES.join(', ')}.`
  return refuse('invalid', 'platform.setting_unknown', `${name} is no setting. ${hint}`, { name })
}

/**
 * Takes the secrets out of the environment, so that no child process is born with them. The
 * process's own first environment stays readable by its user in `/proc`: files are the safer way.
 */
export const forgetSecrets = (
  environment: Record<string, string | undefined> = process.env,
): void => {
  for (const name of SECRET) delete environment[name]
}

/** The machine's environment without the hub's own settings: where programs and npm are found. */
export const machineEnvironment = (): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !name.startsWith('GUILDHALL_') && !SECRET.has(name),
    ),
  )

/** Prints the settings in force and where each came from; secrets only as "set". */
export const settingsText = (config: Config, asJson: boolean): string => {
  const rows = Object.entries(config.values).map(([name, value]) => ({
    name,
    value: value === '' ? null : value,
    source: config.sources[name] ?? 'default',
  }))
  if (asJson) return JSON.stringify(rows)
  return rows.map((row) => `${row.name}=${row.value ?? ''}  # ${row.source}`).join('\n')
}

const shownOf = (name: SettingName, value: string): string =>
  value !== '' && SECRET.has(name) ? 'set' : value
