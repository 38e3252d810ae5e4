-- What people keep of a board under a name: the query of its address, for themselves or for all
-- of the project.

create table work.saved_view (
  org_id uuid not null,
  id uuid not null,
  project_id uuid not null,
  number integer not null,
  owner_id uuid not null,
  name text not null,
  query text not null,
  shared boolean not null,
  version bigint not null,
  created_at timestamptz not null,
  primary key (org_id, id),
  unique (org_id, project_id, number),
  foreign key (org_id, project_id) references work.project (org_id, id)
);
create index saved_view_owner on work.saved_view (org_id, owner_id);
comment on table work.saved_view is 'class: tenant';
