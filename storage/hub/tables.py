"""The business tables of the hub as PostgreSQL statements, made from the replica's own schema.

Same names, in schema `desk`. Ids become uuid, booleans smallint, so that a row reads the same in
an operation's JSON, in `to_jsonb(row)` and in SQLite, and values can be compared as they are.
Pure text.
"""

import re
from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from storage.merge import GROUPS, PUBLIC_SCOPE, WITNESSED, Group, children_of, scope_from, writers
from storage.schema import CENTRE_SCOPE, synced_tables

_OWN_SCOPE: Final = "select min(m.scope) from sync.member m where m.who = (select sync.actor())"
GIVEN: Final = ("scope", "ver", "changed_by", "changed_at")  # by the hub, never by a client


def statements() -> list[str]:
    """Everything for all synced tables, in foreign-key order."""
    made: list[str] = []
    tables = synced_tables()
    for table in tables:
        made += [_create(table), *_indexes(table)]
    for table in tables:
        made += [_stamp(table), *_in_turn(table), *_refusals(table), *_effects(table)]
        made += [*_capture(table), *_policies(table)]
        made += _moves(table)
    return made


def created() -> list[str]:
    """The tables alone; those that are there stay as they are."""
    return [_create(table) for table in synced_tables()]


def columns_of(table: Table) -> list[str]:
    """Columns a client may fill."""
    return [c.name for c in table.columns if c.name not in GIVEN]


def data_statements(filled: frozenset[str] = frozenset()) -> list[str]:
    """The rules and rights that go with the tables, as rows that can be edited later.

    Tables in `filled` have theirs already, perhaps edited.
    """
    made: list[str] = []
    for table in synced_tables():
        if table.name in filled:
            continue
        number = table.info["number"]
        made += [_rule(table, group) for group in GROUPS.get(table.name, ())]
        for kind, roles in writers(table).items():
            made += [
                f"insert into sync.right values ({number}, '{kind}', 'edesk_{role}')"
                for role in roles
            ]
    return made


def rules_of_columns(table: Table, columns: frozenset[str]) -> list[str]:
    """The groups that `columns`, which a version added, belong to; whatever they were before."""
    number = table.info["number"]
    made = []
    for group in GROUPS.get(table.name, ()):
        if columns.intersection(group.columns):
            made += [
                f"delete from sync.rule where tbl = {number} and grp = '{group.name}'",
                _rule(table, group),
            ]
    return made


def _rule(table: Table, group: Group) -> str:
    columns = "{" + ",".join(group.columns) + "}"
    return (
        "insert into sync.rule values "
        f"({table.info['number']}, '{group.name}', '{columns}', '{group.rule}', {group.legal})"
    )


def missing(table: Table, there: frozenset[str]) -> list[str]:
    """What adds the columns that a hub of an earlier schema has not; `there` are those it has."""
    made = []
    for column in table.columns:
        if column.name in there:
            continue
        line = _column(column)
        for key in column.foreign_keys:
            line += f" references {name_of(key.column.table)}"
        made.append(f"alter table {name_of(table)} add column {line}")
    return made


def constraints(table: Table) -> list[str]:
    """The table's checks and unique keys, as a hub of an earlier schema gets them."""
    made = []
    for column in table.columns:
        if isinstance(column.type, Boolean):
            made.append(f"check ({_q(column.name)} in (0, 1))")
    for constraint in sorted(table.constraints, key=lambda one: str(one.name)):
        if isinstance(constraint, CheckConstraint):
            made.append(f"check ({constraint.sqltext})")
        elif isinstance(constraint, UniqueConstraint):
            made.append(f"unique ({', '.join(_q(c.name) for c in constraint.columns)})")
    return [f"alter table {name_of(table)} add {line}" for line in made]


def name_of(table: Table) -> str:
    """The table as SQL names it."""
    return f'desk."{table.name}"'


def _type(column: "Column[object]") -> str:
    kind = column.type
    if isinstance(kind, Boolean):
        return "smallint"
    if isinstance(kind, BigInteger) or column.name == "ver":
        return "bigint"
    if isinstance(kind, Integer):
        return "integer"
    if isinstance(kind, String) and kind.length == 36:
        return "uuid"
    assert isinstance(kind, String), f"{column}: no PostgreSQL type is known for it"
    return "text"


def _create(table: Table) -> str:
    lines = [_column(column) for column in table.columns]
    for constraint in sorted(table.constraints, key=lambda one: str(one.name)):
        if isinstance(constraint, CheckConstraint):
            lines.append(f"check ({constraint.sqltext})")
        elif isinstance(constraint, UniqueConstraint):
            lines.append(f"unique ({', '.join(_q(c.name) for c in constraint.columns)})")
        elif isinstance(constraint, ForeignKeyConstraint):
            target = next(iter(constraint.elements)).column
            own = ", ".join(_q(c.name) for c in constraint.columns)
            lines.append(f"foreign key ({own}) references {name_of(target.table)}")
    return f"create table if not exists {name_of(table)} (\n  " + ",\n  ".join(lines) + "\n)"


def _column(column: "Column[object]") -> str:
    words = [_q(column.name), _type(column)]
    if column.primary_key:
        words.append("primary key")
    elif not column.nullable:
        words.append("not null")
    default = default_of(column)
    if default is not None:
        words.append(f"default {default}")
    if isinstance(column.type, Boolean):
        words.append(f"check ({_q(column.name)} in (0, 1))")
    return " ".join(words)


def default_of(column: "Column[object]") -> str | None:
    """The column's server default as an SQL literal."""
    if column.server_default is None:
        return None
    text = str(column.server_default.arg)  # type: ignore[attr-defined]
    return text if isinstance(column.type, Integer | Boolean) else f"'{text}'"


def _indexes(table: Table) -> list[str]:
    made = [f'create index if not exists "ix_{table.name}_scope" on {name_of(table)} (scope)']
    for index in sorted(table.indexes, key=lambda one: str(one.name)):
        where = index.dialect_options["sqlite"]["where"]
        columns = ", ".join(_q(column.name) for column in index.columns)
        made.append(
            f'create index if not exists "{index.name}" on {name_of(table)} ({columns})'
            + (f" where {where}" if where is not None else "")
        )
    return made


def _scope_sql(table: Table) -> str:
    source = scope_from(table)
    if source.kind == "public":
        return str(PUBLIC_SCOPE)
    if source.kind == "sender":
        asked = _OWN_SCOPE
    elif source.kind == "team":
        asked = f"select t.number from desk.team t where t.id = new.{_q(source.column)}"
        if source.shared:
            asked = (
                f"select case when new.{_q(source.shared)} = 1 then {PUBLIC_SCOPE} else"
                f" ({asked}) end"
            )
    elif source.column:
        parent = f'desk."{source.parent}"'
        asked = f"select p.scope from {parent} p where p.id = new.{_q(source.column)}"
        if table.columns[source.column].nullable and table.info["policy"] != "ledger":
            # What hangs on no case belongs to the team of whoever sent it.
            own = _OWN_SCOPE
            if source.about:
                own = f"select coalesce(({_object_scope(source.about)}), ({own}))"
            asked = (
                f"case when new.{_q(source.column)} is not null then ({asked})"
                f" when tg_op = 'UPDATE' then old.scope else ({own}) end"
            )
            found = f"coalesce({asked}, {CENTRE_SCOPE})"
            if source.shared:
                shared = f"new.{_q(source.shared)} = 1"
                return f"case when {shared} then {PUBLIC_SCOPE} else {found} end"
            return found
    else:
        return str(CENTRE_SCOPE)
    return f"coalesce(({asked}), {CENTRE_SCOPE})"


def _object_scope(about: tuple[tuple[str, str], ...]) -> str:
    """The scope of the object that a row is about. What everybody reads does not make a row about
    it everybody's, and a team's own row goes to no team but one of its author's."""
    objects = " union all ".join(
        f"select p.scope from desk.\"{name}\" p where new.about = '{word}' and p.id = new.about_id"
        for word, name in about
    )
    return (
        f"select o.scope from ({objects}) o where o.scope <> {PUBLIC_SCOPE} and (new.team_only = 0"
        " or o.scope in (select m.scope from sync.member m where m.who = (select sync.actor())))"
    )


def _stamp(table: Table) -> str:
    """Who and when, the next version, and whose the row is; whatever the client said of it."""
    function = f'sync."stamp_{table.name}"'
    witness = (
        "\n  new.person_id := (select p.id from desk.person p join sync.account a"
        " on a.person_id = p.id where a.who = sync.actor());"
        if table.name in WITNESSED
        else ""
    )
    return f"""
create or replace function {function}() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  new.ver := case when tg_op = 'INSERT' then 1 else old.ver + 1 end;
  new.changed_by := sync.actor();
  new.changed_at := to_char(clock_timestamp() at time zone 'Asia/Shanghai',
    'YYYY-MM-DD"T"HH24:MI:SS.MS"+08:00"');
  new.scope := {_scope_sql(table)};{witness}
  return new;
end $$;
drop trigger if exists stamp on {name_of(table)};
create trigger stamp before insert or update on {name_of(table)}
  for each row execute function {function}()"""


def _refusals(table: Table) -> list[str]:
    """The same rules that the replica's triggers keep, in PostgreSQL's words."""
    made = []
    for rule, (events, condition, sentence) in table.info.get("refusals", {}).items():
        words = re.sub(r"\bis not (old|new)\.", r"is distinct from \1.", condition)
        for name in ("sha256_hex", "julianday"):
            words = words.replace(f"{name}(", f"sync.{name}(")
        function = f'sync."refuse_{table.name}_{rule}"'
        made.append(f"""
create or replace function {function}() returns trigger
language plpgsql security definer set search_path = pg_catalog, desk, pg_temp as $$
begin
  if ({words}) then
    raise exception using errcode = 'P0001', message = '{sentence}';
  end if;
  return new;
end $$;
drop trigger if exists "rule_{rule}" on {name_of(table)};
create trigger "rule_{rule}" before {" or ".join(events)} on {name_of(table)}
  for each row execute function {function}()""")
    return made


def _in_turn(table: Table) -> list[str]:
    """`info["in_turn"]`, column and parent: rows about one parent wait for each other, so that
    each is held against those before it. Two loans of one thing at one moment would both pass
    otherwise. A replica has one writer."""
    if "in_turn" not in table.info:
        return []
    column, parent = table.info["in_turn"]
    function = f'sync."in_turn_{table.name}"'
    # By its name it comes before stamp and every rule.
    return [
        f"""
create or replace function {function}() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform 1 from desk."{parent}" where id = new.{_q(column)} for no key update;
  return new;
end $$;
drop trigger if exists in_turn on {name_of(table)};
create trigger in_turn before insert on {name_of(table)}
  for each row execute function {function}()"""
    ]


def _effects(table: Table) -> list[str]:
    """What a new row does to other rows, as in the replica."""
    made = []
    for name, statements in table.info.get("effects", {}).items():
        function = f'sync."{name}_{table.name}"'
        body = ";\n  ".join(statements)
        made.append(f"""
create or replace function {function}() returns trigger
language plpgsql security definer set search_path = pg_catalog, desk, pg_temp as $$
begin
  {body};
  return null;
end $$;
drop trigger if exists "{name}" on {name_of(table)};
create trigger "{name}" after insert on {name_of(table)}
  for each row execute function {function}()""")
    return made


def _capture(table: Table) -> list[str]:
    """Changed ids, once a statement. A row that moves is told to those it leaves, too: without
    it a laptop would keep a case of another team for ever."""
    number = table.info["number"]
    function = f'sync."note_{table.name}"'
    made = [
        f"""
create or replace function {function}() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'DELETE' then
    insert into sync.change (tbl, id, scope) select {number}, id, scope from was;
  elsif tg_op = 'INSERT' then
    insert into sync.change (tbl, id, scope) select {number}, id, scope from now_;
  else
    insert into sync.change (tbl, id, scope) select {number}, id, scope from now_;
    insert into sync.change (tbl, id, scope)
      select {number}, w.id, w.scope from was w join now_ n on n.id = w.id
      where n.scope <> w.scope;
  end if;
  return null;
end $$"""
    ]
    for event, tables in (
        ("insert", "new table as now_"),
        ("update", "old table as was new table as now_"),
        ("delete", "old table as was"),
    ):
        made.append(
            f"drop trigger if exists note_{event} on {name_of(table)};"
            f"create trigger note_{event} after {event} on {name_of(table)} "
            f"referencing {tables} for each statement execute function {function}()"
        )
    return made


def _policies(table: Table) -> list[str]:
    name = name_of(table)
    everything = "(select sync.my_all())"
    if "team_only" in table.columns:  # even the centre sees its own alone
        everything = f"({everything} and (team_only = 0 or current_user = 'edesk_owner'))"
    return [
        f"alter table {name} enable row level security",
        f"alter table {name} force row level security",
        f"drop policy if exists mine on {name}",
        f"create policy mine on {name} for select using "
        f"({everything} or scope = any ((select sync.my_scopes())::integer[]))",
        f"drop policy if exists owner_writes on {name}",
        f"create policy owner_writes on {name} to edesk_owner using (true) with check (true)",
        f"grant select on {name} to edesk_member",
    ]


def _moves(table: Table) -> list[str]:
    """When a row changes hands, what belongs to it goes along in the same transaction."""
    children = children_of(table.name)
    if not children:
        return []
    function = f'sync."move_{table.name}"'
    updates = "\n  ".join(
        f"update {name_of(child)} set scope = new.scope where {_q(column)} = new.id;"
        for child, column in children
    )
    return [
        f"""
create or replace function {function}() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  {updates}
  return null;
end $$;
drop trigger if exists move on {name_of(table)};
create trigger move after update on {name_of(table)}
  for each row when (new.scope <> old.scope) execute function {function}()"""
    ]


def _q(name: str) -> str:
    return f'"{name}"'
