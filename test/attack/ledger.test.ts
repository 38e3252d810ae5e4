import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import type { Client } from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readNote, signNote } from '../../src/platform/ledger/note.ts'
import { verifyBundle } from '../../src/platform/evidence/verify-bundle.ts'
import { genesisOf, nextHash } from '../../src/platform/ledger/check.ts'
import { digestOf } from '../../src/platform/ledger/outbox.ts'
import { type EvidenceWorld, evidenceWorld } from './ledger-world.ts'

// Positions of the world below: some made with the organisation, then signed at `first` and at
// `second`, with four more behind that nobody has signed.
let world: EvidenceWorld
let first = 0
let second = 0
let last = 0

const headPos = async () => {
  const { database, orgId } = world
  const { pos } = await database.read(orgId).one<{ pos: number }>`
    select pos from platform.ledger_head where org_id = ${orgId}`
  return pos
}

beforeEach(async () => {
  world = await evidenceWorld()
  await world.write(8)
  await world.sign()
  first = await headPos()
  await world.write(8)
  await world.sign()
  second = await headPos()
  await world.write(4)
  last = await headPos()
})

afterEach(async () => {
  await world.checkpoints.stop()
})

const change = (client: Client, set: string, pos: number) =>
  client.query(`update platform.ledger set ${set} where org_id = $1 and pos = $2`, [
    world.orgId,
    pos,
  ])

/** Seals everything from a position on again, head included: digests, chain, no signatures. */
const reseal = async (client: Client, from: number) => {
  const { orgId } = world
  const { rows } = await client.query<{
    pos: string
    hash: Buffer
    id: string
    name: string
    subject: string
    subject_version: string
    actor: string | null
    ms: string
    data: Record<string, unknown>
  }>(
    `select *, (extract(epoch from happened_at) * 1000)::bigint as ms from platform.ledger
      where org_id = $1 order by pos`,
    [orgId],
  )
  let hash: Buffer = genesisOf(orgId)
  let pos = 0
  for (const row of rows) {
    pos = Number(row.pos)
    if (pos < from) {
      hash = row.hash
      continue
    }
    const digest = digestOf({
      org_id: orgId,
      id: row.id,
      name: row.name,
      subject: row.subject,
      subject_version: Number(row.subject_version),
      actor: row.actor,
      happened_at: Number(row.ms),
      data: row.data,
    })
    hash = nextHash(hash, pos, digest)
    await client.query(
      'update platform.ledger set digest = $3, hash = $4 where org_id = $1 and pos = $2',
      [orgId, pos, digest, hash],
    )
  }
  await client.query('update platform.ledger_head set pos = $2, hash = $3 where org_id = $1', [
    orgId,
    pos,
    hash,
  ])
}

const moveTo = (client: Client, from: number, to: number) =>
  client.query('update platform.ledger set pos = $3 where org_id = $1 and pos = $2', [
    world.orgId,
    from,
    to,
  ])

const changeBody = (client: Client, pos: number) =>
  client.query(
    `update platform.event_private p set body = '{"note": "forged"}' from platform.ledger l
      where l.org_id = $1 and l.pos = $2 and p.org_id = $1 and p.event_id = l.id`,
    [world.orgId, pos],
  )

const changeNote = (client: Client, size: number, to: (note: string) => string) =>
  client
    .query<{ note: string }>(
      'select note from platform.ledger_checkpoint where org_id = $1 and size = $2',
      [world.orgId, size],
    )
    .then(({ rows }) =>
      client.query(
        'update platform.ledger_checkpoint set note = $3 where org_id = $1 and size = $2',
        [world.orgId, size, to(rows[0]?.note ?? '')],
      ),
    )

const foreignKey = () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  return {
    publicKey: Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url'),
    privateKey,
  }
}

test('an untouched ledger verifies in the database and as a bundle', async () => {
  const found = {
    ok: true,
    from: 1,
    to: last,
    signedTo: second,
    erased: 0,
    lost: [],
    firstBad: null,
  }
  expect(await world.check()).toEqual({ ...found, unsealed: 0 })
  expect(await world.checkBundle()).toEqual({ ...found, unsealed: 0 })
})

type Attack = readonly [
  name: string,
  tamper: (client: Client) => Promise<unknown>,
  found: () => object,
]

const ATTACKS: readonly Attack[] = [
  [
    'edited data',
    (client) => change(client, `data = jsonb_set(data, '{number}', '99')`, first - 1),
    () => ({ pos: first - 1, why: 'bad_digest' }),
  ],
  [
    'another actor',
    (client) => change(client, `actor = gen_random_uuid()`, first - 1),
    () => ({ pos: first - 1, why: 'bad_digest' }),
  ],
  [
    'a deleted row',
    (client) =>
      client.query('delete from platform.ledger where org_id = $1 and pos = $2', [
        world.orgId,
        first - 1,
      ]),
    () => ({ pos: first - 1, why: 'missing_position' }),
  ],
  [
    'two rows in each other’s place',
    async (client) => {
      await moveTo(client, first - 2, -1)
      await moveTo(client, first, first - 2)
      await moveTo(client, -1, first)
    },
    () => ({ pos: first - 2, why: 'bad_chain' }),
  ],
  [
    'a cut-off end',
    (client) =>
      client.query('delete from platform.ledger where org_id = $1 and pos > $2', [
        world.orgId,
        last - 2,
      ]),
    () => ({ pos: last - 1, why: 'truncated' }),
  ],
  [
    'an end cut off together with the head',
    async (client) => {
      await client.query('delete from platform.ledger where org_id = $1 and pos > $2', [
        world.orgId,
        second - 2,
      ])
      await reseal(client, second - 1)
    },
    () => ({ pos: second - 1, why: 'truncated' }),
  ],
  [
    'an inserted row',
    async (client) => {
      for (let pos = last; pos >= first; pos--) await moveTo(client, pos, pos + 1)
      await client.query(
        `insert into platform.ledger
         select org_id, gen_random_uuid(), name, subject, subject_version, actor, happened_at, data,
                digest, $2, at, hash from platform.ledger where org_id = $1 and pos = $3`,
        [world.orgId, first, first + 1],
      )
    },
    () => ({ pos: first, why: 'bad_digest' }),
  ],
  [
    'an end that was sealed again',
    async (client) => {
      await change(client, `data = jsonb_set(data, '{number}', '99')`, second - 2)
      await reseal(client, second - 2)
    },
    () => ({ pos: first + 1, why: 'root_mismatch', upTo: second }),
  ],
  [
    'a beginning that was sealed again',
    async (client) => {
      await change(client, `data = jsonb_set(data, '{number}', '99')`, first - 1)
      await reseal(client, first - 1)
    },
    () => ({ pos: 1, why: 'root_mismatch', upTo: first }),
  ],
  [
    'another private body',
    (client) => changeBody(client, first - 1),
    () => ({ pos: first - 1, why: 'private_altered' }),
  ],
  [
    'salts that changed places',
    (client) =>
      client.query(
        `update platform.event_private p set salt = o.salt
           from platform.ledger l, platform.ledger m, platform.event_private o
          where l.org_id = $1 and m.org_id = $1 and p.org_id = $1 and o.org_id = $1
            and p.event_id = l.id and o.event_id = m.id
            and ((l.pos = $2 and m.pos = $3) or (l.pos = $3 and m.pos = $2))`,
        [world.orgId, first - 1, first],
      ),
    () => ({ pos: first - 1, why: 'private_altered' }),
  ],
  [
    'a part that the event never had',
    (client) =>
      client.query(
        `insert into platform.event_private (org_id, at, event_id, part, owner_id, salt, body)
         select org_id, happened_at, id, 'personal', null, sha256('x'), '{"name": "x"}'
           from platform.ledger where org_id = $1 and pos = $2`,
        [world.orgId, first],
      ),
    () => ({ pos: first, why: 'private_altered' }),
  ],
  [
    'a note over another root',
    (client) =>
      changeNote(client, second, (note) => {
        const root = readNote(note)?.root.toString('base64') ?? ''
        return note.replace(root, Buffer.alloc(32, 7).toString('base64'))
      }),
    () => ({ pos: first + 1, why: 'bad_signature', upTo: second }),
  ],
  [
    'a note that a foreign key signed over a ledger sealed again',
    async (client) => {
      await change(client, `data = jsonb_set(data, '{number}', '99')`, second)
      await reseal(client, second)
      await changeNote(client, second, (note) => {
        const parsed = readNote(note)
        return parsed ? signNote(parsed, [foreignKey()]) : ''
      })
    },
    () => ({ pos: first + 1, why: 'bad_signature', upTo: second }),
  ],
  [
    'a head that was rolled back',
    (client) =>
      client.query(
        `update platform.ledger_head h set pos = $2, hash = l.hash from platform.ledger l
          where h.org_id = $1 and l.org_id = $1 and l.pos = $2`,
        [world.orgId, first],
      ),
    () => ({ pos: first + 1, why: 'bad_chain' }),
  ],
]

test.each(ATTACKS)('the database tells of %s, and where', async (_, tamper, found) => {
  await world.tamper(tamper)
  const verdict = await world.check(false)
  expect(verdict.firstBad).toEqual(found())
  expect(verdict.ok).toBe(false)
})

test.each(ATTACKS.filter(([name]) => !name.includes('rolled back')))(
  'a bundle tells of %s, and where',
  async (_, tamper, found) => {
    await world.tamper(tamper)
    const { ok, firstBad } = await world.checkBundle()
    expect(firstBad).toEqual(found())
    expect(ok).toBe(false)
  },
)

test('a bundle over a head that was rolled back is cut off behind it', async () => {
  const [, tamper] = ATTACKS.find(([name]) => name.includes('rolled back')) ?? []
  if (tamper) await world.tamper(tamper)
  expect((await world.checkBundle()).firstBad).toEqual({ pos: first + 1, why: 'truncated' })
})

test('who rewrites the database whole, notes included, is found by the notes outside', async () => {
  await world.tamper(async (client) => {
    await change(client, `data = jsonb_set(data, '{number}', '99')`, second - 1)
    await reseal(client, second - 1)
    await client.query('delete from platform.ledger_checkpoint where org_id = $1', [world.orgId])
  })
  expect(await world.check(false)).toMatchObject({ ok: true, signedTo: 0 })
  expect((await world.check()).firstBad).toEqual({
    pos: first + 1,
    why: 'root_mismatch',
    upTo: second,
  })
})

test('two notes of this hub that contradict each other are a fork', async () => {
  const note = (await world.folder.all(world.orgId)).at(-1)
  const parsed = readNote(note?.note ?? '')
  if (!note || !parsed) throw new Error('The ledger was signed.')
  const forged = { ...parsed, root: Buffer.alloc(32, 7) }
  const signed = signNote(forged, world.signer.keysAfter(Buffer.alloc(0)))
  await world.folder.add(world.orgId, { ...note, note: signed })
  expect((await world.check()).firstBad).toEqual({ pos: first + 1, why: 'fork', upTo: second })
})

test('a bundle whose notes were taken out proves nothing to who names a key', async () => {
  const lines = (await world.bundle()).filter((line) => !line.startsWith('{"k":"note"'))
  const verdict = await verifyBundle(lines, { key: world.signer.keyFile() })
  expect(verdict.firstBad).toEqual({ pos: 1, why: 'bad_signature', upTo: last })
})

test('a bundle that names restores which never happened is found out', async () => {
  const [header = '', ...rest] = await world.bundle()
  const claim = { epoch: 2, keptTo: 3, lostTo: 1_000 }
  const forged = JSON.stringify({ ...JSON.parse(header), epochs: [claim] })
  const verdict = await verifyBundle([forged, ...rest], {})
  expect(verdict.firstBad).toEqual({ pos: 4, why: 'fork' })
})

test('whatever a line of a bundle is changed to, the bundle no longer verifies', async () => {
  const lines = await world.bundle()
  const key = world.signer.keyFile()
  const signedUpTo = lines.findLastIndex((line) => line.startsWith('{"k":"note"'))
  const isFound = async (changed: readonly string[]) => {
    try {
      return !(await verifyBundle(changed, { key })).ok
    } catch (error) {
      return error instanceof Error && error.name === 'Refusal'
    }
  }
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('drop', 'swap', 'repeat', 'digit', 'cut'),
      fc.integer({ min: 1, max: signedUpTo - 1 }),
      fc.nat(),
      async (kind, at, chance) => {
        const changed = [...lines]
        const line = changed[at] ?? ''
        // A missing part counts as erased; a note said twice, or less often, takes nothing away.
        const isRow = line.startsWith('{"k":"row"')
        if (!isRow && (kind === 'drop' || kind === 'repeat')) return
        if (kind === 'drop') changed.splice(at, 1)
        else if (kind === 'cut') changed.splice(at)
        else if (kind === 'repeat') changed.splice(at, 0, line)
        else if (kind === 'swap') {
          const other = 1 + (chance % (signedUpTo - 1))
          if (changed[other] === line) return
          changed[at] = changed[other] ?? ''
          changed[other] = line
        } else {
          // When a row was sealed is not part of its seal; the notes bound it.
          const end = line.lastIndexOf(',"at":')
          const isSealed = ({ index }: RegExpExecArray) => end < 0 || index < end
          const digits = [...line.matchAll(/[0-9]/g)].filter(isSealed)
          const hit = digits[chance % digits.length]
          if (!hit) return
          changed[at] =
            line.slice(0, hit.index) + ((Number(hit[0]) + 1) % 10) + line.slice(hit.index + 1)
        }
        expect(await isFound(changed)).toBe(true)
      },
    ),
    { numRuns: 300 },
  )
})

test('whatever one column of a row is set to, the database tells', async () => {
  const columns = [
    'name',
    'subject_version',
    'digest',
    'hash',
    'happened_at',
    'data',
    'id',
  ] as const
  const values: Record<(typeof columns)[number], string> = {
    name: `name || 'x'`,
    subject_version: 'subject_version + 1',
    digest: 'sha256(digest)',
    hash: 'sha256(hash)',
    happened_at: `happened_at + interval '1 second'`,
    data: `data || '{"x": 1}'`,
    id: 'gen_random_uuid()',
  }
  const property = fc.asyncProperty(
    fc.constantFrom(...columns),
    fc.integer({ min: 1, max: last }),
    async (column, pos) => {
      await world.tamper(async (client) => {
        await client.query('create table kept_row as select * from platform.ledger where false')
        const keep = `insert into kept_row
          select * from platform.ledger where org_id = $1 and pos = $2`
        await client.query(keep, [world.orgId, pos])
        await change(client, `${column} = ${values[column]}`, pos)
      })
      const { ok, firstBad } = await world.check()
      await world.tamper(async (client) => {
        await client.query(
          `update platform.ledger l set (id, name, subject_version, happened_at, data, digest, hash)
             = (k.id, k.name, k.subject_version, k.happened_at, k.data, k.digest, k.hash)
             from kept_row k where l.org_id = $1 and l.pos = k.pos`,
          [world.orgId],
        )
        await client.query('drop table kept_row')
      })
      expect(ok).toBe(false)
      expect(firstBad?.pos).toBe(pos)
      expect((await world.check()).ok).toBe(true)
    },
  )
  await fc.assert(property, { numRuns: 25 })
})
