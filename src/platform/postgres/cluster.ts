import { createHash } from 'node:crypto'
import { open, readFile, readdir, rename, rm, stat, writeFile, chown } from 'node:fs/promises'
import { join } from 'node:path'
import { refuse } from '../../kernel/refusal.ts'
import type { Binaries } from './binaries.ts'
import type { Layout } from './layout.ts'
import { ADMIN_LOGIN, SOCKET_PORT } from './probe.ts'
import { APP_LOGIN } from './roles.ts'
import { run } from './run.ts'
import { hubUser } from './run-user.ts'

/** A prepared data directory: where it lies, what it is called and how its server is started. */
export type Cluster = Readonly<{
  dataDir: string
  systemIdentifier: string
  clusterName: string
  version: string
  args: (socketDir: string) => string[]
  /** True when the rules for signing in were changed: a running server has to read them again. */
  rulesChanged: boolean
}>

/** What a start may change: for tests, which need no durability. */
export type ClusterOptions = Readonly<{ fsync: boolean; settings: Record<string, string> }>

/** Opens a home's data directory, makes it if there was none, refuses one that is not right. */
export const openCluster = async (
  layout: Layout,
  binaries: Binaries,
  options: ClusterOptions,
): Promise<Cluster> => {
  const dataDir = join(layout.dataRoot, `data-${binaries.major}`)
  if (await isMissing(dataDir)) {
    await refuseLoss(layout, binaries)
    await initialise(layout, binaries, options)
  }
  await checkVersion(dataDir, binaries)
  const settings = settingsOf(options)
  return {
    dataDir,
    systemIdentifier: await systemIdentifierOf(dataDir),
    clusterName: settings.cluster_name ?? '',
    version: binaries.version,
    rulesChanged: await writeRules(layout, dataDir),
    args: (socketDir) => [
      '-D',
      dataDir,
      ...Object.entries({ ...settings, unix_socket_directories: socketDir }).flatMap(
        ([name, value]) => ['-c', `${name}=${value}`],
      ),
    ],
  }
}

/**
 * Gives the settings in force, with their hash as the name of the cluster: a running server whose
 * name differs was started with others.
 */
export const settingsOf = ({ fsync, settings }: ClusterOptions): Record<string, string> => {
  const all: Record<string, string> = {
    listen_addresses: '',
    port: String(SOCKET_PORT),
    max_connections: '60',
    shared_buffers: '128MB',
    io_method: 'sync',
    max_parallel_workers_per_gather: '0',
    statement_timeout: '30s',
    lock_timeout: '5s',
    idle_in_transaction_session_timeout: '15s',
    logging_collector: 'off',
    log_destination: 'stderr',
    // No values in the log: neither statements, nor parameters, nor the keys in a DETAIL line.
    log_min_error_statement: 'panic',
    log_parameter_max_length_on_error: '0',
    log_error_verbosity: 'terse',
    fsync: fsync ? 'on' : 'off',
    ...settings,
  }
  const sorted = Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1))
  const hash = createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 12)
  return { ...all, cluster_name: `guildhall-${hash}` }
}

const initialise = async (layout: Layout, binaries: Binaries, options: ClusterOptions) => {
  const dataDir = join(layout.dataRoot, `data-${binaries.major}`)
  const fresh = `${dataDir}.new`
  // A start that was killed on its way; a finished directory never has this name.
  await rm(fresh, { recursive: true, force: true })
  const said = await run(layout.user, [
    join(binaries.root, 'bin', 'initdb'),
    ...['-D', fresh, '-U', ADMIN_LOGIN, '-E', 'UTF8', '-A', 'peer'],
    ...['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'],
    ...(options.fsync ? [] : ['--no-sync']),
  ])
  if (said.code !== 0) {
    const why = said.stderr.split('\n').find((line) => /error|could not/i.test(line)) ?? ''
    const message = `PostgreSQL could not make ${fresh}: ${why.trim() || 'it gave no reason'}.`
    throw refuse('unavailable', 'platform.initdb_failed', message)
  }
  await rename(fresh, dataDir)
}

// An empty database in the place of a lost one would look like a deleted organisation.
const refuseLoss = async (layout: Layout, { major }: Binaries): Promise<void> => {
  const names = await readdir(layout.dataRoot)
  const other = names.find((name) => /^data-\d+$/.test(name))
  if (other !== undefined) throw otherMajor(other.slice('data-'.length), major)
  if (layout.systemIdentifier !== undefined) {
    throw damaged(join(layout.dataRoot, `data-${major}`), 'is missing')
  }
}

const checkVersion = async (dataDir: string, { major }: Binaries): Promise<void> => {
  const text = await readFile(join(dataDir, 'PG_VERSION'), 'utf8').catch(() => undefined)
  if (text === undefined) throw damaged(dataDir, 'has no PG_VERSION')
  if (text.trim() !== String(major)) throw otherMajor(text.trim(), major)
}

const damaged = (dataDir: string, what: string) => {
  const message = `The database is damaged: ${dataDir} ${what}. Restore a backup.`
  return refuse('unavailable', 'platform.database_damaged', message)
}

const otherMajor = (found: string, major: number) => {
  const message =
    `The database was made by PostgreSQL ${found}, this Guildhall brings ${major}: ` +
    'run guildhall database upgrade.'
  return refuse('conflict', 'platform.database_other_major', message)
}

/** Reads the number that initdb has given to the data; it opens the control file. */
export const systemIdentifierOf = async (dataDir: string): Promise<string> => {
  const file = await open(join(dataDir, 'global', 'pg_control')).catch(() => undefined)
  if (file === undefined) throw damaged(dataDir, 'has no control file')
  try {
    const bytes = Buffer.alloc(8)
    const { bytesRead } = await file.read(bytes, 0, 8, 0)
    if (bytesRead < 8) throw damaged(dataDir, 'has a control file that was cut off')
    return bytes.readBigUInt64LE().toString()
  } finally {
    await file.close()
  }
}

// The socket is the only door, and the kernel says who knocks. The hub's account may be another
// one at every start, so the rules are checked at every start.
const writeRules = async (layout: Layout, dataDir: string): Promise<boolean> => {
  const login = `"${hubUser().name.replaceAll('"', '""')}"`
  const lines = [ADMIN_LOGIN, APP_LOGIN].map((role) => `guildhall ${login} ${role}\n`)
  const rules = {
    'pg_hba.conf': 'local all all peer map=guildhall\n',
    'pg_ident.conf': lines.join(''),
  }
  let changed = false
  for (const [name, text] of Object.entries(rules)) {
    const path = join(dataDir, name)
    if ((await readFile(path, 'utf8').catch(() => '')) === text) continue
    changed = true
    await writeFile(`${path}.new`, text, { mode: 0o600 })
    if (layout.user.foreign) await chown(`${path}.new`, layout.user.uid, layout.user.gid)
    await rename(`${path}.new`, path)
  }
  return changed
}

const isMissing = (path: string): Promise<boolean> =>
  stat(path).then(
    () => false,
    () => true,
  )
