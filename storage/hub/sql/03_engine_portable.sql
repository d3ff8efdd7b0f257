-- The same functions as 03_engine.sql for engines that speak PostgreSQL but do not number their
-- transactions (or hide the numbers): one sequencer instead of snapshots.
--
-- A change is written without a number. The sequencer, alone under the lock of one row, gives all
-- changes that are committed by then the next number, and commits number and place together. So
-- whoever sees place n sees every change numbered up to n; what is committed later gets a higher
-- number, however long ago it was begun. No writer waits for another.
--
-- It runs at every greeting and every sealing, that is after every push; a job that calls
-- sync.catch_up() each second serves hubs that other programs write to. There is no timeline to
-- tell a failover that lost commits: after one, the history must be renewed by hand.
alter table sync.hub add column if not exists dropped_seq bigint not null default 0;  -- newest change thrown away
alter table sync.change add column if not exists seq bigint;
create index if not exists change_scope on sync.change (scope, seq);
create index if not exists change_seq on sync.change (seq);
create index if not exists change_new on sync.change (tbl) where seq is null;
drop policy if exists owner_numbers on sync.change;
create policy owner_numbers on sync.change for update to edesk_owner using (true) with check (true);

create table if not exists sync.feed (
  one boolean primary key default true check (one),
  last bigint not null default 0
);

create or replace function sync.catch_up() returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  place bigint;
begin
  insert into sync.feed default values on conflict do nothing;
  select f.last into place from sync.feed f for update skip locked;
  if not found then
    return;
  end if;
  -- A statement of its own: its view is younger than the lock.
  update sync.change set seq = place + 1 where seq is null;
  if found then
    update sync.feed set last = place + 1;
  end if;
end $$;

-- A backend begins one transaction at a time: its number and the beginning name the transaction.
create or replace function sync.this_transaction() returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select pg_backend_pid() || '/' || extract(epoch from transaction_timestamp())
$$;

-- See 03_engine.sql: whose work this transaction is.
create table if not exists sync.acting (mark text primary key, who name not null);

create or replace function sync.act_for(p_who name) returns void
language sql volatile set search_path = pg_catalog, pg_temp as $$
  insert into sync.acting (mark, who) values (sync.this_transaction(), p_who)
$$;

create or replace function sync.actor() returns name
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select coalesce((select a.who from sync.acting a where a.mark = sync.this_transaction()),
    session_user)
$$;

create or replace function sync.history_id() returns text
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select h.hub_id || ':' || h.life || ':0' from sync.hub h
$$;

create or replace function sync.now_cursor() returns text
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select coalesce((select last from sync.feed), 0)::text
$$;

create or replace function sync.changed(p_tbl integer, p_cursor text) returns setof uuid
language plpgsql stable rows 100 set search_path = pg_catalog, pg_temp as $$
begin
  return query
    select distinct c.id from sync.change c
    where c.tbl = p_tbl and c.seq > p_cursor::bigint
      and ((select sync.my_all()) or c.scope = any ((select sync.my_scopes())::integer[]));
end $$;

create or replace function sync.changed_tables(p_cursor text) returns table (tbl integer, n bigint)
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if sync.my_all() then
    return query
      select c.tbl::integer, count(*) from sync.change c
      where c.seq > p_cursor::bigint group by c.tbl;
  else
    return query
      select c.tbl::integer, count(*) from sync.change c
      where c.scope = any (sync.my_scopes()) and c.seq > p_cursor::bigint group by c.tbl;
  end if;
end $$;

create or replace function sync.too_old(p_cursor text) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select p_cursor::bigint < h.dropped_seq from sync.hub h
$$;

create or replace function sync.forget(p_part regclass) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  newest bigint;
begin
  perform sync.catch_up();
  execute format('select max(seq) from %s', p_part) into newest;
  update sync.hub set dropped_seq = greatest(dropped_seq, coalesce(newest, 0));
end $$;

create or replace function sync.lock(p_device uuid) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  perform 1 from sync.device where id = p_device for update;
end $$;

-- Only a note of the time: whoever wants to know looks every few seconds.
create or replace function sync.ring() returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform 1 from sync.hub where bell_at < clock_timestamp() - interval '1 second'
    for update skip locked;
  if not found then
    return false;
  end if;
  update sync.hub set bell_at = clock_timestamp();
  return true;
end $$;

create or replace function sync.ring_now() returns boolean
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  select sync.ring()
$$;
