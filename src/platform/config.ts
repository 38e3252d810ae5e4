import { homedir } from 'node:os'
import path from 'node:path'
import { refuse } from '../kernel/refusal.ts'
import { nearest } from '../kernel/text.ts'

type Setting = Readonly<{ about: string; fallback: string; valid?: RegExp; expects?: string }>

const PORT = /^(0|[1-9][0-9]{0,4})$/

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
  DATABASE_URL: { about: 'PostgreSQL server to use instead of the embedded one.', fallback: '' },
  DATABASE_ADMIN_URL: { about: 'The same server as its owner, direct.', fallback: '' },
} as const satisfies Record<string, Setting>

/** The name of a setting. */
export type SettingName = keyof typeof SETTINGS

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
  noColor: boolean
  sources: Readonly<Record<string, 'environment' | 'default'>>
}>

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads and checks the settings; an unknown `GUILDHALL_` name stops the start.
 * `given` stands above the environment: the flags of the command line.
 */
export const readConfig = (given: Environment = {}, outer: Environment = process.env): Config => {
  const flags = Object.entries(given).filter(([, value]) => value !== undefined)
  const environment: Environment = { ...outer, ...Object.fromEntries(flags) }
  const names = Object.keys(SETTINGS)
  for (const name of Object.keys(environment)) {
    if (name.startsWith('GUILDHALL_') && !names.includes(name)) throw unknownName(name, names)
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
    noColor: Boolean(environment['NO_COLOR']),
    sources: Object.fromEntries(
      names.map((name): [string, 'environment' | 'default'] => [
        name,
        environment[name] ? 'environment' : 'default',
      ]),
    ),
  })
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

const unknownName = (name: string, names: readonly string[]) => {
  const near = nearest(name, names)
  const hint = near ? `Did you mean ${near}?` : `Known are: ${names.join(', ')}.`
  return refuse('invalid', 'platform.setting_unknown', `${name} is no setting. ${hint}`, { name })
}

const SECRET: ReadonlySet<string> = new Set(['GUILDHALL_KEY', 'DATABASE_URL', 'DATABASE_ADMIN_URL'])

/** Prints the settings in force and where each came from; secrets only as "set". */
export const settingsText = (config: Config, asJson: boolean): string => {
  const values: Readonly<Record<SettingName, string | number | null>> = {
    GUILDHALL_HOME: config.home,
    GUILDHALL_HOST: config.host,
    GUILDHALL_PORT: config.port,
    GUILDHALL_PUBLIC_URL: config.publicUrl,
    GUILDHALL_LOG: config.log,
    GUILDHALL_KEY: config.key,
    GUILDHALL_URL: config.url,
    DATABASE_URL: config.databaseUrl,
    DATABASE_ADMIN_URL: config.databaseAdminUrl,
  }
  const rows = Object.entries(values).map(([name, value]) => ({
    name,
    value: value !== null && SECRET.has(name) ? 'set' : value,
    source: config.sources[name] ?? 'default',
  }))
  if (asJson) return JSON.stringify(rows)
  return rows.map((row) => `${row.name}=${row.value ?? ''}  # ${row.source}`).join('\n')
}
