-- Push: every bundle is judged once, whole; the verdict is stored with what was sent.
--
-- A batch is cut into runs in which no row occurs twice; a run is judged and written set-wise in
-- one subtransaction. An error halves the run until the guilty bundle stands alone, so that one
-- bad bundle never holds up another.
do $$
begin
  create type sync.item as (
    b integer,          -- place of the bundle in the batch
    bundle uuid,
    k integer,
    tbl smallint,
    row_id uuid,
    kind "char",
    new jsonb,
    old jsonb,
    schema_ver text
  );
  create type sync.finding as (b integer, k integer, verdict text, detail jsonb);
  create type sync.written as (b integer, k integer, ver bigint);
exception when duplicate_object then null;
end $$;

create or replace function sync.pad(p_key bytea, p_with integer) returns bytea
language plpgsql immutable strict set search_path = pg_catalog, pg_temp as $$
declare
  padded bytea := p_key || decode(repeat('00', 64 - length(p_key)), 'hex');
begin
  for i in 0..63 loop
    padded := set_byte(padded, i, get_byte(padded, i) # p_with);
  end loop;
  return padded;
end $$;

-- HMAC-SHA-256 (RFC 2104) over the built-in hash: an extension may be missing, this never is.
create or replace function sync.hmac(p_text bytea, p_key bytea) returns bytea
language sql immutable strict set search_path = pg_catalog, pg_temp as $$
  select sha256(sync.pad(p_key, 92) || sha256(sync.pad(p_key, 54) || p_text))
$$;

-- Without a path of its own, so that it becomes a part of the statement that asks.
create or replace function sync.content_hash(p_ops jsonb) returns text
language sql stable as $$
  select pg_catalog.encode(pg_catalog.sha256(
    pg_catalog.convert_to(p_ops::pg_catalog.text, 'UTF8')), 'hex')
$$;

-- The keys are handed in: whoever may read them asks once for many bundles. Null where anything
-- is: what is incomplete has no signature.
drop function if exists sync.signature(uuid, name, text, jsonb, text, text);
create or replace function sync.signature(p_keys sync.secret, p_id uuid, p_actor name,
  p_verdict text, p_vers jsonb, p_history text, p_content text) returns text
language sql stable as $$
  select pg_catalog.encode(pg_catalog.sha256(p_keys.outer_pad operator(pg_catalog.||)
    pg_catalog.sha256(p_keys.inner_pad operator(pg_catalog.||) pg_catalog.convert_to(
      p_id::pg_catalog.text operator(pg_catalog.||) '|' operator(pg_catalog.||)
      p_actor::pg_catalog.text operator(pg_catalog.||) '|' operator(pg_catalog.||)
      p_verdict operator(pg_catalog.||) '|' operator(pg_catalog.||)
      p_vers::pg_catalog.text operator(pg_catalog.||) '|' operator(pg_catalog.||)
      p_history operator(pg_catalog.||) '|' operator(pg_catalog.||) p_content,
      'UTF8'))), 'hex')
$$;

create or replace function sync.verdict_of(p_state text, p_constraint text, p_message text, p_detail text)
returns sync.finding
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  -- Transient: nothing is stored and the client tries again.
  if left(p_state, 2) in ('08', '40', '53', '57', '58', 'XX', '28', '25')
      or p_state in ('55P03', '55006') then
    return null;
  end if;
  return row(0, 0, case
      when p_state = '23503' then 'needs_parent'
      when p_state = '42501' then 'not_permitted'
      when left(p_state, 2) = '23' or p_state = 'P0001' then 'rejected'
      else 'invalid' end,
    jsonb_strip_nulls(jsonb_build_object('code', case p_state
      when '23505' then 'duplicate' when '23514' then 'check' when '23503' then 'needs_parent'
      when '23502' then 'missing' when 'P0001' then 'rule' else p_state end,
      'constraint', nullif(p_constraint, ''), 'message', p_message,
      'detail', nullif(p_detail, ''))))::sync.finding;
end $$;

-- `p_lost`: decided once already, in a history that is gone. Whose row it was and what the officer
-- might do was judged then; since, the row may have changed hands and he his office.
create or replace function sync.push_run(p_items sync.item[], p_bundles integer[], p_lost boolean)
returns sync.finding[]
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  found sync.finding[];
  bad integer[];
  one sync.finding;
  state text;
  cons text;
  msg text;
  det text;
  half integer;
begin
  begin
    select coalesce(array_agg(f), '{}') into found from sync.judge(p_items, p_lost) f;
    select coalesce(array_agg(distinct f.b), '{}') into bad from unnest(found) f;
    found := found || array(
      select row(w.b, w.k, 'applied', to_jsonb(w.ver))::sync.finding
      from sync.write(array(select i from unnest(p_items) i where i.b <> all (bad)),
        p_lost) w);
    return found;
  exception when others then
    get stacked diagnostics state = returned_sqlstate, cons = constraint_name,
      msg = message_text, det = pg_exception_detail;
  end;
  one := sync.verdict_of(state, cons, msg, det);
  if one is null then
    raise exception using errcode = state, message = msg;
  end if;
  if cardinality(p_bundles) = 1 then
    one.b := p_bundles[1];
    return array[one];
  end if;
  half := cardinality(p_bundles) / 2;
  return sync.push_run(array(select i from unnest(p_items) i where i.b = any (p_bundles[:half])),
      p_bundles[:half], p_lost)
    || sync.push_run(array(select i from unnest(p_items) i where i.b = any (p_bundles[half + 1:])),
      p_bundles[half + 1:], p_lost);
end $$;

-- A bundle that touches a row twice, or asks for something: operation by operation.
create or replace function sync.push_alone(p_items sync.item[], p_b integer, p_lost boolean)
returns sync.finding[]
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  found sync.finding[] := '{}';
  step sync.finding[];
  item sync.item;
  state text;
  cons text;
  msg text;
  det text;
  one sync.finding;
begin
  begin
    foreach item in array p_items loop
      if item.kind = 'R' then
        step := array[sync.decide(item, p_lost)];
      else
        step := sync.push_run(array[item], array[p_b], p_lost);
      end if;
      if step[1].verdict <> 'applied' then
        one := step[1];
        raise exception using errcode = 'ED001', message = 'held';
      end if;
      found := found || step;
    end loop;
    return found;
  exception
    when sqlstate 'ED001' then
      return array[one];
    when others then
      get stacked diagnostics state = returned_sqlstate, cons = constraint_name,
        msg = message_text, det = pg_exception_detail;
  end;
  one := sync.verdict_of(state, cons, msg, det);
  if one is null then
    raise exception using errcode = state, message = msg;
  end if;
  one.b := p_b;
  return array[one];
end $$;

create or replace function sync.decide(p_item sync.item, p_lost boolean) returns sync.finding
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  kind sync.request_kind;
  answer jsonb;
  written bigint;
begin
  select * into kind from sync.request_kind r where r.kind = p_item.new->>'kind';
  if kind.kind is null then
    return row(p_item.b, p_item.k, 'invalid', '{"code": "unknown_request"}')::sync.finding;
  end if;
  -- What is granted is stored as a row: only as a request, and only under the id it was judged by.
  if p_item.new->>'id' is distinct from p_item.row_id::text then
    return row(p_item.b, p_item.k, 'invalid', '{"code": "columns"}')::sync.finding;
  end if;
  if not p_lost and not exists (select 1 from sync.right r where r.tbl = p_item.tbl
      and r.kind = 'R' and r.role = any (sync.my_roles())) then
    return row(p_item.b, p_item.k, 'not_permitted', '{"code": "role"}')::sync.finding;
  end if;
  if not p_lost and not sync.my_roles() && kind.roles then
    return row(p_item.b, p_item.k, 'not_permitted',
      jsonb_build_object('code', 'role', 'roles', to_jsonb(kind.roles)))::sync.finding;
  end if;
  execute format('select %s($1, $2, $3)', kind.decides::regproc)
    into answer using p_item.row_id, (p_item.new->>'args')::jsonb, p_lost;
  if p_lost and answer->>'code' = 'gone' then
    return row(p_item.b, p_item.k, 'gone', answer)::sync.finding;
  end if;
  if answer->>'state' <> 'accepted' then
    return row(p_item.b, p_item.k, 'rejected', answer)::sync.finding;
  end if;
  select w.ver into written from sync.write(array[row(p_item.b, p_item.bundle, p_item.k,
    p_item.tbl, p_item.row_id, 'I', p_item.new || jsonb_build_object('state', 'accepted',
      'facts', answer::text), null, p_item.schema_ver)::sync.item], p_lost) w;
  return row(p_item.b, p_item.k, 'applied', to_jsonb(written))::sync.finding;
end $$;

-- The head of a bundle is read once (`offset 0`), not anew out of all of it for each operation.
create or replace function sync.items_of(p_bundles jsonb) returns sync.item[]
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(array_agg(row(b.place, b.id, (o->>'k')::integer,
      (o->>'tbl')::smallint, (o->>'row')::uuid, (o->>'kind')::"char",
      nullif(o->'new', 'null'), nullif(o->'old', 'null'), b.schema_ver)::sync.item
    order by b.place, (o->>'k')::integer), '{}')
  from (select p::integer as place, (x->>'id')::uuid as id, x->>'schema_ver' as schema_ver,
          x->'ops' as ops
        from jsonb_array_elements(p_bundles) with ordinality e(x, p) offset 0) b,
       jsonb_array_elements(b.ops) o
$$;

-- Place of a bundle -> place of the last earlier bundle with one of its rows; itself when it
-- touches a row twice or makes a request, 0 when it meets nobody.
create or replace function sync.meets(p_items sync.item[]) returns table (b integer, before integer)
language sql stable set search_path = pg_catalog, pg_temp as $$
  select s.b, max(s.before) from (
    select i.b, case when i.kind = 'R' then i.b else coalesce(lag(i.b)
      over (partition by i.tbl, i.row_id order by i.b, i.k), 0) end as before
    from unnest(p_items) i) s
  group by s.b
$$;

create or replace function sync.push_items(p_items sync.item[], p_lost boolean) returns sync.finding[]
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  found sync.finding[] := '{}';
  run integer[] := '{}';
  run_from integer := 1;
  m record;
begin
  for m in select * from sync.meets(p_items) order by b loop
    if cardinality(run) > 0 and m.before >= run_from then
      found := found || sync.push_run(
        array(select i from unnest(p_items) i where i.b = any (run)), run, p_lost);
      run := '{}';
    end if;
    if cardinality(run) = 0 then
      run_from := m.b;
    end if;
    if m.before = m.b then
      found := found || sync.push_alone(
        array(select i from unnest(p_items) i where i.b = m.b order by i.k), m.b, p_lost);
    else
      run := run || m.b;
    end if;
  end loop;
  if cardinality(run) > 0 then
    found := found || sync.push_run(
      array(select i from unnest(p_items) i where i.b = any (run)), run, p_lost);
  end if;
  return found;
end $$;
