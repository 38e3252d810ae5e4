import type { Seal, SealPlace } from '../../platform/keyring/seal.ts'
import { sealedColumn } from '../../platform/keyring/sealed-column.ts'
import type { Ground } from '../../platform/room.ts'
import { at, json, part } from '../../platform/sql.ts'
import type { FactorStore } from '../application/factor-ports.ts'

const FIELD = 'totp'
const placeOf = (orgId: string, id: string): SealPlace => ({
  ...{ orgId, secret: id, field: FIELD },
  version: 1,
})

type TotpRow = Readonly<{ id: string; sealed: string; lastStep: number }>

/** Keeps second factors: the generator's secret sealed, backup codes as hashes. */
export const factorStore = ({ sql, orgId }: Ground, seal: Seal): FactorStore => ({
  async hasTotp(principalId) {
    const found = await sql`
      select id from identity.totp
       where org_id = ${orgId} and principal_id = ${principalId} and confirmed_at is not null`
    return found.length > 0
  },
  async totp(principalId, state) {
    const row = await sql.maybe<TotpRow>`
      select id, sealed, last_step as "lastStep" from identity.totp
       where org_id = ${orgId} and principal_id = ${principalId}
         and (confirmed_at is not null) = ${state === 'confirmed'}
       order by id desc limit 1`
    if (!row) return null
    const { id, sealed, lastStep } = row
    return { id, lastStep, secret: await seal.open(sql, placeOf(orgId, id), sealed) }
  },
  async addTotp({ id, secret, lastStep }, principalId, now) {
    const sealed = await seal.seal(sql, placeOf(orgId, id), secret)
    await sql`
      delete from identity.totp
       where org_id = ${orgId} and principal_id = ${principalId} and confirmed_at is null`
    await sql`
      insert into identity.totp (org_id, id, principal_id, sealed, last_step, created_at)
      values (${orgId}, ${id}, ${principalId}, ${sealed}, ${lastStep}, ${at(now)})`
  },
  async confirmTotp(id, principalId, { step, now }) {
    // The one before goes first: an account has one generator.
    await sql`
      delete from identity.totp
       where org_id = ${orgId} and principal_id = ${principalId} and confirmed_at is not null`
    const [confirmed] = await sql`
      update identity.totp set confirmed_at = ${at(now)}, last_step = ${step}
       where org_id = ${orgId} and id = ${id} and principal_id = ${principalId}
         and confirmed_at is null
      returning id`
    return confirmed !== undefined
  },
  async useStep(id, step) {
    const [used] = await sql`
      update identity.totp set last_step = ${step}
       where org_id = ${orgId} and id = ${id} and last_step < ${step}
      returning id`
    return used !== undefined
  },
  async removeTotp(principalId) {
    const removed = await sql`
      delete from identity.totp
       where org_id = ${orgId} and principal_id = ${principalId}
      returning confirmed_at`
    return removed.length > 0
  },
  async codesLeft(principalId) {
    const { left } = await sql.one<{ left: number }>`
      select count(*) as "left" from identity.backup_code
       where org_id = ${orgId} and principal_id = ${principalId} and used_at is null`
    return left
  },
  async code(principalId, slot) {
    const found = await sql.maybe<{ phc: string }>`
      select phc from identity.backup_code
       where org_id = ${orgId} and principal_id = ${principalId} and slot = ${slot}
         and used_at is null`
    return found?.phc ?? null
  },
  async useCode(principalId, { slot, phc }, now) {
    const [used] = await sql`
      update identity.backup_code set used_at = ${at(now)}
       where org_id = ${orgId} and principal_id = ${principalId} and slot = ${slot}
         and phc = ${phc} and used_at is null
      returning slot`
    return used !== undefined
  },
  async replaceCodes(principalId, phcs) {
    const codes = phcs.map((phc, slot) => ({ slot, phc }))
    await sql`
      insert into identity.backup_code (org_id, principal_id, slot, phc)
      select ${orgId}, ${principalId}, c.slot, c.phc
        from jsonb_to_recordset(${json(codes)}::jsonb) as c (slot smallint, phc text)
      on conflict (org_id, principal_id, slot) do update
         set phc = excluded.phc, used_at = null`
  },
  async removeCodes(principalId) {
    await sql`
      delete from identity.backup_code
       where org_id = ${orgId} and principal_id = ${principalId}`
  },
})

/** The secrets of generators, for a change of the keys they are sealed under. */
export const totpSource = sealedColumn('identity.totp', {
  field: FIELD,
  table: part`identity.totp`,
  key: part`id`,
  sealed: part`sealed`,
})
