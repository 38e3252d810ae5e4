-- The hub as an OAuth server. What the protocol keeps (codes, tokens, requests under way) belongs
-- to the hub's own organisation: a token is shown before anybody knows whose it is. What people
-- decided belongs to theirs, and a token counts only as long as both sides say so.

create table identity.oauth_item (
  org_id uuid not null,
  model text not null check (model ~ '^[A-Za-z]{1,40}$'),
  -- The id is what its holder shows: only its hash is kept, and the payload does not repeat it.
  id_sha256 bytea not null check (octet_length(id_sha256) = 32),
  payload jsonb not null check (jsonb_typeof(payload) = 'object'),
  grant_sha256 bytea check (octet_length(grant_sha256) = 32),
  uid_sha256 bytea check (octet_length(uid_sha256) = 32),
  user_code_sha256 bytea check (octet_length(user_code_sha256) = 32),
  consumed_at timestamptz,
  -- A refresh token passes once more for a moment: an answer may have been lost on its way.
  passed_again boolean not null default false,
  -- When a device last asked whether somebody has decided.
  polled_at timestamptz,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (org_id, model, id_sha256)
);
create index oauth_item_grant on identity.oauth_item (org_id, grant_sha256);
create index oauth_item_uid on identity.oauth_item (org_id, uid_sha256)
  where uid_sha256 is not null;
create index oauth_item_user_code on identity.oauth_item (org_id, user_code_sha256)
  where user_code_sha256 is not null;
create index oauth_item_expires on identity.oauth_item (expires_at);
comment on table identity.oauth_item is
  'class: tenant; app: select, insert, update, delete; system: select';

-- Keys of the server itself, sealed; made once.
create table identity.oauth_key (
  org_id uuid not null,
  name text not null check (name ~ '^[a-z]{1,40}$'),
  sealed text not null,
  created_at timestamptz not null,
  primary key (org_id, name)
);
comment on table identity.oauth_key is
  'class: tenant; app: select, insert, update; system: select';

-- A program that asks a person of this organisation for access, until the person has decided.
create table identity.oauth_request (
  org_id uuid not null,
  uid_sha256 bytea not null check (octet_length(uid_sha256) = 32),
  person_id uuid not null,
  -- The browser session that opened it: no other one decides.
  session_id uuid not null,
  kind text not null check (kind in ('browser', 'device')),
  client_id text not null,
  client_name text not null,
  redirect_uri text,
  resource text not null check (resource in ('mcp', 'v1')),
  scopes text[] not null,
  decision text check (decision in ('given', 'refused')),
  consent_id uuid,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (org_id, uid_sha256),
  foreign key (org_id, person_id) references identity.principal (org_id, id)
);
create index oauth_request_person on identity.oauth_request (org_id, person_id);
create index oauth_request_expires on identity.oauth_request (expires_at);
comment on table identity.oauth_request is
  'class: tenant; app: select, insert, update, delete; system: select';

-- What a person has allowed a program. Its id is the protocol's grant.
create table identity.oauth_consent (
  org_id uuid not null,
  id uuid not null,
  person_id uuid not null,
  -- The agent the program acts as; null: the person, with the hub's own command line.
  agent_id uuid,
  client_id text not null,
  client_name text not null,
  redirect_uri text,
  resource text not null check (resource in ('mcp', 'v1')),
  scopes text[] not null,
  project_ids uuid[],
  -- The person's epoch: a suspension or a changed password ends what was allowed before.
  epoch integer not null,
  auth_time timestamptz not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  primary key (org_id, id),
  foreign key (org_id, person_id) references identity.principal (org_id, id),
  foreign key (org_id, agent_id) references identity.principal (org_id, id)
);
create index oauth_consent_person on identity.oauth_consent (org_id, person_id);
create index oauth_consent_agent on identity.oauth_consent (org_id, agent_id);
comment on table identity.oauth_consent is
  'class: tenant; app: select, insert, update; system: select';
