-- Who works: agents that are stopped, what one of them did lately, and what failed too often.

-- A row: agents and services are given no work, and are asked to stop what they hold.
create table work.halt (
  org_id uuid primary key,
  by_id uuid not null,
  at timestamptz not null
);
comment on table work.halt is 'class: tenant';

create index attempt_holder on work.attempt (org_id, holder_id, started_at);
-- As many attempts as `FAILURES_MAX` in src/work/domain/words.ts.
create index task_failed on work.task (org_id, project_id)
  where failures >= 5 and blocked_reason is not null;
