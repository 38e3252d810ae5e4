import { z } from 'zod'
import type { Seal, SealPlace } from '../../platform/keyring/seal.ts'
import { sealedColumn } from '../../platform/keyring/sealed-column.ts'
import type { Ground } from '../../platform/room.ts'
import { at, part } from '../../platform/sql.ts'
import type { MailStore, WaitingMail } from '../application/sign-in-ports.ts'

const FIELD = 'mail'
const placeOf = (orgId: string, id: string): SealPlace => ({
  ...{ orgId, secret: id, field: FIELD },
  version: 1,
})

const Mail = z.object({ to: z.string(), subject: z.string(), text: z.string() })
type MailRow = Readonly<{ id: string; sealed: string | null; tries: number }>

/** Keeps mails until they are sent; what was sent keeps nothing but that it was. */
export const mailStore = ({ sql, orgId }: Ground, seal: Seal): MailStore => ({
  async add(id, mail, now) {
    const plain = Buffer.from(JSON.stringify(mail))
    const sealed = mail && (await seal.seal(sql, placeOf(orgId, id), plain))
    await sql`
      insert into identity.mail (org_id, id, sealed, tries, due_at, created_at)
      values (${orgId}, ${id}, ${sealed}, 0, ${at(now)}, ${at(now)})`
  },
  async due(now, limit) {
    const rows = await sql<MailRow>`
      select id, sealed, tries from identity.mail
       where org_id = ${orgId} and done_at is null and due_at <= ${at(now)}
       order by due_at, id limit ${limit}`
    const waiting: WaitingMail[] = []
    for (const { id, sealed, tries } of rows) {
      const plain = sealed === null ? null : await seal.open(sql, placeOf(orgId, id), sealed)
      const mail = plain && Mail.parse(JSON.parse(Buffer.from(plain).toString('utf8')))
      waiting.push({ id, tries, mail })
    }
    return waiting
  },
  async done(ids, now) {
    await sql`
      update identity.mail set done_at = ${at(now)}, sealed = null
       where org_id = ${orgId} and id = any(${ids}::uuid[])`
  },
  async later(ids, dueAt) {
    await sql`
      update identity.mail set tries = tries + 1, due_at = ${at(dueAt)}
       where org_id = ${orgId} and id = any(${ids}::uuid[]) and done_at is null`
  },
  async forget(before) {
    await sql`
      delete from identity.mail
       where org_id = ${orgId} and done_at is not null and created_at < ${at(before)}`
  },
})

/** Mails that wait, for a change of the keys they are sealed under. */
export const mailSource = sealedColumn('identity.mail', {
  field: FIELD,
  table: part`identity.mail`,
  key: part`id`,
  sealed: part`sealed`,
})
