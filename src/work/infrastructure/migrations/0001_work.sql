-- Projects, branches, boards, tasks and what hangs on them. Times are program time, ids are
-- UUIDv7 made by the program, ranks compare bytewise.

create schema work;

create table work.project (
  org_id uuid not null,
  id uuid not null,
  key text not null check (key ~ '^[A-Z][A-Z0-9]{1,9}$'),
  name text not null,
  settings jsonb not null,
  next_number integer not null,
  wip_limit integer check (wip_limit > 0),
  wip_used integer not null default 0,
  version bigint not null,
  created_at timestamptz not null,
  archived_at timestamptz,
  primary key (org_id, id)
);
comment on table work.project is 'class: tenant';

-- Every key a project ever had: old ones stay aliases.
create table work.project_key (
  org_id uuid not null,
  key text not null,
  project_id uuid not null,
  primary key (org_id, key),
  foreign key (org_id, project_id) references work.project (org_id, id)
);
create index project_key_project on work.project_key (org_id, project_id);
comment on table work.project_key is 'class: tenant';

create table work.branch (
  org_id uuid not null,
  id uuid not null,
  project_id uuid not null,
  name text not null,
  version bigint not null,
  created_at timestamptz not null,
  archived_at timestamptz,
  primary key (org_id, id),
  unique (org_id, project_id, name),
  foreign key (org_id, project_id) references work.project (org_id, id)
);
comment on table work.branch is 'class: tenant';

-- Agents that are assigned to a branch; a branch with none is open to all of its project.
create table work.branch_agent (
  org_id uuid not null,
  branch_id uuid not null,
  principal_id uuid not null,
  primary key (org_id, branch_id, principal_id),
  foreign key (org_id, branch_id) references work.branch (org_id, id)
);
comment on table work.branch_agent is 'class: tenant';

create table work.board_column (
  org_id uuid not null,
  id uuid not null,
  project_id uuid not null,
  name text not null,
  category text not null
    check (category in ('triage', 'backlog', 'unstarted', 'started', 'completed', 'canceled')),
  position integer not null,
  role text check (role = 'review'),
  wip_limit integer check (wip_limit > 0),
  wip_hard boolean not null default false,
  wip_used integer not null default 0,
  primary key (org_id, id),
  unique (org_id, project_id, name),
  foreign key (org_id, project_id) references work.project (org_id, id)
);
comment on table work.board_column is 'class: tenant';

create table work.label (
  org_id uuid not null,
  project_id uuid not null,
  folded text not null,
  name text not null,
  primary key (org_id, project_id, folded),
  foreign key (org_id, project_id) references work.project (org_id, id)
);
comment on table work.label is 'class: tenant';

create table work.sprint (
  org_id uuid not null,
  id uuid not null,
  project_id uuid not null,
  number integer not null,
  goal text not null,
  starts_on date,
  ends_on date,
  state text not null check (state in ('planned', 'active', 'closed')),
  started_at timestamptz,
  closed_at timestamptz,
  version bigint not null,
  created_at timestamptz not null,
  primary key (org_id, id),
  unique (org_id, project_id, number),
  foreign key (org_id, project_id) references work.project (org_id, id)
);
create unique index sprint_active on work.sprint (org_id, project_id) where state = 'active';
comment on table work.sprint is 'class: tenant';

create table work.task (
  org_id uuid not null,
  id uuid not null,
  project_id uuid not null,
  branch_id uuid not null,
  number integer not null,
  parent_id uuid,
  depth smallint not null default 0,
  type text not null check (type in ('epic', 'story', 'task', 'bug', 'chore')),
  title text not null,
  body text not null,
  column_id uuid not null,
  category text not null,
  priority smallint not null check (priority between 1 and 5),
  rank text collate "C" not null,
  estimate integer check (estimate >= 0),
  assignee_id uuid,
  delegate_id uuid,
  skills text[] not null default '{}',
  labels text[] not null default '{}',
  sprint_id uuid,
  lane smallint not null default 1,
  objective_id uuid,
  accept jsonb not null default '[]',
  due_at timestamptz, hold_until timestamptz,
  blocked_reason text,
  progress smallint not null default 0,
  open_blockers integer not null default 0 check (open_blockers >= 0),
  held_above integer not null default 0 check (held_above >= 0),
  open_children integer not null default 0 check (open_children >= 0),
  attempts integer not null default 0, failures integer not null default 0,
  fence bigint not null default 0,
  version bigint not null,
  created_by uuid,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  started_at timestamptz,
  completed_at timestamptz,
  archived_at timestamptz,
  ready boolean not null generated always as (
    category = 'unstarted' and open_blockers = 0 and held_above = 0 and open_children = 0
    and blocked_reason is null and archived_at is null) stored,
  for_id uuid generated always as (coalesce(delegate_id, assignee_id)) stored,
  search tsvector not null generated always as (
    setweight(to_tsvector('simple', title), 'A') || setweight(to_tsvector('english', title), 'A')
    || setweight(to_tsvector('simple', left(body, 20000)), 'B')
    || setweight(to_tsvector('english', left(body, 20000)), 'B')) stored,
  primary key (org_id, id),
  unique (org_id, project_id, number),
  foreign key (org_id, project_id) references work.project (org_id, id),
  foreign key (org_id, branch_id) references work.branch (org_id, id),
  foreign key (org_id, parent_id) references work.task (org_id, id),
  foreign key (org_id, column_id) references work.board_column (org_id, id),
  foreign key (org_id, sprint_id) references work.sprint (org_id, id)
) with (fillfactor = 80);
-- Claims walk these two; a predicate with coalesce or "or" instead would scan the table.
create index task_pool on work.task (org_id, project_id, lane, priority, rank, number)
  where ready and for_id is null;
create index task_mine on work.task (org_id, for_id, lane, priority, rank, number)
  where ready and for_id is not null;
create index task_column on work.task (org_id, column_id, rank, number);
create index task_project_rank on work.task (org_id, project_id, rank, number);
create index task_branch on work.task (org_id, branch_id);
create index task_parent on work.task (org_id, parent_id) where parent_id is not null;
create index task_sprint on work.task (org_id, sprint_id) where sprint_id is not null;
create index task_search on work.task using gin (search);
comment on table work.task is 'class: tenant';

-- `task_id` depends on `to_id`: for `blocks`, it waits until `to_id` is closed.
create table work.dependency (
  org_id uuid not null,
  task_id uuid not null,
  kind text not null
    check (kind in ('blocks', 'relates', 'duplicates', 'supersedes', 'discovered_from')),
  to_id uuid not null check (to_id <> task_id),
  created_at timestamptz not null,
  primary key (org_id, task_id, kind, to_id),
  foreign key (org_id, task_id) references work.task (org_id, id),
  foreign key (org_id, to_id) references work.task (org_id, id)
);
create index dependency_to on work.dependency (org_id, to_id, kind);
comment on table work.dependency is 'class: tenant';

-- One row per organisation, locked by every change of edges and parents.
create table work.graph (
  org_id uuid primary key,
  changes bigint not null
);
comment on table work.graph is 'class: tenant';

create table work.lease (
  org_id uuid not null,
  task_id uuid not null,
  project_id uuid not null,
  fence bigint not null,
  holder_id uuid not null,
  attempt integer not null,
  lease_s integer not null,
  from_column uuid not null,
  claimed_at timestamptz not null,
  expires_at timestamptz,
  renewals integer not null default 0, noted_at_renewal integer not null default 0,
  stop boolean not null default false,
  told text[] not null default '{}',
  primary key (org_id, task_id),
  foreign key (org_id, task_id) references work.task (org_id, id),
  foreign key (org_id, from_column) references work.board_column (org_id, id)
);
create index lease_expiry on work.lease (expires_at) where expires_at is not null;
create index lease_holder on work.lease (org_id, holder_id);
create index lease_from_column on work.lease (org_id, from_column);
comment on table work.lease is 'class: tenant';

create table work.attempt (
  org_id uuid not null,
  task_id uuid not null,
  number integer not null,
  holder_id uuid not null,
  fence bigint not null,
  from_column uuid not null,
  started_at timestamptz not null,
  ended_at timestamptz,
  outcome text,
  summary text,
  evidence text,
  usage jsonb,
  primary key (org_id, task_id, number),
  foreign key (org_id, task_id) references work.task (org_id, id),
  foreign key (org_id, from_column) references work.board_column (org_id, id)
);
create index attempt_from_column on work.attempt (org_id, from_column);
comment on table work.attempt is 'class: tenant';

-- Claims that an agent holds now; people have no seats.
create table work.seat (
  org_id uuid not null,
  principal_id uuid not null,
  used integer not null check (used >= 0),
  primary key (org_id, principal_id)
);
comment on table work.seat is 'class: tenant';

create table work.comment (
  org_id uuid not null,
  id uuid not null,
  task_id uuid not null,
  author_id uuid,
  body text not null,
  created_at timestamptz not null,
  primary key (org_id, id),
  foreign key (org_id, task_id) references work.task (org_id, id)
);
create index comment_task on work.comment (org_id, task_id, created_at);
comment on table work.comment is 'class: tenant';

create table work.question (
  org_id uuid not null,
  id uuid not null,
  number integer not null,
  project_id uuid not null,
  task_id uuid,
  kind text not null check (kind in ('approve', 'choose', 'question', 'handover')),
  text text not null,
  options jsonb not null,
  asked_by uuid not null,
  asked_at timestamptz not null,
  expires_at timestamptz,
  parked boolean not null default false,
  answer text,
  answered_by uuid,
  answered_at timestamptz,
  told boolean not null default false,
  primary key (org_id, id),
  unique (org_id, number),
  foreign key (org_id, project_id) references work.project (org_id, id),
  foreign key (org_id, task_id) references work.task (org_id, id)
);
create index question_project on work.question (org_id, project_id);
create index question_task on work.question (org_id, task_id);
create index question_asker on work.question (org_id, asked_by) where not told;
comment on table work.question is 'class: tenant';

create table work.import_link (
  org_id uuid not null,
  project_id uuid not null,
  source text not null,
  external_id text not null,
  task_id uuid not null,
  fingerprint text not null,
  kept jsonb not null,
  primary key (org_id, project_id, source, external_id),
  foreign key (org_id, project_id) references work.project (org_id, id),
  foreign key (org_id, task_id) references work.task (org_id, id)
);
create index import_link_task on work.import_link (org_id, task_id);
comment on table work.import_link is 'class: tenant';
