import type { Ground } from '../../platform/room.ts'
import type { SignInSettings, SignInSettingsStore } from '../application/sign-in-ports.ts'

const UNSET: SignInSettings = { secondFactor: 'admins', version: 0 }

/** Keeps who has to have a second factor. */
export const signInSettingsStore = ({ sql, orgId }: Ground): SignInSettingsStore => ({
  async read() {
    const found = await sql.maybe<SignInSettings>`
      select second_factor as "secondFactor", version from identity.sign_in_settings
       where org_id = ${orgId}`
    return found ?? UNSET
  },
  async save({ secondFactor, version }) {
    const [saved] = await sql`
      insert into identity.sign_in_settings as s (org_id, second_factor, version)
      values (${orgId}, ${secondFactor}, ${version})
      on conflict (org_id) do update
         set second_factor = excluded.second_factor, version = excluded.version
       where s.version = ${version - 1}
      returning org_id`
    return saved !== undefined
  },
})
