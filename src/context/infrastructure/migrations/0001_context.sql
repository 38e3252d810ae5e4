-- What the tiers say, proposals from below, objectives and what aligns with them. The history of
-- each is in the ledger. Ids of projects, branches and tasks are other rooms': no foreign keys.

create schema context;

-- One row per place that says something. `at_id` is the id of the project, branch or task, and of
-- the organisation for the global tier; `at` is how people wrote the place at the last write.
-- `stamps` holds, per leaf path of `data`, who wrote it in which version.
create table context.node (
  org_id uuid not null,
  id uuid not null,
  at_id uuid not null,
  tier text not null check (tier in ('global', 'project', 'branch', 'task')),
  at text not null,
  data jsonb not null check (jsonb_typeof(data) = 'object'),
  stamps jsonb not null check (jsonb_typeof(stamps) = 'object'),
  written_by uuid not null,
  written_at timestamptz not null,
  version bigint not null check (version > 0),
  primary key (org_id, at_id)
);
comment on table context.node is 'class: tenant';

-- `to_ids` runs from the project to the target (empty for the global tier), so that a renamed
-- place stays the same place. `before` is null where the target said nothing at the path.
create table context.delegation (
  org_id uuid not null,
  id uuid not null,
  number integer not null,
  state text not null
    check (state in ('pending', 'accepted', 'edited', 'rejected', 'expired')),
  project_id uuid not null,
  from_tier text not null check (from_tier in ('project', 'branch', 'task')),
  from_id uuid not null,
  from_at text not null,
  to_tier text not null check (to_tier in ('global', 'project', 'branch')),
  to_ids uuid[] not null,
  to_at text not null,
  path text not null,
  data jsonb not null,
  before jsonb,
  reason text not null,
  base_version bigint not null,
  count integer not null check (count > 0),
  opened_by uuid not null,
  opened_at timestamptz not null,
  expires_at timestamptz not null,
  decided_by uuid,
  decided_at timestamptz,
  note text,
  version bigint not null,
  primary key (org_id, id),
  unique (org_id, number)
);
create index delegation_target on context.delegation (org_id, to_ids, number);
create index delegation_due on context.delegation (expires_at) where state = 'pending';
comment on table context.delegation is
  'class: tenant; app: select, insert, update, delete; system: select';

create table context.objective (
  org_id uuid not null,
  id uuid not null,
  number integer not null,
  parent_id uuid,
  title text not null,
  weight double precision not null check (weight > 0),
  metric jsonb,
  due_at timestamptz,
  owner_id uuid,
  archived_at timestamptz,
  version bigint not null,
  primary key (org_id, id),
  unique (org_id, number),
  foreign key (org_id, parent_id) references context.objective (org_id, id)
);
create index objective_parent on context.objective (org_id, parent_id);
comment on table context.objective is 'class: tenant';

-- Projects and branches that align with an objective; what a task aligns with is the task's.
create table context.alignment (
  org_id uuid not null,
  at_id uuid not null,
  tier text not null check (tier in ('project', 'branch')),
  at text not null,
  project_id uuid not null,
  objective_id uuid not null,
  primary key (org_id, at_id),
  foreign key (org_id, objective_id) references context.objective (org_id, id)
);
create index alignment_objective on context.alignment (org_id, objective_id);
comment on table context.alignment is 'class: tenant';

-- The last number given out per kind; its row is locked by whoever adds one.
create table context.counter (
  org_id uuid not null,
  kind text not null check (kind in ('delegation', 'objective')),
  last integer not null,
  primary key (org_id, kind)
);
comment on table context.counter is 'class: tenant';
