-- What principals may do, grown up: teams, grants that deny, hold in teams and namespaces, under a
-- condition or for a time, and what persons delegate to agents. Every table is tenant.

create table identity.team (
  org_id uuid not null,
  id uuid not null,
  key text not null check (key ~ '^[a-z][a-z0-9-]{0,38}$'),
  name text not null,
  version bigint not null,
  created_at timestamptz not null,
  primary key (org_id, id),
  unique (org_id, key)
);
comment on table identity.team is
  'class: tenant; app: select, insert, update, delete; system: select';

create table identity.team_member (
  org_id uuid not null,
  team_id uuid not null,
  principal_id uuid not null,
  created_by uuid not null,
  created_at timestamptz not null,
  primary key (org_id, team_id, principal_id),
  foreign key (org_id, team_id) references identity.team (org_id, id),
  foreign key (org_id, principal_id) references identity.principal (org_id, id)
);
create index team_member_principal on identity.team_member (org_id, principal_id);
comment on table identity.team_member is
  'class: tenant; app: select, insert, delete; system: select, delete';

-- A project belongs to one team at most; projects are kept by the room of work.
create table identity.team_project (
  org_id uuid not null,
  project_id uuid not null,
  team_id uuid not null,
  created_by uuid not null,
  created_at timestamptz not null,
  primary key (org_id, project_id),
  foreign key (org_id, team_id) references identity.team (org_id, id)
);
create index team_project_team on identity.team_project (org_id, team_id);
comment on table identity.team_project is
  'class: tenant; app: select, insert, update, delete; system: select';

create table identity.delegation (
  org_id uuid not null,
  agent_id uuid not null,
  person_id uuid not null,
  scopes text[],
  project_ids uuid[],
  expires_at timestamptz,
  created_at timestamptz not null,
  primary key (org_id, agent_id, person_id),
  foreign key (org_id, agent_id) references identity.principal (org_id, id),
  foreign key (org_id, person_id) references identity.principal (org_id, id)
);
create index delegation_person on identity.delegation (org_id, person_id);
comment on table identity.delegation is
  'class: tenant; app: select, insert, update, delete; system: select, delete';

alter table identity.role add column version bigint not null default 1;

-- A grant is now given to a principal or a team, as a role or as a list of permissions. Its id is
-- made of what it says, so that the same grant is there once, and so that the program of before,
-- which names no id, still gives its roles while hubs are changed one by one.
alter table identity.grant
  drop constraint grant_pkey,
  drop constraint grant_scope_kind_check,
  alter column principal_id drop not null,
  alter column role_key drop not null,
  add column team_id uuid,
  add column effect text not null default 'allow' check (effect in ('allow', 'deny')),
  add column path text not null default ''
    check (path ~ '^([a-z0-9][a-z0-9._-]{0,38}(/[a-z0-9][a-z0-9._-]{0,38}){0,5})?$'),
  add column permissions jsonb check (jsonb_typeof(permissions) = 'object'),
  add column condition jsonb check (jsonb_typeof(condition) = 'object'),
  add column expires_at timestamptz,
  add foreign key (org_id, team_id) references identity.team (org_id, id),
  add check (scope_kind in ('org', 'team', 'project', 'namespace')),
  add check ((principal_id is null) <> (team_id is null)),
  add check ((role_key is null) <> (permissions is null)),
  add check ((path = '') = (scope_kind <> 'namespace')),
  -- A hash in the form of a UUID of version 8, over texts that hold no backslash.
  add column id uuid generated always as (
    overlay(overlay(
      substr(encode(sha256((
        coalesce(principal_id::text, team_id::text) || ' ' || effect || ' ' ||
        scope_kind || ' ' || scope_id::text || '/' || path || ' ' ||
        coalesce(role_key, permissions::text)
      )::bytea), 'hex'), 1, 32)
      placing '8' from 13) placing '8' from 17)::uuid) stored,
  add primary key (org_id, id);
create index grant_principal on identity.grant (org_id, principal_id);
create index grant_team on identity.grant (org_id, team_id);
