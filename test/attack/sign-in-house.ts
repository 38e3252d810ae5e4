import { createCipheriv, createDecipheriv, randomBytes, randomFillSync } from 'node:crypto'
import { TOTP } from 'otpauth'
import { expect } from 'vitest'
import { contextApi, contextRoom } from '../../src/context/room.ts'
import { firstRun, identityApi, identityRoom } from '../../src/identity/room.ts'
import type { Actor } from '../../src/kernel/actor.ts'
import { idMaker } from '../../src/kernel/id.ts'
import { Refusal } from '../../src/kernel/refusal.ts'
import { compose, type House } from '../../src/main/compose.ts'
import type { Seal } from '../../src/platform/keyring/seal.ts'
import { readLedger } from '../../src/platform/ledger/ledger.ts'
import { openLimits } from '../../src/platform/limits/limits.ts'
import { quietLog } from '../../src/platform/log.ts'
import { workApi, workPlaces, workRoom } from '../../src/work/room.ts'
import { testHouse, type TestHouse } from '../bench.ts'

// A house in which people sign in: its mails land in a list, its seal is a plain AES-GCM bound to
// its place. Strangers call through the pipeline as they do through a door.

/** Where people find the house. */
export const ADDRESS = 'http://127.0.0.1:7420'

const random = (bytes: Uint8Array) => randomFillSync(bytes)
const sealKey = randomBytes(32)

const seal: Seal = {
  async seal(_, place, plain) {
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', sealKey, nonce)
    cipher.setAAD(Buffer.from(JSON.stringify(place)))
    const sealed = Buffer.concat([cipher.update(plain), cipher.final()])
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64')
  },
  async open(_, place, text) {
    const bytes = Buffer.from(text, 'base64')
    const decipher = createDecipheriv('aes-256-gcm', sealKey, bytes.subarray(0, 12))
    decipher.setAAD(Buffer.from(JSON.stringify(place)))
    decipher.setAuthTag(bytes.subarray(12, 28))
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()])
  },
}

/** A mail that the house has sent. */
export type Sent = Readonly<{ to: string; subject: string; text: string }>

const houses = new Map<number, House>()
/** The mails of this test file. */
export const outbox: Sent[] = []
let organisations = 0
let isMailBroken = false

/** Composes a house over the database of this test file, once for each factor of its limits. */
const openHouse = ({ database, clock }: TestHouse, limitFactor: number): House => {
  const known = houses.get(limitFactor)
  if (known) return known
  const signIn = {
    ...{ database, now: clock.now, seal },
    address: () => ADDRESS,
    mailer: {
      async send(mail: Sent) {
        if (isMailBroken) throw new Error('The mail server is away.')
        outbox.push(mail)
      },
    },
    limitSecret: randomBytes(32),
    limitFactor,
    // A busy machine must not fail a test about something else.
    hasherBounds: { atOnce: 2, waiting: 64, waitMs: 20_000 },
  }
  const house = compose({
    ...{ database, clock, log: quietLog(), holder: 'sign-in', alone: true },
    rooms: [
      identityRoom({ work: workApi, subjects: () => [], signIn }),
      workRoom({ identity: identityApi, contexts: contextApi() }),
      contextRoom({ places: workPlaces, people: identityApi }),
    ],
    readiness: async () => ({ ready: true, facts: {} }),
    closed: () => null,
    limits: openLimits({ now: clock.now, factor: 1_000_000 }),
  })
  houses.set(limitFactor, house)
  return house
}

/** What a call was answered. */
export type Output = Readonly<Record<string, unknown>>

/** A refusal as a stranger sees it. */
export type Said = Readonly<{ kind: string; code: string; said: string; details: object }>

/** A person with a browser. */
export type Person = Readonly<{
  email: string
  password: string
  handle: string
  session: string
}>

/** Takes the token out of a link. */
export const tokenOf = (link: unknown): string => String(link).split('#')[1] ?? ''

/** Computes the code that a generator shows. */
export const codeAt = (secret: unknown, now: number): string =>
  new TOTP({ secret: String(secret), algorithm: 'SHA1', digits: 6, period: 30 }).generate({
    timestamp: now,
  })

/** Gives a fresh organisation and the words to sign in with; the limits are many times as wide. */
export const people = async (limitFactor = 1_000_000, named?: string) => {
  const ground = await testHouse()
  const { database, clock } = ground
  const { hall, pipeline, settle } = openHouse(ground, limitFactor)
  organisations += 1
  const slug = named ?? `hall-${process.pid}-${organisations}`
  let ownerKey = ''
  const first = { database, now: clock.now, newId: idMaker(clock.now, random), random }
  const { orgId } = await firstRun({
    ...first,
    org: { slug, name: slug },
    write: async (key) => {
      ownerKey = key
    },
  })
  const owner = await hall.authenticate(ownerKey)
  const nobody = { ...owner, kind: 'stranger', via: 'none' } as const
  let addresses = 0

  const call = async (
    name: string,
    input: object,
    as: Actor,
    address?: string,
  ): Promise<Output> => {
    const full = name.includes('.') ? name : `identity.${name}`
    const operation = pipeline.operations.get(full)
    if (!operation) throw new Error(`There is no operation ${full}.`)
    addresses += 1
    const from =
      address ?? `10.${(addresses >> 16) & 255}.${(addresses >> 8) & 255}.${addresses & 255}`
    const { output } = await pipeline.run(operation, input, {
      actor: as,
      door: 'web',
      address: from,
    })
    return Object({ ...Object(output) })
  }
  const actorOf = async (session: string) => hall.authenticate(session, { cookie: true })
  /** Runs as a browser with a session, as a key, or as nobody (`null`). */
  const run = async (
    name: string,
    input: object = {},
    who: string | null = null,
    from?: string,
  ) => {
    const actor =
      who === null
        ? nobody
        : who.startsWith('guild_')
          ? await hall.authenticate(who)
          : await actorOf(who)
    return call(name, input, actor, from)
  }
  /** Runs what must be refused; gives what was said. */
  const refused = async (
    name: string,
    input: object = {},
    who: string | null = null,
    from?: string,
  ): Promise<Said> => {
    try {
      await run(name, input, who, from)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const { kind, code, message, details } = error
      return { kind, code, said: message, details }
    }
    throw new Error(`identity.${name} was not refused.`)
  }
  /** Tells how a call ends: `ok`, or the code of its refusal. */
  const outcome = (name: string, input: object = {}, who: string | null = null): Promise<string> =>
    run(name, input, who).then(
      () => 'ok',
      (error: unknown) => {
        if (error instanceof Refusal) return error.code
        throw error
      },
    )
  /** Tells whether a session still lets in. */
  const letsIn = (session: string): Promise<string> => outcome('list_factors', {}, session)
  const organisation = slug
  const signIn = (person: Pick<Person, 'email' | 'password'>, more: object = {}) => {
    const { email, password } = person
    return run('sign_in', { organisation, email, password, ...more })
  }
  /** Invites a person, who accepts and is signed in. */
  const join = async (name: string, role = 'member'): Promise<Person> => {
    const email = `${name}@${slug}.example`
    const password = `${name} walks over five bridges`
    const { link } = await run('invite_person', { email, role }, ownerKey)
    const made = await run('accept_invitation', { token: tokenOf(link), name, password })
    return { email, password, handle: String(made['handle']), session: String(made['session']) }
  }
  /** Gives a signed-in person a generator; the session in use is another one then. */
  const withTotp = async (person: Person) => {
    const { secret } = await run('start_totp', {}, person.session)
    const code = codeAt(secret, clock.now())
    const { session } = await run('confirm_totp', { code }, person.session)
    // The code of this step is used; the next one begins.
    clock.turn(30_000)
    return { ...person, session: String(session), secret: String(secret) }
  }
  const ledger = async () => {
    await settle()
    return readLedger(database.read(orgId), orgId, { pos: 0, since: 0, limit: 10_000 })
  }
  const bySchedule = (name: string) =>
    call(name, {}, { ...owner, kind: 'system', via: 'none' } as const)
  /** Sends the mails that wait; gives those of this organisation. */
  const mails = async () => {
    await bySchedule('send_mails')
    return outbox.filter(({ to }) => to.includes(slug))
  }
  const tidyUp = () => bySchedule('forget_sign_ins')
  /** Takes the mail server away, or brings it back. */
  const breakMail = (isBroken: boolean): void => {
    isMailBroken = isBroken
  }
  return {
    ...{ first, orgId, slug, owner, ownerKey, clock, database, hall, target: ground.target },
    ...{ run, refused, outcome, letsIn, signIn, join, withTotp, ledger, mails },
    ...{ tidyUp, breakMail },
  }
}

/** The words of one organisation. */
export type People = Awaited<ReturnType<typeof people>>

/** Runs the same thing many times at once; gives how often each outcome came. */
export const atOnce = async (times: number, what: () => Promise<string>) => {
  const outcomes = await Promise.all(Array.from({ length: times }, what))
  expect(outcomes).toHaveLength(times)
  const count = new Map<string, number>()
  for (const one of outcomes) count.set(one, (count.get(one) ?? 0) + 1)
  return Object.fromEntries(count)
}
