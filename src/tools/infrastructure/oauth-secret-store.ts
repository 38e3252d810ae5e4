import type { Keyring } from '../../platform/keyring/keyring.ts'
import { sealedColumn } from '../../platform/keyring/sealed-column.ts'
import type { Ground } from '../../platform/room.ts'
import { at, part } from '../../platform/sql.ts'
import type { Prepared } from '../application/oauth-ports.ts'

/** The one field of a row that is sealed. */
export const OAUTH_FIELD = 'oauth'

/** What is sealed: tokens of a connection, the secret of a client. */
export type OauthSecretKind = 'access' | 'refresh' | 'client'

/** Tokens and secrets of clients, as a rotation of keys moves them. */
export const oauthSecretSource = sealedColumn('tools.oauth_secret', {
  field: OAUTH_FIELD,
  table: part`tools.oauth_secret`,
  key: part`id`,
  sealed: part`sealed`,
  version: part`version`,
})

/** A sealed value as the vault opens it. */
export type OauthSecret = Readonly<{
  id: string
  version: number
  projectId: null
  fingerprint: string
  sealed: string
}>

/** Finds a sealed value for the vault, which is the only one to open it. */
export const oauthSecret = async (
  { sql, orgId }: Ground,
  id: string,
): Promise<OauthSecret | null> => {
  const row = await sql.maybe<Omit<OauthSecret, 'projectId'>>`
    select s.id, s.version, s.fingerprint, s.sealed from tools.oauth_secret s
     where s.org_id = ${orgId} and s.id = ${id}`
  return row ? { ...row, projectId: null } : null
}

/** A place for a sealed value. */
export type OauthPlace = Readonly<{
  id: string
  /** The connection or the client that it belongs to. */
  ownerId: string
  kind: OauthSecretKind
  version: number
}>

/** Puts tokens and secrets away, sealed; nothing here gives one out. */
export const oauthSecretStore = ({ sql, orgId }: Ground, keyring: () => Keyring) => {
  const sealedAt = ({ id, version }: Pick<OauthPlace, 'id' | 'version'>, value: string) =>
    keyring().seal(sql, { orgId, secret: id, field: OAUTH_FIELD, version }, Buffer.from(value))
  return {
    async put(place: OauthPlace, { value, fingerprint }: Prepared, now: number): Promise<void> {
      const { id, ownerId, kind, version } = place
      const sealed = await sealedAt(place, value)
      await sql`
        insert into tools.oauth_secret
          (org_id, id, owner_id, kind, version, sealed, fingerprint, created_at)
        values (${orgId}, ${id}, ${ownerId}, ${kind}, ${version}, ${sealed}, ${fingerprint},
                ${at(now)})
        on conflict (org_id, id) do update
           set version = excluded.version, sealed = excluded.sealed,
               fingerprint = excluded.fingerprint, created_at = excluded.created_at`
    },
    async removeOf(ownerId: string): Promise<void> {
      await sql`delete from tools.oauth_secret where org_id = ${orgId} and owner_id = ${ownerId}`
    },
  }
}
