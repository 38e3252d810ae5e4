-- How people sign in: sessions of browsers, passwords, second factors, passkeys. Every table is
-- tenant. Passwords and backup codes are kept as Argon2id, session secrets as SHA-256, the secret
-- of a code generator sealed under the key of its organisation.

create table identity.session (
  org_id uuid not null,
  id uuid not null,
  principal_id uuid not null,
  secret_sha256 bytea not null check (octet_length(secret_sha256) = 32),
  -- What is missing of the sign-in; null: nothing.
  stage text check (stage in ('factor', 'enrol')),
  epoch integer not null,
  amr text[] not null,
  auth_time timestamptz not null,
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  -- Codes and passwords given to it since it last rose; it ends with one too many.
  tries smallint not null check (tries >= 0),
  -- What the list of one's own sessions shows of where it is used.
  agent text,
  address text,
  primary key (org_id, id),
  foreign key (org_id, principal_id) references identity.principal (org_id, id)
);
create index session_principal on identity.session (org_id, principal_id);
create index session_expires on identity.session (expires_at);
comment on table identity.session is
  'class: tenant; app: select, insert, update, delete; system: select, delete';

-- An address names one person. Until now nothing hung on it, so where two had the same the first
-- keeps it; the record still says what was given for the other.
alter table identity.person_profile no force row level security;
update identity.person_profile p
   set email = null
 where exists (
   select from identity.person_profile o
    where o.org_id = p.org_id and lower(o.email) = lower(p.email)
      and o.principal_id < p.principal_id);
alter table identity.person_profile force row level security;
create unique index person_profile_email on identity.person_profile (org_id, lower(email));
alter table identity.person_profile add column email_verified_at timestamptz;

create table identity.password (
  org_id uuid not null,
  principal_id uuid not null,
  phc text not null check (phc like '$argon2id$%'),
  changed_at timestamptz not null,
  primary key (org_id, principal_id),
  foreign key (org_id, principal_id) references identity.principal (org_id, id)
);
comment on table identity.password is
  'class: tenant; app: select, insert, update, delete; system: select, delete';

create table identity.totp (
  org_id uuid not null,
  id uuid not null,
  principal_id uuid not null,
  sealed text not null,
  -- The last step a code was taken for: no code is taken twice.
  last_step bigint not null,
  -- Null until its holder has shown a code.
  confirmed_at timestamptz,
  created_at timestamptz not null,
  primary key (org_id, id),
  foreign key (org_id, principal_id) references identity.principal (org_id, id)
);
create index totp_principal on identity.totp (org_id, principal_id);
create unique index totp_confirmed on identity.totp (org_id, principal_id)
  where confirmed_at is not null;
comment on table identity.totp is
  'class: tenant; app: select, insert, update, delete; system: select, delete';

create table identity.backup_code (
  org_id uuid not null,
  principal_id uuid not null,
  slot smallint not null check (slot between 0 and 9),
  phc text not null check (phc like '$argon2id$%'),
  used_at timestamptz,
  primary key (org_id, principal_id, slot),
  foreign key (org_id, principal_id) references identity.principal (org_id, id)
);
comment on table identity.backup_code is
  'class: tenant; app: select, insert, update, delete; system: select, delete';

create table identity.passkey (
  org_id uuid not null,
  id uuid not null,
  principal_id uuid not null,
  credential_id text not null,
  public_key bytea not null,
  counter bigint not null check (counter >= 0),
  transports text[] not null,
  name text not null,
  created_at timestamptz not null,
  last_used_at timestamptz,
  primary key (org_id, id),
  unique (org_id, credential_id),
  foreign key (org_id, principal_id) references identity.principal (org_id, id)
);
create index passkey_principal on identity.passkey (org_id, principal_id);
comment on table identity.passkey is
  'class: tenant; app: select, insert, update, delete; system: select, delete';

create table identity.passkey_challenge (
  org_id uuid not null,
  id uuid not null,
  purpose text not null check (purpose in ('register', 'sign_in', 'factor')),
  -- Whose session asked; null for a stranger's sign-in.
  session_id uuid,
  challenge text not null,
  expires_at timestamptz not null,
  primary key (org_id, id)
);
create index passkey_challenge_expires on identity.passkey_challenge (expires_at);
comment on table identity.passkey_challenge is
  'class: tenant; app: select, insert, delete; system: select, delete';

create table identity.sign_in_settings (
  org_id uuid not null,
  second_factor text not null check (second_factor in ('required', 'admins', 'optional')),
  version bigint not null,
  primary key (org_id)
);
comment on table identity.sign_in_settings is
  'class: tenant; app: select, insert, update; system: select';
