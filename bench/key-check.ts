import { hash, randomFillSync } from 'node:crypto'
import { sha256 } from '../src/identity/application/mint-key.ts'
import { formatKey, KEY_LENGTH, SECRET_BYTES } from '../src/identity/domain/key.ts'
import { accessSource } from '../src/identity/room.ts'
import { idMaker } from '../src/kernel/id.ts'
import type { Database } from '../src/platform/database.ts'
import { type Query, sqlOver } from '../src/platform/sql.ts'
import { type Finding, median, round } from './result.ts'

const KEYS = 1_000
const CALLS = 200_000
const ROUNDS = 9
const BUDGET_NS = 10_000
const TAG = 'Bench001'
const ADDRESS = '2001:db8:7::1'
const NETWORKS = ['10.0.0.0/8', '192.0.2.0/24', '2001:db8::/32']

const random = (bytes: Uint8Array) => randomFillSync(bytes)
const newId = idMaker(Date.now, random)
const ORG = newId<'org'>()

type Issued = Readonly<{ text: string; id: string; secret: Uint8Array }>

const issue = (): Issued => {
  const [id, secret] = [newId<'key'>(), random(new Uint8Array(SECRET_BYTES))]
  return { text: formatKey({ kind: 'agent', tag: TAG, id, secret }), id, secret }
}

/** Stands for the database, which has no part in what is measured: it answers each key once. */
const shelf = (keys: readonly Issued[], addresses: readonly string[] | null): Database => {
  const rows = new Map(keys.map(({ id, secret }) => [id, { id, secret: sha256(secret) }]))
  const answer = async ({ text, values }: Query): Promise<readonly unknown[]> => {
    if (text.includes('org_directory')) return [{ orgId: ORG, tag: TAG }]
    const row = values.map((value) => rows.get(String(value))).find((one) => one !== undefined)
    const held = { scopes: ['task:read'], projectIds: null, addresses, expiresAt: 9e15, epoch: 0 }
    return row
      ? [{ principalId: newId(), kind: 'agent', handle: 'dev-1', behalf: null, ...row, ...held }]
      : []
  }
  const sql = sqlOver(answer)
  const none = () => Promise.reject(new Error('This bench only reads.'))
  return {
    read: () => sql,
    snapshot: (_, body) => body(sql),
    system: (body) => body(sql),
    write: none,
    alive: async () => true,
    rls: true,
    stop: async () => {},
  }
}

/** Times calls in rounds; gives nanoseconds for one. */
const nsOf = (body: (index: number) => unknown): number => {
  const rounds: number[] = []
  let waited = 0
  for (let round = 0; round < ROUNDS; round++) {
    const started = process.hrtime.bigint()
    for (let index = 0; index < CALLS; index++) if (body(index) instanceof Promise) waited += 1
    rounds.push(Number(process.hrtime.bigint() - started) / CALLS)
  }
  if (waited > 0) throw new Error(`${waited} keys were not remembered.`)
  return round(median(rounds), 0)
}

/** Makes a source that remembers every key; gives the check of one of them. */
const checking = async (addresses: readonly string[] | null) => {
  const keys = Array.from({ length: KEYS }, issue)
  const database = shelf(keys, addresses)
  const access = accessSource({ database, now: Date.now, fresh: () => true })
  const shown = { audience: 'v1', address: ADDRESS } as const
  for (const { text } of keys) await access.authenticate(text, shown)
  const texts = keys.map(({ text }) => text)
  return { texts, check: (at: number) => access.authenticate(texts[at % KEYS], shown) }
}

/** Measures the check of a key that was seen before, beside the hash that none can leave out. */
export const bench = async (): Promise<Finding> => {
  const plain = await checking(null)
  const bound = await checking(NETWORKS)
  const junk = 'x'.repeat(KEY_LENGTH)
  const bare = (at: number) => hash('sha256', plain.texts[at % KEYS] ?? junk, 'base64')
  for (const warm of [plain.check, bound.check, bare]) nsOf(warm)
  const [baselineValue, value] = [nsOf(bare), nsOf(plain.check)]
  return {
    name: 'key-check',
    value,
    unit: 'ns for the check of a key that was seen before',
    baseline: 'the SHA-256 of its text alone, ns',
    baselineValue,
    ratio: round(value / baselineValue),
    budget: `< ${BUDGET_NS} ns`,
    met: value < BUDGET_NS,
    also: [{ what: `a key bound to ${NETWORKS.length} networks, ns`, value: nsOf(bound.check) }],
  }
}
