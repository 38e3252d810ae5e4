import { systemActor, HUB_ORG } from '../../kernel/actor.ts'
import type { Happened } from '../../kernel/event.ts'
import type { NewId, Random } from '../../kernel/id.ts'
import type { Call } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import type { Database } from '../../platform/database.ts'
import { startLedger } from '../../platform/ledger/ledger.ts'
import { outboxInserts } from '../../platform/ledger/outbox.ts'
import type { Ground } from '../../platform/room.ts'
import type { Sql } from '../../platform/sql.ts'
import { mintLink } from '../application/issue-link.ts'
import { mintKey } from '../application/mint-key.ts'
import { GrantGiven, KeyIssued, OrgCreated, PrincipalAdded } from '../contract.ts'
import { TAG_BYTES, tagOf } from '../domain/key.ts'
import { linkText } from '../domain/link.ts'
import { newPrincipal } from '../domain/principal.ts'
import { LinkIssued, OwnerSetUp } from '../events.ts'
import { accountStore } from './account-store.ts'
import { grantStore } from './grant-store.ts'
import { keyStore } from './key-store.ts'
import { linkStore } from './link-store.ts'
import { OWNER_KEY } from './owner-key.ts'
import { principalStore } from './principal-store.ts'

/** What making the first organisation needs. */
export type FirstRun = Readonly<{
  database: Database
  now: () => number
  newId: NewId
  random: Random
  /** The organisation to make; left out: the one that a fresh hub starts with. */
  org?: Readonly<{ slug: string; name: string }>
  /** Puts the owner's key where the owner finds it; before the commit, so that it is never lost. */
  write: (key: string) => Promise<void>
}>

/** The organisation that a fresh hub starts with. */
export const FIRST_ORG = { slug: 'main', name: 'Guildhall' } as const
const OWNER = 'owner'

/**
 * Makes the hub's own organisation, the first one of people, its owner and the owner's key.
 * Gives both ids and the key's text, once: `null` where the owner is there already.
 */
export const firstRun = async (
  options: FirstRun,
): Promise<Readonly<{ orgId: string; key: string | null }>> => {
  const { database, newId } = options
  const { orgId } = await database.system(async (sql) => {
    await ensureOrg(sql, options, { orgId: HUB_ORG, slug: 'hub', name: 'Hub' })
    return ensureOrg(sql, options, { orgId: newId(), ...(options.org ?? FIRST_ORG) })
  })
  const key = await makeOwner(options, orgId)
  return { orgId, key }
}

/** Makes another key for the owner, for whom the file with the first one is lost. */
export const reissueOwnerKey = (options: FirstRun): Promise<string> =>
  firstOrg(options.database).then((orgId) =>
    inOrg(options, { orgId, operation: 'identity.reissue_owner_key' }, async (ground, call) => {
      if (await accountStore(ground).hasOwnerWhoSignsIn()) throw setUpAlready()
      const [id] = await grantStore(ground).lockOwners()
      const [owner] = id === undefined ? [] : await principalStore(ground).find({ ids: [id] })
      if (!owner || owner.kind !== 'person') {
        const message = 'No active person owns this organisation; restore a backup.'
        throw refuse('conflict', 'identity.no_owner', message)
      }
      const { text, event } = await addKey(ground, call, owner.id)
      await options.write(text)
      return { value: text, happened: [event] }
    }),
  )

/** The event after which the file with the owner's key can go: its key is over. */
export const OWNER_SET_UP = OwnerSetUp.event

/** Tells whether an owner of the hub's first organisation has a password or a passkey. */
export const isSignInSetUp = async (database: Database): Promise<boolean> => {
  const orgId = await firstOrg(database)
  return accountStore({ sql: database.read(orgId), orgId }).hasOwnerWhoSignsIn()
}

/**
 * Makes the link by which the owner gets a name and a password, for the start to print; those of
 * earlier starts are over. Gives `null` where an owner can sign in already.
 */
export const setUpLink = (
  options: Omit<FirstRun, 'write'> & Readonly<{ address: string }>,
): Promise<string | null> =>
  firstOrg(options.database).then((orgId) =>
    inOrg<string | null>(
      options,
      { orgId, operation: 'identity.make_set_up_link' },
      async (ground, call) => {
        const accounts = accountStore(ground)
        const [id] = await grantStore(ground).lockOwners()
        const owner = id === undefined ? null : await accounts.get(id)
        if (!owner || owner.kind !== 'person' || (await accounts.hasOwnerWhoSignsIn())) {
          return { value: null, happened: [] }
        }
        const links = linkStore(ground)
        const { tag } = await keyStore(ground).organisation()
        const about = { purpose: 'set_up', principalId: owner.id, gives: null } as const
        const { epoch, email } = owner
        const { link, secretSha256, token } = mintLink(call, tag, { ...about, epoch, email })
        await links.withdrawAll({ purpose: 'set_up', principalId: owner.id }, call.now)
        await links.add(link, secretSha256)
        const { id: linkId, expiresAt } = link
        const happened = { linkId, purpose: 'set_up', principalId: owner.id, expiresAt } as const
        return {
          value: linkText(options.address, 'set_up', token),
          happened: [LinkIssued({ ...happened, mailed: false })],
        }
      },
    ),
  )

const setUpAlready = () => {
  const message = 'An owner signs in with a password or a passkey; sign in, and make a key there.'
  return refuse('conflict', 'identity.sign_in_set_up', message)
}

/** Finds the organisation that the hub started with. */
export const firstOrg = async (database: Database): Promise<string> => {
  const found = await database.read(HUB_ORG).maybe<{ orgId: string }>`
    select org_id as "orgId" from identity.org_directory where slug = ${FIRST_ORG.slug}`
  if (found) return found.orgId
  const message = 'This hub has no organisation yet; start it once.'
  throw refuse('conflict', 'identity.no_organisation', message)
}

type Org = Readonly<{ orgId: string; slug: string; name: string }>

/** Adds an organisation and its ledger where its slug is free; two hubs may try at once. */
const ensureOrg = async (sql: Sql, { random, now }: FirstRun, org: Org) => {
  const tag = tagOf(random(new Uint8Array(TAG_BYTES)))
  const [made] = await sql`
    insert into identity.org_directory (org_id, tag, slug, name)
    values (${org.orgId}, ${tag}, ${org.slug}, ${org.name})
    on conflict do nothing
    returning org_id`
  if (made) await startLedger(sql, org.orgId, now())
  return sql.one<{ orgId: string }>`
    select org_id as "orgId" from identity.org_directory where slug = ${org.slug}`
}

const makeOwner = (options: FirstRun, orgId: string): Promise<string | null> =>
  inOrg<string | null>(
    options,
    { orgId, operation: 'identity.first_run' },
    async (ground, call) => {
      const principalId = call.newId<'principal'>()
      const owner = newPrincipal({ id: principalId, kind: 'person', handle: OWNER })
      const added = await principalStore(ground).addFree([owner], call.now)
      if (added.size === 0) return { value: null, happened: [] }
      const grant = { principalId, role: 'owner', projectId: null }
      await grantStore(ground).give(grant, { id: call.actor.id, at: call.now })
      const { text, event } = await addKey(ground, call, principalId)
      await options.write(text)
      const happened = [
        OrgCreated({ orgId, slug: (options.org ?? FIRST_ORG).slug }),
        PrincipalAdded(
          { principalId, kind: 'person', responsibleId: null, version: 1 },
          { personal: { handle: OWNER } },
        ),
        GrantGiven(grant),
        event,
      ]
      return { value: text, happened }
    },
  )

const addKey = async (ground: Ground, call: Call, principalId: string) => {
  const keys = keyStore(ground)
  const { tag } = await keys.organisation()
  const { id, text, prefix, secretSha256 } = mintKey(call, { kind: 'person', tag })
  // The owner's key has no end: it lies in a file that only the owner reads, and an owner who is
  // locked out of the own machine after three months is not safer.
  const open = { scopes: null, projectIds: null, expiresAt: null }
  const row = { id, principalId, name: OWNER_KEY, prefix, ...open }
  const made = { createdBy: call.actor.id, createdAt: call.now, revokedAt: null, lastUsedAt: null }
  await keys.add({ ...row, ...made }, secretSha256)
  return { text, event: KeyIssued({ keyId: id, principalId, ...open }) }
}

type Done<T> = Readonly<{ value: T; happened: readonly Happened[] }>

/** Runs one transaction of the hub in an organisation; its events travel with the commit. */
const inOrg = <T>(
  options: Omit<FirstRun, 'write'>,
  { orgId, operation }: Readonly<{ orgId: string; operation: string }>,
  body: (ground: Ground, call: Call) => Promise<Done<T>>,
): Promise<T> => {
  const { database, newId, random } = options
  const now = options.now()
  const call: Call = {
    actor: systemActor(orgId),
    door: 'job',
    now,
    newId,
    random,
    deadline: now + 30_000,
    signal: new AbortController().signal,
    trace: Buffer.from(random(new Uint8Array(16))).toString('hex'),
    idempotencyKey: null,
  }
  return database.write(orgId, async (sql) => {
    const { value, happened } = await body({ sql, orgId }, call)
    return { value, tail: outboxInserts(happened, call, operation) }
  })
}
