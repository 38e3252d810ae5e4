import { refuse } from '../../kernel/refusal.ts'
import type { Ground } from '../../platform/room.ts'
import { TRANSFER_KINDS, type TransferPart } from '../../platform/transfer.ts'
import type { OwnFormat } from '../application/transfer-ports.ts'

/** Writes the lines of Guildhall's own format into the tables of every room that has some. */
export const ownFormat = (ground: Ground, parts: readonly TransferPart[]): OwnFormat => {
  const { sql, orgId } = ground
  const kinds = TRANSFER_KINDS.flatMap((kind) => parts.filter((part) => part.kind === kind))
  return {
    kinds,

    async take(kind, rows, now) {
      try {
        for (const part of kinds.filter((one) => one.kind === kind)) {
          await part.take(ground, rows, now)
        }
      } catch (error) {
        throw isUnfit(error) ? unfit(kind) : error
      }
    },

    async standing(ids, keys) {
      const [projects, [taken], [other]] = await Promise.all([
        sql<{ id: string }>`
          select id from work.project where org_id = ${orgId} and id = any(${ids}::uuid[])`,
        sql<{ key: string }>`
          select key from work.project_key
           where org_id = ${orgId} and key = any(${keys}::text[])
             and project_id <> all(${ids}::uuid[])
           order by key limit 1`,
        sql<{ id: string }>`select id from work.project where org_id = ${orgId} limit 1`,
      ])
      return {
        projects: new Set(projects.map(({ id }) => id)),
        takenKey: taken?.key ?? null,
        isEmpty: other === undefined,
      }
    },

    async settle(projectIds) {
      await sql`
        update work.board_column c set wip_used = (
                 select count(*) from work.task t
                  where t.org_id = ${orgId} and t.column_id = c.id)
         where c.org_id = ${orgId} and c.project_id = any(${projectIds}::uuid[])
           and c.category = 'started' and c.wip_limit is not null`
      await sql`
        update work.project p set wip_used = (
                 select count(*) from work.task t
                  where t.org_id = ${orgId} and t.project_id = p.id and t.category = 'started')
         where p.org_id = ${orgId} and p.id = any(${projectIds}::uuid[])
           and p.wip_limit is not null`
      await sql`
        update work.project p set next_number = n.next
          from (select project_id, max(number) + 1 as next from work.task
                 where org_id = ${orgId} group by project_id) n
         where p.org_id = ${orgId} and p.id = any(${projectIds}::uuid[]) and p.id = n.project_id
           and p.next_number < n.next`
    },
  }
}

/** Tells whether the tables refused rows: ids given twice, numbers taken, values out of range. */
const isUnfit = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  typeof error.code === 'string' &&
  /^(22|23)/.test(error.code)

const unfit = (kind: string) => {
  const message =
    `The ${kind} lines do not fit together or meet others here; ` +
    'nothing was imported. Export the source again.'
  return refuse('invalid', 'work.import_not_valid', message, { kind })
}
