-- How people sign in through others: the issuers an organisation trusts, the accounts there that
-- stand for a person here, and sign-ins under way.

create table identity.provider (
  org_id uuid not null,
  id uuid not null,
  key text not null check (key ~ '^[a-z][a-z0-9-]{0,38}$'),
  kind text not null check (kind in ('github', 'google', 'oidc')),
  name text not null,
  issuer text not null,
  client_id text not null,
  -- Sealed for this row; its version is the secret's.
  client_secret text not null,
  secret_version integer not null,
  -- Whose verified address in one of these domains may come in without an invitation; none: nobody.
  domains text[] not null,
  version bigint not null,
  created_at timestamptz not null,
  primary key (org_id, id),
  unique (org_id, key)
);
comment on table identity.provider is
  'class: tenant; app: select, insert, update, delete; system: select, update';

create table identity.external_account (
  org_id uuid not null,
  id uuid not null,
  principal_id uuid not null,
  issuer text not null,
  subject text not null,
  linked_at timestamptz not null,
  last_used_at timestamptz,
  primary key (org_id, id),
  unique (org_id, issuer, subject),
  foreign key (org_id, principal_id) references identity.principal (org_id, id)
);
create index external_account_principal on identity.external_account (org_id, principal_id);
comment on table identity.external_account is
  'class: tenant; app: select, insert, update, delete; system: select, delete';

create table identity.external_attempt (
  org_id uuid not null,
  id uuid not null,
  provider_id uuid not null,
  -- The account that the sign-in is linked to; null: it is a sign-in.
  principal_id uuid,
  state_sha256 bytea not null check (octet_length(state_sha256) = 32),
  binding_sha256 bytea not null check (octet_length(binding_sha256) = 32),
  nonce text not null,
  -- Sealed: with the code, it is as good as the token.
  verifier text not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  primary key (org_id, id),
  foreign key (org_id, provider_id) references identity.provider (org_id, id) on delete cascade,
  foreign key (org_id, principal_id) references identity.principal (org_id, id)
);
create index external_attempt_provider on identity.external_attempt (org_id, provider_id);
create index external_attempt_principal on identity.external_attempt (org_id, principal_id);
create index external_attempt_expires on identity.external_attempt (expires_at);
comment on table identity.external_attempt is
  'class: tenant; app: select, insert, update, delete; system: select, delete';
