-- Who acts: principals, their keys, what they may do. Every table of an organisation is tenant;
-- the directory that finds the organisation behind a key is reference.

create schema identity;

create table identity.org_directory (
  org_id uuid primary key,
  tag text not null unique check (tag ~ '^[0-9A-Za-z]{8}$'),
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,38}$'),
  name text not null
);
comment on table identity.org_directory is
  'class: reference; app: select; system: select, insert, update';

create table identity.principal (
  org_id uuid not null,
  id uuid not null,
  kind text not null check (kind in ('person', 'service', 'agent')),
  handle text not null check (handle ~ '^[a-z0-9][a-z0-9._-]{0,38}$'),
  status text not null check (status in ('active', 'suspended', 'removed')),
  epoch integer not null check (epoch >= 0),
  responsible_id uuid,
  skills text[] not null,
  seat_limit integer check (seat_limit > 0),
  version bigint not null,
  created_at timestamptz not null,
  primary key (org_id, id),
  unique (org_id, handle),
  foreign key (org_id, responsible_id) references identity.principal (org_id, id)
);
create index principal_responsible on identity.principal (org_id, responsible_id);
comment on table identity.principal is
  'class: tenant; app: select, insert, update; system: select';

create table identity.person_profile (
  org_id uuid not null,
  principal_id uuid not null,
  name text,
  email text,
  primary key (org_id, principal_id),
  foreign key (org_id, principal_id) references identity.principal (org_id, id)
);
comment on table identity.person_profile is
  'class: tenant; app: select, insert, update, delete; system: select, delete';

create table identity.api_key (
  org_id uuid not null,
  id uuid not null,
  principal_id uuid not null,
  name text not null,
  secret_sha256 bytea not null check (octet_length(secret_sha256) = 32),
  prefix text not null,
  scopes text[],
  project_ids uuid[],
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  created_by uuid not null,
  created_at timestamptz not null,
  primary key (org_id, id),
  foreign key (org_id, principal_id) references identity.principal (org_id, id)
);
create index api_key_principal on identity.api_key (org_id, principal_id);
comment on table identity.api_key is
  'class: tenant; app: select, insert, update; system: select';

create table identity.role (
  org_id uuid not null,
  key text not null check (key ~ '^[a-z][a-z0-9_-]{0,38}$'),
  name text not null,
  permissions jsonb not null check (jsonb_typeof(permissions) = 'object'),
  primary key (org_id, key)
);
comment on table identity.role is
  'class: tenant; app: select, insert, update, delete; system: select';

create table identity.grant (
  org_id uuid not null,
  principal_id uuid not null,
  role_key text not null,
  scope_kind text not null check (scope_kind in ('org', 'project')),
  scope_id uuid not null,
  created_by uuid not null,
  created_at timestamptz not null,
  primary key (org_id, principal_id, role_key, scope_kind, scope_id),
  foreign key (org_id, principal_id) references identity.principal (org_id, id)
);
create index grant_scope on identity.grant (org_id, scope_kind, scope_id, principal_id);
comment on table identity.grant is
  'class: tenant; app: select, insert, update, delete; system: select';
