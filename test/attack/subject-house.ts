import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { identityRoom } from '../../src/identity/room.ts'
import type { Actor } from '../../src/kernel/actor.ts'
import { Refusal } from '../../src/kernel/refusal.ts'
import { compose, type House } from '../../src/main/compose.ts'
import { rooms } from '../../src/main/rooms.ts'
import { type ErasureJournal, erasureJournal } from '../../src/platform/evidence/erasure.ts'
import { notesFolder } from '../../src/platform/evidence/notes-file.ts'
import { openLimits } from '../../src/platform/limits/limits.ts'
import type { NamedSubject, SubjectData } from '../../src/platform/subject.ts'
import { workApi } from '../../src/work/room.ts'
import { askFor, atPage, wishOf } from '../approvals.ts'
import { bench, testHouse } from '../bench.ts'

/** What names the person or says where they were. */
export const PERSONAL: readonly string[] = [
  ...['canaria-hush', 'Canaria Hush', 'canary.mail@nest.example', 'canary.next@nest.example'],
  ...['203.0.113.77', 'CanaryBrowser/9', 'canary laptop key', 'canary-passkey', 'canary-sub-77'],
]

/** What the person wrote; each by another operation. */
export const TEXT: readonly string[] = [
  ...['canary-title', 'canary-body', 'canary-accept', 'canary-comment', 'canary-leaf'],
  ...['canary-proposal', 'canary-why', 'canary-note', 'canary-summary', 'canary-evidence'],
  ...['canary-learned', 'canary-question', 'canary-option', 'canary-answer', 'canary-block'],
  ...['canary-wish', 'canary-argument', 'canary-verdict'],
]

type Breaking = 'room' | 'journal' | undefined
type HouseOptions = Readonly<{ journal?: ErasureJournal; breaks?: Breaking }>

const folders: string[] = []
afterAll(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
})

/** A journal of erasures in a folder of its own. */
export const newJournal = async (): Promise<ErasureJournal> => {
  const folder = await mkdtemp(join(tmpdir(), 'guildhall-subject-'))
  folders.push(folder)
  return erasureJournal(notesFolder(folder))
}

/** A house with a journal, a log that is kept, and a way to break an erasure off once. */
export const subjectHouse = async ({ journal, breaks }: HouseOptions = {}) => {
  const { database, clock, fixtures } = await testHouse()
  const real = journal ?? (await newJournal())
  const log: string[] = []
  let armed = breaks
  const fail = (at: Breaking) => {
    if (armed !== at) return
    armed = undefined
    throw new Error('The machine is gone.')
  }
  const fragile: ErasureJournal = {
    all: (orgId) => real.all(orgId),
    async add(orgId, erasure) {
      await real.add(orgId, erasure)
      fail('journal')
    },
  }
  const last: SubjectData = {
    async *export() {},
    async erase() {
      fail('room')
      return {}
    },
  }
  const known = rooms({ ...fixtures, journal: fragile })
  const subjects = (): readonly NamedSubject[] => [
    ...known.map(({ name, subject }) => ({ room: name, subject })),
    { room: 'last', subject: last },
  ]
  const identity = identityRoom({
    ...{ work: workApi, subjects, journal: () => fragile, limits: () => fixtures.limits },
    signIn: { ...fixtures.signIn, seal: fixtures.keyring },
    issuers: { fetch: fixtures.goOut, isPlain: fixtures.isPlain },
  })
  const write = (line: string, fields?: object) => {
    log.push(`${line} ${JSON.stringify(fields ?? {})}`)
  }
  const house = compose({
    ...{ database, clock, holder: 'subject', alone: true },
    rooms: known.map((room) => (room.name === 'identity' ? identity : room)),
    log: {
      ...{ info: write, warn: write, error: write },
      wide: (record) => write('wide', record),
      flush() {},
    },
    readiness: async () => ({ ready: true, facts: {} }),
    closed: () => null,
    limits: openLimits({ now: clock.now, factor: 1_000_000 }),
  })
  return { house, log, journal: real }
}

type Answered = Readonly<Record<string, unknown>>
type Asking = Readonly<{ actor: Actor; address?: string; key?: string }>

/** The words for one house and one organisation. */
const wordsOf = (house: House, owner: Actor) => {
  const call = async (name: string, input: object, asked: Asking): Promise<Answered> => {
    const operation = house.pipeline.operations.get(name)
    if (!operation) throw new Error(`There is no operation ${name}.`)
    const { actor, address, key } = asked
    const { output } = await house.pipeline.run(operation, input, {
      ...{ actor, door: 'http' },
      ...(address !== undefined && { address }),
      ...(key !== undefined && { idempotencyKey: key }),
    })
    return Object({ ...Object(output) })
  }
  const run = (name: string, input: object = {}, actor: Actor = owner) =>
    call(name, input, { actor })
  /** Tells how a call ends: `ok`, or the code of its refusal. */
  const outcome = async (name: string, input: object = {}, actor: Actor = owner) => {
    try {
      await run(name, input, actor)
      return 'ok'
    } catch (error) {
      if (error instanceof Refusal) return error.code
      throw error
    }
  }
  return { call, run, outcome }
}

type SeedOptions = Readonly<{
  breaks?: Breaking
  house?: Awaited<ReturnType<typeof subjectHouse>>
}>

/** An organisation with a person who has left something in every place that takes a text. */
export const seeded = async ({ breaks, house: given }: SeedOptions = {}) => {
  const ground = await bench()
  const { house, log, journal } = given ?? (await subjectHouse({ breaks }))
  const { orgId, database, target, clock } = ground
  const owner = await house.hall.authenticate(ground.ownerKey)
  const words = wordsOf(house, owner)
  const { run, call } = words
  const password = 'canaries sing over five bridges'
  const email = 'canary.mail@nest.example'
  const invited = await run('identity.invite_person', { email })
  const token = String(invited['link']).split('#')[1] ?? ''
  const from = { actor: owner, address: '203.0.113.77' }
  const agent = 'CanaryBrowser/9'
  const joined = await call(
    'identity.accept_invitation',
    { token, name: 'Canaria Hush', password, agent },
    from,
  )
  const session = String(joined['session'])
  const browser = await house.hall.authenticate(session, { cookie: true })
  const changed = { email: 'canary.next@nest.example' }
  await call('identity.change_profile', changed, { actor: browser, key: 'canary-change' })
  await run('identity.issue_reset', { handle: 'canaria-hush' })
  const [organisation] = await database.read(orgId)<{ slug: string }>`
    select slug from identity.org_directory where org_id = ${orgId}`
  const device = 'D'.repeat(22)
  const known = { organisation: organisation?.slug, email: changed.email, password, agent, device }
  await call('identity.sign_in', known, from)
  await run('identity.give_role', { handle: 'canaria-hush', role: 'admin' })
  const principalId = await leaveTraces({ orgId, database, clock })
  const login = await run('identity.create_key', {
    ...{ name: 'canary laptop key', principal: 'canaria-hush' },
  })
  const key = String(login['key'])
  const person = await house.hall.authenticate(key)
  const made = await writeAll(words, person)
  await approvals({ ...words, database, clock }, { person, owner })
  await house.settle()
  let handle = 'canaria-hush'
  const confirmed = () => ({ handle, confirm: handle })
  return {
    ...{ ...words, house, log, journal, orgId, database, target, clock, owner, person, key },
    ...{ session, password, principalId, confirmed, ...made },
    handle: () => handle,
    /** Somebody who holds nothing that this is about. */
    async member() {
      const made = await run('identity.create_person', { handle: 'bob', role: 'member' })
      return house.hall.authenticate(String(made['key']))
    },
    refused: async (name: string, input: object, actor: Actor) => {
      const code = await words.outcome(name, input, actor)
      if (code === 'ok') throw new Error(`${name} was not refused.`)
      return code
    },
    ledger: ground.ledger,
    async erase(more: Readonly<{ content?: boolean }> = {}) {
      const erased = await run('identity.erase_subject', { ...confirmed(), ...more })
      handle = String(erased['handle'])
      return { ...erased, handle, parts: Number(erased['parts']) }
    },
  }
}

/** What `seeded` gives. */
export type Subject = Awaited<ReturnType<typeof seeded>>

type Words = ReturnType<typeof wordsOf>
type Traced = Pick<Awaited<ReturnType<typeof bench>>, 'orgId' | 'database' | 'clock'>

/** Writes rows that only a real authenticator or another issuer could make. */
const leaveTraces = ({ orgId, database, clock }: Traced): Promise<string> =>
  database.write(orgId, async (sql) => {
    const now = new Date(clock.now()).toISOString()
    const { id } = await sql.one<{ id: string }>`
      select id from identity.principal where org_id = ${orgId} and handle = 'canaria-hush'`
    await sql`
      insert into identity.passkey (org_id, id, principal_id, credential_id, public_key, counter,
                                    transports, name, created_at)
      values (${orgId}, gen_random_uuid(), ${id}, 'credential', '\\x01', 0, '{}',
              'canary-passkey', ${now})`
    await sql`
      insert into identity.external_account (org_id, id, principal_id, issuer, subject, linked_at)
      values (${orgId}, gen_random_uuid(), ${id}, 'https://issuer.example', 'canary-sub-77',
              ${now})`
    return { value: id, tail: [] }
  })

/** Runs every operation that takes a text of a person's. */
const writeAll = async ({ run, call }: Words, person: Actor) => {
  await run('work.create_project', { key: 'GH', name: 'Project' })
  const item = { title: 'canary-title', body: 'canary-body', accept: ['canary-accept'] }
  // With a key: the answer is kept, and says what the tables say.
  const first = { project: 'GH', items: [item] }
  await call('work.save_tasks', first, { actor: person, key: 'canary-request' })
  const others = { project: 'GH', items: [{ title: 'Other' }, { title: 'Third' }] }
  await run('work.save_tasks', others)
  await run('work.add_comment', { key: 'GH-1', body: 'canary-comment' }, person)
  await run('context.write_context', { at: 'GH', data: { lang: 'canary-leaf' } }, person)
  const share = { at: 'GH', from: 'GH-1', path: 'rule', data: 'canary-proposal' }
  await run('context.share_context', { ...share, reason: 'canary-why' }, person)
  const agent = await run('identity.create_agent', { name: 'bot', projects: ['GH'] }, person)
  await workOn({ run, call, person })
  return { agentKey: String(agent['key']) }
}

type Deciding = Words & Pick<Traced, 'database' | 'clock'>

/** Asks for something, and decides on what another has asked for. */
const approvals = async (
  ground: Deciding,
  { person, owner }: Readonly<{ person: Actor; owner: Actor }>,
) => {
  const bound = { ...wishOf().bound, args: { path: 'canary-argument' } }
  await askFor(ground, person, { text: 'canary-wish', bound })
  const { key } = await askFor(ground, owner)
  const no = { key, decision: 'deny', reason: 'canary-verdict' }
  await ground.run('agents.decide_approval', no, atPage(person, ground.clock.now()))
}

type Working = Pick<Words, 'run' | 'call'> & Readonly<{ person: Actor }>

const workOn = async ({ run, person }: Working) => {
  const claimed = await run('work.claim_task', { key: 'GH-2' }, person)
  const lease = String(claimed['lease'])
  await run('work.update_work', { lease, note: 'canary-note' }, person)
  const asked = await run(
    'work.ask_question',
    { task: 'GH-2', kind: 'choose', text: 'canary-question', options: ['canary-option', 'no'] },
    person,
  )
  await run('work.answer_question', { key: String(asked['question']), answer: 'no' })
  const done = { outcome: 'blocked', summary: 'canary-block', evidence: 'canary-evidence' }
  await run('work.finish_work', { lease, ...done }, person)
  const third = await run('work.claim_task', { key: 'GH-3' }, person)
  const ended = { outcome: 'done', summary: 'canary-summary', learned: ['canary-learned'] }
  await run('work.finish_work', { lease: String(third['lease']), ...ended }, person)
  const own = await run('work.ask_question', { task: 'GH-1', kind: 'question', text: 'How?' })
  const answered = { key: String(own['question']), answer: 'canary-answer' }
  await run('work.answer_question', answered, person)
}
