import type { IdentityApi } from '../../identity/contract.ts'
import type { Call } from '../../kernel/operation.ts'
import type { Database } from '../../platform/database.ts'
import type { Happened } from '../../kernel/event.ts'
import { outboxInserts } from '../../platform/ledger/outbox.ts'
import { withRetries } from '../../platform/pipeline/retry.ts'
import type { Ground } from '../../platform/room.ts'
import type { ArgumentChecks, LeaseTaker, People, SecretShelf } from '../application/hub-ports.ts'
import { leaseOver, takeLease } from '../application/take-lease.ts'
import type { Keys, SecretStore } from '../application/ports.ts'
import { isObject } from '../domain/json.ts'
import { lastFour } from '../domain/secret.ts'
import { SecretCreated, SecretReplaced } from '../events.ts'
import { type ArgumentCheck } from './argument-check.ts'
import { leaseStore } from './lease-store.ts'

/** Calls that one lease of a claim is good for. */
const LEASE_CALLS = 1_000

/** Reads names of principals in the words of this room. */
export const peopleFrom = (identity: Pick<IdentityApi, 'handles' | 'byHandle'>): People => ({
  async handles(ids) {
    const found = await identity.handles([...new Set(ids)])
    return new Map([...found].map(([id, { handle }]) => [id, handle]))
  },
  async idsOf(handles) {
    const found = handles.length === 0 ? new Map() : await identity.byHandle(handles)
    return new Map([...found].map(([handle, { id }]) => [handle, id]))
  },
})

/** Judges arguments by the schemas that were approved. */
export const checksFrom = (check: ArgumentCheck): ArgumentChecks => ({
  problems({ hash, body }, args) {
    const schema = body['inputSchema']
    return check.check({ hash, schema: isObject(schema) ? schema : {}, args })
  },
  async judge(body) {
    const schema = body['inputSchema']
    const faults = await check.faultsOf(isObject(schema) ? schema : {})
    return faults.length === 0 ? null : faults.join('; ')
  },
})

/** Keeps credentials of connections among the organisation's secrets. */
export const secretShelf = (secrets: SecretStore, keys: Keys): SecretShelf => ({
  prepare: (value) => keys.prepare(new TextEncoder().encode(value)),
  async store({ name, value, fingerprint }, { call, emit }) {
    const ref = { name, projectId: null }
    const before = await secrets.lock(ref)
    const id = before?.id ?? call.newId()
    const version = (before?.version ?? 0) + 1
    const next = {
      ...{ version, fingerprint, last4: lastFour(value) },
      sealed: await keys.seal({ id, version }, new TextEncoder().encode(value)),
      ...{ createdBy: call.actor.id, createdAt: call.now },
    }
    const about = { secretId: id, projectId: null, version, fingerprint }
    if (before === null) {
      await secrets.add({ id, ...ref }, next)
      emit(SecretCreated(about, { content: { name } }))
    } else {
      await secrets.replace(id, next)
      emit(SecretReplaced(about, { content: { name } }))
    }
    return id
  },
  idOf: async (name) => (await secrets.find({ name, projectId: null }))?.id ?? null,
})

/** What taking leases stands on. */
export type LeaseGround = Readonly<{
  database: Database
  now: () => number
  committed: (orgId: string, happened: readonly Happened[]) => void
}>

/** Takes leases for agents who call tools within a claim, and counts their calls. */
export const leaseTaker = (ground: LeaseGround, { orgId }: Ground): LeaseTaker => ({
  async forClaim({ taskId, fence, connection, tool }, call: Call) {
    const happened: Happened[] = []
    const emit = (one: Happened) => happened.push(one)
    const id = await withRetries(call, ground.now, () =>
      ground.database.write(orgId, async (sql) => {
        happened.length = 0
        const leases = leaseStore({ sql, orgId })
        const who = { principalId: call.actor.id, now: call.now }
        const open = await leases.ofClaim({ ...who, taskId, fence, connection, tool })
        const wish = { taskId, fence, connection, tools: [tool], callsMax: LEASE_CALLS }
        const lease = open ?? (await takeLease(leases, wish, { call, emit })).id
        if ((await leases.count({ ...who, id: lease, tool })) === null) throw leaseOver()
        return { value: lease, tail: outboxInserts(happened, call, 'tools.take_lease') }
      }),
    )
    if (happened.length > 0) ground.committed(orgId, happened)
    return id
  },
})
