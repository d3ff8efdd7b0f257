"""Payment orders at the hub: what keeps them, their fingerprint, and the tiers that are shipped.

Pure text, made from the same description as the replica's triggers.
"""

from typing import Final

from storage.hub.ledger import kept
from storage.hub.tables import GIVEN
from storage.merge import PUBLIC_SCOPE
from storage.schema.payment_rules import SYSTEM, content_sql, tier_sql
from storage.schema.payments import (
    EXPIRES_DAYS,
    MOVES,
    SHIPPED_BASIS,
    SHIPPED_FROM,
    SHIPPED_TIERS,
    STAGE_POSTS,
    bank_match,
    payment_act,
    payment_order,
)


def statements() -> list[str]:
    """After the tables and the ledger's own."""
    columns = ", ".join(f'"{c.name}"' for c in payment_act.columns if c.name not in GIVEN)
    return [
        *kept(payment_act, f"delete or update of {columns}"),
        *kept(payment_order, "delete"),
        *kept(bank_match, "delete or update"),
        _FINGERPRINT.replace("{content}", content_sql("(p_order)")),
        _TIER.replace("{tier}", tier_sql("p_purpose", "p_fen", "p_day")),
        _POSTS.replace("{posts}", ", ".join(_posts())),
        _WAYS.replace("{ways}", ", ".join(_ways())),
        _NUMBERS.replace("{days}", str(EXPIRES_DAYS)).replace("{system}", SYSTEM),
    ]


def _posts() -> list[str]:
    return [f"('{stage}', '{post}')" for stage, posts in STAGE_POSTS.items() for post in posts]


def _ways() -> list[str]:
    return [
        f"('{source}', '{purpose}', {'null' if target is None else repr(target)})"
        for source, purpose, target in MOVES
    ]


def shipped() -> str:
    """The tiers that every hub begins with; those that are there stay."""
    rows = ", ".join(
        f"('{id_}', '{purpose}', {low}, {'null' if high is None else high}, '{stages}',"
        f" '{SHIPPED_FROM}', '{SHIPPED_BASIS}', 'unconfirmed', 'agreed', {PUBLIC_SCOPE})"
        for id_, purpose, low, high, stages in SHIPPED_TIERS
    )
    return (
        "insert into desk.approval_tier (id, purpose, from_fen, upto_fen, stages, valid_from,"
        f" basis, confidence, state, scope) values {rows} on conflict (id) do nothing"
    )


_FINGERPRINT: Final = """
create or replace function sync.order_fingerprint(p_order desk.payment_order) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select sync.sha256_hex({content})
$$"""

_TIER: Final = """
create or replace function sync.tier_of(p_purpose text, p_fen bigint, p_day text)
returns setof desk.approval_tier
language sql stable set search_path = pg_catalog, desk, pg_temp as $$
  select t.* from approval_tier t where {tier}
$$"""

_POSTS: Final = """
create or replace function sync.stage_post() returns table (stage text, post text)
language sql immutable set search_path = pg_catalog, pg_temp as $$
  values {posts}
$$"""

_WAYS: Final = """
create or replace function sync.order_way()
returns table (source text, purpose text, target text)
language sql immutable set search_path = pg_catalog, pg_temp as $$
  values {ways}
$$"""

_NUMBERS: Final = """
create or replace function sync.expires_days() returns integer
language sql immutable set search_path = pg_catalog, pg_temp as $$ select {days} $$;

create or replace function sync.system_maker() returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$ select '{system}' $$"""
