import { randomFillSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'
import type { Happened } from '../../kernel/event.ts'
import { idMaker } from '../../kernel/id.ts'
import type { Call } from '../../kernel/operation.ts'
import type { CallTail, NewCall } from '../application/hub-records.ts'
import { callJournals } from './call-journal.ts'
import { callStore } from './call-store.ts'

const ground = async () => {
  const { orgId, owner, clock, database } = await bench()
  const random = (bytes: Uint8Array) => randomFillSync(bytes)
  const newId = idMaker(clock.now, random)
  const committed: (readonly Happened[])[] = []
  const journals = callJournals({
    ...{ database, now: clock.now },
    committed: (_, happened) => committed.push(happened),
  })
  const call = (): Call => ({
    ...{ actor: owner, door: 'http', now: clock.now(), newId, random, trace: 'a'.repeat(32) },
    ...{ deadline: clock.now() + 30_000, idempotencyKey: null },
    signal: new AbortController().signal,
  })
  const record = (more: Partial<NewCall> = {}): NewCall => ({
    ...{ id: newId(), at: Math.trunc(clock.now()), principalId: owner.id, onBehalfOf: null },
    ...{ door: 'http', taskId: null, projectId: null, upstreamId: newId(), tool: 'echo' },
    ...{ definitionHash: 'h', argsSha256: 'a', effect: 'read', connectionId: null, leaseId: null },
    ...{ approvalId: null, trace: null, key: null, ...more },
  })
  const calls = callStore({ sql: database.read(orgId), orgId })
  return { journal: journals.of(orgId), call, record, calls, committed, database, orgId }
}

const done = (more: Partial<CallTail> = {}): CallTail => ({
  ...{ end: { state: 'done', ms: 3, bytes: 10, code: null }, result: null, labels: [] },
  ...{ definitionId: '', ...more },
})

const ALL = { principalId: null, upstreamId: null, tool: null, visible: null, before: null }

test('a thousand calls at once have a thousand numbers and events, in few commits', async () => {
  const { journal, call, record, calls, committed } = await ground()
  const ended = await Promise.all(
    Array.from({ length: 1_000 }, () => journal.end(record(), done(), call())),
  )
  expect(new Set(ended.map(({ number }) => number)).size).toBe(1_000)
  expect(committed.length).toBeLessThan(50)
  expect(committed.flat().filter(({ name }) => name === 'tools.call_ended')).toHaveLength(1_000)
  const listed = await calls.list({ ...ALL, limit: 1_000 })
  expect(new Set(listed.map(({ id }) => id))).toEqual(new Set(ended.map(({ id }) => id)))
})

test('calls one after the other are numbered without gaps while they come slowly', async () => {
  const { journal, call, record } = await ground()
  const first = await journal.end(record(), done(), call())
  expect(first.number).toBe(1)
})

test('a beginning is in the record before its end, which keeps its number', async () => {
  const { journal, call, record, calls } = await ground()
  const begun = await journal.begin(record({ effect: 'write' }), call())
  expect(begun).toMatchObject({ number: 1, state: 'begun' })
  expect(await calls.byNumber(1)).toMatchObject({ state: 'begun', endedAt: null })
  if (begun === null) return
  const failed = { state: 'failed', ms: 7, bytes: 0, code: 'tools.said_error' } as const
  await journal.end(begun, done({ end: failed }), call())
  expect(await calls.byNumber(1)).toMatchObject({
    state: 'failed',
    ms: 7,
    code: 'tools.said_error',
  })
})

test('of fifty beginnings under one key one begins, and the others hear of it', async () => {
  const { journal, call, record, calls } = await ground()
  const begun = await Promise.all(
    Array.from({ length: 50 }, () => journal.begin(record({ key: 'once' }), call())),
  )
  const real = begun.filter((one) => one !== null)
  expect(real).toHaveLength(1)
  const [one] = real
  expect(await calls.byKey(one?.principalId ?? '', 'once')).toMatchObject({ id: one?.id })
})

test('labels are kept for the task and for whoever called', async () => {
  const { journal, call, record, calls } = await ground()
  const taskId = call().newId()
  const tail = done({ labels: ['private', 'sensitive'] })
  const { principalId } = await journal.end(record({ taskId }), tail, call())
  const since = call().now - 1_000
  const own = await calls.labels({ principalId, since, taskIds: [] })
  const others = await calls.labels({ principalId: taskId, since, taskIds: [taskId] })
  expect([own, others]).toEqual([
    new Set(['private', 'sensitive']),
    new Set(['private', 'sensitive']),
  ])
})

test('a call that cannot be written down is told so, and the next one is written', async () => {
  const { journal, call, record, calls } = await ground()
  // More than its column holds: the database refuses the whole commit.
  const broken = done({ end: { state: 'done', ms: 2 ** 40, bytes: 0, code: null } })
  await expect(journal.end(record(), broken, call())).rejects.toThrow('out of range')
  const next = await journal.end(record(), done(), call())
  expect(await calls.byNumber(next.number)).toMatchObject({ state: 'done' })
})
