-- Contact and pull. One call begins a pull and tells all a client must know before it copies.
create or replace function sync.hello(p_device uuid, p_facts jsonb) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  found sync.device;
  acc sync.account;
begin
  select * into acc from sync.account where who = session_user;
  if acc.who is null or acc.locked_at is not null then
    raise exception using errcode = '28000', message = 'account is not registered or locked';
  end if;
  insert into sync.device as d (id, owner) values (p_device, session_user)
    on conflict (id) do nothing;
  update sync.device d set last_seen = clock_timestamp(),
      name = left(coalesce(p_facts->>'name', d.name), 100),
      app_ver = left(coalesce(p_facts->>'app_ver', d.app_ver), 40),
      schema_ver = left(coalesce(p_facts->>'schema_ver', d.schema_ver), 40),
      -- A clock that stands at its first day must not keep a desk from its hub.
      clock_off_ms = least(greatest(round(extract(epoch from clock_timestamp()) * 1000
        - (p_facts->>'clock_ms')::numeric), -2147483647), 2147483647)::integer,
      unsent = coalesce((p_facts->>'unsent')::integer, 0),
      unsent_since = (p_facts->>'unsent_since')::timestamptz,
      wiped_at = case when (p_facts->>'wiped')::boolean then clock_timestamp() else d.wiped_at end
    where d.id = p_device returning * into found;
  insert into sync.device_key (device, who, key)
    values (p_device, session_user, sync.random_key()) on conflict do nothing;
  perform sync.catch_up();
  return jsonb_build_object(
    'history', sync.history_id(), 'who', session_user, 'title', acc.title,
    'person', acc.person_id, 'roles', to_jsonb(sync.my_roles()),
    'scopes', case when sync.sees_all() then '[-1]'::jsonb else to_jsonb(sync.my_scopes()) end,
    'revoked', found.revoked_at is not null,
    'clock_off_ms', found.clock_off_ms, 'at', clock_timestamp(),
    'epoch', (select schema_epoch from sync.hub), 'schema_ver', (select schema_ver from sync.hub),
    'min_client', (select min_client from sync.hub),
    'offline_days', (select offline_days from sync.hub),
    'file_key', (select encode(key, 'hex') from sync.device_key
      where device = p_device and who = session_user));
end $$;

-- What time it is here, for whoever measures the line and his own clock; touches nothing.
create or replace function sync.clock_ms() returns bigint
language sql volatile set search_path = pg_catalog, pg_temp as $$
  select round(extract(epoch from clock_timestamp()) * 1000)::bigint
$$;

create or replace function sync.begin_pull(p_history text, p_epoch integer, p_cursor text) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  history constant text := sync.history_id();
  h record;
  state text := 'ok';
  tables jsonb := '{}';
begin
  select schema_epoch into h from sync.about();
  if p_cursor is null or p_history is distinct from history then
    state := 'history';
  elsif p_epoch is distinct from h.schema_epoch then
    state := 'schema';
  elsif sync.too_old(p_cursor) then
    state := 'too_old';
  else
    select coalesce(jsonb_object_agg(t.tbl, t.n), '{}') into tables
      from sync.changed_tables(p_cursor) t;
  end if;
  return jsonb_build_object('state', state, 'history', history, 'epoch', h.schema_epoch,
    'cursor', sync.now_cursor(), 'tables', tables,
    'scopes', case when sync.sees_all() then '[-1]'::jsonb else to_jsonb(sync.my_scopes()) end);
end $$;

create or replace function sync.about() returns table (hub_id uuid, schema_ver text, schema_epoch integer,
  min_client text)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select hub_id, schema_ver, schema_epoch, min_client from sync.hub
$$;

create or replace function sync.random_key() returns bytea
language sql volatile set search_path = pg_catalog, pg_temp as $$
  select uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
$$;
