import type { Sql } from './sql.ts'

/** Tables that are partitioned by month, with the column that says which. */
const PARTITIONED = ['platform.ledger', 'platform.event_private'] as const
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
  for (const parent of PARTITIONED) {
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

/** Writes names into a statement: only for the fixed table names and months of this file. */
const raw = (strings: TemplateStringsArray, ...names: readonly string[]): TemplateStringsArray => {
  const text = strings.reduce((all, next, index) => `${all}${names[index - 1] ?? ''}${next}`)
  return Object.assign([text], { raw: [text] })
}
