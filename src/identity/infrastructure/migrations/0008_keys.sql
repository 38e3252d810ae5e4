-- Keys grown up: bound to networks, and replaced by another one that takes over from them.

alter table identity.api_key
  add column addresses text[] check (cardinality(addresses) > 0),
  add column replaced_by uuid,
  add foreign key (org_id, replaced_by) references identity.api_key (org_id, id);
create index api_key_replaced_by on identity.api_key (org_id, replaced_by);
