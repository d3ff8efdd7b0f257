-- Exchange by file, for desks that no line reaches, and field packs.
--
-- A file is proven by a key that only the hub and one officer's device hold. Who carries it may
-- read it (he sees everything anyway) but cannot make one. What it brings is judged in one
-- transaction under the officer's name and rights; the answer is read under his rights, too, by
-- functions that belong to a role of their own, which policies bind as they bind any login.

-- How tables hang together; filled at set-up, in the order of foreign keys.
create table if not exists sync.relation (
  place integer primary key,
  tbl smallint not null unique,
  name text not null,
  everybody boolean not null,
  via text,
  parent smallint
);

create table if not exists sync.carried (
  device uuid not null,
  who name not null,
  file bigint not null,
  sha text not null,
  at timestamptz not null default clock_timestamp(),
  carrier name not null default session_user,
  asks jsonb not null,
  receipt jsonb not null,
  primary key (device, who, file, sha),
  foreign key (device, who) references sync.device_key
);

create table if not exists sync.pack (
  id uuid primary key,
  device uuid not null,
  who name not null,
  cases integer not null,
  lines bigint not null,
  sha text not null,
  made_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  shredded_at timestamptz,
  proof jsonb,
  foreign key (device, who) references sync.device_key
);

create or replace function sync.file_key(p_device uuid, p_who name, p_use text) returns bytea
language sql stable set search_path = pg_catalog, pg_temp as $$
  select sync.hmac(convert_to('edesk file ' || p_use, 'UTF8') || '\x01'::bytea, k.key)
  from sync.device_key k where k.device = p_device and k.who = p_who
$$;

create or replace function sync.text_hash(p_text text) returns text
language sql immutable strict set search_path = pg_catalog, pg_temp as $$
  select encode(sha256(convert_to(p_text, 'UTF8')), 'hex')
$$;

create or replace function sync.file_mac(p_kind text, p_device uuid, p_who name, p_number bigint, p_text text)
returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select encode(sync.hmac(convert_to(concat_ws('|', 'edesk-file-1', p_kind, h.hub_id, p_device,
    p_who, p_number, sync.text_hash(p_text)), 'UTF8'),
    sync.file_key(p_device, p_who, 'mac')), 'hex')
  from sync.hub h
$$;

create or replace function sync.need_carrier() returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (select 1 from sync.account where who = session_user and locked_at is null)
      or not sync.sees_all()
      or not sync.my_roles() && '{edesk_operator,edesk_administrator}'::name[] then
    raise exception using errcode = '42501',
      message = '转递离线文件须由指挥中心的操作员或管理员办理';
  end if;
end $$;

-- One at a time for an officer's device; refuses whom the hub would refuse on a line, too.
create or replace function sync.file_line(p_device uuid, p_who name) returns sync.device_key
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  line sync.device_key;
begin
  select * into line from sync.device_key k
    where k.device = p_device and k.who = p_who for update;
  if line.device is null then
    raise exception using errcode = 'P0001',
      message = '共享库不认识写出这份文件的设备和用户，没有采用任何内容。';
  end if;
  if not exists (select 1 from sync.account where who = p_who and locked_at is null) then
    raise exception using errcode = 'P0001',
      message = '写出这份文件的账号已被锁定，没有采用任何内容。';
  end if;
  if exists (select 1 from sync.device where id = p_device and revoked_at is not null) then
    raise exception using errcode = 'P0001',
      message = '写出这份文件的设备已被注销，没有采用任何内容。';
  end if;
  return line;
end $$;

-- The key that opens a file of this officer's device; with it nobody can make one.
create or replace function sync.seal_key(p_device uuid, p_who name) returns text
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform sync.need_carrier();
  perform sync.file_line(p_device, p_who);
  return encode(sync.file_key(p_device, p_who, 'seal'), 'hex');
end $$;

create or replace function sync.in_batches(p_all jsonb) returns setof jsonb
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select jsonb_agg(e.x order by e.n)
  from jsonb_array_elements(coalesce(p_all, '[]')) with ordinality e(x, n)
  group by (e.n - 1) / 200 order by (e.n - 1) / 200
$$;

create or replace function sync.named_only(p_bundles jsonb) returns jsonb
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select coalesce(jsonb_agg(jsonb_build_object('id', e.x->'id', 'actor', e.x->'actor')
    order by e.n), '[]')
  from jsonb_array_elements(coalesce(p_bundles, '[]')) with ordinality e(x, n)
$$;

-- Takes a file in. The same file again changes nothing and gives the same receipt; one that is
-- older than what came already is answered, not judged: a later one held all that was undecided.
create or replace function sync.carry(p_device uuid, p_who name, p_file bigint, p_text text, p_mac text)
returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  line sync.device_key;
  body jsonb;
  part jsonb;
  answers jsonb := '[]';
  before jsonb;
  receipt jsonb;
  fingerprint constant text := sync.text_hash(p_text);
begin
  perform sync.need_carrier();
  line := sync.file_line(p_device, p_who);
  if p_mac is distinct from sync.file_mac('out', p_device, p_who, p_file, p_text) then
    raise exception using errcode = 'P0001',
      message = '这份文件不是由该设备为本共享库写出的，或者已被改动，没有采用任何内容。';
  end if;
  select c.receipt into before from sync.carried c
    where c.device = p_device and c.who = p_who and c.file = p_file and c.sha = fingerprint;
  if before is not null then
    return before || '{"state": "known"}';
  end if;
  body := p_text::jsonb;
  receipt := jsonb_build_object('file', p_file, 'sha256', fingerprint, 'at', clock_timestamp(),
    'carrier', session_user, 'state', 'late', 'received', greatest(line.received, p_file),
    'missing', greatest(p_file - line.received - 1, 0));
  if p_file > line.received then
    perform sync.act_for(p_who);
    for part in select * from sync.in_batches(body->'lost') loop
      perform sync.replay(p_device, part);
    end loop;
    for part in select * from sync.in_batches(body->'bundles') loop
      answers := answers || sync.push(p_device, part);
    end loop;
    perform sync.pack_shredded(p_device, coalesce(body->'shredded', '[]'));
    delete from sync.acting;
    update sync.device_key set received = p_file where device = p_device and who = p_who;
    update sync.device set last_seen = clock_timestamp() where id = p_device;
    receipt := receipt || jsonb_build_object('state', 'taken', 'bundles',
      jsonb_array_length(answers), 'verdicts', (select coalesce(jsonb_object_agg(v.verdict, v.n),
        '{}') from (select a->>'verdict' verdict, count(*) n from jsonb_array_elements(answers) a
        group by 1) v));
  end if;
  receipt := receipt || jsonb_build_object('code',
    left(sync.file_mac('receipt', p_device, p_who, p_file, p_text), 12));
  insert into sync.carried (device, who, file, sha, asks, receipt)
    values (p_device, p_who, p_file, fingerprint, jsonb_build_object('since', body->'cursor',
      'bundles', sync.named_only(body->'bundles'), 'lost', sync.named_only(body->'lost')),
      receipt);
  insert into sync.journal (what, facts) values ('file carried',
    receipt || jsonb_build_object('device', p_device, 'who', p_who));
  return receipt;
end $$;

-- Rows as lines of JSON, five thousand a part. `p_from` is made of names from sync.relation alone;
-- it may speak of a table's number ($1), a cursor ($2), ids ($3) and scopes ($4).
create or replace function sync.parts_of(p_from text, p_tbl integer, p_seen text, p_ids uuid[],
  p_scopes integer[]) returns setof text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return query execute format('select string_agg(s.line, E''\n'' order by s.n) from (select '
    'to_jsonb(t)::text as line, row_number() over (order by t.id) - 1 as n from %s) s '
    'group by s.n / 5000 order by s.n / 5000', p_from) using p_tbl, p_seen, p_ids, p_scopes;
end $$;

-- The answer's rows, under the officer's rights: what begin_pull says, a census, an index of parts
-- [table, "rows" or "gone"], then the parts. Runs as edesk_reader (09_grants); writes nothing.
create or replace function sync.reply_rows(p_since jsonb) returns text[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  told constant jsonb := sync.begin_pull(p_since->>'history', (p_since->>'epoch')::integer,
    p_since->>'snapshot');
  seen constant text := p_since->>'snapshot';
  mine constant integer[] := array(select jsonb_array_elements_text(told->'scopes')::integer);
  before constant integer[] := array(select jsonb_array_elements_text(
    coalesce(nullif(p_since->'scopes', 'null'), '[]'))::integer);
  added constant integer[] := array(select unnest(mine) except select unnest(before));
  whole constant boolean := told->>'state' <> 'ok' or (-1 = any (mine)) <> (-1 = any (before));
  r sync.relation;
  sources text[];
  source text;
  one text;
  found text[] := '{}';
  index jsonb := '[]';
begin
  for r in select * from sync.relation order by place loop
    sources := '{}';
    if whole then
      sources := array[format('desk.%I t', r.name)];
    else
      if told->'tables' ? r.tbl::text then
        -- What is gone comes as ids; its part is told apart by its first word.
        sources := array[
          format('sync.changed($1, $2) x(id) join desk.%I t on t.id = x.id', r.name),
          format('(select x.id from sync.changed($1, $2) x(id) left join desk.%I d on d.id = x.id'
            ' where d.id is null) t', r.name)];
      end if;
      if cardinality(added) > 0 then
        sources := sources || format('desk.%I t where t.scope = any ($4)', r.name);
      end if;
    end if;
    foreach source in array sources loop
      for one in select * from sync.parts_of(source, r.tbl, seen, null, added) loop
        found := found || one;
        index := index || jsonb_build_array(jsonb_build_array(r.tbl,
          case when starts_with(source, '(') then 'gone' else 'rows' end));
      end loop;
    end loop;
  end loop;
  return array[(told || jsonb_build_object('whole', whole))::text, sync.census()::text,
    index::text] || found;
end $$;

-- Cases with everything below them, and what belongs to everyone; under the caller's rights.
create or replace function sync.pack_rows(p_cases uuid[]) returns text[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  r sync.relation;
  kept jsonb := '{}';
  ids uuid[];
  source text;
  one text;
  found text[] := '{}';
  index jsonb := '[]';
begin
  for r in select * from sync.relation order by place loop
    if r.everybody then
      source := format('desk.%I t', r.name);
      ids := null;
    elsif r.name = 'case' then
      source := 'desk."case" t where t.id = any ($3)';
      ids := p_cases;
    elsif kept ? r.parent::text then
      source := format('desk.%I t where t.%I = any ($3)', r.name, r.via);
      ids := array(select jsonb_array_elements_text(kept->r.parent::text)::uuid);
    else
      continue;
    end if;
    if exists (select 1 from sync.relation c where c.parent = r.tbl) then
      execute 'select array(select t.id from ' || replace(source, '$3', '$1') || ')'
        into ids using ids;
      kept := kept || jsonb_build_object(r.tbl, to_jsonb(ids));
      source := format('desk.%I t where t.id = any ($3)', r.name);
    end if;
    for one in select * from sync.parts_of(source, r.tbl, null, ids, null) loop
      found := found || one;
      index := index || jsonb_build_array(jsonb_build_array(r.tbl, 'rows'));
    end loop;
  end loop;
  return array[coalesce(jsonb_array_length(kept->(select c.tbl::text from sync.relation c
    where c.name = 'case')), 0)::text, index::text] || found;
end $$;

-- Parts with their fingerprints: one signature over the head proves all of them.
create or replace function sync.proven_index(p_index jsonb, p_parts text[]) returns jsonb
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select coalesce(jsonb_agg(e.x || to_jsonb(sync.text_hash(p_parts[e.n])) order by e.n), '[]')
  from jsonb_array_elements(p_index) with ordinality e(x, n)
$$;

-- The answer to a file that was taken in: number, head, signature, then the parts.
create or replace function sync.carry_reply(p_device uuid, p_who name, p_file bigint, p_sha text)
returns text[]
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  asked sync.carried;
  made text[];
  head text;
  n bigint;
begin
  perform sync.need_carrier();
  perform sync.file_line(p_device, p_who);
  select * into asked from sync.carried c
    where c.device = p_device and c.who = p_who and c.file = p_file and c.sha = p_sha;
  if asked.file is null then
    raise exception using errcode = 'P0001', message = '共享库还没有收到这份文件。';
  end if;
  perform sync.catch_up();
  update sync.device_key set sent = sent + 1 where device = p_device and who = p_who
    returning sent into n;
  perform sync.act_for(p_who);
  made := sync.reply_rows(asked.asks->'since');
  head := (made[1]::jsonb || jsonb_build_object('reply', n, 'at', clock_timestamp(),
    'since', asked.asks->'since', 'answers', sync.answers(asked.asks->'bundles'),
    'lost', sync.answers(asked.asks->'lost'), 'receipt', asked.receipt,
    'census', made[2]::jsonb, 'parts', sync.proven_index(made[3]::jsonb, made[4:]),
    'schema_ver', (select schema_ver from sync.hub)))::text;
  delete from sync.acting;
  return array[n::text, head, sync.file_mac('reply', p_device, p_who, n, head)] || made[4:];
end $$;

-- A field pack for a device of the caller's own: number (always 0), head, signature, parts.
create or replace function sync.make_pack(p_device uuid, p_cases uuid[], p_days integer, p_facts jsonb)
returns text[]
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  made text[];
  head text;
  pack uuid := gen_random_uuid();
  ends timestamptz;
  lines bigint;
begin
  perform sync.file_line(p_device, sync.actor());
  if p_days is null or p_days not between 1 and 30 then
    raise exception using errcode = 'P0001', message = '出差包的有效期应为 1 至 30 天。';
  end if;
  if coalesce(cardinality(p_cases), 0) not between 1 and 2000 then
    raise exception using errcode = 'P0001', message = '一个出差包应装 1 至 2000 件案件。';
  end if;
  made := sync.pack_rows(p_cases);
  if made[1]::integer = 0 then
    raise exception using errcode = 'P0001', message = '所选案件都不在您的权限内，没有制作出差包。';
  end if;
  ends := clock_timestamp() + make_interval(days => p_days);
  select coalesce(sum(1 + length(p) - length(replace(p, E'\n', ''))), 0) into lines
    from unnest(made[3:]) p;
  head := jsonb_build_object('pack', pack, 'at', clock_timestamp(), 'expires_at', ends,
    'history', sync.history_id(), 'cases', made[1]::integer, 'lines', lines,
    'facts', coalesce(p_facts, '{}'), 'parts', sync.proven_index(made[2]::jsonb, made[3:]),
    'schema_ver', (select schema_ver from sync.hub))::text;
  insert into sync.pack (id, device, who, cases, lines, sha, expires_at)
    values (pack, p_device, sync.actor(), made[1]::integer, lines, sync.text_hash(head), ends);
  insert into sync.journal (who, what, facts) values (sync.actor(), 'pack made',
    jsonb_build_object('pack', pack, 'device', p_device, 'cases', made[1]::integer,
      'lines', lines, 'expires_at', ends));
  return array['0', head, sync.file_mac('pack', p_device, sync.actor(), 0, head)] || made[3:];
end $$;

-- What a device says of packs it destroyed: kept once, beside what was given out.
create or replace function sync.pack_shredded(p_device uuid, p_proofs jsonb) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  told jsonb;
  done integer := 0;
begin
  for told in select e from jsonb_array_elements(p_proofs) e loop
    update sync.pack p set shredded_at = clock_timestamp(), proof = told
      where p.id = (told->>'pack')::uuid and p.device = p_device
        and p.who = sync.actor() and p.shredded_at is null;
    if found then
      done := done + 1;
      insert into sync.journal (who, what, facts) values (sync.actor(), 'pack shredded',
        told || jsonb_build_object('device', p_device));
    end if;
  end loop;
  return done;
end $$;
