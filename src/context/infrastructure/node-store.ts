import { refuse } from '../../kernel/refusal.ts'
import type { Ground } from '../../platform/room.ts'
import { at as moment, json, type Part, part } from '../../platform/sql.ts'
import type { NodeStore, Step, StoredNode } from '../application/ports.ts'
import { emptyNode } from '../domain/node.ts'

/** What each tier says at each place; a row exists from the first write on. */
export const nodeStore = ({ sql, orgId }: Ground): NodeStore => {
  const rowsOf = (ids: readonly string[], lock: Part) => sql<StoredNode>`
    select id, at_id as "atId", tier, at, data, stamps, written_by as "by", version
      from context.node
     where org_id = ${orgId} and at_id = any(${ids}::uuid[])${lock}`

  const inOrder = (steps: readonly Step[], rows: readonly StoredNode[]) => {
    const byPlace = new Map(rows.map((row) => [row.atId, row]))
    return steps.map(({ tier, id }) => byPlace.get(id) ?? unwritten(tier, id))
  }

  return {
    async read(steps) {
      if (steps.length === 0) return []
      const ids = steps.map(({ id }) => id)
      return inOrder(steps, await rowsOf(ids, part``))
    },
    async lock(steps) {
      const ids = steps.map(({ id }) => id)
      // Only the place itself changes; the tiers above it are looked at as they are committed.
      const [own, uppers] = await Promise.all([
        rowsOf(ids.slice(-1), part` for update`),
        rowsOf(ids.slice(0, -1), part``),
      ])
      return inOrder(steps, [...uppers, ...own])
    },
    async save({ id, atId, tier, at, data, stamps, by, version }, now) {
      const [saved] = await sql`
        insert into context.node
          (org_id, id, at_id, tier, at, data, stamps, written_by, written_at, version)
        values (${orgId}, ${id}, ${atId}, ${tier}, ${at}, ${json(data)}, ${json(stamps)}, ${by},
                ${moment(now)}, ${version})
        on conflict (org_id, at_id) do update
           set at = excluded.at, data = excluded.data, stamps = excluded.stamps,
               written_by = excluded.written_by, written_at = excluded.written_at,
               version = excluded.version
         where node.version = excluded.version - 1
        returning id`
      if (saved) return
      const message = `The context of ${at} was just written by somebody else; read it, then write.`
      throw refuse('conflict', 'context.node_changed', message)
    },
  }
}

const unwritten = (tier: Step['tier'], atId: string): StoredNode => ({
  ...emptyNode(tier, ''),
  id: null,
  atId,
})
