-- Limits that hold across processes, and what guards the ways in. Every table is tenant. The
-- numbers of limits are unlogged: a crash forgets them, which costs a burst and nothing else.

create unlogged table platform.limit (
  org_id uuid not null,
  name text not null,
  key text not null,
  tat double precision not null,
  primary key (org_id, name, key)
);
comment on table platform.limit is
  'class: tenant; app: select, insert, update, delete; system: select, delete';

-- Tries at one door since the last one that succeeded; moments in milliseconds since 1970.
create unlogged table platform.backoff (
  org_id uuid not null,
  name text not null,
  key text not null,
  tries integer not null,
  free_at double precision not null,
  primary key (org_id, name, key)
);
comment on table platform.backoff is
  'class: tenant; app: select, insert, update, delete; system: select, delete';

-- Devices of past good sign-ins; account and device are digests under a key of the hub.
create table platform.known_device (
  org_id uuid not null,
  account text not null,
  device text not null,
  seen_at timestamptz not null,
  primary key (org_id, account, device)
);
comment on table platform.known_device is
  'class: tenant; app: select, insert, update, delete; system: select, delete';

-- Networks from which an organisation may be used; an empty list means from anywhere.
create table platform.allow_list (
  org_id uuid primary key,
  web text[] not null,
  keys text[] not null,
  admin text[] not null,
  version bigint not null,
  changed_at timestamptz not null
);
comment on table platform.allow_list is
  'class: tenant; app: select, insert, update; system: select';
