-- What people are asked to approve, and what became of it. The table is the inbox of every room
-- that asks; ids of other rooms are kept without foreign keys.

create schema agents;

create table agents.approval (
  org_id uuid not null,
  id uuid not null,
  number integer not null check (number > 0),
  kind text not null
    check (kind in ('gate', 'tool', 'permission', 'budget', 'question', 'choice', 'handover',
                    'unknown_effect', 'auth')),
  state text not null
    check (state in ('open', 'approved', 'denied', 'changes', 'expired', 'withdrawn')),
  -- `text` in plain words, and `args` as canonical JSON in one text: jsonb would write numbers in
  -- another way than they were hashed.
  shown jsonb not null check (jsonb_typeof(shown) = 'object'),
  -- Run, effect, tool and its definition: the rest of what the hash covers.
  bound jsonb not null check (jsonb_typeof(bound) = 'object'),
  args_sha256 text not null check (args_sha256 ~ '^[0-9a-f]{64}$'),
  policy_version integer not null,
  -- Null: the organisation decides.
  project_id uuid,
  requester uuid not null,
  on_behalf_of uuid,
  risk text not null check (risk in ('normal', 'high')),
  needs integer not null check (needs in (1, 2)),
  ref jsonb not null check (jsonb_typeof(ref) = 'object'),
  asked_at timestamptz not null,
  expires_at timestamptz not null,
  -- Who has spoken, in order. With two needed, one may stand here while it is open.
  decided_by uuid[] not null,
  decided_at timestamptz,
  reason text,
  used_at timestamptz,
  version integer not null check (version > 0),
  primary key (org_id, id),
  unique (org_id, number),
  check (state <> 'approved' or cardinality(decided_by) = needs),
  check (used_at is null or state = 'approved')
);
create index approval_open on agents.approval (org_id, number) where state = 'open';
create index approval_requester on agents.approval (org_id, requester, number);
create index approval_behalf on agents.approval (org_id, on_behalf_of, number);
create index approval_due on agents.approval (expires_at) where state = 'open';
comment on table agents.approval is 'class: tenant; app: select, insert, update; system: select';

-- The last number given out; its row is locked by whoever asks.
create table agents.counter (
  org_id uuid not null,
  kind text not null check (kind in ('approval')),
  last integer not null,
  primary key (org_id, kind)
);
comment on table agents.counter is 'class: tenant; app: select, insert, update';
