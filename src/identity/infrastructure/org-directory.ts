import { LRUCache } from 'lru-cache'
import { HUB_ORG } from '../../kernel/actor.ts'
import type { OpenTo } from '../../kernel/operation.ts'
import type { Database } from '../../platform/database.ts'

const ENTRIES_MAX = 10_000

/** Finds organisations before anybody is known: by the tag of a credential, or by name. */
export type OrgDirectory = Readonly<{
  byTag(tag: string): Promise<string | null>
  /** The hub's own organisation, where nobody signs in, stands for one that does not exist. */
  named(about: OpenTo): Promise<string>
}>

/** Reads the directory; a tag never changes, so it is asked for once. */
export const orgDirectory = (database: Database): OrgDirectory => {
  const tags = new LRUCache<string, string>({ max: ENTRIES_MAX })
  // The directory is a reference table; the organisation that asks makes no difference.
  const sql = () => database.read(HUB_ORG)
  const byTag = async (tag: string): Promise<string | null> => {
    const known = tags.get(tag)
    if (known !== undefined) return known
    const found = await sql().maybe<{ orgId: string }>`
      select org_id as "orgId" from identity.org_directory where tag = ${tag}`
    if (found) tags.set(tag, found.orgId)
    return found?.orgId ?? null
  }
  return {
    byTag,
    async named(about) {
      if (about !== null && 'tag' in about) return (await byTag(about.tag)) ?? HUB_ORG
      const slug = about?.slug ?? null
      const found = await sql()<{ orgId: string }>`
        select org_id as "orgId" from identity.org_directory
         where org_id <> ${HUB_ORG} and (${slug}::text is null or slug = ${slug}) limit 2`
      return (found.length === 1 && found[0]?.orgId) || HUB_ORG
    },
  }
}

/** Gives the short name of an organisation, for sentences that people read. */
export const nameOfOrg = async (database: Database, orgId: string): Promise<string> => {
  const found = await database.read(HUB_ORG).maybe<{ slug: string }>`
    select slug from identity.org_directory where org_id = ${orgId}`
  return found?.slug ?? orgId
}
