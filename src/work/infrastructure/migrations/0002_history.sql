-- What tasks were at every moment: read out of the ledger, which may drop its old months. A row
-- says what a field of a task became; what it was before, the row before says. Rows of one version
-- stand in the order of their steps.
create table work.history (
  org_id uuid not null,
  task_id uuid not null,
  version bigint not null,
  step smallint not null,
  project_id uuid not null,
  number integer not null,
  at timestamptz not null,
  kind text not null check (kind in ('category', 'estimate', 'sprint', 'parent', 'archived')),
  value text,
  by_id uuid,
  primary key (org_id, task_id, version, step)
);
-- No foreign key to the task: an event is read later than it happens, and the task may be gone.
create index history_project on work.history (org_id, project_id, at);
create index history_place on work.history (org_id, project_id, kind, value)
  where kind in ('sprint', 'parent');
comment on table work.history is 'class: tenant';
