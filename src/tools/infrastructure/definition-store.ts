import { refuse } from '../../kernel/refusal.ts'
import type { Ground } from '../../platform/room.ts'
import { at, atOrNull, json, part } from '../../platform/sql.ts'
import type { StoredDefinition } from '../application/hub-records.ts'
import type { DefinitionStore } from '../application/hub-stores.ts'
import { DEFINITIONS_MAX, UPSTREAMS_MAX } from '../domain/upstream.ts'

const COLUMNS = part`
  d.id, d.upstream_id as "upstreamId", d.kind, d.name, d.state, d.hash, d.body,
  d.next_hash as "nextHash", d.next_body as "nextBody", d.warnings, d.found_at as "foundAt",
  d.decided_at as "decidedAt", d.version`

/** What servers offer, pinned as it was approved. */
export const definitionStore = ({ sql, orgId }: Ground): DefinitionStore => ({
  of: (upstreamId) => sql<StoredDefinition>`
    select ${COLUMNS} from tools.definition d
     where d.org_id = ${orgId} and d.upstream_id = ${upstreamId}
     order by d.kind, d.name collate "C" limit ${DEFINITIONS_MAX * 2}`,
  all: () => sql<StoredDefinition>`
    select ${COLUMNS} from tools.definition d
     where d.org_id = ${orgId} and d.state <> 'gone'
     order by d.upstream_id, d.kind, d.name collate "C"
     limit ${DEFINITIONS_MAX * UPSTREAMS_MAX}`,
  async add(all) {
    if (all.length === 0) return
    const rows = all.map((one) => ({
      ...one,
      foundAt: at(one.foundAt),
      decidedAt: atOrNull(one.decidedAt),
    }))
    await sql`
      insert into tools.definition
        (org_id, id, upstream_id, kind, name, state, hash, body, next_hash, next_body, warnings,
         found_at, decided_at, version)
      select ${orgId}::uuid, d.id, d."upstreamId", d.kind, d.name, d.state, d.hash, d.body,
             d."nextHash", d."nextBody",
             array(select jsonb_array_elements_text(d.warnings)), d."foundAt", d."decidedAt",
             d.version
        from jsonb_to_recordset(${json(rows)}::jsonb) as d
             (id uuid, "upstreamId" uuid, kind text, name text, state text, hash text, body jsonb,
              "nextHash" text, "nextBody" jsonb, warnings jsonb, "foundAt" timestamptz,
              "decidedAt" timestamptz, version int)`
  },
  async save(one) {
    const saved = await sql`
      update tools.definition
         set state = ${one.state}, hash = ${one.hash}, body = ${json(one.body)}::jsonb,
             next_hash = ${one.nextHash},
             next_body = ${one.nextBody === null ? null : json(one.nextBody)}::jsonb,
             warnings = ${one.warnings}::text[], decided_at = ${atOrNull(one.decidedAt)},
             version = ${one.version}
       where org_id = ${orgId} and id = ${one.id} and version = ${one.version - 1}
      returning id`
    if (saved.length === 0) throw changed(one.name)
  },
  async uses() {
    const rows = await sql<{ id: string; calls: number }>`
      select definition_id as id, calls::int as calls from tools.tool_use
       where org_id = ${orgId} order by calls desc limit ${DEFINITIONS_MAX}`
    return new Map(rows.map(({ id, calls }) => [id, calls]))
  },
})

const changed = (name: string) => {
  const message = `The definition of ${name} has changed meanwhile; look again, then decide.`
  return refuse('conflict', 'tools.definition_changed', message)
}
