import { refuse } from '../../kernel/refusal.ts'
import {
  type ErasureJournal,
  eraseAndJournal,
  erasePrivate,
} from '../../platform/evidence/erasure.ts'
import { ledgerSubject } from '../../platform/subject/ledger-subject.ts'
import type { Ground } from '../../platform/room.ts'
import { at } from '../../platform/sql.ts'
import { keepersOf, type NamedSubject, type SubjectKeeper } from '../../platform/subject.ts'
import type { LegalHold, SubjectPort } from '../application/subject-ports.ts'
import type { Principal } from '../domain/principal.ts'
import { identitySubject } from './subject-store.ts'

/** Over what persons' data are kept: every room of the house, and the journal of erasures. */
export type SubjectGroundParts = Readonly<{
  subjects: () => readonly NamedSubject[]
  /** Without it a restored backup would bring back what was erased. */
  journal: ErasureJournal | null
}>

/** Joins what all rooms keep of persons; every part of it is in the caller's transaction. */
export const subjectPort = (ground: Ground, parts: SubjectGroundParts): SubjectPort => {
  const { sql, orgId } = ground
  return {
    ...holdStore(ground),
    async lock(id) {
      await sql`select id from identity.principal where org_id = ${orgId} and id = ${id} for update`
    },
    names: (person) => namesOf(ground, person),
    answersFor: (id) => sql<Principal>`
      select id, kind, handle, status, epoch, responsible_id as "responsibleId", skills,
             seat_limit as "seatLimit", version
        from identity.principal
       where org_id = ${orgId} and responsible_id = ${id} and status <> 'removed'
       order by handle`,
    async erase(id, { content, now, ...asked }) {
      const keepers: readonly SubjectKeeper[] = [
        ...keepersOf(parts.subjects()),
        { room: 'platform', data: ledgerSubject },
      ]
      // Asked before anything is gone: what ties them together is erased with the rest.
      const about = await Promise.all(
        keepers.map(async ({ data }) => (await data.alsoAbout?.(ground, id)) ?? []),
      )
      const rows: Record<string, number> = {}
      for (const { room, data } of keepers) {
        const counts = await data.erase(ground, id, { content, now, ...asked })
        for (const [name, count] of Object.entries(counts)) {
          if (count > 0) rows[`${room}.${name}`] = count
        }
      }
      // Last, so that no room can still need a part; the journal holds nothing but these ids.
      let gone = await eraseParts(ground, parts, { principalId: id, content, at: now })
      for (const subject of new Set(about.flat())) {
        gone += await eraseParts(ground, parts, { principalId: subject, content: false, at: now })
      }
      return { rows, parts: gone }
    },
    async remove({ id, handle, status, epoch, skills, seatLimit, version }) {
      const [saved] = await sql`
        update identity.principal
           set handle = ${handle}, status = ${status}, epoch = ${epoch},
               skills = ${skills}::text[], seat_limit = ${seatLimit}, version = ${version}
         where org_id = ${orgId} and id = ${id} and version = ${version - 1}
        returning id`
      if (saved) return
      const message = 'This person has changed; read them again, then decide.'
      throw refuse('conflict', 'identity.principal_changed', message)
    },
  }
}

/** The record of what somebody was called is erased with the rest, so it is read before. */
const namesOf = async (
  { sql, orgId }: Ground,
  { id, handle }: Principal,
): Promise<readonly string[]> => {
  const about = [id, ...((await identitySubject.alsoAbout?.({ sql, orgId }, id)) ?? [])]
  const rows = await sql<{ name: string }>`
    with told as (
      select id, happened_at from platform.ledger
       where org_id = ${orgId} and (subject = any(${about}::uuid[])
         or data ->> 'principalId' = ${id}::text)
      union all
      select id, happened_at from platform.outbox
       where org_id = ${orgId} and (subject = any(${about}::uuid[])
         or data ->> 'principalId' = ${id}::text))
    select distinct lower(b.value) as name
      from told t
      join platform.event_private p
        on p.org_id = ${orgId} and p.event_id = t.id and p.at = t.happened_at
       and p.part = 'personal'
     cross join lateral jsonb_each_text(p.body) as b (key, value)
     where b.key in ('name', 'email', 'handle') and b.value <> ''
    union
    select lower(v.name) from identity.person_profile f
     cross join lateral (values (f.name), (f.email)) as v (name)
     where f.org_id = ${orgId} and f.principal_id = ${id} and v.name is not null`
  return [...new Set([handle, ...rows.map(({ name }) => name)])]
}

const eraseParts = (
  { sql, orgId }: Ground,
  { journal }: SubjectGroundParts,
  erasure: Parameters<typeof erasePrivate>[2],
): Promise<number> =>
  journal === null
    ? erasePrivate(sql, orgId, erasure)
    : eraseAndJournal(sql, orgId, { erasure, journal })

const holdStore = ({ sql, orgId }: Ground): Pick<SubjectPort, 'hold' | 'setHold'> => ({
  async hold(id) {
    const found = await sql.maybe<LegalHold>`
      select reason, set_by as "by", set_at as "at" from identity.legal_hold
       where org_id = ${orgId} and principal_id = ${id}`
    return found ?? null
  },
  async setHold(id, hold) {
    if (hold === null) {
      const ended = await sql`
        delete from identity.legal_hold
         where org_id = ${orgId} and principal_id = ${id} returning principal_id`
      return ended.length > 0
    }
    const set = await sql`
      insert into identity.legal_hold as h (org_id, principal_id, reason, set_by, set_at)
      values (${orgId}, ${id}, ${hold.reason}, ${hold.by}, ${at(hold.at)})
      on conflict (org_id, principal_id) do update
         set reason = excluded.reason, set_by = excluded.set_by, set_at = excluded.set_at
       where h.reason <> excluded.reason
      returning principal_id`
    return set.length > 0
  },
})
