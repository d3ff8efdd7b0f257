"""Entries as lists: of an account, of a figure of the board, of a day. Reader lanes.

A list of a figure sums to that figure: each entry counts there with the weight that the figure
gives its way from one kind of account to another; a reversal takes back the way it undoes.
"""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection

from desktop.contract.listing import Dated
from desktop.contract.paging import SnapshotArgs
from storage.ledger.trial import kind_sql
from storage.schema.funds import COMMON

Ways = Mapping[tuple[str, str], int]
KIND_WORDS: Final = {
    "receipt": "收款",
    "hold": "批准",
    "payment": "付款",
    "release": "退回批准",
    "transfer": "划转",
    "reversal": "冲正",
}
FUND_WORDS: Final = {
    **{kind: name for kind, (_id, name) in COMMON.items()},
    "case": "案款",
    "escrow": "提存",
}
_OWN: Final = ("case", "escrow")
_PAID: Final[Ways] = {(one, "bank"): 1 for one in _OWN}
_REFUNDED: Final[Ways] = {("case", "refund"): 1, ("escrow", "refund"): 1, ("refund", "case"): -1}
_FEES: Final[Ways] = {("case", "fee"): 1, ("escrow", "fee"): 1, ("fee", "case"): -1}
# Of the whole ledger, and of one case or of what a team's desk sees.
WAYS: Final[Mapping[str, Ways]] = {
    "received": {("bank", "case"): 1, ("bank", "unknown"): 1, ("bank", "suspense"): 1},
    "paid": _PAID,
    "unknown": {
        **{("bank", one): 1 for one in ("unknown", "suspense")},
        **{("case", one): 1 for one in ("unknown", "suspense")},
        **{(one, "case"): -1 for one in ("unknown", "suspense")},
        **{(one, "bank"): -1 for one in ("unknown", "suspense")},
    },
    "refunded": {**_REFUNDED, ("unknown", "bank"): 1},
    "fees": _FEES,
}
WAYS_OF_CASES: Final[Mapping[str, Ways]] = {
    "received": {
        ("bank", "case"): 1,
        **{(one, "case"): 1 for one in ("unknown", "suspense")},
        **{("case", one): -1 for one in ("unknown", "suspense")},
    },
    "paid": _PAID,
    "refunded": _REFUNDED,
    "fees": _FEES,
}
LIVE: Final = (
    "e.kind <> 'reversal' and not exists (select 1 from fund_entry r where r.reverses = e.id)"
)
_SIDES: Final = " left join fund d on d.id = e.debit_id left join fund c on c.id = e.credit_id"
_DEBIT, _CREDIT = kind_sql("d", "e.debit_id"), kind_sql("c", "e.credit_id")


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """Which entries: of an account (`fund_id`), or of a figure of the board; all joined by AND.

    `upto`: the last entry that counts, None for all. `own`: figures as of one case or of a team's
    desk. Days are accounting days, inclusive. `live`: neither what was reversed nor its reversal.
    """

    fund_id: str | None = None
    figure: str = ""
    own: bool = False
    case_id: str | None = None
    upto: int | None = None
    from_on: date | None = None
    to_on: date | None = None
    text: str = ""
    kinds: tuple[str, ...] = ()
    live: bool = False


@dataclass(frozen=True, slots=True)
class Total:
    """What a list sums to, in fen, and how many entries it has."""

    fen: int
    count: int


def _weight(filter_: EntryFilter) -> str:
    """SQL of what an entry counts for: -1, 0 or 1."""
    if filter_.fund_id is not None:
        return (
            "case when e.kind in ('hold', 'release') then 0"
            " when e.credit_id = :fund then 1 else -1 end"
        )
    ways = (WAYS_OF_CASES if filter_.own or filter_.case_id else WAYS)[filter_.figure]
    plain = " ".join(f"when '{here}>{there}' then {n}" for (here, there), n in ways.items())
    return (
        "case when e.kind in ('hold', 'release') then 0 when e.kind = 'reversal'"
        f" then -(case {_CREDIT} || '>' || {_DEBIT} {plain} else 0 end)"
        f" else (case {_DEBIT} || '>' || {_CREDIT} {plain} else 0 end) end"
    )


def _where(filter_: EntryFilter) -> tuple[str, dict[str, object]]:
    """Conditions and their values; a figure looks only at entries of the accounts it is about."""
    parts, values = ["e.seq is not null"], dict[str, object]()
    if filter_.fund_id is not None:
        parts.append("(e.debit_id = :fund or e.credit_id = :fund)")
        values["fund"] = filter_.fund_id
    if filter_.case_id is not None:
        parts.append("e.case_id = :case")
        values["case"] = filter_.case_id
    elif filter_.figure and not filter_.own:
        parts.append(_about(filter_.figure, values))
    for key, name in (("from_on", ">="), ("to_on", "<=")):
        day = getattr(filter_, key)
        if day is not None:
            parts.append(f"e.booked_on {name} :{key}")
            values[key] = day.isoformat()
    if filter_.upto is not None:
        parts.append("e.seq <= :upto")
        values["upto"] = filter_.upto
    if filter_.kinds:
        parts.append(f"e.kind in ({', '.join(f':k{n}' for n in range(len(filter_.kinds)))})")
        values |= {f"k{n}": kind for n, kind in enumerate(filter_.kinds)}
    if filter_.text:
        parts.append(
            "(instr(e.number, :text) or instr(coalesce(e.payee, ''), :text)"
            " or instr(coalesce(e.memo, ''), :text))"
        )
        values["text"] = filter_.text
    if filter_.live:
        parts.append(LIVE)
    if filter_.figure:
        parts.append(f"{_weight(filter_)} <> 0")
    return " and ".join(parts), values


def _about(figure: str, values: dict[str, object]) -> str:
    """Both columns have an index of accounts, so a figure of one account needs no other entry.
    Everything passes the bank's: there the index would only be a long way round."""
    kinds = {
        "received": ("bank",),
        "paid": ("bank",),
        "unknown": ("unknown", "suspense"),
        "refunded": ("refund", "unknown"),
        "fees": ("fee",),
    }[figure]
    names = []
    for kind in kinds:
        values[kind] = COMMON[kind][0]
        plus = "+" if kind == "bank" else ""
        names.append(f"{plus}e.debit_id = :{kind} or {plus}e.credit_id = :{kind}")
    return f"({' or '.join(names)})"


_SORTS: Final = {
    "number": "e.seq",
    "booked_on": "e.booked_on",
    "fen": "weight * e.amount_fen",
    "in_fen": "weight * e.amount_fen",
    "out_fen": "-weight * e.amount_fen",
}


def snapshot(connection: Connection, args: SnapshotArgs[Dated[EntryFilter]]) -> Sequence[int]:
    """Ordered places (`seq`); unless asked otherwise, the newest first."""
    filter_ = args.filter.filter
    where, values = _where(filter_)
    order = _SORTS.get(args.sort or "", "e.seq")
    turn = "desc" if (args.descending or not args.sort) else "asc"
    text = (
        f"select e.seq, {_weight(filter_)} as weight from fund_entry e{_SIDES}"
        f" where {where} order by {order} {turn}, e.seq {turn}"
    )
    return array("q", (row[0] for row in connection.exec_driver_sql(text, values)))


def total(connection: Connection, filter_: EntryFilter) -> Total:
    """The sum that the list makes, by its weights."""
    where, values = _where(filter_)
    text = (
        f"select coalesce(sum({_weight(filter_)} * e.amount_fen), 0), count(*)"
        f" from fund_entry e{_SIDES} where {where}"
    )
    row = connection.exec_driver_sql(text, values).one()
    return Total(int(row[0]), int(row[1]))


_COLUMNS: Final = (
    "select e.seq, e.id, e.number, e.kind, e.amount_fen, e.booked_on, e.at, e.payee, e.maker,"
    " e.memo, e.debit_id, e.credit_id, e.debit_after_fen, e.credit_after_fen, e.debit_held_fen,"
    " e.case_id, po.id as order_id, e.line_id, k.number as case_number,"
    f" {_DEBIT} as debit_kind, {_CREDIT} as credit_kind, dk.number as debit_case,"
    " ck.number as credit_case, p.name as maker_name, h.number as hold_number,"
    " h.seq as hold_seq, en.number as ended_number, en.seq as ended_seq,"
    " o.number as original, o.seq as original_seq,"
    " r.number as reversal, r.seq as reversal_seq, r.memo as reversal_memo,"
    " {weight} as weight, {held} as held_before"
    f" from fund_entry e{_SIDES}"
    ' left join "case" k on k.id = e.case_id'
    ' left join "case" dk on dk.id = d.case_id left join "case" ck on ck.id = c.case_id'
    " left join person p on p.id = e.maker"
    " left join fund_entry h on h.id = e.hold_id"
    " left join fund_entry en on en.hold_id = e.id"
    " left join fund_entry o on o.id = e.reverses"
    " left join fund_entry r on r.reverses = e.id"
    " left join payment_order po on po.id = coalesce(e.order_id, e.hold_id, e.id)"
)
# Who stood behind a login, as far as orders tell it.
_LOGINS: Final = (
    "select maker, maker_id from payment_order where maker in ({marks})"
    " union select actor, person_id from payment_act where actor in ({marks})"
)
# What was granted on the account when money came in is said by the last entry that took some out.
_HELD: Final = (
    "(select x.debit_held_fen from fund_entry x where x.debit_id = :fund and x.seq <= e.seq"
    " order by x.seq desc limit 1)"
)


def rows(
    connection: Connection, seqs: Sequence[int], filter_: EntryFilter
) -> dict[int, dict[str, Any]]:
    """The values of entries by their place, as lists and papers show them; see `_row`."""
    marks = ", ".join(f":s{n}" for n in range(len(seqs)))
    values: dict[str, object] = {f"s{n}": seq for n, seq in enumerate(seqs)}
    held = "0"
    weight = _weight(filter_) if filter_.figure or filter_.fund_id is not None else "1"
    if filter_.fund_id is not None:
        values["fund"], held = filter_.fund_id, _HELD
    text = f"{_COLUMNS.format(weight=weight, held=held)} where e.seq in ({marks})"
    found = connection.exec_driver_sql(text, values).mappings().all()
    names = names_of(connection, {row["maker"] for row in found if not row["maker_name"]})
    return {row["seq"]: _row(row, filter_.fund_id, names) for row in found}


def names_of(connection: Connection, makers: set[str]) -> dict[str, str]:
    """Names of those who made entries under a login; a login nobody is known of is left out."""
    if not makers:
        return {}
    marks = ", ".join("?" * len(makers))
    text = (
        f"select distinct l.maker, p.name from ({_LOGINS.format(marks=marks)}) l"
        " join person p on p.id = l.maker_id"
    )
    rows_ = connection.exec_driver_sql(text, (*makers, *makers))
    return {str(row[0]): str(row[1]) for row in rows_}


def _row(row: Any, fund_id: str | None, names: Mapping[str, str]) -> dict[str, Any]:
    """One entry. With an account: what came in, went out, was granted, and what it left there."""
    weight, fen, kind = row["weight"], row["amount_fen"], row["kind"]
    into = row["credit_id"] == fund_id
    made: dict[str, Any] = {
        "seq": row["seq"],
        "id": row["id"],
        "number": row["number"],
        "kind": kind,
        "word": KIND_WORDS[kind],
        "amount_fen": fen,
        "fen": weight * fen,
        "booked_on": row["booked_on"],
        "at": str(row["at"])[:19].replace("T", " "),
        "payee": row["payee"] or "",
        "maker": row["maker_name"] or names.get(row["maker"]) or row["maker"],
        "memo": row["memo"] or "",
        "case_id": row["case_id"],
        "case_number": row["case_number"] or "",
        "order_id": row["order_id"],
        "line_id": row["line_id"],
        "from": fund_words(row["debit_kind"], row["debit_case"]),
        "to": fund_words(row["credit_kind"], row["credit_case"]),
        "from_kind": fund_words(row["debit_kind"], None),
        "to_kind": fund_words(row["credit_kind"], None),
        "hold": row["hold_number"] or "",
        "ended": row["ended_number"] or "",
        "original": row["original"] or "",
        "original_seq": row["original_seq"],
        "reversal": row["reversal"] or "",
        "reversal_seq": row["reversal_seq"],
        "why": (row["memo"] if kind == "reversal" else row["reversal_memo"]) or "",
        "pair_seq": row["original_seq"]
        or row["reversal_seq"]
        or row["hold_seq"]
        or row["ended_seq"],
    }
    if fund_id is not None:
        made |= {
            "other": made["from"] if into else made["to"],
            "in_fen": fen if weight > 0 else None,
            "out_fen": fen if weight < 0 else None,
            "granted_fen": {"hold": fen, "release": -fen, "payment": -fen}.get(kind),
            "balance_fen": row["credit_after_fen"] if into else row["debit_after_fen"],
            "held_fen": int(row["held_before"] or 0),
        }
    return made


def fund_words(kind: str | None, case_number: str | None) -> str:
    """An account in words: its kind, and whose it is."""
    words = FUND_WORDS.get(kind or "", "其他账户")
    return f"{words} {case_number}" if case_number else words
