-- Users and devices, kept by administrators from their desks.
--
-- Logins are roles of the server, and making roles is the greatest power a function can hold. It
-- lies in a schema of its own with a role of its own: edesk_keeper may make and change roles and
-- owns the few functions below; edesk_owner, as whom the doors run, may only call them; and each
-- looks again at whom it touches. No login is a member of either.
alter table sync.hub add column if not exists replica_days integer not null default 14
  check (replica_days between 1 and 365);  -- a replica without contact is readable so long

do $$
declare
  grp name;
begin
  begin
    create role edesk_keeper nologin createrole;
  exception when duplicate_object then
    alter role edesk_keeper nologin createrole;
  end;
  grant edesk_keeper to current_user;
  foreach grp in array array['member', 'operator', 'supervisor', 'finance', 'field', 'handler',
    'judge', 'bureau_chief', 'president', 'auditor', 'administrator']
  loop
    execute format('grant %I to edesk_keeper with admin option', 'edesk_' || grp);
  end loop;
  begin
    grant pg_signal_backend to edesk_keeper;
  exception when insufficient_privilege then
    raise notice 'open connections of locked users end with their own time-out only';
  end;
end $$;

create schema if not exists keeper;
revoke all on schema keeper from public;

-- The groups an officer can be in; everything else makes a login none of ours.
create or replace function keeper.groups() returns name[]
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select array['edesk_operator', 'edesk_supervisor', 'edesk_finance', 'edesk_field',
    'edesk_handler', 'edesk_judge', 'edesk_bureau_chief', 'edesk_president', 'edesk_auditor',
    'edesk_administrator']::name[]
$$;

-- Whether a role is an officer's login and nothing more: no superuser, no maker of roles, no
-- member of a group that is not the desk's.
create or replace function keeper.is_plain(p_who name) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select exists (select 1 from pg_roles r
    where r.rolname = p_who and not starts_with(r.rolname, 'edesk_')
      and not (r.rolsuper or r.rolcreaterole or r.rolcreatedb or r.rolreplication
        or r.rolbypassrls)
      and not exists (select 1 from pg_auth_members m join pg_roles g on g.oid = m.roleid
        where m.member = r.oid and g.rolname <> 'edesk_member'
          and g.rolname <> all (keeper.groups())))
$$;

create or replace function keeper.must_be_plain(p_who name) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if keeper.is_plain(p_who) is not true then
    raise exception using errcode = '42501',
      message = format('%s is not the login of an officer', p_who);
  end if;
end $$;

create or replace function keeper.make_login(p_who text, p_password text, p_until timestamptz) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if p_who is null or p_who !~ '^[a-z][a-z0-9_]{0,39}$' or p_who ~ '^(edesk|pg)_'
    or p_who in ('public', 'none', 'postgres') then
    raise exception using errcode = 'P0001',
      message = '登录名应以小写字母开头，只含小写字母、数字和下划线，不超过 40 个字符。';
  end if;
  if exists (select 1 from pg_roles where rolname = p_who) then
    raise exception using errcode = 'P0001', message = format('用户已经存在：%s。', p_who);
  end if;
  execute format('create role %I login password %L connection limit 3 valid until %L',
    p_who, p_password, coalesce(p_until, 'infinity'));
  execute format('alter role %I set statement_timeout = %L', p_who, '30s');
  execute format('alter role %I set lock_timeout = %L', p_who, '5s');
  execute format('alter role %I set idle_in_transaction_session_timeout = %L', p_who, '60s');
  execute format('alter role %I set search_path = desk, sync, pg_catalog', p_who);
  execute format('grant edesk_member to %I', p_who);
end $$;

-- The groups of a login become exactly these.
create or replace function keeper.put_in(p_who name, p_groups name[]) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  grp name;
begin
  perform keeper.must_be_plain(p_who);
  if p_groups is null or not p_groups <@ keeper.groups() then
    raise exception using errcode = 'P0001', message = '没有这样的角色。';
  end if;
  for grp in select g.rolname from pg_auth_members m join pg_roles g on g.oid = m.roleid
    join pg_roles u on u.oid = m.member where u.rolname = p_who and g.rolname <> 'edesk_member'
  loop
    if grp <> all (p_groups) then
      execute format('revoke %I from %I', grp, p_who);
    end if;
  end loop;
  foreach grp in array p_groups loop
    if not pg_has_role(p_who, grp, 'member') then
      execute format('grant %I to %I', grp, p_who);
    end if;
  end loop;
  -- From version 16 on a grant is taken back by its giver alone.
  if exists (select 1 from pg_auth_members m join pg_roles g on g.oid = m.roleid
    join pg_roles u on u.oid = m.member where u.rolname = p_who
      and g.rolname <> 'edesk_member' and g.rolname <> all (p_groups)) then
    raise exception using errcode = 'P0001',
      message = '该用户的角色是数据库管理员直接授予的，请由数据库管理员收回。';
  end if;
end $$;

create or replace function keeper.set_password(p_who name, p_password text, p_until timestamptz)
returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform keeper.must_be_plain(p_who);
  execute format('alter role %I password %L valid until %L', p_who, p_password,
    coalesce(p_until, 'infinity'));
end $$;

create or replace function keeper.may_log_in(p_who name, p_may boolean) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform keeper.must_be_plain(p_who);
  execute format('alter role %I %s', p_who, case when p_may then 'login' else 'nologin' end);
end $$;

-- Gives how many connections were ended; fewer than there are where the server forbids it. One by
-- one: as a condition of the query, the planner would end connections before it asks whose they are.
create or replace function keeper.end_sessions(p_who name) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  one integer;
  ended integer := 0;
begin
  perform keeper.must_be_plain(p_who);
  foreach one in array array(select a.pid from pg_stat_activity a
    where a.usename = p_who and a.pid <> pg_backend_pid())
  loop
    if pg_terminate_backend(one) then
      ended := ended + 1;
    end if;
  end loop;
  return ended;
exception when insufficient_privilege then
  return ended;
end $$;

revoke all on all functions in schema keeper from public;
grant usage, create on schema keeper to edesk_keeper;
alter function keeper.groups() owner to edesk_keeper;
alter function keeper.is_plain(name) owner to edesk_keeper;
alter function keeper.must_be_plain(name) owner to edesk_keeper;
alter function keeper.make_login(text, text, timestamptz) owner to edesk_keeper;
alter function keeper.put_in(name, name[]) owner to edesk_keeper;
alter function keeper.set_password(name, text, timestamptz) owner to edesk_keeper;
alter function keeper.may_log_in(name, boolean) owner to edesk_keeper;
alter function keeper.end_sessions(name) owner to edesk_keeper;
revoke create on schema keeper from edesk_keeper;
grant usage on schema keeper to edesk_owner;
grant execute on all functions in schema keeper to edesk_owner;

-- What follows is called by the doors and by whoever administers the database, never by members.

create or replace function sync.journal_act(p_what text, p_whom text, p_facts jsonb default '{}')
returns void
language sql volatile set search_path = pg_catalog, pg_temp as $$
  insert into sync.journal (what, facts)
    values (p_what, p_facts || jsonb_build_object('whom', p_whom))
$$;

create or replace function sync.account_named(p_who text) returns name
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (select 1 from sync.account where who = p_who) then
    raise exception using errcode = 'P0001', message = format('没有这样的用户：%s。', p_who);
  end if;
  return p_who::name;
end $$;

create or replace function sync.roles_of(p_who name) returns name[]
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(array_agg(g.rolname order by g.rolname), '{}')
  from pg_auth_members m join pg_roles g on g.oid = m.roleid join pg_roles u on u.oid = m.member
  where u.rolname = p_who and starts_with(g.rolname, 'edesk_') and g.rolname <> 'edesk_member'
$$;

create or replace function sync.scopes_of(p_who name) returns integer[]
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(array_agg(scope order by scope), '{}') from sync.member where who = p_who
$$;

create or replace function sync.new_password() returns text
language sql volatile set search_path = pg_catalog, pg_temp as $$
  -- Sixteen signs that are not taken for one another when read out or copied by hand.
  select string_agg(substr('abcdefghjkmnpqrstuvwxyz23456789', 1 + get_byte(b, n) % 31, 1)
    || case when n in (3, 7, 11) then '-' else '' end, '' order by n)
  from (select sha256(sync.random_key()) b offset 0) r, generate_series(0, 15) n
$$;

create or replace function sync.put_scopes(p_who text, p_scopes integer[]) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  target constant name := sync.account_named(p_who);
  was constant integer[] := sync.scopes_of(target);
begin
  if p_scopes is null or 0 = any (p_scopes) or array_position(p_scopes, null) is not null then
    raise exception using errcode = 'P0001', message = '范围 0 属于所有人，不能单独授予。';
  end if;
  delete from sync.member where who = target and scope <> all (p_scopes);
  insert into sync.member select distinct target, s from unnest(p_scopes) s
    on conflict do nothing;
  perform sync.journal_act('scopes set', p_who,
    jsonb_build_object('was', was, 'now', sync.scopes_of(target)));
end $$;

create or replace function sync.put_roles(p_who text, p_roles text[]) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  target constant name := sync.account_named(p_who);
  was constant name[] := sync.roles_of(target);
begin
  perform keeper.put_in(target, array(select distinct 'edesk_' || r from unnest(p_roles) r)::name[]);
  perform sync.journal_act('roles set', p_who,
    jsonb_build_object('was', was, 'now', sync.roles_of(target)));
end $$;

-- p_until: when a password that was given out ends unless its owner has replaced it.
create or replace function sync.add_user(p_who text, p_password text, p_until timestamptz, p_title text,
  p_person uuid, p_roles text[], p_scopes integer[]) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if length(p_password) < 8 or p_password is null then
    raise exception using errcode = 'P0001', message = '口令至少需要 8 个字符。';
  end if;
  perform keeper.make_login(p_who, p_password, p_until);
  insert into sync.account (who, title, person_id)
    values (p_who, left(coalesce(p_title, ''), 100), p_person);
  perform sync.journal_act('user added', p_who);
  perform sync.put_roles(p_who, p_roles);
  perform sync.put_scopes(p_who, p_scopes);
end $$;

create or replace function sync.lock_user(p_who text, p_locked boolean) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  target constant name := sync.account_named(p_who);
  ended integer := 0;
begin
  perform keeper.may_log_in(target, not p_locked);
  update sync.account set locked_at = case when p_locked then clock_timestamp() end
    where who = target;
  if p_locked then
    ended := keeper.end_sessions(target);
  end if;
  perform sync.journal_act(case when p_locked then 'user locked' else 'user unlocked' end, p_who);
  return ended;
end $$;

create or replace function sync.give_password(p_who text, p_password text, p_until timestamptz)
returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  target constant name := sync.account_named(p_who);
begin
  if p_password is null or length(p_password) < 8 then
    raise exception using errcode = 'P0001', message = '口令至少需要 8 个字符。';
  end if;
  perform keeper.set_password(target, p_password, p_until);
  perform sync.journal_act('password set', p_who);
end $$;

create or replace function sync.end_device(p_device uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  update sync.device set revoked_at = clock_timestamp(), revoked_by = session_user
    where id = p_device and revoked_at is null;
  if not found then
    raise exception using errcode = 'P0001',
      message = format('没有这样的设备，或已被注销：%s。', p_device);
  end if;
  perform sync.journal_act('device revoked', p_device::text);
end $$;

create or replace function sync.user_facts() returns setof jsonb
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select jsonb_build_object('who', a.who, 'title', a.title, 'person_id', a.person_id,
    'person', (select p.name from desk.person p where p.id = a.person_id),
    'roles', (select coalesce(jsonb_agg(substr(r, 7)), '[]') from unnest(sync.roles_of(a.who)) r),
    'scopes', to_jsonb(sync.scopes_of(a.who)), 'locked_at', a.locked_at, 'made_at', a.made_at,
    'made_by', a.made_by, 'last_seen', (select max(d.last_seen) from sync.device d
      where d.owner = a.who or exists (select 1 from sync.device_key k
        where k.device = d.id and k.who = a.who)),
    'devices', (select count(*) from sync.device d where d.owner = a.who
      and d.revoked_at is null),
    'password_until', (select nullif(r.rolvaliduntil, 'infinity') from pg_roles r
      where r.rolname = a.who))
  from sync.account a order by a.who
$$;

create or replace function sync.device_facts() returns setof jsonb
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select to_jsonb(d) || jsonb_build_object(
    'users', (select coalesce(jsonb_agg(k.who order by k.who), '[]') from sync.device_key k
      where k.device = d.id))
  from sync.device d order by d.owner, d.first_seen
$$;

-- The doors. Who acts is the login itself: nothing here can be asked for by a sealed file.

create or replace function sync.admin_only() returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if sync.actor() <> session_user or not 'edesk_administrator' = any (sync.my_roles())
    or not exists (select 1 from sync.account
      where who = session_user and locked_at is null) then
    raise exception using errcode = '42501', message = 'administrators only';
  end if;
end $$;

-- An administrator of some teams cannot reach beyond them, neither by whom he touches nor by
-- what he gives.
create or replace function sync.admin_may_give(p_scopes integer[]) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select sync.sees_all() or p_scopes <@ sync.scopes_of(session_user)
$$;

create or replace function sync.admin_target(p_who text) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  perform sync.admin_only();
  if p_who = session_user then
    raise exception using errcode = 'P0001',
      message = '不能更改自己的账号，请由另一名管理员办理。';
  end if;
  if not sync.admin_may_give(sync.scopes_of(sync.account_named(p_who))) then
    raise exception using errcode = '42501', message = 'the user has scopes beyond yours';
  end if;
end $$;

create or replace function sync.admin_users() returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform sync.admin_only();
  return (select coalesce(jsonb_agg(f), '[]') from sync.user_facts() f
    where f->>'who' = session_user
      or sync.admin_may_give(sync.scopes_of((f->>'who')::name)));
end $$;

create or replace function sync.admin_devices() returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform sync.admin_only();
  return (select coalesce(jsonb_agg(f), '[]') from sync.device_facts() f
    where f->>'owner' = session_user
      or sync.admin_may_give(sync.scopes_of((f->>'owner')::name)));
end $$;

-- {"who", "title", "person_id", "roles": [...], "scopes": [...]} -> {"who", "password", "until"}.
-- The password is made here, is told once, and ends after seven days unless it was replaced.
create or replace function sync.admin_new_user(p_user jsonb) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  password constant text := sync.new_password();
  until constant timestamptz := now() + interval '7 days';
  scopes constant integer[] := array(select jsonb_array_elements_text(
    coalesce(p_user->'scopes', '[]'))::integer);
begin
  perform sync.admin_only();
  if not sync.admin_may_give(scopes) then
    raise exception using errcode = '42501', message = 'scopes beyond yours';
  end if;
  perform sync.add_user(p_user->>'who', password, until, p_user->>'title',
    nullif(p_user->>'person_id', '')::uuid,
    array(select jsonb_array_elements_text(coalesce(p_user->'roles', '[]'))), scopes);
  return jsonb_build_object('who', p_user->>'who', 'password', password, 'until', until);
end $$;

create or replace function sync.admin_lock(p_who text, p_locked boolean) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform sync.admin_target(p_who);
  return sync.lock_user(p_who, p_locked);
end $$;

create or replace function sync.admin_scopes(p_who text, p_scopes integer[]) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform sync.admin_target(p_who);
  if sync.admin_may_give(p_scopes) is not true then
    raise exception using errcode = '42501', message = 'scopes beyond yours';
  end if;
  perform sync.put_scopes(p_who, p_scopes);
end $$;

create or replace function sync.admin_roles(p_who text, p_roles text[]) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform sync.admin_target(p_who);
  perform sync.put_roles(p_who, p_roles);
end $$;

-- Both at once, or neither: nobody keeps new roles beside the old scopes.
create or replace function sync.admin_rights(p_who text, p_roles text[], p_scopes integer[]) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform sync.admin_roles(p_who, p_roles);
  perform sync.admin_scopes(p_who, p_scopes);
end $$;

create or replace function sync.admin_reset(p_who text) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  password constant text := sync.new_password();
  until constant timestamptz := now() + interval '7 days';
begin
  perform sync.admin_target(p_who);
  perform sync.give_password(p_who, password, until);
  perform keeper.end_sessions(p_who::name);
  return jsonb_build_object('who', p_who, 'password', password, 'until', until);
end $$;

-- Also one's own: a lost notebook does not wait for a colleague.
create or replace function sync.admin_revoke(p_device uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform sync.admin_only();
  if not exists (select 1 from sync.device d where d.id = p_device and (d.owner = session_user
    or sync.admin_may_give(sync.scopes_of(d.owner)))) then
    raise exception using errcode = 'P0001',
      message = format('没有这样的设备，或已被注销：%s。', p_device);
  end if;
  perform sync.end_device(p_device);
end $$;

-- Every officer for himself: replaces a password that was given out; it no longer ends.
create or replace function sync.change_password(p_password text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (select 1 from sync.account where who = session_user and locked_at is null) then
    raise exception using errcode = '28000', message = 'account is not registered or locked';
  end if;
  perform sync.give_password(session_user::text, p_password, null);
end $$;

create or replace function sync.replica_days() returns integer
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select replica_days from sync.hub
$$;
