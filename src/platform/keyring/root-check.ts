import type { Random } from '../../kernel/id.ts'
import type { Database } from '../database.ts'
import type { Sql } from '../sql.ts'
import { bindingOf } from './envelope.ts'
import { kekBinding, wrongRoot } from './key-chain.ts'
import { keysUnderRoot, rewrapKept } from './org-keys.ts'
import type { RootKey } from './root.ts'

// At every start the root key has to open a value that the first start wrapped. A hub with another
// key would seal new secrets beside old ones that it cannot open, and nobody would notice for days.

const NAME = 'root_check'
const BINDING = bindingOf('guildhall/check/v1')
const CHECK_BYTES = 32
const BATCH = 100

/** Tells whether anything was ever sealed in this database: then no root key may be made. */
export const hasSealed = (database: Database): Promise<boolean> =>
  database.system(async (sql) => {
    const { found } = await sql.one<{ found: boolean }>`
      select exists (select 1 from platform.org_kek)
          or exists (select 1 from platform.hub where name = ${NAME}) as found`
    return found
  })

type Checked = Readonly<{ rootId: string; wrapped: string }>

const readCheck = async (sql: Sql): Promise<Checked | null> => {
  const row = await sql.maybe<{ value: string }>`
    select value from platform.hub where name = ${NAME}`
  const [rootId, wrapped] = row?.value.split(' ') ?? []
  return rootId !== undefined && wrapped !== undefined ? { rootId, wrapped } : null
}

type Checking = Readonly<{
  database: Database
  root: RootKey
  former: readonly RootKey[]
  random: Random
}>

/**
 * Refuses a root key that does not open this hub, before anything is written. Over sealed data
 * without a check value the key has to open the oldest key there is. What a former root key wraps
 * is wrapped anew under the one in force.
 */
export const checkRoot = async (checking: Checking, hubHasSealed: boolean): Promise<void> => {
  const { database, root, former } = checking
  const kept = await database.system(readCheck)
  if (kept === null) {
    if (hubHasSealed) await openOldest(checking)
    return writeFirst(checking)
  }
  const opener = [root, ...former].find(({ id }) => id === kept.rootId)
  const opened = (await opener?.unwrap(kept.wrapped, BINDING)) ?? null
  if (!opener || opened?.length !== CHECK_BYTES) throw wrongRoot(kept.rootId, root.id)
  if (opener.id !== root.id) await moveFrom(opener, checking, opened)
}

const openOldest = async ({ database, root, former }: Checking): Promise<void> => {
  const oldest = await database.system(
    (sql) => sql.maybe<{ orgId: string; id: string; wrapped: string; rootId: string }>`
      select org_id as "orgId", id, wrapped, root_id as "rootId" from platform.org_kek
       where state <> 'dead' order by created_at, id limit 1`,
  )
  if (!oldest) return
  const opener = [root, ...former].find(({ id }) => id === oldest.rootId)
  const key = await opener?.unwrap(oldest.wrapped, kekBinding(oldest.orgId, oldest.id))
  if (!key) throw wrongRoot(oldest.rootId, root.id)
  key.fill(0)
}

const writeFirst = async ({ database, root, random }: Checking): Promise<void> => {
  const value = random(new Uint8Array(CHECK_BYTES))
  const wrapped = await root.wrap(value, BINDING)
  const kept = await database.system(async (sql) => {
    await sql`
      insert into platform.hub (name, value) values (${NAME}, ${`${root.id} ${wrapped}`})
      on conflict (name) do nothing`
    return readCheck(sql)
  })
  if (kept?.wrapped === wrapped) return
  // Another hub was first: it may have another key.
  const opened = kept?.rootId === root.id ? await root.unwrap(kept.wrapped, BINDING) : null
  if (opened === null) throw wrongRoot(kept?.rootId ?? 'none', root.id)
}

/** Wraps every key that a former root wraps under the one in force; the check value comes last. */
const moveFrom = async (
  opener: RootKey,
  { database, root }: Checking,
  check: Uint8Array,
): Promise<void> => {
  const moveBatch = () =>
    database.system(async (sql) => {
      const keys = await keysUnderRoot(sql, opener.id, BATCH)
      for (const { orgId, id, wrapped } of keys) {
        const key = await opener.unwrap(wrapped, kekBinding(orgId, id))
        if (key === null) throw wrongRoot(opener.id, root.id)
        const moved = await root.wrap(key, kekBinding(orgId, id))
        key.fill(0)
        await rewrapKept(sql, orgId, { id, wrapped: moved, rootId: root.id })
      }
      return keys.length
    })
  while ((await moveBatch()) > 0);
  const wrapped = await root.wrap(check, BINDING)
  await database.system(
    (sql) => sql`update platform.hub set value = ${`${root.id} ${wrapped}`} where name = ${NAME}`,
  )
}
