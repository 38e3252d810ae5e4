import { createHash } from 'node:crypto'
import { canonical } from '../../kernel/canonical.ts'
import type { Call } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { at, json, type Query, query, type Sql } from '../sql.ts'

/** Hashes a parsed input: the same key with another input is a mistake of the caller. */
export const requestHash = (input: unknown): Buffer =>
  createHash('sha256').update(canonical(input)).digest()

// An output of `null` stands for one that held a secret.
type Kept = { request_hash: Buffer; response: { output: unknown } | null }
type Request = Readonly<{ operation: string; hash: Buffer }>

/**
 * Takes the call's idempotency key as the first statement of its transaction: a duplicate under
 * way waits here. Gives the kept answer when the key was used before for the same input.
 */
export const takeKey = async (
  sql: Sql,
  call: Call,
  request: Request,
): Promise<{ output: unknown } | null> => {
  const { orgId, id } = call.actor
  const [fresh] = await sql`
    insert into platform.idempotency (org_id, actor, operation, key, request_hash, created_at)
    values (${orgId}, ${id}, ${request.operation}, ${call.idempotencyKey}, ${request.hash},
            ${at(call.now)})
    on conflict (org_id, actor, operation, key) do nothing returning key`
  if (fresh !== undefined) return null
  // Locked, since the key of a long poll that has found nothing yet may be taken once more.
  const kept = await sql.maybe<Kept>`
    select request_hash, response from platform.idempotency
     where org_id = ${orgId} and actor = ${id}
       and operation = ${request.operation} and key = ${call.idempotencyKey}
       for update`
  return kept ? replayOf(kept, request) : null
}

/** Gives the answer that was kept for a key; refuses when it belongs to another input. */
const replayOf = (kept: Kept, request: Request): { output: unknown } | null => {
  if (!kept.request_hash.equals(request.hash)) {
    const message = 'This idempotency key was used for another input; take a fresh key.'
    throw refuse('invalid', 'platform.key_reused', message)
  }
  if (kept.response?.output === null) {
    const message = 'This was done before, and its secret is shown once only; make another one.'
    throw refuse('conflict', 'platform.secret_shown_once', message)
  }
  return kept.response
}

/** Keeps the answer under the call's key; travels with the commit. */
export const keepAnswer = (call: Call, operation: string, output: unknown): Query => query`
  update platform.idempotency set response = ${json({ output })}::jsonb
   where org_id = ${call.actor.orgId} and actor = ${call.actor.id}
     and operation = ${operation} and key = ${call.idempotencyKey}`
