import pg from 'pg'
import { translated } from './database-errors.ts'
import { type Sql, sqlOver } from './sql.ts'

/** The advisory lock of whoever changes the schema: one hub at a time. */
export const SCHEMA_LOCK = 7_420_001
const DAY_MS = 86_400_000
const MONTHS_AHEAD = 3

/** The first moment of a month in UTC, and its name: `202611`. */
const monthAt = (now: number, offset: number) => {
  const date = new Date(now)
  const start = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + offset, 1))
  return { start: start.toISOString(), name: start.toISOString().slice(0, 7).replace('-', '') }
}

/**
 * Creates the missing partitions from last month to three months ahead. A new one is made apart
 * and then attached: `partition of` would block writers.
 */
export const createPartitions = async (owner: Sql, now: number): Promise<number> => {
  let created = 0
  for (const { parent } of await partitioned(owner)) {
    for (let offset = -1; offset <= MONTHS_AHEAD; offset++) {
      const { start, name } = monthAt(now, offset)
      const child = `${parent}_${name}`
      const end = monthAt(now, offset + 1).start
      const [known] = await owner`select to_regclass(${child}) as found`
      if (JSON.stringify(known) !== '{"found":null}') continue
      // One message, so one transaction: a table that was made but not attached would stay so.
      await owner(raw`create table ${child} (like ${parent} including all);
        alter table ${parent} attach partition ${child}
          for values from ('${start}') to ('${end}')`)
      created += 1
    }
  }
  return created
}

/** Lists the tables that are partitioned by time, as their migrations made them. */
const partitioned = (owner: Sql) => owner<{ parent: string }>`
  select format('%I.%I', n.nspname, c.relname) as parent
    from pg_partitioned_table p
    join pg_class c on c.oid = p.partrelid
    join pg_namespace n on n.oid = c.relnamespace
   where p.partstrat = 'r'
   order by 1`

/** Writes names into a statement: only for tables of the catalogue and months. */
const raw = (strings: TemplateStringsArray, ...names: readonly string[]): TemplateStringsArray => {
  const text = strings.reduce((all, next, index) => `${all}${names[index - 1] ?? ''}${next}`)
  return Object.assign([text], { raw: [text] })
}

/** Keeps the partitions of a running hub ahead of its clock. */
export type PartitionKeeper = Readonly<{
  /** Creates what is missing now; calls at the same time share one run. */
  create(): Promise<void>
  stop(): Promise<void>
}>

/** Starts to create partitions once a day as the owner, over a connection that lasts no longer. */
export const keepPartitions = (
  options: Readonly<{
    owner: pg.ClientConfig
    now: () => number
    failed: (error: unknown) => void
  }>,
): PartitionKeeper => {
  let running: Promise<void> | undefined
  const create = (): Promise<void> => {
    running ??= createAsOwner(options.owner, options.now()).finally(() => {
      running = undefined
    })
    return running
  }
  const timer = setInterval(() => {
    create().catch(options.failed)
  }, DAY_MS)
  return {
    create,
    async stop() {
      clearInterval(timer)
      await running?.catch(() => {}) // Whoever asked for it has heard.
    },
  }
}

const createAsOwner = async (owner: pg.ClientConfig, now: number): Promise<void> => {
  const client = new pg.Client(owner)
  client.on('error', () => {}) // The statement under way reports the loss.
  try {
    await client.connect()
    await client.query('select pg_advisory_lock($1)', [SCHEMA_LOCK])
    const sql = sqlOver(async ({ text, values }) => {
      const { rows } = await client.query<pg.QueryResultRow>(text, [...values])
      return rows
    })
    await createPartitions(sql, now)
  } catch (error) {
    throw translated(error)
  } finally {
    await client.end()
  }
}
