-- The two doors for what clients send: `push` for the new, `replay` for what this history lost.
create or replace function sync.admit(p_device uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (select 1 from sync.account where who = sync.actor() and locked_at is null) then
    raise exception using errcode = '28000', message = 'account is not registered or locked';
  end if;
  if not exists (select 1 from sync.device where id = p_device and revoked_at is null) then
    raise exception using errcode = '28000', message = 'device is not registered or revoked';
  end if;
  perform sync.lock(p_device);
end $$;

drop function if exists sync.answer_of(sync.bundle);

-- Verdict per bundle out of what was found; the first operation that failed speaks for it.
create or replace function sync.verdicts(p_found sync.finding[]) returns table (b integer, verdict text,
  detail jsonb, vers jsonb)
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select f.b,
    coalesce((array_agg(f.verdict order by f.k) filter (where f.verdict <> 'applied'))[1],
      'applied'),
    (array_agg(f.detail order by f.k) filter (where f.verdict <> 'applied'))[1],
    case when bool_and(f.verdict = 'applied')
      then jsonb_object_agg(f.k, f.detail) else '{}' end
  from unnest(p_found) f group by f.b
$$;

create or replace function sync.push(p_device uuid, p_bundles jsonb) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
set lock_timeout = '2s' as $$
declare
  fresh jsonb;
  items sync.item[];
  found sync.finding[];
  waits sync.finding[];
begin
  if jsonb_typeof(p_bundles) <> 'array' or jsonb_array_length(p_bundles) > 1000 then
    raise exception using errcode = '22023', message = 'bundles must be an array of at most 1000';
  end if;
  perform sync.admit(p_device);
  -- What an older or newer schema once made waiting is judged again when it comes back.
  with again as (
    delete from sync.bundle b using jsonb_array_elements(p_bundles) x
    where b.id = (x->>'id')::uuid and b.actor = (select sync.actor()) and b.verdict = 'upgrade'
      and x->>'schema_ver' in (select schema_ver from sync.schema_known) returning b.id)
  delete from sync.op o using again where o.bundle = again.id;
  select coalesce(jsonb_agg(x order by p), '[]') into fresh
    from (select distinct on (x->>'id') x, p
          from jsonb_array_elements(p_bundles) with ordinality e(x, p)
          where x->>'actor' = (select sync.actor())
            and not exists (select 1 from sync.bundle b where b.id = (x->>'id')::uuid)
          order by x->>'id', p) s;
  items := sync.items_of(fresh);
  -- Nobody guesses what another schema meant: kept as it came, until it comes in one we know.
  waits := sync.must_wait(p_device, fresh);
  found := sync.push_items(sync.converted(array(select i from unnest(items) i
    where i.b <> all (array(select w.b from unnest(waits) w)))), false) || waits;
  perform sync.keep(p_device, fresh, items, found, sync.history_id(), false);
  if sync.presses(items) then
    perform sync.ring_now();
  elsif jsonb_array_length(fresh) > 0 then
    perform sync.ring();
  end if;
  return sync.answers(p_bundles);
end $$;

-- Stores verdict and payload, also of what was refused: a lost laptop loses nothing it had sent.
create or replace function sync.keep(p_device uuid, p_bundles jsonb, p_items sync.item[],
  p_found sync.finding[], p_history text, p_replayed boolean) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  insert into sync.bundle (id, device, n, actor, label, made_at, clock_off_ms, schema_ver, parent,
      verdict, detail, history, replayed, content, lost)
    select (x->>'id')::uuid, p_device, (x->>'n')::bigint, x->>'actor',
      left(coalesce(x->>'label', ''), 200), left(x->>'made_at', 40),
      (x->>'clock_off_ms')::integer, coalesce(x->>'schema_ver', ''), (x->>'parent')::uuid,
      coalesce(v.verdict, 'applied'), v.detail, p_history, p_replayed,
      sync.content_hash(x->'ops'),
      case when p_replayed then jsonb_build_object('history', x->'history', 'vers', x->'vers') end
    from jsonb_array_elements(p_bundles) with ordinality e(x, p)
    left join sync.verdicts(p_found) v on v.b = e.p;
  insert into sync.op (bundle, k, tbl, row_id, kind, new, old, ver)
    select i.bundle, i.k, i.tbl, i.row_id, i.kind, i.new, i.old, (v.vers->>i.k::text)::bigint
    from unnest(p_items) i left join sync.verdicts(p_found) v on v.b = i.b;
end $$;

create or replace function sync.answers(p_bundles jsonb) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  with asked as (
    select x, p, (x->>'id')::uuid as id
    from jsonb_array_elements(p_bundles) with ordinality e(x, p)),
  made as (
    select o.bundle, coalesce(jsonb_agg(jsonb_build_array(o.k, o.ver) order by o.k)
        filter (where o.ver is not null), '[]') as vers
    from sync.op o where o.bundle = any (array(select id from asked)) group by o.bundle)
  select coalesce(jsonb_agg(case
      when b.actor = (select sync.actor()) then jsonb_build_object('id', b.id,
        'verdict', b.verdict, 'detail', b.detail, 'vers', coalesce(m.vers, '[]'),
        'history', b.history, 'sig', sync.signature(keys, b.id, b.actor, b.verdict,
          coalesce(m.vers, '[]'), b.history, b.content))
      when b.id is not null then jsonb_build_object('id', x->>'id', 'verdict', 'not_permitted',
        'detail', jsonb_build_object('code', 'not_yours'), 'vers', '[]'::jsonb)
      when x->>'actor' <> (select sync.actor()) then
        jsonb_build_object('id', x->>'id', 'verdict', 'wrong_user', 'vers', '[]'::jsonb)
      else jsonb_build_object('id', x->>'id', 'verdict', 'waiting', 'vers', '[]'::jsonb) end
    order by p), '[]')
  from sync.secret keys cross join asked a
  left join sync.bundle b on b.id = a.id and b.id = any (array(select id from asked))
  left join made m on m.bundle = b.id
$$;

-- Life and timeline of a history as text that sorts, then the version: which of two lost edits
-- was the later one.
create or replace function sync.lost_at(p_history text, p_ver text) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select lpad(split_part(p_history, ':', 2), 10, '0') || split_part(p_history, ':', 3)
    || lpad(coalesce(p_ver, ''), 20, '0')
$$;

-- Edits of a lost history as this history must judge them, column by column: edited afresh since
-- the loss, the value decides (and may send it to the tray); passed over by a later lost edit, it
-- is dropped; else it is carried out on whatever is there.
create or replace function sync.as_lost(p_items sync.item[], p_bundle jsonb) returns sync.item[]
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  done sync.item[] := '{}';
  item sync.item;
  mine text;
  col text;
  fresh boolean;
  passed boolean;
  here jsonb;
begin
  foreach item in array p_items loop
    if item.kind = 'U' then
      here := sync.row_of(item.tbl, item.row_id);
      mine := sync.lost_at(p_bundle->>'history', (select v->>1
        from jsonb_array_elements(p_bundle->'vers') v where (v->>0)::integer = item.k));
      for col in select jsonb_object_keys(item.new) loop
        select bool_or(not b.replayed),
          bool_or(b.replayed and sync.lost_at(b.lost->>'history', (select v->>1
            from jsonb_array_elements(b.lost->'vers') v where (v->>0)::integer = o.k)) > mine)
          into fresh, passed
          from sync.op o join sync.bundle b on b.id = o.bundle
          where o.row_id = item.row_id and o.tbl = item.tbl and o.kind = 'U' and o.new ? col
            and b.verdict = 'applied' and b.history = sync.history_id();
        continue when fresh;
        if passed then
          item.new := item.new - col;
          item.old := item.old - col;
        elsif here is not null then
          item.old := item.old || jsonb_build_object(col, here->col);
        end if;
      end loop;
    end if;
    done := done || item;
  end loop;
  return done;
end $$;

-- Whether a row these operations hang on was refused here: it will not come any more.
create or replace function sync.parent_refused(p_items sync.item[]) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select exists (
    select 1 from unnest(p_items) i,
      lateral (select i.row_id union select m[1]::uuid from regexp_matches(i.new::text,
        '"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})', 'g') m) p (id),
      sync.op o join sync.bundle b on b.id = o.bundle
    where o.row_id = p.id and o.kind = 'I' and b.verdict <> 'applied')
$$;

-- After a failover or a restore: what was decided in a history that is gone, under the hub's own
-- signature. A stored verdict stands; a lost "no" is recorded again; a lost "yes" is carried out,
-- money even where the fund no longer suffices, because the money has left.
create or replace function sync.replay(p_device uuid, p_bundles jsonb) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
set lock_timeout = '2s' as $$
declare
  x jsonb;
  lone jsonb;
  items sync.item[];
  found sync.finding[];
begin
  perform sync.admit(p_device);
  for x in select e from jsonb_array_elements(p_bundles) e loop
    continue when x->>'actor' <> sync.actor()
      or exists (select 1 from sync.bundle b where b.id = (x->>'id')::uuid);
    lone := jsonb_build_array(x);
    items := sync.items_of(lone);
    -- The signature of something incomplete is null, and so is one that was left out.
    if x->>'sig' is null or x->>'sig' is distinct from (
        select sync.signature(keys, (x->>'id')::uuid, (x->>'actor')::name, x->>'verdict',
          x->'vers', x->>'history', sync.content_hash(x->'ops')) from sync.secret keys) then
      -- Without the signature it is as good as new.
      found := sync.push_items(sync.converted(items), false);
      perform sync.keep(p_device, lone, items, found, sync.history_id(), false);
    elsif x->>'verdict' <> 'applied' then
      found := array[row(1, 0, x->>'verdict', x->'detail')::sync.finding];
      perform sync.keep(p_device, lone, items, found, sync.history_id(), true);
    else
      found := sync.push_items(sync.as_lost(sync.converted(items), x), true);
      -- Its parent may lie on another device that has not come back yet: asked again later.
      continue when found[1].verdict in ('needs_parent', 'gone')
        and not sync.parent_refused(items);
      perform sync.keep(p_device, lone, items, found, sync.history_id(), true);
    end if;
  end loop;
  return sync.answers(p_bundles);
end $$;
