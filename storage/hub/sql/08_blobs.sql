-- Bodies of attachments: a lane of their own, in chunks of 256 KiB.
--
-- Every call names the row that a body hangs on; who sees the row may have the body. Knowing a
-- fingerprint is not enough: a row gives access only after somebody who sees it has shown that he
-- has the body, by sending it or by answering a question that only its holder can. Nothing here
-- locks what operations need.
create table if not exists sync.blob (
  sha text primary key,
  size bigint not null,
  mime text not null,
  owner name not null,                       -- under whose name its chunks lie
  at timestamptz not null default clock_timestamp()
);

-- Chunks on their way lie apart for each sender: nobody can spoil another's half-sent body.
create table if not exists sync.blob_chunk (
  sha text not null,
  owner name not null,
  n integer not null,
  body bytea not null,
  at timestamptz not null default clock_timestamp(),
  primary key (sha, owner, n)
);
alter table sync.blob_chunk alter column body set storage external;  -- photos do not shrink

create table if not exists sync.blob_link (
  row_id uuid primary key,
  sha text not null references sync.blob,
  who name not null,
  at timestamptz not null default clock_timestamp()
);
create index if not exists blob_link_sha on sync.blob_link (sha);

create or replace function sync.blob_limits() returns table (chunk integer, most bigint)
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select 262144, 268435456::bigint
$$;

-- The row, if its case is mine; locked accounts and revoked devices have nothing.
create or replace function sync.blob_row(p_device uuid, p_row uuid) returns desk.attachment
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  found desk.attachment;
begin
  if not exists (select 1 from sync.account where who = sync.actor() and locked_at is null) then
    raise exception using errcode = '28000', message = 'account is not registered or locked';
  end if;
  if not exists (select 1 from sync.device where id = p_device and revoked_at is null) then
    raise exception using errcode = '28000', message = 'device is not registered or revoked';
  end if;
  select * into found from desk.attachment a where a.id = p_row
    and (sync.sees_all() or a.scope = any (sync.my_scopes()));
  return found;
end $$;

create or replace function sync.blob_body(p_sha text, p_owner name) returns bytea
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(string_agg(c.body, ''::bytea order by c.n), ''::bytea)
  from sync.blob_chunk c where c.sha = p_sha and c.owner = p_owner
$$;

-- A question for today that nobody can work out the answer to without the body.
create or replace function sync.blob_nonce(p_row uuid) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select encode(sha256(s.outer_pad || sha256(s.inner_pad || convert_to(concat_ws('|', 'blob',
    p_row, sync.actor(), (now() at time zone 'UTC')::date), 'UTF8'))), 'hex')
  from sync.secret s
$$;

-- Where the body of a row stands: gone, too_big, done, prove (with a nonce), send (from chunk).
create or replace function sync.blob_begin(p_device uuid, p_row uuid) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  here constant desk.attachment := sync.blob_row(p_device, p_row);
  next_chunk integer;
begin
  if here.id is null then
    return '{"state": "gone"}';
  end if;
  if exists (select 1 from sync.blob_link where row_id = p_row) then
    return '{"state": "done"}';
  end if;
  if here.size > (select most from sync.blob_limits()) then
    return jsonb_build_object('state', 'too_big', 'most', (select most from sync.blob_limits()));
  end if;
  if exists (select 1 from sync.blob where sha = here.sha256 and size = here.size) then
    return jsonb_build_object('state', 'prove', 'nonce', sync.blob_nonce(p_row));
  end if;
  -- The first hole: chunks come in order, but a restore may have lost one in the middle.
  select min(h.n) into next_chunk from (
    select 0 as n union all
    select c.n + 1 from sync.blob_chunk c where c.sha = here.sha256 and c.owner = sync.actor()) h
    where not exists (select 1 from sync.blob_chunk c
      where c.sha = here.sha256 and c.owner = sync.actor() and c.n = h.n);
  return jsonb_build_object('state', 'send', 'next', next_chunk);
end $$;

create or replace function sync.blob_put(p_device uuid, p_row uuid, p_n integer, p_body bytea) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  here constant desk.attachment := sync.blob_row(p_device, p_row);
  lim record;
begin
  if here.id is null then
    return '{"state": "gone"}';
  end if;
  select * into lim from sync.blob_limits();
  if here.size > lim.most or p_n < 0 or p_n::bigint * lim.chunk >= here.size
      or length(p_body) <> least(lim.chunk, here.size - p_n::bigint * lim.chunk) then
    raise exception using errcode = '22023', message = 'chunk does not fit the attachment';
  end if;
  if not exists (select 1 from sync.blob where sha = here.sha256 and owner = sync.actor()) then
    insert into sync.blob_chunk (sha, owner, n, body)
      values (here.sha256, sync.actor(), p_n, p_body) on conflict do nothing;
  end if;
  return jsonb_build_object('state', 'send', 'next', p_n + 1);
end $$;

create or replace function sync.blob_tie(p_row uuid, p_sha text) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  insert into sync.blob_link (row_id, sha, who) values (p_row, p_sha, sync.actor())
    on conflict do nothing;
  return '{"state": "done"}';
end $$;

-- The hub counts for itself; a body that is not what the row says is thrown away.
create or replace function sync.blob_finish(p_device uuid, p_row uuid) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  here constant desk.attachment := sync.blob_row(p_device, p_row);
  me constant name := sync.actor();
  body bytea;
begin
  if here.id is null then
    return '{"state": "gone"}';
  end if;
  if exists (select 1 from sync.blob_link where row_id = p_row) then
    return '{"state": "done"}';
  end if;
  if here.size > (select most from sync.blob_limits()) then
    return '{"state": "too_big"}';
  end if;
  -- One at a time for one body; another's finished first is proven against below.
  if not exists (select 1 from sync.blob where sha = here.sha256) then
    body := sync.blob_body(here.sha256, me);
    if length(body) < here.size then
      return sync.blob_begin(p_device, p_row);
    end if;
    if length(body) <> here.size or encode(sha256(body), 'hex') <> here.sha256 then
      delete from sync.blob_chunk where sha = here.sha256 and owner = me;
      return '{"state": "wrong"}';
    end if;
    insert into sync.blob (sha, size, mime, owner)
      values (here.sha256, here.size, here.mime, me) on conflict do nothing;
    if found then
      delete from sync.blob_chunk where sha = here.sha256 and owner <> me;
      return sync.blob_tie(p_row, here.sha256);
    end if;
  end if;
  delete from sync.blob_chunk c using sync.blob b
    where c.sha = here.sha256 and c.owner = me and b.sha = c.sha and b.owner <> me;
  return sync.blob_begin(p_device, p_row);
end $$;

create or replace function sync.blob_prove(p_device uuid, p_row uuid, p_proof text) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  here constant desk.attachment := sync.blob_row(p_device, p_row);
  kept sync.blob;
begin
  if here.id is null then
    return '{"state": "gone"}';
  end if;
  select * into kept from sync.blob b where b.sha = here.sha256 and b.size = here.size;
  if kept.sha is null then
    return sync.blob_begin(p_device, p_row);
  end if;
  if p_proof is distinct from encode(sha256(convert_to(sync.blob_nonce(p_row), 'UTF8')
      || sync.blob_body(kept.sha, kept.owner)), 'hex') then
    return '{"state": "wrong"}';
  end if;
  return sync.blob_tie(p_row, kept.sha);
end $$;

-- One chunk of the body of a row; null when it has not come yet or the row is not mine.
create or replace function sync.blob_get(p_device uuid, p_row uuid, p_n integer) returns bytea
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  here constant desk.attachment := sync.blob_row(p_device, p_row);
begin
  return (select c.body from sync.blob_link l join sync.blob b on b.sha = l.sha
    join sync.blob_chunk c on c.sha = b.sha and c.owner = b.owner and c.n = p_n
    where l.row_id = here.id and l.sha = here.sha256);
end $$;

-- Half-sent bodies that nobody went on with; called with the rest of the upkeep.
create or replace function sync.blob_upkeep(p_days integer default 30) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  n integer;
begin
  delete from sync.blob_chunk c
    where not exists (select 1 from sync.blob b where b.sha = c.sha and b.owner = c.owner)
      and not exists (select 1 from sync.blob_chunk y where y.sha = c.sha and y.owner = c.owner
        and y.at > clock_timestamp() - make_interval(days => p_days));
  get diagnostics n = row_count;
  return n;
end $$;
