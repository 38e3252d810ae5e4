-- The hub of tools: servers, what they offer, who may use it, and what was called.

create table tools.upstream (
  org_id uuid not null,
  id uuid not null,
  slug text not null check (slug ~ '^[a-z][a-z0-9-]{0,15}$'),
  title text not null,
  kind text not null check (kind in ('http', 'sse', 'stdio', 'openapi')),
  -- The key of the catalogue's entry, and the package that was installed for it.
  entry text,
  package_version text,
  integrity text,
  era text not null check (era in ('auto', 'modern', 'legacy')),
  -- What its kind needs besides: parameters of the program, the document of a service.
  config jsonb not null,
  -- Whose credential goes along: nobody's, one of all, or each person's own.
  credential text not null check (credential in ('none', 'shared', 'person')),
  -- Where it goes: a header, a bearer token, a query parameter, the environment, OAuth.
  auth jsonb not null,
  balance text not null,
  enabled boolean not null,
  owner_id uuid not null,
  -- What it was found to offer at last, and why it could not be asked.
  found_at timestamptz,
  tried_at timestamptz,
  failure text,
  instructions text,
  server text,
  created_at timestamptz not null,
  version integer not null check (version > 0),
  primary key (org_id, id)
);
create unique index upstream_slug on tools.upstream (org_id, slug);
create index upstream_tried on tools.upstream (tried_at) where enabled;
comment on table tools.upstream is
  'class: tenant; app: select, insert, update, delete; system: select';

create table tools.replica (
  org_id uuid not null,
  upstream_id uuid not null,
  id uuid not null,
  url text not null,
  weight integer not null check (weight between 1 and 100),
  primary key (org_id, id),
  foreign key (org_id, upstream_id) references tools.upstream (org_id, id)
);
create index replica_upstream on tools.replica (org_id, upstream_id);
comment on table tools.replica is
  'class: tenant; app: select, insert, update, delete; system: select';

create table tools.definition (
  org_id uuid not null,
  id uuid not null,
  upstream_id uuid not null,
  kind text not null check (kind in ('tool', 'prompt', 'resource', 'template')),
  name text not null,
  state text not null check (state in ('proposed', 'approved', 'changed', 'rejected', 'gone')),
  hash text not null,
  body jsonb not null,
  -- What the server says now, where that is not what was approved.
  next_hash text,
  next_body jsonb,
  warnings text[] not null,
  found_at timestamptz not null,
  decided_at timestamptz,
  decided_by uuid,
  version integer not null check (version > 0),
  primary key (org_id, id),
  foreign key (org_id, upstream_id) references tools.upstream (org_id, id)
);
create unique index definition_name on tools.definition (org_id, upstream_id, kind, name);
comment on table tools.definition is
  'class: tenant; app: select, insert, update, delete; system: select';

create table tools.policy (
  org_id uuid not null,
  upstream_id uuid not null,
  -- Empty: every tool of the server that has no rules of its own.
  tool text not null,
  rules jsonb not null,
  version integer not null check (version > 0),
  primary key (org_id, upstream_id, tool),
  foreign key (org_id, upstream_id) references tools.upstream (org_id, id)
);
comment on table tools.policy is
  'class: tenant; app: select, insert, update, delete; system: select';

create table tools.connection (
  org_id uuid not null,
  id uuid not null,
  upstream_id uuid not null,
  -- Null: shared by everybody who may use the server.
  principal_id uuid,
  secret_id uuid,
  account text,
  state text not null check (state in ('ready', 'needs_connect')),
  created_by uuid not null,
  created_at timestamptz not null,
  version integer not null check (version > 0),
  primary key (org_id, id),
  foreign key (org_id, upstream_id) references tools.upstream (org_id, id)
);
create unique index connection_of on tools.connection (org_id, upstream_id, principal_id)
  nulls not distinct;
comment on table tools.connection is
  'class: tenant; app: select, insert, update, delete; system: select';

create table tools.profile (
  org_id uuid not null,
  id uuid not null,
  name text not null check (name ~ '^[a-z][a-z0-9-]{0,31}$'),
  title text not null,
  tools text[] not null,
  -- One server under its own names.
  raw boolean not null,
  version integer not null check (version > 0),
  primary key (org_id, id)
);
create unique index profile_name on tools.profile (org_id, name);
comment on table tools.profile is
  'class: tenant; app: select, insert, update, delete; system: select';

create table tools.call (
  org_id uuid not null,
  at timestamptz not null,
  id uuid not null,
  number bigint not null,
  principal_id uuid not null,
  on_behalf_of uuid,
  door text not null,
  task_id uuid,
  project_id uuid,
  upstream_id uuid not null,
  tool text not null,
  definition_hash text not null,
  args_sha256 text not null,
  effect text not null,
  state text not null check (state in
    ('parked', 'begun', 'done', 'failed', 'refused', 'unknown')),
  connection_id uuid,
  lease_id uuid,
  approval_id uuid,
  ended_at timestamptz,
  ms integer,
  bytes integer,
  code text,
  trace text,
  primary key (org_id, id, at)
) partition by range (at);
create index call_number on tools.call (org_id, number);
create index call_recent on tools.call (org_id, upstream_id, at);
create index call_principal on tools.call (org_id, principal_id, at);
create index call_open on tools.call (at) where state = 'begun';
comment on table tools.call is
  'class: tenant; app: select, insert, update; system: select';

create table tools.call_counter (
  org_id uuid primary key,
  calls bigint not null
);
comment on table tools.call_counter is
  'class: tenant; app: select, insert, update; system: select';

-- Calls that are named by a key of their caller: repeated, they are answered, not done again.
create table tools.call_key (
  org_id uuid not null,
  principal_id uuid not null,
  key text not null,
  call_id uuid not null,
  args_sha256 text not null,
  created_at timestamptz not null,
  primary key (org_id, principal_id, key)
);
create index call_key_created on tools.call_key (created_at);
comment on table tools.call_key is
  'class: tenant; app: select, insert, delete; system: select';

create table tools.call_result (
  org_id uuid not null,
  call_id uuid not null,
  principal_id uuid not null,
  body jsonb not null,
  bytes integer not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (org_id, call_id)
);
create index call_result_expires on tools.call_result (expires_at);
comment on table tools.call_result is
  'class: tenant; app: select, insert, delete; system: select';

create table tools.parked_call (
  org_id uuid not null,
  call_id uuid not null,
  call_at timestamptz not null,
  approval_id uuid not null,
  actor jsonb not null,
  args jsonb not null,
  args_sha256 text not null,
  fields text[] not null,
  state text not null check (state in ('waiting', 'ready', 'sent', 'done')),
  sent_at timestamptz,
  expires_at timestamptz not null,
  primary key (org_id, call_id)
);
create index parked_call_approval on tools.parked_call (org_id, approval_id);
create index parked_call_due on tools.parked_call (expires_at) where state <> 'done';
comment on table tools.parked_call is
  'class: tenant; app: select, insert, update, delete; system: select';

create table tools.label (
  org_id uuid not null,
  -- A task, or a principal.
  subject_id uuid not null,
  label text not null,
  call_id uuid not null,
  at timestamptz not null,
  primary key (org_id, subject_id, label)
);
comment on table tools.label is
  'class: tenant; app: select, insert, update, delete; system: select';

create table tools.tool_use (
  org_id uuid not null,
  definition_id uuid not null,
  calls bigint not null,
  failures bigint not null,
  ms bigint not null,
  last_at timestamptz not null,
  primary key (org_id, definition_id)
);
comment on table tools.tool_use is
  'class: tenant; app: select, insert, update, delete; system: select';
