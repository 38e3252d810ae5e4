import { expect, test } from 'vitest'
import { protection, ruleOf } from '../../src/platform/security.ts'
import { migrationsOf, rooms } from '../../src/main/rooms.ts'
import { testHouse } from '../bench.ts'
import { asAdmin } from '../server.ts'
import { lintSchema } from './schema-lint.ts'

const SCHEMAS = migrationsOf(rooms()).map(({ room }) => room)

test('the schemas of all rooms keep the rules that let them be spread over servers', async () => {
  const { target } = await testHouse()
  const breaches = await asAdmin(target, async (client) => {
    await client.query('set timezone = utc')
    return lintSchema(client, SCHEMAS)
  })
  expect(breaches).toEqual([])
})

test('the lint sees the tables: every room has some, and the ground has its ledger', async () => {
  const { target } = await testHouse()
  const seen = await asAdmin(target, async (client) => {
    const { rows } = await client.query<{ schema: string; tables: number }>(
      `select n.nspname as schema, count(*)::int as tables from pg_class c
         join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = any($1::text[]) and c.relkind in ('r', 'p') group by 1`,
      [SCHEMAS],
    )
    return rows
  })
  expect(seen.map(({ schema }) => schema).toSorted()).toEqual(SCHEMAS.toSorted())
  for (const { tables } of seen) expect(tables).toBeGreaterThan(1)
})

const walled = (name: string, comment = 'class: tenant') => {
  const rule = ruleOf(name, comment)
  if (!rule) throw new Error(`${comment} is no class.`)
  return `comment on table ${name} is '${comment}'; ${protection(rule)};`
}
const GOOD = `create table lint.good (org_id uuid not null, id uuid not null,
  at timestamptz not null, primary key (org_id, id)); ${walled('lint.good')}`

/** Breaks rules in a schema of its own, inside a transaction that is taken back. */
const lintOf = async (statements: string) => {
  const { target } = await testHouse()
  return asAdmin(target, async (client) => {
    await client.query('begin; set local timezone = utc; create schema lint; create schema lint_2')
    try {
      await client.query(`${GOOD}${statements}`)
      const found = await lintSchema(client, ['lint', 'lint_2'])
      return found.map(({ rule, where, said }) => `${rule}: ${where} ${said}`)
    } finally {
      await client.query('rollback')
    }
  })
}

test('a table that keeps the rules is not named', async () => {
  expect(await lintOf('')).toEqual([])
})

const bad = (columns: string) => `create table lint.bad (${columns}); ${walled('lint.bad')}`
const KEY = 'primary key (org_id, id)'
const IDS = 'org_id uuid not null, id uuid not null'

test.each<[string, string, string]>([
  [
    'a table without a class',
    `create table lint.bad (${IDS}, ${KEY})`,
    'class: lint.bad says no class in its comment',
  ],
  [
    'a comment with rights that are none',
    `create table lint.bad (${IDS}, ${KEY});
     comment on table lint.bad is 'class: tenant; app: all'`,
    'class: lint.bad says no class in its comment',
  ],
  ['a table without a key', bad(IDS), 'key: lint.bad has no primary key'],
  [
    'org_id in second place',
    bad(`id uuid not null, org_id uuid not null, ${KEY}`),
    'org: lint.bad does not begin with org_id uuid not null',
  ],
  [
    'org_id of another type',
    bad(`org_id text not null, id uuid not null, ${KEY}`).replace(
      walled('lint.bad'),
      `comment on table lint.bad is 'class: tenant'`,
    ),
    'org: lint.bad does not begin with org_id uuid not null',
  ],
  [
    'a primary key without the organisation in front',
    bad(`${IDS}, primary key (id, org_id)`),
    'org: lint.bad bad_pkey does not begin with org_id',
  ],
  [
    'a unique without the organisation',
    bad(`${IDS}, name text, ${KEY}, unique (name)`),
    'org: lint.bad bad_name_key does not begin with org_id',
  ],
  [
    'a unique index over an expression',
    `${bad(`${IDS}, name text, ${KEY}`)} create unique index low on lint.bad (lower(name))`,
    'org: lint.bad low does not begin with org_id',
  ],
  [
    'a foreign key into another schema',
    `create table lint_2.bad (${IDS}, good uuid, ${KEY},
       foreign key (org_id, good) references lint.good (org_id, id));
     create index on lint_2.bad (org_id, good); ${walled('lint_2.bad')}`,
    'foreign-key: lint_2.bad bad_org_id_good_fkey leaves its schema',
  ],
  [
    'a foreign key without an index',
    bad(`${IDS}, good uuid, ${KEY},
      foreign key (org_id, good) references lint.good (org_id, id)`),
    'foreign-key: lint.bad bad_org_id_good_fkey has no index',
  ],
  [
    'a foreign key that cascades updates',
    `${bad(`${IDS}, good uuid, ${KEY},
      foreign key (org_id, good) references lint.good (org_id, id) on update cascade`)}
     create index on lint.bad (org_id, good)`,
    'foreign-key: lint.bad bad_org_id_good_fkey cascades updates',
  ],
  [
    'a foreign key from a reference table to a tenant',
    `create table lint.bad (${IDS}, ${KEY},
       foreign key (org_id, id) references lint.good (org_id, id));
     comment on table lint.bad is 'class: reference'`,
    'foreign-key: lint.bad bad_org_id_id_fkey points at a tenant table',
  ],
  [
    'a foreign key that does not begin with the organisation',
    `${bad(`${IDS}, good uuid, ${KEY},
      foreign key (good, org_id) references lint.good (id, org_id)`)}
     create index on lint.bad (org_id, good)`.replace(
      'create table lint.bad',
      'create unique index on lint.good (id, org_id); create table lint.bad',
    ),
    'org: lint.bad bad_good_org_id_fkey does not begin with org_id',
  ],
  [
    'row-level security that the owner escapes',
    `${bad(`${IDS}, ${KEY}`)} alter table lint.bad no force row level security`,
    'rls: lint.bad does not force row-level security',
  ],
  [
    'no policy at all',
    `${bad(`${IDS}, ${KEY}`)} drop policy org on lint.bad; drop policy sys on lint.bad`,
    'rls: lint.bad has the policies none',
  ],
  [
    'a third policy',
    `${bad(`${IDS}, ${KEY}`)} create policy peep on lint.bad for select using (true)`,
    'rls: lint.bad has the policies org and peep and sys',
  ],
  [
    'an org policy that lets everything through',
    `${bad(`${IDS}, ${KEY}`)} alter policy org on lint.bad using (true)`,
    'rls: lint.bad has an org policy that does not compare org_id',
  ],
  [
    'a sys policy for the wrong role',
    `${bad(`${IDS}, ${KEY}`)} alter policy sys on lint.bad to guildhall_app`,
    'rls: lint.bad has a sys policy for others',
  ],
  [
    'rights for everybody',
    `${bad(`${IDS}, ${KEY}`)} grant select on lint.bad to public`,
    'grant: lint.bad gives rights to PUBLIC',
  ],
  [
    'more rights than the comment says',
    `create table lint.bad (${IDS}, ${KEY}); ${walled('lint.bad', 'class: tenant; app: select')}
     grant update on lint.bad to guildhall_app`,
    'grant: lint.bad gives guildhall_app more than its comment says: update',
  ],
  [
    'rights on a partition',
    `create table lint.bad (${IDS}, at timestamptz not null, primary key (org_id, id, at))
       partition by range (at); ${walled('lint.bad')}
     create table lint.bad_202611 partition of lint.bad
       for values from ('2026-11-01Z') to ('2026-12-01Z');
     grant select on lint.bad_202611 to guildhall_app`,
    'grant: lint.bad_202611 is a partition and gives rights to guildhall_app',
  ],
  [
    'a trigger and its function',
    `${bad(`${IDS}, ${KEY}`)}
     create function lint.f() returns trigger language plpgsql as $$begin return new; end$$;
     create trigger t before insert on lint.bad for each row execute function lint.f()`,
    'trigger: t on lint.bad is a trigger',
  ],
  [
    'a rule',
    `${bad(`${IDS}, ${KEY}`)} create rule r as on delete to lint.bad do instead nothing`,
    'trigger: r on lint.bad is a rule',
  ],
  ['a sequence', 'create sequence lint.s', 'sequence: lint.s is a sequence'],
  [
    'an identity',
    bad(`${IDS}, n bigint generated always as identity, ${KEY}`),
    'identity: lint.bad.n is an identity',
  ],
  [
    'a function',
    'create function lint.f() returns int language sql return 1',
    'function: lint.f is a function',
  ],
  [
    'a default that is the clock',
    bad(`${IDS}, made timestamptz default now(), ${KEY}`),
    'default: lint.bad.made has a default that is no constant',
  ],
  [
    'a default that is the clock by another name',
    bad(`${IDS}, made timestamptz default current_timestamp, ${KEY}`),
    'default: lint.bad.made has a default that is no constant',
  ],
  [
    'a default that is chance',
    bad(`${IDS}, x uuid default gen_random_uuid(), ${KEY}`),
    'default: lint.bad.x has a default that is no constant',
  ],
  ['json', bad(`${IDS}, x json, ${KEY}`), 'type: lint.bad.x is of type json'],
  [
    'a timestamp without a zone',
    bad(`${IDS}, x timestamp, ${KEY}`),
    'type: lint.bad.x is of type timestamp without time zone',
  ],
  [
    'a bounded varchar',
    bad(`${IDS}, x varchar(20), ${KEY}`),
    'type: lint.bad.x is of type character varying(20)',
  ],
  [
    'partitions by something else',
    `create table lint.bad (${IDS}, ${KEY}) partition by hash (org_id); ${walled('lint.bad')}`,
    'partition: lint.bad is partitioned by HASH (org_id)',
  ],
  [
    'a default partition',
    `create table lint.bad (${IDS}, at timestamptz not null, primary key (org_id, id, at))
       partition by range (at); ${walled('lint.bad')}
     create table lint.bad_rest partition of lint.bad default`,
    'partition: lint.bad_rest holds no month: DEFAULT',
  ],
  [
    'a partition that begins at midnight somewhere else',
    `create table lint.bad (${IDS}, at timestamptz not null, primary key (org_id, id, at))
       partition by range (at); ${walled('lint.bad')}
     create table lint.bad_202611 partition of lint.bad
       for values from ('2026-11-01 00:00+01') to ('2026-12-01 00:00+01')`,
    `partition: lint.bad_202611 holds no month: FOR VALUES FROM ('2026-10-31 23:00:00+00') ` +
      `TO ('2026-11-30 23:00:00+00')`,
  ],
  [
    'partitions of partitions',
    `create table lint.bad (${IDS}, at timestamptz not null, primary key (org_id, id, at))
       partition by range (at); ${walled('lint.bad')}
     create table lint.bad_202611 partition of lint.bad
       for values from ('2026-11-01Z') to ('2026-12-01Z') partition by range (at);
     create table lint.bad_1_202611 partition of lint.bad_202611
       for values from ('2026-11-01Z') to ('2026-12-01Z')`,
    'partition: lint.bad is partitioned twice',
  ],
])('%s is named', async (_, statements, said) => {
  expect(await lintOf(statements)).toContain(said)
})
