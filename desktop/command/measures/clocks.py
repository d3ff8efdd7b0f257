"""The clocks of a measure, as the case's projection holds them. Any thread that may read."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from desktop.command.measures.facts import told
from desktop.contract.court_zone import COURT_ZONE
from desktop.rules.coercive import KINDS, Clock, Standing
from storage.schema import table

# Code of the node, its short name, the act that sets it going, and of which kind alone it is.
_NODES: Final = (
    ("D710", "通知家属", "execute", "detention_decision"),
    ("D711", "询问期限", "execute", "summons"),
    ("D712", "拘留期满", "execute", "detention_decision"),
    ("D708", "复议申请期", "serve", ""),
    ("D709", "复议决定", "ask_review", ""),
)
# Begins the key of a fact that follows from a measure; the document's id comes next.
EVENT_MARK: Final = "measure:"
_NEVER: Final = datetime.max.replace(tzinfo=COURT_ZONE)
_CODES: Final = tuple(node[0] for node in _NODES)


def subject_of(connection: Connection, row: Row[Any]) -> str:
    """The subject under which the facts of this measure stand: its person and what it is, so that
    of two measures against one person neither ends the clocks of the other (罚款 and 拘留 may be
    combined, 民诉法解释第183条)."""
    known = _events(connection, [row])
    if row.id in known:
        return known[row.id]
    base = f"{str(told(row).get('person', '')).strip()}（{KINDS[row.kind]}"
    others = set(known.values())
    count = 1
    while (made := f"{base}{count if count > 1 else ''}）") in others:
        count += 1
    return made


def _events(connection: Connection, rows: Sequence[Row[Any]]) -> dict[str, str]:
    """The subject of the facts of each measure of these documents' cases, by document."""
    event = table("node_event").c
    cases = {row.case_id for row in rows if row.case_id is not None}
    return {
        found.source_key.split(":")[1]: found.subject or ""
        for found in connection.execute(
            select(event.source_key, event.subject).where(
                event.case_id.in_(cases), event.source_key.startswith(EVENT_MARK)
            )
        )
    }


def clocks(
    connection: Connection, rows: Sequence[Row[Any]], stands: Mapping[str, Standing]
) -> dict[str, tuple[Clock, ...]]:
    """The clocks of each of these documents, the first to end first."""
    node = table("node_clock").c
    cases = {row.case_id for row in rows if row.case_id is not None}
    subjects = _events(connection, rows)
    of_case: dict[str, list[Row[Any]]] = defaultdict(list)
    for found in connection.execute(
        select(node.case_id, node.node_code, node.subject, node.started_on)
        .add_columns(node.due_on, node.due_at, node.done_on)
        .where(node.case_id.in_(cases), node.node_code.in_(_CODES))
    ):
        of_case[found.case_id].append(found)
    return {
        row.id: _of(row, subjects.get(row.id, ""), stands[row.id], of_case[row.case_id])
        for row in rows
    }


def _of(
    row: Row[Any], subject: str, stand: Standing, found: Sequence[Row[Any]]
) -> tuple[Clock, ...]:
    made = []
    for code, word, act, kind in _NODES:
        begun = stand.acts.get(act)
        if begun is None or kind not in ("", row.kind):
            continue
        day = begun.at.date().isoformat()
        for one in found:
            # Facts of older records name the person alone, a later round of his as 某甲#2.
            named = one.subject.partition("#")[0] == subject
            if one.node_code == code and named and one.started_on == day:
                made.append(Clock(code, word, _due(one), _day(one.done_on)))
                break
    return tuple(sorted(made, key=lambda one: (one.due is None, one.due or _NEVER)))


def _due(one: Row[Any]) -> datetime | None:
    if one.due_at is not None:
        return datetime.fromisoformat(one.due_at).replace(tzinfo=COURT_ZONE)
    day = _day(one.due_on)
    # A last day ends at midnight.
    end = time(0, tzinfo=COURT_ZONE)
    return None if day is None else datetime.combine(day + timedelta(days=1), end)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
