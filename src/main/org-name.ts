import { HUB_ORG } from '../kernel/actor.ts'
import type { Database } from '../platform/database.ts'

/** Gives the short name of an organisation, for sentences that people read. */
export const nameOfOrg = async (database: Database, orgId: string): Promise<string> => {
  const found = await database.read(HUB_ORG).maybe<{ slug: string }>`
    select slug from identity.org_directory where org_id = ${orgId}`
  return found?.slug ?? orgId
}
