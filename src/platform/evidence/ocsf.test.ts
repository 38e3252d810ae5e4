import { expect, test } from 'vitest'
import { rooms } from '../../main/rooms.ts'
import { cloudEventOf, type ExportedEvent, ocsfOf } from './ocsf.ts'

const ORG = '018f0000-0000-7000-8000-000000000002'
const SUBJECT = '018f0000-0000-7000-8000-00000000000a'
const ACTOR = '018f0000-0000-7000-8000-00000000000b'

const eventOf = (name: string, more: Readonly<Record<string, unknown>> = {}): ExportedEvent => ({
  id: '018f0000-0000-7000-8000-00000000000c',
  name,
  subject: SUBJECT,
  actor: ACTOR,
  happenedAt: Date.UTC(2026, 10, 21),
  data: {
    ...more,
    audit: { kind: 'person', door: 'http', op: 'room.do_it', trace: 'abc', out: 'ok' },
  },
  pos: 7,
  hash: Buffer.alloc(32, 1),
})

test.each([
  ['identity.signed_in', 3002, 1],
  ['identity.sign_in_failed', 3002, 1],
  ['identity.session_ended', 3002, 2],
  ['identity.person_signed_out', 3002, 2],
  ['identity.principal_added', 3001, 1],
  ['identity.password_changed', 3001, 3],
  ['identity.password_reset', 3001, 4],
  ['identity.totp_added', 3001, 10],
  ['identity.passkey_removed', 3001, 11],
  ['identity.factor_removed', 3001, 11],
  ['identity.grant_given', 3005, 1],
  ['identity.grant_taken', 3005, 2],
  ['identity.team_member_added', 3005, 1],
  ['identity.team_member_removed', 3005, 2],
  ['identity.delegation_withdrawn', 3005, 2],
  ['identity.key_issued', 3004, 1],
  ['identity.key_revoked', 3004, 4],
  ['identity.org_created', 3004, 1],
  ['platform.signing_key_changed', 3004, 3],
  ['platform.ledger_dropped', 3004, 4],
  ['platform.ledger_restored', 3004, 3],
  ['platform.sensitive_read', 6003, 2],
  ['platform.calls_refused', 6003, 99],
  ['work.task_created', 6003, 1],
  ['work.task_moved', 6003, 3],
  ['context.fact_deleted', 6003, 4],
  ['nobody.knows_this', 6003, 99],
])('%s is of class %i with the activity %i', (name, uid, activity) => {
  const record = ocsfOf(eventOf(name))
  expect([record.class_uid, record.activity_id]).toEqual([uid, activity])
  expect(record.type_uid).toBe(uid * 100 + activity)
  expect(record.category_uid).toBe(Math.floor(uid / 1000))
})

test.each([
  ['active', 2],
  ['suspended', 5],
  ['removed', 6],
])('a principal that becomes %s changes its account by activity %i', (to, activity) => {
  const event = eventOf('identity.principal_changed', { status: { from: 'active', to } })
  expect(ocsfOf(event).activity_id).toBe(activity)
})

test('every event of every room has a class of the five, and the fields it asks for', () => {
  const needed: Readonly<Record<number, readonly string[]>> = {
    3001: ['user'],
    3002: ['user'],
    3004: ['entity'],
    3005: ['user', 'privileges'],
    6003: ['api', 'src_endpoint'],
  }
  const kinds = rooms().flatMap(({ events }) => Object.values(events).flat())
  expect(kinds.length).toBeGreaterThan(20)
  for (const kind of kinds) {
    const record = ocsfOf(eventOf(kind?.event ?? ''))
    const common = ['activity_id', 'category_uid', 'class_uid', 'metadata', 'severity_id', 'time']
    expect(Object.keys(record)).toEqual(
      expect.arrayContaining([...common, 'type_uid', ...(needed[record.class_uid] ?? ['none'])]),
    )
  }
})

test('a failed sign-in is a failure of medium severity', () => {
  const record = ocsfOf(eventOf('identity.sign_in_failed'))
  expect([record.status, record.severity]).toEqual(['Failure', 'Medium'])
  expect(ocsfOf(eventOf('identity.signed_in')).status).toBe('Success')
})

test('the envelope is a CloudEvent whose id and time are those of the event', () => {
  expect(cloudEventOf(ORG, eventOf('identity.grant_given', { role: 'admin' }))).toMatchObject({
    specversion: '1.0',
    id: '018f0000-0000-7000-8000-00000000000c',
    source: `urn:guildhall:${ORG}`,
    type: 'guildhall.identity.grant_given',
    subject: SUBJECT,
    time: '2026-11-21T00:00:00.000Z',
    datacontenttype: 'application/json',
    data: { class_uid: 3005, privileges: ['admin'], metadata: { version: '1.6.0', sequence: 7 } },
  })
})
