import type { Ground } from '../../platform/room.ts'
import { at, part } from '../../platform/sql.ts'
import type { Account, AccountStore, Risen } from '../application/sign-in-ports.ts'
import { saveProfile } from './profile-rows.ts'
import { OWNER_KEY } from './owner-key.ts'

const COLUMNS = part`
  p.id, p.kind, p.handle, p.status, p.epoch, f.name, f.email,
  f.email_verified_at as "emailVerifiedAt", w.phc`

const ACCOUNTS = part`
  identity.principal p
  left join identity.person_profile f on f.org_id = p.org_id and f.principal_id = p.id
  left join identity.password w on w.org_id = p.org_id and w.principal_id = p.id`

/** Keeps how people sign in: their address, their password, the epoch of what they have open. */
export const accountStore = ({ sql, orgId }: Ground): AccountStore => ({
  async byEmail(email) {
    const found = await sql.maybe<Account>`
      select ${COLUMNS} from ${ACCOUNTS}
       where p.org_id = ${orgId} and lower(f.email) = ${email.toLowerCase()} and p.kind = 'person'`
    return found ?? null
  },
  get: async (id) => (await find({ sql, orgId }, id)) ?? null,
  async lock(id) {
    // Two statements: the account is read after whoever changes it has gone.
    await sql`
      select id from identity.principal where org_id = ${orgId} and id = ${id} for update`
    return (await find({ sql, orgId }, id)) ?? null
  },
  async setPassword(id, phc, now) {
    await sql`
      insert into identity.password (org_id, principal_id, phc, changed_at)
      values (${orgId}, ${id}, ${phc}, ${at(now)})
      on conflict (org_id, principal_id) do update
         set phc = excluded.phc, changed_at = excluded.changed_at`
  },
  async rehash(id, { from, to }) {
    await sql`
      update identity.password set phc = ${to}
       where org_id = ${orgId} and principal_id = ${id} and phc = ${from}`
  },
  setProfile: (id, profile) => saveProfile({ sql, orgId }, id, profile),
  raiseEpoch: (id) => sql.one<Risen>`
    update identity.principal set epoch = epoch + 1, version = version + 1
     where org_id = ${orgId} and id = ${id}
    returning epoch, version`,
  async hasOwnerWhoSignsIn() {
    const found = await sql`
      select p.id
        from identity.principal p
        join identity.grant g on g.org_id = p.org_id and g.principal_id = p.id
       where p.org_id = ${orgId} and p.status = 'active' and p.kind = 'person'
         and g.role_key = 'owner' and g.scope_kind = 'org' and g.effect = 'allow'
         and (exists (select from identity.password w
                       where w.org_id = ${orgId} and w.principal_id = p.id)
           or exists (select from identity.passkey k
                       where k.org_id = ${orgId} and k.principal_id = p.id))
       limit 1`
    return found.length > 0
  },
  async endOwnerKeys(id, now) {
    const ended = await sql<{ id: string }>`
      update identity.api_key set revoked_at = ${at(now)}
       where org_id = ${orgId} and principal_id = ${id} and name = ${OWNER_KEY}
         and created_by <> ${id} and revoked_at is null
      returning id`
    return ended.map((key) => key.id)
  },
})

const find = ({ sql, orgId }: Ground, id: string) => sql.maybe<Account>`
  select ${COLUMNS} from ${ACCOUNTS} where p.org_id = ${orgId} and p.id = ${id}`
