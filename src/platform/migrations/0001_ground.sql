-- The ground of the house: leases, outbox, ledger, idempotency, consumers.
-- A table's comment says its class and who may do what; the migrator makes row-level security,
-- policies and grants from it (see src/platform/security.ts).

create schema platform;

create table platform.lease (
  name text primary key,
  holder text not null,
  fence bigint not null,
  expires_at timestamptz not null
);
comment on table platform.lease is 'class: local; system: select, insert, update, delete';

create table platform.outbox (
  org_id uuid not null,
  id uuid not null,
  ord bigint not null,
  name text not null,
  subject uuid not null,
  subject_version bigint not null,
  actor uuid,
  happened_at timestamptz not null,
  data jsonb not null,
  digest bytea not null check (octet_length(digest) = 32),
  primary key (org_id, id)
) with (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0);
create index outbox_ord on platform.outbox (ord);
create index outbox_subject on platform.outbox (org_id, subject);
comment on table platform.outbox is
  'class: tenant; app: select, insert; system: select, insert, update, delete';

create table platform.ledger_head (
  org_id uuid primary key,
  pos bigint not null,
  at timestamptz not null,
  hash bytea not null
);
comment on table platform.ledger_head is
  'class: tenant; app: select; system: select, insert, update';

create table platform.ledger (
  org_id uuid not null,
  id uuid not null,
  name text not null,
  subject uuid not null,
  subject_version bigint not null,
  actor uuid,
  happened_at timestamptz not null,
  data jsonb not null,
  digest bytea not null check (octet_length(digest) = 32),
  pos bigint not null,
  at timestamptz not null,
  hash bytea not null,
  primary key (org_id, pos, at)
) partition by range (at);
create index ledger_subject on platform.ledger (org_id, subject, pos);
comment on table platform.ledger is 'class: tenant; app: select; system: select, insert';

create table platform.event_private (
  org_id uuid not null,
  at timestamptz not null,
  event_id uuid not null,
  part text not null,
  owner_id uuid,
  salt bytea not null check (octet_length(salt) = 32),
  body jsonb not null,
  primary key (org_id, event_id, part, at)
) partition by range (at);
comment on table platform.event_private is
  'class: tenant; app: select, insert; system: select, insert, delete';

create table platform.consumer (
  org_id uuid not null,
  name text not null,
  pos bigint not null,
  at timestamptz not null,
  primary key (org_id, name)
);
comment on table platform.consumer is
  'class: tenant; app: select, insert, update; system: select, insert, update, delete';

create table platform.parked (
  org_id uuid not null,
  consumer text not null,
  pos bigint not null,
  subject uuid not null,
  tries integer not null,
  error text not null,
  next_at timestamptz not null,
  primary key (org_id, consumer, pos)
);
create index parked_next on platform.parked (next_at);
comment on table platform.parked is
  'class: tenant; app: select, insert, update, delete; system: select, insert, update, delete';

create table platform.idempotency (
  org_id uuid not null,
  actor uuid not null,
  operation text not null,
  key text not null,
  request_hash bytea not null,
  response jsonb,
  created_at timestamptz not null,
  primary key (org_id, actor, operation, key)
);
create index idempotency_created on platform.idempotency (org_id, created_at);
comment on table platform.idempotency is
  'class: tenant; app: select, insert, update; system: select, delete';

create table platform.ended_session (
  hash text primary key,
  expires_at timestamptz not null
);
comment on table platform.ended_session is 'class: local; system: select, insert, delete';

create table platform.hub (
  name text primary key,
  value text not null
);
comment on table platform.hub is 'class: local; system: select, insert, update';

create function platform.chain_step(state bytea, base bytea, pos bigint, digest bytea)
  returns bytea language sql immutable
  return sha256(coalesce(state, base) || int8send(pos) || digest);

create aggregate platform.chain(base bytea, pos bigint, digest bytea) (
  sfunc = platform.chain_step,
  stype = bytea
);
