import type { Ground } from '../../platform/room.ts'
import { at, atOrNull, part, type Sql } from '../../platform/sql.ts'
import type { RotationStore } from '../application/ports.ts'
import type { Cursor, Rotation } from '../domain/rotation.ts'

/** Organisations that one look of the schedule takes up. */
const ORGS_MAX = 100

const COLUMNS = part`
  id, state, old_keys as "oldKeys", source, after_row as "afterRow", total, moved, verified,
  destroyed, kept_for as "keptFor", why, started_by as "startedBy", started_at as "startedAt",
  finished_at as "finishedAt", version`
const UNDER_WAY = part`state in ('pending', 'running', 'verifying')`

type Row = Omit<Rotation, 'cursor'> & Readonly<{ source: number; afterRow: string | null }>

const stored = (row: Row | undefined): Rotation | null => {
  if (row === undefined) return null
  const { source, afterRow, ...rest } = row
  const cursor: Cursor = { source, after: afterRow }
  return { ...rest, cursor }
}

/** Changes of keys, and how far they have come. */
export const rotationStore = ({ sql, orgId }: Ground): RotationStore => ({
  async add(rotation) {
    const { id, state, oldKeys, cursor, keptFor, startedBy, startedAt, version } = rotation
    const added = await sql`
      insert into tools.key_rotation
        (org_id, id, state, old_keys, source, after_row, total, moved, verified, destroyed,
         kept_for, started_by, started_at, version)
      values (${orgId}, ${id}, ${state}, ${oldKeys}::uuid[], ${cursor.source}, ${cursor.after},
              0, 0, 0, 0, ${keptFor}::text[], ${startedBy}, ${at(startedAt)}, ${version})
      on conflict do nothing
      returning id`
    return added.length > 0
  },
  async get(id) {
    return stored(
      await sql.maybe<Row>`
        select ${COLUMNS} from tools.key_rotation where org_id = ${orgId} and id = ${id}`,
    )
  },
  async open() {
    return stored(
      await sql.maybe<Row>`
        select ${COLUMNS} from tools.key_rotation where org_id = ${orgId} and ${UNDER_WAY}`,
    )
  },
  async lockOpen() {
    return stored(
      await sql.maybe<Row>`
        select ${COLUMNS} from tools.key_rotation
         where org_id = ${orgId} and ${UNDER_WAY}
           for update skip locked`,
    )
  },
  async save({ id, cursor, ...next }) {
    await sql`
      update tools.key_rotation
         set state = ${next.state}, old_keys = ${next.oldKeys}::uuid[], source = ${cursor.source},
             after_row = ${cursor.after}, total = ${next.total}, moved = ${next.moved},
             verified = ${next.verified}, destroyed = ${next.destroyed},
             kept_for = ${next.keptFor}::text[], why = ${next.why},
             finished_at = ${atOrNull(next.finishedAt)}, version = ${next.version}
       where org_id = ${orgId} and id = ${id} and version = ${next.version - 1}`
  },
})

/** Finds the organisations whose keys are being changed. */
export const orgsRotating = async (sql: Sql): Promise<readonly string[]> => {
  const rows = await sql<{ orgId: string }>`
    select org_id as "orgId" from tools.key_rotation where ${UNDER_WAY} limit ${ORGS_MAX}`
  return rows.map(({ orgId }) => orgId)
}
