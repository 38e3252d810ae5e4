import { refuse } from '../../kernel/refusal.ts'
import type { Ground } from '../../platform/room.ts'
import { atOrNull } from '../../platform/sql.ts'
import type { Profile } from '../application/ports.ts'

/** Keeps the erasable fields of a person; refuses an address that somebody else has. */
export const saveProfile = async (
  { sql, orgId }: Ground,
  id: string,
  { name, email, verifiedAt }: Profile & Readonly<{ verifiedAt: number | null }>,
): Promise<void> => {
  const [other] = await sql`
    select principal_id from identity.person_profile
     where org_id = ${orgId} and lower(email) = ${email?.toLowerCase() ?? null}
       and principal_id <> ${id}`
  if (other) throw taken()
  await sql`
    insert into identity.person_profile
      (org_id, principal_id, name, email, email_verified_at)
    values (${orgId}, ${id}, ${name}, ${email}, ${atOrNull(verifiedAt)}::timestamptz)
    on conflict (org_id, principal_id) do update
       set name = excluded.name, email = excluded.email,
           email_verified_at = excluded.email_verified_at`.catch((error: unknown) => {
    // Somebody took the address between the two statements.
    throw isTaken(error) ? taken() : error
  })
}

const isTaken = (error: unknown): boolean =>
  error instanceof Error && 'constraint' in error && error.constraint === 'person_profile_email'

const taken = () => {
  const message = 'Somebody here has this address already; take another one.'
  return refuse('conflict', 'identity.email_taken', message, { field: 'email' })
}
