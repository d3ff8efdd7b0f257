-- The engine-specific functions: what history this is, where a reader stands, what it has not
-- seen, whose work a transaction is, one pusher per device at a time, and a bell. Another engine
-- replaces this file alone (03_engine_portable.sql); it runs before 02_access, which asks it.
alter table sync.hub add column if not exists dropped_xid xid8 not null default '0';  -- newest change thrown away
alter table sync.change add column if not exists xid xid8 not null default pg_current_xact_id();
create index if not exists change_scope on sync.change (scope, xid);
create index if not exists change_xid on sync.change (xid);

-- Whose work this transaction is: the login's own; or, where a sealed file was proven to come from
-- an officer's device, that officer's. Only the functions that prove it write here, and a row
-- counts in its own transaction alone.
create table if not exists sync.acting (xid xid8 primary key, who name not null);

create or replace function sync.actor() returns name
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  mine constant xid8 := pg_current_xact_id_if_assigned();
begin
  -- Asked for every row that is stamped, so in a language that keeps its plans.
  return coalesce((select a.who from sync.acting a where a.xid = mine), session_user);
end $$;

create or replace function sync.act_for(p_who name) returns void
language sql volatile set search_path = pg_catalog, pg_temp as $$
  insert into sync.acting values (pg_current_xact_id(), p_who)
$$;

create or replace function sync.history_id() returns text
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  -- The timeline in the name of the log file changes at once at a failover, before any number
  -- of a transaction can be used a second time.
  select h.hub_id || ':' || h.life || ':' || case when pg_is_in_recovery() then 'standby'
    else left(pg_walfile_name(pg_current_wal_lsn()), 8) end
  from sync.hub h
$$;

create or replace function sync.now_cursor() returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  -- A standby calls every open transaction finished; nothing above its xmin counts as seen.
  select case when pg_is_in_recovery()
    then pg_snapshot_xmin(s) || ':' || pg_snapshot_xmin(s) || ':' else s::text end
  from pg_current_snapshot() s
$$;

create or replace function sync.changed(p_tbl integer, p_cursor text) returns setof uuid
language plpgsql stable rows 100 set search_path = pg_catalog, pg_temp as $$
declare
  seen constant pg_snapshot := p_cursor::pg_snapshot;
begin
  return query
    select distinct c.id from sync.change c
    where c.tbl = p_tbl and c.xid >= pg_snapshot_xmin(seen)
      and not pg_visible_in_snapshot(c.xid, seen)
      and ((select sync.my_all()) or c.scope = any ((select sync.my_scopes())::integer[]));
end $$;

create or replace function sync.changed_tables(p_cursor text) returns table (tbl integer, n bigint)
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  seen constant pg_snapshot := p_cursor::pg_snapshot;
begin
  if sync.my_all() then
    return query
      select c.tbl::integer, count(*) from sync.change c
      where c.xid >= pg_snapshot_xmin(seen) and not pg_visible_in_snapshot(c.xid, seen)
      group by c.tbl;
  else
    return query
      select c.tbl::integer, count(*) from sync.change c
      where c.scope = any (sync.my_scopes()) and c.xid >= pg_snapshot_xmin(seen)
        and not pg_visible_in_snapshot(c.xid, seen)
      group by c.tbl;
  end if;
end $$;

create or replace function sync.too_old(p_cursor text) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select pg_snapshot_xmin(p_cursor::pg_snapshot) <= h.dropped_xid from sync.hub h
$$;

create or replace function sync.lock(p_device uuid) returns void
language sql volatile set search_path = pg_catalog, pg_temp as $$
  select pg_advisory_xact_lock(hashtextextended(p_device::text, 57))
$$;

create or replace function sync.ring() returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  -- At most one bell a second for everybody: one per transaction with 500 listeners would cost
  -- the hub nearly all its speed. Nobody waits for the bell's row, and nothing depends on it.
  if not pg_try_advisory_xact_lock(57, 1) then
    return false;
  end if;
  update sync.hub set bell_at = clock_timestamp()
    where bell_at < clock_timestamp() - interval '1 second';
  if not found then
    return false;
  end if;
  perform pg_notify('edesk_bell', '');
  return true;
end $$;

-- For what presses: an order must not wait for the next look of those it is for.
create or replace function sync.ring_now() returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform pg_notify('edesk_bell', '');
  return true;
end $$;

-- Nothing to do: a snapshot tells by itself what a reader has seen.
create or replace function sync.catch_up() returns void
language sql volatile set search_path = pg_catalog, pg_temp as 'select';

-- A part of the change log is about to be thrown away: whoever stands before its end is too old.
create or replace function sync.forget(p_part regclass) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  newest xid8;
begin
  execute format('select max(xid) from %s', p_part) into newest;
  update sync.hub set dropped_xid = greatest(dropped_xid, coalesce(newest, '0'::xid8));
end $$;
