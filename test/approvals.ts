import { randomFillSync } from 'node:crypto'
import type { z } from 'zod'
import type { AgentsApi, ApprovalWish } from '../src/agents/contract.ts'
import { agentsApi } from '../src/agents/room.ts'
import type { Actor } from '../src/kernel/actor.ts'
import type { Happened } from '../src/kernel/event.ts'
import { idMaker } from '../src/kernel/id.ts'
import type { Call, Words } from '../src/kernel/operation.ts'
import type { Database } from '../src/platform/database.ts'
import { outboxInserts } from '../src/platform/ledger/outbox.ts'

type Wish = z.input<typeof ApprovalWish>
type Ground = Readonly<{ database: Database; clock: Readonly<{ now: () => number }> }>

const random = (bytes: Uint8Array) => randomFillSync(bytes)

/** A wish as the hub of tools has it; with no word of its own, the call of a tool. */
export const wishOf = (more: Partial<Wish> = {}): Wish => ({
  kind: 'tool',
  text: 'Delete the branch gone',
  bound: {
    ...{ run: null, effectKey: 'call-1', tool: 'git__delete_branch' },
    definitionSha256: 'a'.repeat(64),
    args: { branch: 'gone', force: true },
  },
  policyVersion: 3,
  projectId: null,
  risk: 'normal',
  needs: 1,
  ref: { room: 'tools', id: 'call-1' },
  ...more,
})

const callOf = ({ clock }: Ground, actor: Actor): Call => ({
  actor,
  door: 'http',
  now: clock.now(),
  newId: idMaker(clock.now, random),
  random,
  deadline: clock.now() + 10_000,
  signal: new AbortController().signal,
  trace: '0'.repeat(32),
  idempotencyKey: null,
})

/** Does something with approvals as another room does: in a transaction of its own. */
export const asRoom = <T>(
  ground: Ground,
  actor: Actor,
  work: (api: AgentsApi, words: Pick<Words, 'call' | 'emit'>) => Promise<T>,
): Promise<T> =>
  ground.database.write(actor.orgId, async (sql) => {
    const happened: Happened[] = []
    const call = callOf(ground, actor)
    const emit = (event: Happened) => void happened.push(event)
    const value = await work(agentsApi({ sql, orgId: actor.orgId }), { call, emit })
    return { value, tail: outboxInserts(happened, call, 'tools.call_tool') }
  })

/** Asks for an approval as the hub of tools does. */
export const askFor = (ground: Ground, actor: Actor, more: Partial<Wish> = {}) =>
  asRoom(ground, actor, (api, words) => api.ask(wishOf(more), words))

/** The same person, as a browser shows them. */
export const atPage = (person: Actor, now: number): Actor => ({
  ...person,
  via: 'session',
  authTime: now,
  amr: ['pwd'],
})
