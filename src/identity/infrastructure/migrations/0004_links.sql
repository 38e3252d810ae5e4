-- Links that let somebody do one thing once, and the mails that carry them. Both are tenant. A
-- link is kept as SHA-256 of its secret; a mail is kept sealed until it is sent.

create table identity.link (
  org_id uuid not null,
  id uuid not null,
  purpose text not null check (purpose in ('invite', 'reset', 'verify', 'sign_in', 'set_up')),
  secret_sha256 bytea not null check (octet_length(secret_sha256) = 32),
  -- Whose account it is for, and that account's epoch; null: none yet, or nobody's.
  principal_id uuid,
  epoch integer,
  email text,
  -- What an invitation gives: {"role", "projects": [{"projectId", "role"}], "mailed"}.
  gives jsonb check (jsonb_typeof(gives) = 'object'),
  created_by uuid not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  withdrawn_at timestamptz,
  primary key (org_id, id),
  foreign key (org_id, principal_id) references identity.principal (org_id, id)
);
create index link_principal on identity.link (org_id, principal_id);
create index link_expires on identity.link (expires_at);
comment on table identity.link is
  'class: tenant; app: select, insert, update, delete; system: select, delete';

create table identity.mail (
  org_id uuid not null,
  id uuid not null,
  -- Null where it would go to nobody: whoever asks cannot tell.
  sealed text,
  tries smallint not null check (tries >= 0),
  due_at timestamptz not null,
  created_at timestamptz not null,
  done_at timestamptz,
  primary key (org_id, id)
);
create index mail_due on identity.mail (due_at) where done_at is null;
create index mail_created on identity.mail (created_at);
comment on table identity.mail is
  'class: tenant; app: select, insert, update, delete; system: select, delete';
