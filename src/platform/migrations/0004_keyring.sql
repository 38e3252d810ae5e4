-- Keys that seal secrets. The root key, which is never in the database, wraps one key per
-- organisation; that key wraps the key of each sealed value. The keys of an organisation are
-- numbered: the newest is active, older ones open what is still sealed under them, dead ones are
-- gone for good.

create table platform.org_kek (
  org_id uuid not null,
  id uuid not null,
  number integer not null check (number > 0),
  state text not null check (state in ('active', 'old', 'dead')),
  wrapped text,
  root_id text not null,
  -- Wraps made under it, counted in steps: a process takes many at once.
  wraps bigint not null check (wraps >= 0),
  -- Kinds of values that were ever sealed under it: it cannot die before each of them has moved.
  fields text[] not null,
  created_at timestamptz not null,
  died_at timestamptz,
  primary key (org_id, id),
  unique (org_id, number),
  check ((wrapped is null) = (state = 'dead'))
);
create unique index org_kek_active on platform.org_kek (org_id) where state = 'active';
comment on table platform.org_kek is
  'class: tenant; app: select, insert, update; system: select, insert, update';

create table platform.org_fingerprint (
  org_id uuid not null,
  sealed text not null,
  created_at timestamptz not null,
  primary key (org_id)
);
comment on table platform.org_fingerprint is
  'class: tenant; app: select, insert, update; system: select';
