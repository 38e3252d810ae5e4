-- Accounts at issuers of tokens: as whom the hub appears there, who is on the way, what was
-- granted. All tables are tenant tables.

create table tools.oauth_client (
  org_id uuid not null,
  id uuid not null,
  -- Names of issuers are compared letter by letter.
  issuer text not null,
  -- By an administrator, or by the issuer when the hub asked for it.
  kind text not null check (kind in ('given', 'registered')),
  client_id text not null,
  auth_method text not null
    check (auth_method in ('none', 'client_secret_basic', 'client_secret_post')),
  secret_id uuid,
  redirect_uri text not null,
  -- When its secret ends.
  expires_at timestamptz,
  created_by uuid not null,
  created_at timestamptz not null,
  version integer not null check (version > 0),
  primary key (org_id, id)
);
create unique index oauth_client_issuer on tools.oauth_client (org_id, issuer, client_id);
comment on table tools.oauth_client is
  'class: tenant; app: select, insert, update, delete; system: select';

-- Tokens and secrets of clients: written here, opened by the vault only.
create table tools.oauth_secret (
  org_id uuid not null,
  id uuid not null,
  -- A connection or a client.
  owner_id uuid not null,
  kind text not null check (kind in ('access', 'refresh', 'client')),
  version integer not null check (version > 0),
  sealed text not null,
  fingerprint text not null,
  created_at timestamptz not null,
  primary key (org_id, id)
);
create index oauth_secret_owner on tools.oauth_secret (org_id, owner_id);
comment on table tools.oauth_secret is
  'class: tenant; app: select, insert, update, delete; system: select';

create table tools.oauth_attempt (
  org_id uuid not null,
  id uuid not null,
  upstream_id uuid not null,
  -- Who set out, and in which browser session; null: with a key.
  principal_id uuid not null,
  credential_id text,
  -- Whose the connection becomes; null: shared.
  owner_id uuid,
  state_sha256 bytea not null,
  -- The word that the code is bound to.
  sealed text not null,
  issuer text not null,
  names_itself boolean not null,
  token_endpoint text not null,
  revocation_endpoint text,
  client_kind text not null check (client_kind in ('document', 'given', 'registered')),
  client_id text not null,
  redirect_uri text not null,
  resource text not null,
  scopes text[] not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  primary key (org_id, id)
);
create unique index oauth_attempt_state on tools.oauth_attempt (org_id, state_sha256);
create index oauth_attempt_expires on tools.oauth_attempt (expires_at);
comment on table tools.oauth_attempt is
  'class: tenant; app: select, insert, update, delete; system: select';

-- What was granted to a connection. It outlives it until the tokens were given back.
create table tools.oauth_grant (
  org_id uuid not null,
  connection_id uuid not null,
  upstream_id uuid not null,
  issuer text not null,
  token_endpoint text not null,
  revocation_endpoint text,
  client_kind text not null check (client_kind in ('document', 'given', 'registered')),
  client_id text not null,
  -- Where the token may be sent.
  resource text not null,
  scopes text[] not null,
  -- What calls were refused for since.
  wanted text[] not null,
  access_id uuid not null,
  refresh_id uuid,
  issued_at timestamptz not null,
  expires_at timestamptz,
  -- Who renews it now; after a failure nobody, until then.
  lease_holder uuid,
  lease_until timestamptz,
  version integer not null check (version > 0),
  primary key (org_id, connection_id)
);
comment on table tools.oauth_grant is
  'class: tenant; app: select, insert, update, delete; system: select';
