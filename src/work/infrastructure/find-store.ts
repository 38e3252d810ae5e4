import { cursorOf, cursorValues, INTEGER_MAX } from '../../kernel/page.ts'
import type { Ground } from '../../platform/room.ts'
import { at, part } from '../../platform/sql.ts'
import type { People } from '../application/ports.ts'
import type { FindStore, Search } from '../application/save-ports.ts'
import { partsOfKey } from '../domain/key.ts'
import { type CardRow, cardColumns, cardTables, handlesOf, toCard } from './card-rows.ts'

/** Open tasks that a line of a list names as waited for. */
const WAITS_MAX = 5

type FoundRow = CardRow & Readonly<{ updatedAt: number; dueAt: number | null; number: number }>

/** Searches over tasks. */
export const findStore = ({ sql, orgId }: Ground, people: People): FindStore => {
  const waitsFor = async (ids: readonly string[]): Promise<ReadonlyMap<string, string[]>> => {
    if (ids.length === 0) return new Map()
    const rows = await sql<{ id: string; keys: string[] }>`
      select d.task_id as id,
             (array_agg(p.key || '-' || o.number order by o.rank, o.number))[1:${WAITS_MAX}::int]
               as keys
        from work.dependency d
        join work.task o on o.org_id = d.org_id and o.id = d.to_id
        join work.project p on p.org_id = o.org_id and p.id = o.project_id
       where d.org_id = ${orgId} and d.task_id = any(${ids}::uuid[]) and d.kind = 'blocks'
         and o.category not in ('completed', 'canceled')
       group by d.task_id`
    return new Map(rows.map(({ id, keys }) => [id, keys]))
  }

  return {
    async find(search) {
      const where = conditions(search, orgId)
      const [rows, { total }] = await Promise.all([
        sql<FoundRow>`
          select ${cardColumns}, t.number, t.updated_at as "updatedAt", t.due_at as "dueAt"
            from ${cardTables}
           where ${where} and ${behind(search)}
           order by ${orderOf(search)} limit ${search.limit + 1}`,
        sql.one<{ total: number }>`
          select count(*)::int as total from ${cardTables} where ${where}`,
      ])
      const page = rows.slice(0, search.limit)
      const [handles, waits] = await Promise.all([
        handlesOf(people, page),
        waitsFor(page.map(({ id }) => id)),
      ])
      const last = rows.length > search.limit ? page.at(-1) : undefined
      return {
        items: page.map((row) => ({ ...toCard(row, handles), waitsFor: waits.get(row.id) ?? [] })),
        total,
        next: last ? cursorOf([...placeOf(last, search), last.key]) : null,
      }
    },
  }
}

const placeOf = (row: FoundRow, { sort }: Search): readonly (string | number | null)[] => {
  if (sort === 'rank') return [row.rank]
  if (sort === 'priority') return [row.priority, row.rank]
  return [sort === 'due' ? row.dueAt : row.updatedAt]
}

const DUE = part`coalesce(t.due_at, 'infinity'::timestamptz)`

const orderOf = ({ sort }: Search) => {
  if (sort === 'rank') return part`t.rank, p.key, t.number`
  if (sort === 'priority') return part`t.priority, t.rank, p.key, t.number`
  if (sort === 'due') return part`${DUE}, p.key, t.number`
  return part`t.updated_at desc, p.key desc, t.number desc`
}

/** Says in SQL what lies behind the cursor. */
const behind = ({ sort, cursor }: Search) => {
  if (cursor === null) return part`true`
  const values = cursorValues(cursor, sort === 'priority' ? 3 : 2)
  const { project, number } = partsOfKey(String(values.at(-1)))
  const key = part`${project}::text, ${integerOf(number)}::int`
  if (sort === 'rank') {
    return part`(t.rank, p.key, t.number) > (${String(values[0])}::text, ${key})`
  }
  if (sort === 'priority') {
    const priority = part`${integerOf(values[0])}::int`
    return part`(t.priority, t.rank, p.key, t.number)
      > (${priority}, ${String(values[1])}::text, ${key})`
  }
  const moment = values[0] === null ? 'infinity' : momentOf(values[0])
  if (sort === 'due') return part`(${DUE}, p.key, t.number) > (${moment}::timestamptz, ${key})`
  return part`(t.updated_at, p.key, t.number) < (${moment}::timestamptz, ${key})`
}

/** Reads an integer of a cursor; what is none finds nothing: nobody is told how it is made. */
export const integerOf = (value: unknown): number => {
  const number = Number(value)
  return Number.isInteger(number) && Math.abs(number) <= INTEGER_MAX ? number : 0
}

const momentOf = (value: unknown): string => {
  const ms = Number(value)
  return Math.abs(ms) <= 8.64e15 ? at(ms) : 'infinity'
}

/** Says in SQL which tasks a search looks at. */
const conditions = (search: Search, orgId: string) => {
  const { query, projectIds, whoIds, me, now } = search
  const people = [...whoIds, ...(query.mine ? [me] : [])]
  const all = [
    part`t.org_id = ${orgId}`,
    projectIds && part`t.project_id = any(${projectIds}::uuid[])`,
    query.keys.length > 0 ? oneOf(query.keys, orgId) : part`t.archived_at is null`,
    query.status.length > 0 && statusOf(query.status),
    query.labels.length > 0 &&
      part`array(select lower(x) from unnest(t.labels) as x) @> ${query.labels}::text[]`,
    people.length > 0 &&
      part`(t.assignee_id = any(${people}::uuid[]) or t.delegate_id = any(${people}::uuid[])
            or l.holder_id = any(${people}::uuid[]))`,
    query.sprint === 'none' && part`t.sprint_id is null`,
    typeof query.sprint === 'number' && part`s.number = ${query.sprint}`,
    query.branch !== null && part`b.name = ${query.branch}`,
    query.types.length > 0 && part`t.type = any(${query.types}::text[])`,
    query.priorities.length > 0 && part`t.priority = any(${query.priorities}::int[])`,
    query.ready &&
      part`t.ready and (t.hold_until is null or t.hold_until <= ${at(now)}::timestamptz)`,
    query.blocked &&
      part`t.category not in ('completed', 'canceled')
           and (t.open_blockers > 0 or t.held_above > 0 or t.blocked_reason is not null)`,
    query.text !== '' &&
      part`t.search @@ (websearch_to_tsquery('simple', ${query.text})
                        || websearch_to_tsquery('english', ${query.text}))`,
  ]
  return all
    .filter((condition) => condition !== null && condition !== false)
    .reduce((whole, condition) => part`${whole} and ${condition}`)
}

const oneOf = (keys: readonly string[], orgId: string) => {
  const parts = keys.map(partsOfKey)
  return part`exists (
    select from unnest(${parts.map(({ project }) => project)}::text[],
                       ${parts.map(({ number }) => number)}::int[]) as n (key, number)
      join work.project_key k on k.org_id = ${orgId} and k.key = n.key
     where k.project_id = t.project_id and n.number = t.number)`
}

const statusOf = (words: readonly string[]) => {
  const folded = words.map((word) => word.toLowerCase().replaceAll(/[\s_-]+/g, ''))
  const isClosed = part`t.category in ('completed', 'canceled')`
  return part`(regexp_replace(lower(c.name), '[\\s_-]+', '', 'g') = any(${folded}::text[])
    or t.category = any(${folded}::text[])
    or (${folded.includes('open')} and not ${isClosed})
    or (${folded.includes('closed')} and ${isClosed}))`
}
