-- Evidence: the keys that sign, signed checkpoints of each ledger, its epochs after restores, and
-- the anchors from which it is verified once old months are dropped.

create table platform.signing_key (
  org_id uuid not null,
  id uuid not null,
  public_key bytea not null check (octet_length(public_key) = 32),
  sealed text not null,
  created_at timestamptz not null,
  retired_at timestamptz,
  primary key (org_id, id)
);
create unique index signing_key_active on platform.signing_key (org_id) where retired_at is null;
comment on table platform.signing_key is
  'class: tenant; app: select, insert, update; system: select, insert, update';

-- frontier: the roots of the full subtrees, largest first; keys: the public keys that signed.
create table platform.ledger_checkpoint (
  org_id uuid not null,
  epoch integer not null,
  size bigint not null,
  frontier bytea not null check (octet_length(frontier) % 32 = 0),
  note text not null,
  keys bytea not null check (octet_length(keys) % 32 = 0),
  at timestamptz not null,
  primary key (org_id, epoch, size)
);
create index ledger_checkpoint_size on platform.ledger_checkpoint (org_id, size, epoch);
comment on table platform.ledger_checkpoint is
  'class: tenant; app: select; system: select, insert';

-- One row for each restore that was found; the epoch begins once somebody has accepted it.
create table platform.ledger_epoch (
  org_id uuid not null,
  epoch integer not null,
  kept_to bigint not null,
  lost_to bigint not null,
  lost_hash bytea not null,
  found_at timestamptz not null,
  accepted_at timestamptz,
  primary key (org_id, epoch)
);
comment on table platform.ledger_epoch is
  'class: tenant; app: select, update; system: select, insert, update, delete';

create table platform.ledger_anchor (
  org_id uuid not null,
  pos bigint not null,
  at timestamptz not null,
  hash bytea not null,
  frontier bytea not null check (octet_length(frontier) % 32 = 0),
  primary key (org_id, pos)
);
comment on table platform.ledger_anchor is
  'class: tenant; app: select, insert; system: select, insert';

-- A subject's erasure takes body and salt of erasable parts away, in its own transaction.
comment on table platform.event_private is
  'class: tenant; app: select, insert, delete; system: select, insert, delete';
