-- Personal data: whose may not be erased for now, and that the keys of an erased person go.

create table identity.legal_hold (
  org_id uuid not null,
  principal_id uuid not null,
  reason text not null,
  set_by uuid not null,
  set_at timestamptz not null,
  primary key (org_id, principal_id),
  foreign key (org_id, principal_id) references identity.principal (org_id, id)
);
comment on table identity.legal_hold is
  'class: tenant; app: select, insert, update, delete; system: select';

comment on table identity.api_key is
  'class: tenant; app: select, insert, update, delete; system: select';
