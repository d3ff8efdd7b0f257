-- The engine-specific functions: what history this is, where a reader stands, what it has not
-- seen, one pusher per device at a time, and a bell. Another engine replaces this file alone.
create function sync.history_id() returns text
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  -- The timeline in the name of the log file changes at once at a failover, before any number
  -- of a transaction can be used a second time.
  select h.hub_id || ':' || h.life || ':' || case when pg_is_in_recovery() then 'standby'
    else left(pg_walfile_name(pg_current_wal_lsn()), 8) end
  from sync.hub h
$$;

create function sync.now_cursor() returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  -- A standby calls every open transaction finished; nothing above its xmin counts as seen.
  select case when pg_is_in_recovery()
    then pg_snapshot_xmin(s) || ':' || pg_snapshot_xmin(s) || ':' else s::text end
  from pg_current_snapshot() s
$$;

create function sync.changed(p_tbl integer, p_cursor text) returns setof uuid
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

create function sync.changed_tables(p_cursor text) returns table (tbl integer, n bigint)
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

create function sync.too_old(p_cursor text) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select pg_snapshot_xmin(p_cursor::pg_snapshot) <= h.dropped_xid from sync.hub h
$$;

create function sync.lock(p_device uuid) returns void
language sql volatile set search_path = pg_catalog, pg_temp as $$
  select pg_advisory_xact_lock(hashtextextended(p_device::text, 57))
$$;

create function sync.ring() returns boolean
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
