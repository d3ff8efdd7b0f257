"""The ledger's own triggers at the hub, made from the same description as the replica's.

The seal gives an entry its place, what it leaves on both accounts and its hash, under one lock for
the whole ledger: every entry moves the bank's account anyhow, and taken first it lets nobody wait
for two accounts in two orders. Its name sorts before those of the rules, which judge the sealed
entry. Pure text.
"""

from typing import Final

from sqlalchemy import Table

from storage.hub.tables import GIVEN, constraints, name_of
from storage.schema.funds import (
    COMMON,
    GENESIS,
    bank_line,
    fund,
    fund_entry,
    ledger_period,
    sealed_sql,
)

_KEPT: Final = "账目只增不改；如有错误，请以冲正更正。"
_RESHAPED: Final = (fund, fund_entry)


def statements() -> list[str]:
    """Seal, and what keeps entries and accounts; after the tables."""
    columns = ", ".join(f'"{c.name}"' for c in fund_entry.columns if c.name not in GIVEN)
    return [
        _COMMON.replace("{common}", ", ".join(_common())),
        _SEAL.replace("{sealed}", sealed_sql("(p_entry)")).replace("{genesis}", GENESIS),
        _KEEP.replace("{kept}", _KEPT),
        *kept(fund_entry, f"delete or update of {columns}"),
        *kept(fund, "delete"),
        *kept(ledger_period, "delete"),
        *kept(bank_line, "delete or update"),
        *(
            f"drop trigger if exists ledger_seal on {name_of(table)};"
            f"create trigger ledger_seal before {events} on {name_of(table)}"
            f" for each row execute function sync.{function}()"
            for table, events, function in (
                (fund_entry, "insert", "ledger_seal"),
                (ledger_period, "insert or update", "ledger_wait"),
            )
        ),
    ]


def reshape(there: dict[str, frozenset[str]]) -> list[str]:
    """Keys and checks of accounts and entries as they are now, at a hub of before the double
    entry; `there` are the columns it had."""
    if "fund" not in there or "kind" in there["fund"]:
        return []
    made = []
    for table in _RESHAPED:
        made.append(_DROP.replace("{table}", name_of(table)))
        made += constraints(table)
    return made


def _common() -> list[str]:
    """Accounts that there is one of, as rows."""
    return [f"('{id_}'::uuid, '{kind}', '{name}')" for kind, (id_, name) in COMMON.items()]


def kept(table: Table, events: str) -> list[str]:
    """What refuses these events, and to empty the table, to everybody."""
    name = name_of(table)
    return [
        f"drop trigger if exists kept on {name};"
        f"create trigger kept before {events} on {name}"
        " for each row execute function sync.keep_entries()",
        f"drop trigger if exists kept_whole on {name};"
        f"create trigger kept_whole before truncate on {name}"
        " for each statement execute function sync.keep_entries()",
    ]


_DROP: Final = """
do $$
declare
  old record;
begin
  for old in select conname from pg_catalog.pg_constraint
      where conrelid = '{table}'::regclass and contype in ('c', 'u') loop
    execute format('alter table {table} drop constraint %I', old.conname);
  end loop;
  alter table {table} alter column case_id drop not null;
end $$"""

_COMMON: Final = """
create or replace function sync.common_fund() returns table (id uuid, kind text, name text)
language sql immutable set search_path = pg_catalog, pg_temp as $$
  values {common}
$$"""

_SEAL: Final = """
create table if not exists sync.ledger_lock (one boolean primary key default true check (one));
insert into sync.ledger_lock default values on conflict do nothing;

create or replace function sync.sha256_hex(p_text text) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select encode(sha256(convert_to(p_text, 'UTF8')), 'hex')
$$;

create or replace function sync.entry_hash(p_entry desk.fund_entry) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select sync.sha256_hex({sealed})
$$;

create or replace function sync.ledger_wait() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform 1 from sync.ledger_lock for update;
  return new;
end $$;

create or replace function sync.ledger_seal() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  head desk.fund_entry;
  debit desk.fund;
  credit desk.fund;
  moved constant bigint := case when new.kind in ('hold', 'release') then 0
    else new.amount_fen end;
begin
  perform 1 from sync.ledger_lock for update;
  perform 1 from desk.fund where id in (new.debit_id, new.credit_id) order by id for update;
  select * into debit from desk.fund where id = new.debit_id;
  select * into credit from desk.fund where id = new.credit_id;
  select * into head from desk.fund_entry e
    where e.seq = (select max(x.seq) from desk.fund_entry x);
  new.seq := coalesce(head.seq, 0) + 1;
  new.prev := coalesce(head.hash, '{genesis}');
  -- A clock that was set back never puts an entry before the one it follows.
  new.at := greatest(new.at collate "C", head.at collate "C");
  new.booked_on := coalesce(new.booked_on, substr(new.at, 1, 10));
  new.debit_after_fen := debit.balance_fen - moved;
  new.credit_after_fen := credit.balance_fen + moved;
  new.debit_held_fen := debit.held_fen + case new.kind when 'hold' then new.amount_fen
    when 'release' then -new.amount_fen when 'payment' then -new.amount_fen else 0 end;
  new.hash := sync.entry_hash(new);
  return new;
end $$"""

# Not even the owner changes what was booked; a case that moves takes its entries' scope along.
_KEEP: Final = """
create or replace function sync.keep_entries() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception using errcode = 'P0001', message = '{kept}';
end $$"""
