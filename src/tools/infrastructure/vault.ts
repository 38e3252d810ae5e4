import type { Happened } from '../../kernel/event.ts'
import type { Call } from '../../kernel/operation.ts'
import { notFound, refuse } from '../../kernel/refusal.ts'
import { CommitUnknown, type Database } from '../../platform/database.ts'
import type { Keyring } from '../../platform/keyring/keyring.ts'
import { outboxInserts } from '../../platform/ledger/outbox.ts'
import { withRetries } from '../../platform/pipeline/retry.ts'
import type { Scrubber } from '../../platform/scrub/scrubber.ts'
import type { Sql } from '../../platform/sql.ts'
import { leaseOver } from '../application/take-lease.ts'
import { type SecretRef, type SecretUse, type Vault } from '../contract.ts'
import { SecretUsed } from '../events.ts'
import { REMEMBER_MS } from './keyring-adapter.ts'
import { leaseStore } from './lease-store.ts'
import { OAUTH_FIELD, oauthSecret } from './oauth-secret-store.ts'
import { VALUE_FIELD } from './secret-source.ts'
import { secretStore } from './secret-store.ts'

/** What the vault stands on. */
export type VaultGround = Readonly<{
  database: Database
  keyring: () => Keyring
  scrubber: Pick<Scrubber, 'remember'>
  now: () => number
  /** Hears of each commit, so that it is sealed at once. */
  committed: (orgId: string, happened: readonly Happened[]) => void
}>

/**
 * Opens the vault of this process. That a secret is used is committed to the ledger, and the
 * lease counted, before anybody gets to see it: what cannot be recorded is not used.
 */
export const vaultOver = (ground: VaultGround): Vault => ({
  async use(ref, use, work) {
    const { call } = use
    const { orgId } = call.actor
    await ground.keyring().warm(orgId)
    const { plain, happened } = await withRetries(call, ground.now, () =>
      ground.database.write(orgId, (sql) => openRecorded(ground, sql, { ref, use })),
    ).catch((error: unknown) => {
      throw error instanceof CommitUnknown ? notRecorded() : error
    })
    ground.committed(orgId, happened)
    try {
      ground.scrubber.remember(plain, REMEMBER_MS)
      return await work(plain)
    } finally {
      plain.fill(0)
    }
  },
})

type Wanted = Readonly<{ ref: SecretRef; use: SecretUse }>

const openRecorded = async ({ keyring }: VaultGround, sql: Sql, { ref, use }: Wanted) => {
  const { call, purpose, lease } = use
  const { orgId } = call.actor
  await countLease(sql, use)
  const secrets = secretStore({ sql, orgId })
  const named = await secrets.find(ref)
  // Tokens of accounts are nobody's to name or replace; they are known by their ids alone.
  const secret = named ?? ('id' in ref ? await oauthSecret({ sql, orgId }, ref.id) : null)
  if (secret === null) throw notFound('This secret')
  const { id, version, projectId, fingerprint } = secret
  const field = named === null ? OAUTH_FIELD : VALUE_FIELD
  const plain = await keyring().open(sql, { orgId, secret: id, field, version }, secret.sealed)
  if (named !== null) await secrets.noteUse(id, call.now)
  const about = { secretId: id, projectId, secretVersion: version, fingerprint, leaseId: lease }
  const { kind, ...where } = purpose
  const happened = [SecretUsed({ ...about, purpose: kind, ...where })]
  const tail = outboxInserts(happened, call, 'tools.use_secret')
  return { value: { plain, happened }, tail }
}

const countLease = async (sql: Sql, { lease, purpose, call }: SecretUse): Promise<void> => {
  if (lease === null) {
    if (needsLease(call)) throw leaseNeeded()
    return
  }
  const { id: principalId, orgId } = call.actor
  const wanted = { id: lease, principalId, tool: purpose.tool ?? null, now: call.now }
  if ((await leaseStore({ sql, orgId }).count(wanted)) === null) throw leaseOver()
}

const needsLease = ({ actor }: Call): boolean => actor.kind === 'agent' || actor.kind === 'stranger'

const leaseNeeded = () => {
  const message = 'An agent uses secrets under a lease only: claim the task, then take one.'
  return refuse('forbidden', 'tools.lease_needed', message)
}

const notRecorded = () => {
  const message = 'The use of this secret could not be recorded, so it was not used; try again.'
  return refuse('unavailable', 'tools.use_not_recorded', message, { retryAfterS: 2 })
}
