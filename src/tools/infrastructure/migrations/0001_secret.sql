-- Secrets that can be written and used but never read, the rotations of the keys above them, and
-- the leases under which agents use them.

create schema tools;

create table tools.secret (
  org_id uuid not null,
  id uuid not null,
  -- Null: the organisation's own.
  project_id uuid,
  name text not null check (name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$'),
  version integer not null check (version > 0),
  created_at timestamptz not null,
  used_at timestamptz,
  primary key (org_id, id)
);
create unique index secret_name on tools.secret (org_id, project_id, name) nulls not distinct;
comment on table tools.secret is
  'class: tenant; app: select, insert, update, delete; system: select';

create table tools.secret_version (
  org_id uuid not null,
  secret_id uuid not null,
  version integer not null check (version > 0),
  -- Null: a newer version took its place, and this one is gone for good.
  sealed text,
  fingerprint text not null,
  last4 text,
  created_by uuid not null,
  created_at timestamptz not null,
  primary key (org_id, secret_id, version),
  foreign key (org_id, secret_id) references tools.secret (org_id, id)
);
comment on table tools.secret_version is
  'class: tenant; app: select, insert, update, delete; system: select';

create table tools.key_rotation (
  org_id uuid not null,
  id uuid not null,
  state text not null check (state in ('pending', 'running', 'verifying', 'done', 'failed')),
  -- The keys before the new one.
  old_keys uuid[] not null,
  -- Where it stands: the number of the source, and the last row of it that is done.
  source integer not null,
  after_row text,
  total integer not null,
  moved integer not null,
  verified integer not null,
  destroyed integer not null,
  kept_for text[] not null,
  why text,
  started_by uuid not null,
  started_at timestamptz not null,
  finished_at timestamptz,
  version integer not null,
  primary key (org_id, id)
);
create unique index key_rotation_open on tools.key_rotation (org_id)
  where state in ('pending', 'running', 'verifying');
comment on table tools.key_rotation is
  'class: tenant; app: select, insert, update; system: select';

create table tools.lease (
  org_id uuid not null,
  id uuid not null,
  principal_id uuid not null,
  on_behalf_of uuid,
  task_id uuid not null,
  -- The fence of the claim that it lives with.
  fence bigint not null,
  connection text not null,
  tools text[] not null,
  calls_max integer not null check (calls_max > 0),
  calls integer not null check (calls between 0 and calls_max),
  taken_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  primary key (org_id, id)
);
create index lease_task on tools.lease (org_id, task_id) where ended_at is null;
create index lease_principal on tools.lease (org_id, principal_id) where ended_at is null;
create index lease_expires on tools.lease (expires_at) where ended_at is null;
comment on table tools.lease is
  'class: tenant; app: select, insert, update; system: select';
