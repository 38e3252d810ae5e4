import { hash } from '@node-rs/argon2'
import { z } from 'zod'
import { startTestHub, type TestHub } from '../test/hub.ts'
import { type Finding, percentile, round } from './result.ts'
import { openAdmin } from './seed.ts'

const PEOPLE = 200
const STEADY = 16
const STEADY_MS = 5_000
const QUIET_MS = 1_000
const BARE = 60
const BUDGET_RATIO = 0.5
const BUDGET_P95_MS = 100
const PASSWORD = 'rivers run under the five bridges'
const ARGON2ID = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

const Invited = z.object({ link: z.string() })
const emailOf = (number: number) => `person-${number}@example.org`

/** Makes people who can sign in: one by invitation, the others as copies of that one. */
const makePeople = async (hub: TestHub): Promise<void> => {
  const invited = await hub.api('POST', '/v1/invitations', { email: emailOf(0) })
  const token = Invited.parse(invited.body).link.split('#')[1] ?? ''
  const account = { token, name: 'Person', password: PASSWORD }
  const made = await hub.api('POST', '/v1/invitations/accept', account)
  if (made.status !== 200) throw new Error(JSON.stringify(made.body))
  const admin = await openAdmin(hub.home)
  try {
    await admin.query('begin')
    for (const table of ['principal', 'person_profile', 'password']) {
      await admin.query(`alter table identity.${table} no force row level security`)
    }
    await admin.query(
      `create view pg_temp.copy as
       select p.org_id, p.id, n,
              overlay(p.id::text placing lpad(to_hex(n), 12, '0') from 25)::uuid as fresh
         from identity.principal p, generate_series(1, ${PEOPLE - 1}) n
        where p.handle = 'person'`,
    )
    await admin.query(
      `insert into identity.principal
         (org_id, id, kind, handle, status, epoch, skills, version, created_at)
       select org_id, fresh, 'person', 'person-' || n, 'active', 0, '{}', 1, now()
         from pg_temp.copy`,
    )
    await admin.query(
      `insert into identity.person_profile (org_id, principal_id, name, email)
       select org_id, fresh, 'Person', 'person-' || n || '@example.org' from pg_temp.copy`,
    )
    await admin.query(
      `insert into identity.password (org_id, principal_id, phc, changed_at)
       select c.org_id, c.fresh, w.phc, now()
         from pg_temp.copy c
         join identity.password w on w.org_id = c.org_id and w.principal_id = c.id`,
    )
    for (const table of ['principal', 'person_profile', 'password']) {
      await admin.query(`alter table identity.${table} force row level security`)
    }
    await admin.query('commit')
  } finally {
    await admin.end()
  }
}

const signIn = async (hub: TestHub, number: number): Promise<number> => {
  const body = { email: emailOf(number), password: PASSWORD }
  return (await hub.api('POST', '/v1/sessions', body)).status
}

/** Asks for something small, again and again, as long as `until` is not over. */
const askMeanwhile = async (hub: TestHub, until: Promise<unknown>): Promise<readonly number[]> => {
  const times: number[] = []
  let isOver = false
  const over = until.finally(() => {
    isOver = true
  })
  while (!isOver) {
    const began = performance.now()
    await hub.api('GET', '/v1/me')
    times.push(performance.now() - began)
  }
  await over
  return times
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Hashes two at a time with nothing around it; gives hashes per second. */
const bareRate = async (): Promise<number> => {
  const began = performance.now()
  const line = async () => {
    for (let turn = 0; turn < BARE / 2; turn++) await hash(PASSWORD, ARGON2ID)
  }
  await Promise.all([line(), line()])
  return (BARE * 1_000) / (performance.now() - began)
}

/** Sixteen people sign in, one after the other in each place; gives sign-ins per second. */
const steadyRate = async (hub: TestHub): Promise<number> => {
  const began = performance.now()
  let done = 0
  const place = async (first: number) => {
    for (let number = first; performance.now() - began < STEADY_MS; number += STEADY) {
      if ((await signIn(hub, number % PEOPLE)) === 200) done += 1
    }
  }
  await Promise.all(Array.from({ length: STEADY }, (_, first) => place(first)))
  return (done * 1_000) / (performance.now() - began)
}

/** Counts what two hundred sign-ins at once are answered, and how long others wait meanwhile. */
const burst = async (hub: TestHub) => {
  const began = performance.now()
  const all = Promise.all(Array.from({ length: PEOPLE }, (_, number) => signIn(hub, number)))
  const asked = await askMeanwhile(hub, all)
  const statuses = await all
  const count = (status: number) => statuses.filter((one) => one === status).length
  return {
    ...{ accepted: count(200), busy: count(503), ms: round(performance.now() - began, 0) },
    p95: percentile(asked, 0.95),
  }
}

/** Measures sign-ins: their rate beside bare hashing, and what others feel of a rush of them. */
export const bench = async (): Promise<Finding> => {
  const hub = await startTestHub()
  try {
    await makePeople(hub)
    await signIn(hub, 0)
    const quiet = await askMeanwhile(hub, wait(QUIET_MS))
    const rush = await burst(hub)
    const rate = await steadyRate(hub)
    const bare = await bareRate()
    const ratio = round(rate / bare)
    const isWhole = rush.accepted + rush.busy === PEOPLE && rush.accepted > 0
    return {
      name: 'sign-in',
      value: round(rate, 1),
      unit: 'sign-ins per second',
      baseline: 'bare Argon2id, two at a time',
      baselineValue: round(bare, 1),
      ratio,
      budget:
        `at least ${BUDGET_RATIO} of bare hashing; ${PEOPLE} at once are let in or told to come ` +
        `back, and others' p95 stays below ${BUDGET_P95_MS} ms`,
      met: ratio >= BUDGET_RATIO && isWhole && rush.p95 < BUDGET_P95_MS,
      also: [
        {
          ...{ atOnce: PEOPLE, accepted: rush.accepted, busy: rush.busy, ms: rush.ms },
          othersP95Ms: round(rush.p95, 1),
          othersP95QuietMs: round(percentile(quiet, 0.95), 1),
        },
      ],
    }
  } finally {
    await hub.stop()
  }
}
