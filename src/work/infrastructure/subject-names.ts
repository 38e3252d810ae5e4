import type { Ground } from '../../platform/room.ts'
import { at, json } from '../../platform/sql.ts'
import type { ErasedCounts, Erasing } from '../../platform/subject.ts'
import { TaskChanged } from '../events.ts'

/** Links that one statement takes up; what an import kept of one task may be large. */
const LINKS_MAX = 500

/** Takes away the copies of a person's name that imports have brought. */
export const eraseNames = async (ground: Ground, erasing: Erasing): Promise<ErasedCounts> => ({
  labels: await eraseLabels(ground, erasing),
  importNames: await eraseKept(ground, erasing.names),
})

type Labelled = Readonly<{
  taskId: string
  projectId: string
  key: string
  version: number
  labels: readonly string[]
}>

/** Imports of before made the label `for:ana` of whom they did not know. */
const eraseLabels = async (
  { sql, orgId }: Ground,
  { names, now, emit }: Erasing,
): Promise<number> => {
  const marks = names.map((name) => `for:${name}`)
  const tasks = await sql<Labelled>`
    update work.task t
       set labels = array(select l from unnest(t.labels) with ordinality as u (l, place)
                           where lower(l) <> all(${marks}::text[]) order by place),
           version = t.version + 1, updated_at = ${at(now)}
      from work.project p
     where t.org_id = ${orgId} and p.org_id = t.org_id and p.id = t.project_id
       and exists (select from unnest(t.labels) as l where lower(l) = any(${marks}::text[]))
    returning t.id as "taskId", t.project_id as "projectId",
              p.key || '-' || t.number as "key", t.version, t.labels`
  for (const { labels, ...about } of tasks) {
    emit(TaskChanged({ ...about, set: { labels }, was: {}, changed: ['labels'] }))
  }
  await sql`
    delete from work.label where org_id = ${orgId} and folded = any(${marks}::text[])`
  return tasks.length
}

type Link = Readonly<{
  projectId: string
  source: string
  externalId: string
  kept: Readonly<Record<string, unknown>>
}>

/** Imports remember names of authors, and fields of the source that have no home here. */
const eraseKept = async (ground: Ground, names: readonly string[]): Promise<number> => {
  const { sql, orgId } = ground
  const quoted = names.flatMap((name) => [JSON.stringify(name), JSON.stringify(`@${name}`)])
  let count = 0
  for (;;) {
    // A link that is done holds none of the names any more, so each look finds others.
    const links = await sql<Link>`
      select project_id as "projectId", source, external_id as "externalId", kept
        from work.import_link
       where org_id = ${orgId} and exists (
         select from unnest(${quoted}::text[]) as n (name)
          where strpos(lower(kept::text), n.name) > 0)
       order by project_id, source, external_id limit ${LINKS_MAX} for update`
    if (links.length === 0) return count
    count += links.length
    const rows = links.map((link) => ({ ...link, kept: withoutNames(link.kept, names) }))
    await sql`
      update work.import_link l set kept = r.kept
        from jsonb_to_recordset(${json(rows)}::jsonb) as r
             ("projectId" uuid, source text, "externalId" text, kept jsonb)
       where l.org_id = ${orgId} and l.project_id = r."projectId" and l.source = r.source
         and l.external_id = r."externalId"`
  }
}

/** Copies a value without the texts, elements and members that are nothing but a name. */
const withoutNames = (value: unknown, names: readonly string[]): unknown => {
  if (Array.isArray(value)) {
    return value.filter((one) => !isName(one, names)).map((one) => withoutNames(one, names))
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, inner]) => !isName(key, names) && !isName(inner, names))
      .map(([key, inner]) => [key, withoutNames(inner, names)]),
  )
}

const isName = (value: unknown, names: readonly string[]): boolean =>
  typeof value === 'string' && names.includes(value.toLowerCase().replace(/^@/, ''))
