-- Webhooks: calls from outside that become events and tasks, and events that are sent outside.
-- All tables are tenant tables.

create table tools.webhook (
  org_id uuid not null,
  id uuid not null,
  -- Null: the organisation's own.
  project_id uuid,
  name text not null check (name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$'),
  -- The last step of the URL that is called: chance.
  path text not null,
  scheme text not null
    check (scheme in ('standard-webhooks', 'github', 'gitlab', 'stripe', 'slack', 'hmac')),
  -- Where a plain HMAC stands and how it is written.
  place jsonb,
  -- What becomes a task.
  rule jsonb,
  active boolean not null,
  -- Who answers for it, and what their credential was cut down to.
  made_by uuid not null,
  made_scopes text[],
  made_projects uuid[],
  version integer not null check (version > 0),
  created_at timestamptz not null,
  primary key (org_id, id)
);
create unique index webhook_name on tools.webhook (org_id, project_id, name) nulls not distinct;
create index webhook_path on tools.webhook (path);
comment on table tools.webhook is
  'class: tenant; app: select, insert, update, delete; system: select';

-- What proves a call, and where deliveries go: addresses of receivers are often secrets themselves.
create table tools.webhook_secret (
  org_id uuid not null,
  id uuid not null,
  -- A webhook or a subscription.
  owner_id uuid not null,
  kind text not null check (kind in ('signing', 'target')),
  sealed text not null,
  created_at timestamptz not null,
  -- Null: until it is replaced.
  expires_at timestamptz,
  primary key (org_id, id)
);
create index webhook_secret_owner on tools.webhook_secret (org_id, owner_id);
create index webhook_secret_expires on tools.webhook_secret (expires_at)
  where expires_at is not null;
comment on table tools.webhook_secret is
  'class: tenant; app: select, insert, update, delete; system: select';

-- Calls that were taken; their keys keep the same one from being taken again.
create table tools.webhook_receipt (
  org_id uuid not null,
  id uuid not null,
  webhook_id uuid not null,
  delivery_key text not null,
  -- What was signed, where the delivery's name is not part of it.
  signed_key text,
  received_at timestamptz not null,
  bytes integer not null,
  outcome text not null check (outcome in ('kept', 'unmatched', 'task', 'comment', 'failed')),
  task_key text,
  why text,
  primary key (org_id, id)
);
create unique index webhook_receipt_delivery
  on tools.webhook_receipt (org_id, webhook_id, delivery_key);
create unique index webhook_receipt_signed
  on tools.webhook_receipt (org_id, webhook_id, signed_key) where signed_key is not null;
create index webhook_receipt_webhook on tools.webhook_receipt (org_id, webhook_id, id);
create index webhook_receipt_received on tools.webhook_receipt (received_at);
comment on table tools.webhook_receipt is
  'class: tenant; app: select, insert, update, delete; system: select';

-- Which task stands for a thing of the sender's.
create table tools.webhook_task (
  org_id uuid not null,
  webhook_id uuid not null,
  thing_key text not null,
  -- Null: within the transaction that makes the task.
  task_key text,
  seen_at timestamptz not null,
  primary key (org_id, webhook_id, thing_key)
);
create index webhook_task_seen on tools.webhook_task (seen_at);
comment on table tools.webhook_task is
  'class: tenant; app: select, insert, update, delete; system: select';

create table tools.webhook_subscription (
  org_id uuid not null,
  id uuid not null,
  project_id uuid,
  name text not null check (name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$'),
  -- The host that deliveries go to; the whole address is sealed.
  host text not null,
  events text[] not null,
  -- Null: events of all projects, and those of none.
  project_ids uuid[],
  state text not null check (state in ('active', 'paused', 'stopped')),
  stop_reason text,
  -- Events that happened before are not sent.
  active_since timestamptz not null,
  failures integer not null check (failures >= 0),
  failing_since timestamptz,
  waiting integer not null check (waiting >= 0),
  made_by uuid not null,
  made_scopes text[],
  made_projects uuid[],
  version integer not null check (version > 0),
  created_at timestamptz not null,
  primary key (org_id, id)
);
create unique index webhook_subscription_name
  on tools.webhook_subscription (org_id, project_id, name) nulls not distinct;
comment on table tools.webhook_subscription is
  'class: tenant; app: select, insert, update, delete; system: select';

create table tools.webhook_delivery (
  org_id uuid not null,
  id uuid not null,
  subscription_id uuid not null,
  -- Null: a ping, which is about no event. The event is read when it is sent.
  event_id uuid,
  event_pos bigint,
  event_at timestamptz,
  event text not null,
  state text not null check (state in ('waiting', 'held', 'done', 'dead', 'withheld')),
  tries integer not null check (tries >= 0),
  -- Rises with each claim: who was too slow records nothing.
  fence integer not null check (fence >= 0),
  next_at timestamptz,
  created_at timestamptz not null,
  ended_at timestamptz,
  -- Of the last try.
  status integer,
  said text,
  why text,
  ms integer,
  primary key (org_id, id)
);
create unique index webhook_delivery_event
  on tools.webhook_delivery (org_id, subscription_id, event_id) where event_id is not null;
create index webhook_delivery_subscription
  on tools.webhook_delivery (org_id, subscription_id, id);
create index webhook_delivery_due on tools.webhook_delivery (next_at) where state = 'waiting';
create index webhook_delivery_created on tools.webhook_delivery (created_at);
comment on table tools.webhook_delivery is
  'class: tenant; app: select, insert, update, delete; system: select';
