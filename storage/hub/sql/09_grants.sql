-- Last: who owns, who may call. Nothing is left to PUBLIC.
revoke all on all functions in schema sync from public;
revoke all on all tables in schema sync from public;
grant usage on schema sync, desk to edesk_member, edesk_owner;
grant select on sync.change to edesk_member;
grant execute on function
  sync.actor(), sync.my_scopes(), sync.sees_all(), sync.my_all(), sync.my_roles(),
  sync.history_id(),
  sync.now_cursor(), sync.changed(integer, text), sync.changed_tables(text), sync.too_old(text),
  sync.hello(uuid, jsonb), sync.clock_ms(), sync.begin_pull(text, integer, text), sync.about(),
  sync.push(uuid, jsonb), sync.replay(uuid, jsonb), sync.seal(), sync.chain_head()
  to edesk_member;
grant execute on function sync.audit_page(bigint, integer), sync.audit_facts() to edesk_member;
grant execute on function
  sync.blob_begin(uuid, uuid), sync.blob_put(uuid, uuid, integer, bytea),
  sync.blob_finish(uuid, uuid), sync.blob_prove(uuid, uuid, text),
  sync.blob_get(uuid, uuid, integer)
  to edesk_member;
grant execute on function sync.census() to edesk_member;
-- Exchange by file: the doors, and the reader whom policies bind like any login.
grant execute on function
  sync.seal_key(uuid, name), sync.carry(uuid, name, bigint, text, text),
  sync.carry_reply(uuid, name, bigint, text), sync.make_pack(uuid, uuid[], integer, jsonb),
  sync.pack_shredded(uuid, jsonb)
  to edesk_member;
grant edesk_member to edesk_reader;
grant edesk_reader to current_user;
grant create on schema sync to edesk_reader;
alter function sync.reply_rows(jsonb) owner to edesk_reader;
alter function sync.pack_rows(uuid[]) owner to edesk_reader;
revoke create on schema sync from edesk_reader;
grant execute on function sync.reply_rows(jsonb), sync.pack_rows(uuid[]) to edesk_owner;
grant execute on function sync.parts_of(text, integer, text, uuid[], integer[]) to edesk_reader;
grant select on sync.relation to edesk_reader;
-- Users and devices: the doors of administrators, and everybody's own password.
grant execute on function
  sync.admin_users(), sync.admin_devices(), sync.admin_new_user(jsonb),
  sync.admin_lock(text, boolean), sync.admin_scopes(text, integer[]),
  sync.admin_roles(text, text[]), sync.admin_rights(text, text[], integer[]),
  sync.admin_reset(text), sync.admin_revoke(uuid),
  sync.change_password(text), sync.replica_days()
  to edesk_member;
