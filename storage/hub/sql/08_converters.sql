-- Operations of earlier schemas, and clients that are too old to write.
--
-- A desk that was away for months brings operations that speak of columns as they were. Each
-- version that changed one says so in rows here; an operation goes through all that came after
-- its own version. What was sent is stored as it came.
create table if not exists sync.converter (
  ver text not null,             -- operations made before this version are converted
  step integer not null,
  tbl smallint not null,
  act text not null check (act in ('rename', 'drop', 'fill', 'map', 'table')),
  col text not null default '',
  args jsonb not null default '{}',
  primary key (ver, step)
);

-- Which version a desk needs before it may make a request of this kind: money comes first.
alter table sync.request_kind add column if not exists min_client text not null default '';

create or replace function sync.converted_row(p_row jsonb, p_kind "char", p_is_new boolean,
  p_change sync.converter) returns jsonb
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  col constant text := p_change.col;
begin
  if p_change.act = 'fill' then
    return case when p_kind in ('I', 'R') and p_is_new and not p_row ? col
      then p_row || jsonb_build_object(col, p_change.args->'value') else p_row end;
  end if;
  if not p_row ? col then
    return p_row;
  end if;
  return case p_change.act
    when 'rename' then (p_row - col) || jsonb_build_object(p_change.args->>'to', p_row->col)
    when 'drop' then p_row - col
    when 'map' then p_row
      || jsonb_build_object(col, coalesce(p_change.args->(p_row->>col), p_row->col))
    else p_row end;
end $$;

create or replace function sync.convert(p_item sync.item) returns sync.item
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  item sync.item := p_item;
  change sync.converter;
begin
  for change in select * from sync.converter c where c.ver > p_item.schema_ver order by c.ver, c.step
  loop
    continue when change.tbl is distinct from item.tbl;
    if change.act = 'table' then
      item.tbl := (change.args->>'to')::smallint;
      continue;
    end if;
    -- Anything but an object is left for the judge to refuse.
    if jsonb_typeof(item.new) = 'object' then
      item.new := sync.converted_row(item.new, item.kind, true, change);
    end if;
    if jsonb_typeof(item.old) = 'object' then
      item.old := sync.converted_row(item.old, item.kind, false, change);
    end if;
  end loop;
  return item;
end $$;

create or replace function sync.converted(p_items sync.item[]) returns sync.item[]
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  newest constant text := (select max(ver) from sync.converter);
  items sync.item[] := '{}';
  item sync.item;
begin
  -- Nearly always everybody is up to date: then nothing is unpacked.
  if not exists (select 1 from unnest(p_items) i where i.schema_ver < newest) then
    return p_items;
  end if;
  foreach item in array p_items loop
    items := items || sync.convert(item);
  end loop;
  return items;
end $$;

-- Findings 'upgrade' for bundles that nobody here may judge now: their schema is unknown, or the
-- desk that sends them is too old to write. They are kept as they came and judged when they come
-- again. The desk's own version counts, not the bundle's: after its update it sends old work, too.
create or replace function sync.must_wait(p_device uuid, p_bundles jsonb) returns sync.finding[]
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  least constant text := (select min_client from sync.hub);
  told constant text := (select nullif(schema_ver, '') from sync.device where id = p_device);
begin
  return array(
    select row(e.p, 0, 'upgrade', case
        when k.schema_ver is null then '{"code": "schema"}'::jsonb
        when s.desk < least then jsonb_build_object('code', 'min_client', 'needs', least)
        else jsonb_build_object('code', 'min_client', 'needs', m.needs, 'request', true)
      end)::sync.finding
    from jsonb_array_elements(p_bundles) with ordinality e(x, p)
    left join sync.schema_known k on k.schema_ver = e.x->>'schema_ver'
    cross join lateral (select coalesce(told, e.x->>'schema_ver', '') as desk) s
    cross join lateral (select max(r.min_client) as needs
      from jsonb_array_elements(case when jsonb_typeof(e.x->'ops') = 'array' then e.x->'ops'
        else '[]' end) o
      join sync.request_kind r on r.kind = o->'new'->>'kind' where o->>'kind' = 'R') m
    where k.schema_ver is null or s.desk < least or s.desk < m.needs
    order by e.p);
end $$;
