"""What the law says of the figures of a fine, a summons or a detention that a document orders.

Pure; any thread. The figures are those of the document's own fields.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from desktop.rules.measure_limits import (
    NATURAL,
    UNIT,
    MeasureLimit,
    check_measure,
    load_measure_limits,
)

_MEASURES: Final[Mapping[str, str]] = {
    "fine_decision": "罚款",
    "detention_decision": "拘留",
    "summons": "拘传",
}


@dataclass(frozen=True, slots=True)
class Limit:
    """What the law allows and what the document says. `words` for a cell, `lines` for the page;
    `fault`: why it goes beyond the law, or empty."""

    words: str = ""
    lines: tuple[str, ...] = ()
    fault: str = ""


def measured(
    kind: str,
    values: Mapping[str, str],
    party: str,
    day: date,
    limits: Iterable[MeasureLimit] | None = None,
) -> Limit:
    """What the law of `day` says about a coercive document; nothing for other kinds.

    party: the kind of the party it is against, empty where no party of the case has that name.
    """
    if kind not in _MEASURES:
        return Limit()
    every = load_measure_limits() if limits is None else limits
    known = [one for one in every if one.document == kind and one.in_force(day)]
    subject = NATURAL if party in ("", NATURAL) else UNIT
    mine = [one for one in known if one.subject == subject] or known
    lines = [_line(one) for one in mine]
    allowed = "；".join(dict.fromkeys(one.words() for one in mine))
    if not party:
        lines.append(f"本案当事人中没有“{values.get('person', '')}”，按自然人核对。")
    if kind == "summons":
        # The paper carries no hours; whether such a party may be summoned at all is asked.
        return Limit(
            allowed, tuple(lines), check_measure(kind, subject, day, hours=1, limits=known) or ""
        )
    number = _number(values.get("amount" if kind == "fine_decision" else "days"))
    if number is None:
        return Limit(allowed, tuple(lines), f"{_MEASURES[kind]}没有写明数额。")
    fine = kind == "fine_decision"
    fault = (
        check_measure(kind, subject, day, amount_fen=number, limits=known)
        if fine
        else check_measure(kind, subject, day, days=number, limits=known)
    ) or ""
    shown = f"{number // 100:,}元" if fine else f"{number}日"
    lines.append(fault or f"本件{_MEASURES[kind]}{shown}，在法定限度之内。")
    return Limit(f"{shown}／{allowed}", tuple(lines), fault)


def _line(limit: MeasureLimit) -> str:
    when = "可能拘留的，" if limit.grave else ""
    note = f"（{limit.note}）" if limit.note else ""
    return f"{when}{_MEASURES[limit.document]}：{limit.words()}。依据：{limit.cited()}{note}"


def _number(text: object) -> int | None:
    return int(text) if isinstance(text, str) and text.isascii() and text.isdigit() else None
