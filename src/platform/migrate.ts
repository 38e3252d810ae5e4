import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import pg from 'pg'
import { assert } from '../kernel/assert.ts'
import { refuse } from '../kernel/refusal.ts'
import { rowsOf } from './database.ts'
import { driverTypes } from './driver-types.ts'
import { createPartitions, SCHEMA_LOCK } from './partitions.ts'
import { commentedTables, protection, ruleOf } from './security.ts'
import { type Sql, sqlOver } from './sql.ts'

/** Where one room keeps its migrations. */
export type Migrations = Readonly<{ room: string; folder: URL }>

type File = Readonly<{ room: string; number: number; name: string; text: string; sha256: string }>

const FILE_NAME = /^([0-9]{4})_([a-z0-9_]+)\.sql$/
const LOCK_TIMEOUT_TRIES = 10

const LEDGER_OF_MIGRATIONS = `
  create schema if not exists guildhall_migration;
  create table if not exists guildhall_migration.migration (
    room text not null, number integer not null, name text not null, sha256 text not null,
    applied_at timestamptz not null, ms integer not null, primary key (room, number));
  comment on table guildhall_migration.migration is 'class: local'`

/**
 * Brings the database to this program's schema: new files in the order of rooms, one transaction
 * each; then rights, policies and partitions. Refuses a changed, missing or newer migration.
 */
export const migrate = async (
  owner: pg.ClientConfig,
  rooms: readonly Migrations[],
  options: Readonly<{ rls: boolean; now: number }>,
): Promise<Readonly<{ applied: number }>> => {
  const client = new pg.Client({ ...owner, types: driverTypes })
  client.on('error', () => {}) // The statement under way reports the loss.
  await client.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [SCHEMA_LOCK])
    await client.query(LEDGER_OF_MIGRATIONS)
    const files = (await Promise.all(rooms.map(filesOf))).flat()
    const sql = sqlOver(rowsOf(client))
    const waiting = await newFiles(sql, files)
    for (const file of waiting) await apply(client, file)
    if (options.rls) await protect(client, sql, rooms)
    await createPartitions(sql, options.now)
    return { applied: waiting.length }
  } finally {
    await client.end()
  }
}

/** Gives the hash of all migrations: the name of the schema that a test template stands for. */
export const schemaHash = async (rooms: readonly Migrations[]): Promise<string> => {
  const files = (await Promise.all(rooms.map(filesOf))).flat()
  return sha256(files.map((file) => file.sha256).join()).slice(0, 16)
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

const filesOf = async ({ room, folder }: Migrations): Promise<readonly File[]> => {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  assert(names.length > 0, `the room ${room} has migrations where it says`)
  return Promise.all(
    names.map(async (fileName, index) => {
      const [, number, name] = FILE_NAME.exec(fileName) ?? []
      assert(number !== undefined && name !== undefined, `${room}/${fileName} is NNNN_slug.sql`)
      assert(Number(number) === index + 1, `${room}/${fileName} follows without a gap`)
      const text = await readFile(new URL(fileName, folder), 'utf8')
      return { room, number: Number(number), name, text, sha256: sha256(text) }
    }),
  )
}

const newFiles = async (sql: Sql, files: readonly File[]): Promise<readonly File[]> => {
  const done = await sql<{ room: string; number: number; sha256: string }>`
    select room, number, sha256 from guildhall_migration.migration`
  const known = new Map(files.map((file) => [`${file.room}/${file.number}`, file]))
  for (const row of done) {
    const file = known.get(`${row.room}/${row.number}`)
    if (file?.sha256 === row.sha256) continue
    const what = file ? 'was changed after it had run' : 'is newer than this program'
    const message = `Migration ${row.room}/${row.number} ${what}; start the version that fits.`
    throw refuse('conflict', 'platform.schema_differs', message)
  }
  const applied = new Set(done.map((row) => `${row.room}/${row.number}`))
  return files.filter((file) => !applied.has(`${file.room}/${file.number}`))
}

const apply = async (client: pg.Client, file: File, attempt = 1): Promise<void> => {
  const started = performance.now()
  const alone = file.text.startsWith('-- no-transaction')
  try {
    if (!alone) await client.query(`begin; set local lock_timeout = '3s'`)
    await client.query(file.text)
    const row = [file.room, file.number, file.name, file.sha256]
    await client.query(
      `insert into guildhall_migration.migration (room, number, name, sha256, applied_at, ms)
       values ($1, $2, $3, $4, clock_timestamp(), $5)`,
      [...row, Math.round(performance.now() - started)],
    )
    if (!alone) await client.query('commit')
  } catch (error) {
    if (!alone) await client.query('rollback')
    const locked = error instanceof Error && 'code' in error && error.code === '55P03'
    if (!locked || attempt >= LOCK_TIMEOUT_TRIES) throw error
    return apply(client, file, attempt + 1)
  }
}

/**
 * Gives every table the rights that its comment declares, unless the mark says that just these
 * were given before: a start that was cut off after its migrations must not leave tables open.
 */
const protect = async (client: pg.Client, sql: Sql, rooms: readonly Migrations[]) => {
  const schemas = rooms.map(({ room }) => room)
  const tables = (await commentedTables(sql, schemas)).map(({ table, comment }) => {
    const rule = ruleOf(table, comment ?? '')
    assert(rule, `${table} says its class in its comment`)
    return protection(rule)
  })
  const mark = `protected: ${sha256([...schemas, ...tables].join('\n'))}`
  const { mark: known } = await sql.one<{ mark: string | null }>`
    select obj_description('guildhall_migration'::regnamespace, 'pg_namespace') as mark`
  if (known === mark) return
  for (const schema of schemas) {
    await client.query(`grant usage on schema ${schema} to guildhall_app, guildhall_system`)
  }
  for (const statements of tables) await client.query(`begin;\n${statements};\ncommit`)
  await client.query(`comment on schema guildhall_migration is '${mark}'`)
}
