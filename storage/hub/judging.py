"""The hub's judge and writer of operations, one pair of functions a table and a dispatcher.

Made from the schema, so that no name out of a payload ever becomes SQL. `judge` finds what cannot
be applied, `write` carries out the rest; both take a whole run of operations in which no row
occurs twice. Pure text.
"""

from sqlalchemy import Table

from storage.hub.tables import GIVEN, columns_of, default_of, name_of
from storage.merge import AUTHORS, DECISIVE, PRESSING, SIGNERS, WITNESSED
from storage.schema import synced_tables

_BARE = " - '{" + ",".join(GIVEN) + "}'::text[]"


def statements() -> list[str]:
    """The functions sync.judge, sync.write and sync.row_of with one part for each table."""
    tables = synced_tables()
    made: list[str] = []
    for table in tables:
        made += [_judge(table), _write(table)]
    return [
        *made,
        _dispatch_judge(tables),
        _dispatch_write(tables),
        _row_of(tables),
        _census(tables),
        _pressing(tables),
    ]


def _pressing(tables: list[Table]) -> str:
    numbers = ",".join(str(table.info["number"]) for table in tables if table.name in PRESSING)
    return f"""
create or replace function sync.presses(p_items sync.item[]) returns boolean
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select exists (select 1 from unnest(p_items) i where i.tbl = any ('{{{numbers}}}'::integer[]))
$$"""


def _known(table: Table) -> str:
    return "'{" + ",".join(columns_of(table)) + "}'::text[]"


def _judge(table: Table) -> str:
    number, name = table.info["number"], name_of(table)
    author = AUTHORS.get(table.name)
    forged = (
        f"""
    when i.kind = 'I' and i.new->>'{author}' is not null and me.person_id is not null
      and (i.new->>'{author}')::uuid <> me.person_id
      then row(i.b, i.k, 'not_permitted', '{{"code": "author"}}')::sync.finding"""
        if author
        else ""
    )
    if table.name in DECISIVE:
        acts = "{" + ",".join(DECISIVE[table.name]) + "}"
        forged += f"""
    when i.kind = 'I' and not p_lost and me.person_id is null
      and i.new->>'act' = any ('{acts}'::text[])
      then row(i.b, i.k, 'not_permitted', '{{"code": "author"}}')::sync.finding"""
    signers = "{" + ",".join(SIGNERS.get(table.name, ())) + "}"
    if table.name in SIGNERS:
        forged += f"""
    when me.person_id is not null and exists (select 1 from unnest('{signers}'::text[]) s(col)
        where i.new->>s.col is not null and i.new->>s.col is distinct from i.old->>s.col
          and (i.new->>s.col)::uuid <> me.person_id)
      then row(i.b, i.k, 'not_permitted', '{{"code": "author"}}')::sync.finding"""
    return f"""
create or replace function sync."judge_{table.name}"(p_items sync.item[], p_lost boolean)
returns setof sync.finding
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  everything constant boolean := p_lost or sync.sees_all();
  mine constant integer[] := sync.my_scopes();
  me sync.account;
begin
  select * into me from sync.account where who = (select sync.actor());
  perform 1 from {name} where id in (select i.row_id from unnest(p_items) i
    where i.tbl = {number} and i.kind = 'U') order by id for update;
  return query select f.* from (select case
    when jsonb_typeof(i.new) is distinct from 'object'
      or i.new{_BARE} - {_known(table)} <> '{{}}' or i.old{_BARE} - {_known(table)} <> '{{}}'
      or i.kind = 'I' and i.new->>'id' is distinct from i.row_id::text
      then row(i.b, i.k, 'invalid', '{{"code": "columns"}}')::sync.finding{forged}
    when i.kind = 'I' then null
    when t.id is null or not (everything or t.scope = any (mine))
      then row(i.b, i.k, 'gone', '{{"code": "gone"}}')::sync.finding
    when h.here @> (i.old{_BARE}) then null
    when c.cols is not null
      then row(i.b, i.k, 'conflict', jsonb_build_object('code', 'conflict', 'k', i.k,
        'tbl', {number}, 'row', t.id, 'cols', to_jsonb(c.cols), 'ver', t.ver,
        'by', coalesce((select s.actor::text from sync.op w join sync.bundle s on s.id = w.bundle
          where w.row_id = t.id and w.tbl = {number} and s.verdict = 'applied'
            and (w.kind = 'I' or w.new ?| c.cols) order by w.ver desc limit 1), t.changed_by),
        'at', t.changed_at,
        'now', (select jsonb_object_agg(n, h.here->n) from unnest(c.cols) n)))::sync.finding
    end as found
    from unnest(p_items) i left join {name} t on t.id = i.row_id
    left join lateral (select to_jsonb(t) as here offset 0) h on i.kind = 'U'
    left join lateral (
      select array_agg(distinct g.col) cols from (
        select k.col, bool_and(h.here->k.col is not distinct from i.old->k.col)
            over (partition by coalesce(r.grp, k.col)) as as_was,
          bool_and(h.here->k.col is not distinct from i.new->k.col)
            over (partition by coalesce(r.grp, k.col)) as as_wished
        from jsonb_object_keys(i.new{_BARE}) k(col)
        left join sync.rule r on r.tbl = {number} and k.col = any (r.cols)
        where coalesce(r.rule, 'cas') = 'cas') g
      where not g.as_was and not g.as_wished) c
      on i.kind = 'U' and not h.here @> (i.old{_BARE})
    where i.tbl = {number}) j, lateral (select (j.found).*) f where f.b is not null;
end $$"""


def _write(table: Table) -> str:
    number, name = table.info["number"], name_of(table)
    columns = [c for c in table.columns if c.name in set(columns_of(table))]
    names = ", ".join(f'"{c.name}"' for c in columns)
    values = ", ".join(
        f'r."{c.name}"' if (d := default_of(c)) is None else f'coalesce(r."{c.name}", {d})'
        for c in columns
    )
    setting = ", ".join(f'"{c.name}" = r."{c.name}"' for c in columns if c.name != "id")
    # A row of somebody else's scope is refused once the trigger has said whose it is.
    alien = "false" if table.name in WITNESSED else "not (everything or w.scope = any (mine))"
    return f"""
create or replace function sync."write_{table.name}"(p_items sync.item[], p_lost boolean)
returns setof sync.written
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  everything constant boolean := p_lost or sync.sees_all();
  mine constant integer[] := sync.my_scopes();
  w record;
begin
  for w in
    with put as (
      insert into {name} ({names})
      select {values}
      from unnest(p_items) i, lateral jsonb_populate_record(null::{name}, i.new{_BARE}) r
      where i.tbl = {number} and i.kind = 'I' order by i.b, i.k
      returning id, ver, scope)
    select i.b, i.k, p.ver, p.scope from put p
    join unnest(p_items) i on i.row_id = p.id and i.tbl = {number} and i.kind = 'I'
  loop
    if {alien} then
      raise exception using errcode = '42501', message = 'scope';
    end if;
    return next row(w.b, w.k, w.ver)::sync.written;
  end loop;
  for w in
    update {name} t set {setting}
    from unnest(p_items) i join {name} c on c.id = i.row_id,
      lateral jsonb_populate_record(c, i.new{_BARE}) r
    where i.tbl = {number} and i.kind = 'U' and t.id = c.id
    returning i.b, i.k, t.ver, t.scope
  loop
    if not (everything or w.scope = any (mine)) then
      raise exception using errcode = '42501', message = 'scope';
    end if;
    return next row(w.b, w.k, w.ver)::sync.written;
  end loop;
end $$"""


def _each(tables: list[Table], verb: str) -> str:
    """The part of each table that the run touches."""
    return "\n".join(
        f"  if {table.info['number']} = any (tbls) then\n"
        f'    return query select * from sync."{verb}_{table.name}"(p_items, p_lost);\n  end if;'
        for table in tables
    )


def _dispatch_judge(tables: list[Table]) -> str:
    parts = _each(tables, "judge")
    known = ",".join(str(table.info["number"]) for table in tables)
    return f"""
create or replace function sync.judge(p_items sync.item[], p_lost boolean)
returns setof sync.finding
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  tbls constant integer[] := array(select distinct i.tbl from unnest(p_items) i);
  roles constant name[] := sync.my_roles();
begin
  return query select i.b, i.k, 'invalid', '{{"code": "table"}}'::jsonb from unnest(p_items) i
    where i.tbl is null or i.tbl <> all ('{{{known}}}') or i.row_id is null or i.k is null;
  return query select i.b, i.k, 'not_permitted', jsonb_build_object('code', 'role',
      'roles', (select coalesce(jsonb_agg(r.role), '[]') from sync.right r
        where r.tbl = i.tbl and r.kind = i.kind))
    from unnest(p_items) i
    where not p_lost and not exists (select 1 from sync.right r
      where r.tbl = i.tbl and r.kind = i.kind and r.role = any (roles));
{parts}
end $$"""


def _dispatch_write(tables: list[Table]) -> str:
    parts = _each(tables, "write")
    return f"""
create or replace function sync.write(p_items sync.item[], p_lost boolean)
returns setof sync.written
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  tbls constant integer[] := array(select distinct i.tbl from unnest(p_items) i);
begin
{parts}
end $$"""


def _census(tables: list[Table]) -> str:
    """Rows and checksums of what the caller may see; storage.sync.census computes the same."""

    def parts(where: str) -> str:
        return "\n    union all ".join(
            f"select {table.info['number']}, count(*), "
            f"md5(coalesce(string_agg(id || ':' || ver, ',' order by id), '')) "
            f"from {name_of(table)} where changed_at is not null{where}"
            for table in tables
        )

    # Whoever sees a few teams is served by the index on their numbers; the policy alone is not.
    return f"""
create or replace function sync.census() returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  mine constant integer[] := sync.my_scopes();
begin
  if sync.sees_all() then
    return (select jsonb_object_agg(c.tbl, jsonb_build_array(c.n, c.total)) from (
    {parts("")}) c (tbl, n, total));
  end if;
  return (select jsonb_object_agg(c.tbl, jsonb_build_array(c.n, c.total)) from (
    {parts(" and scope = any (mine)")}) c (tbl, n, total));
end $$"""


def _row_of(tables: list[Table]) -> str:
    parts = "\n".join(
        f"    when {table.info['number']} then "
        f"(select to_jsonb(t) from {name_of(table)} t where t.id = p_row)"
        for table in tables
    )
    return f"""
create or replace function sync.row_of(p_tbl integer, p_row uuid) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select case p_tbl
{parts}
  end
$$"""
