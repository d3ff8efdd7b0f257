-- Last: who owns, who may call. Nothing is left to PUBLIC.
revoke all on all functions in schema sync from public;
revoke all on all tables in schema sync from public;
grant usage on schema sync, desk to edesk_member, edesk_owner;
grant select on sync.change to edesk_member;
grant execute on function
  sync.actor(), sync.my_scopes(), sync.sees_all(), sync.my_all(), sync.my_roles(),
  sync.history_id(),
  sync.now_cursor(), sync.changed(integer, text), sync.changed_tables(text), sync.too_old(text),
  sync.hello(uuid, jsonb), sync.begin_pull(text, integer, text), sync.about(),
  sync.push(uuid, jsonb), sync.replay(uuid, jsonb), sync.seal(), sync.chain_head()
  to edesk_member;
