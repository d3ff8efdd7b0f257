"""Overdue nodes and passive cases of a past day: recounted another way, and by dated facts."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pypdf
import pytest
from sqlalchemy import Connection, text, update

from desktop.__main__ import main
from desktop.cli.opening import Opened, open_session
from desktop.contract.court_zone import COURT_ZONE
from desktop.evidence.overdue_snapshot import OverdueSnapshot, unpacked_overdue
from desktop.evidence.overdue_taking import TakeOverdue, node_key, take_overdue
from desktop.evidence.past import day_then
from desktop.evidence.week import parse_week
from desktop.projection.activity import NOT_ACTS, passive_cases
from desktop.projection.project import project_cases
from desktop.rules.passive import load_passive_rules
from storage.records.changes import ALL
from storage.schema import table
from tests.documents.office import Office, office
from tests.panels.real_city import NODE

TODAY = date(2026, 11, 23)
WEEK = parse_week("2026-W40")
AT = datetime.combine(TODAY, time(8, 30), COURT_ZONE)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    made = tmp_path_factory.mktemp("city") / "store"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EDESK_PASSPHRASE", "口令")
        words = ["--cases", "400", "--seed", "11", "--today", TODAY.isoformat()]
        assert main(["demo", "--store", str(made), *words]) == 0
        yield made


@pytest.fixture
def opened(store: Path) -> Iterator[Opened]:
    with open_session(store) as found:
        yield found


def taken(connection: Connection, opened: Opened, day: date) -> OverdueSnapshot:
    return take_overdue(connection, opened.law, TakeOverdue(day, AT, {}))


_LATE = (
    "select case_id, node_code, subject, due_on from node_clock where done_on is null and certain"
    " and due_on < :day and (pause_from is null or pause_from > :day or pause_to < :day"
    " or due_on < pause_from)"
)


class _UndoError(Exception):
    """Ends a transaction that was only made to look at its end."""


def projected(opened: Opened, day: date) -> set[tuple[str, str, str, str]]:
    """Late nodes of a store whose clocks are kept as on that day, by SQL; nothing stays of it."""
    with suppress(_UndoError), opened.session.write("试算") as writing:
        project_cases(writing.connection, opened.law, ALL, day)
        rows = writing.connection.execute(text(_LATE), {"day": day.isoformat()})
        found = {tuple(row) for row in rows}
        raise _UndoError
    return found


def nodes(snapshot: OverdueSnapshot) -> set[tuple[str, str, str, str]]:
    return {
        (row.case_id, row.code, row.subject, row.since)
        for row in snapshot.rows
        if row.kind == "node"
    }


@pytest.mark.parametrize("back", [1, 8, 50, 120])
def test_a_past_day_has_the_nodes_of_a_store_that_stands_on_it(opened: Opened, back: int) -> None:
    day = TODAY - timedelta(days=back)
    with opened.session.read() as connection:
        found = taken(connection, opened, day)
    assert found.past
    assert unpacked_overdue(found.packed()) == found
    assert nodes(found) == projected(opened, day)
    assert len(nodes(found)) > 3


def test_on_its_own_day_both_ways_give_the_same_rows(opened: Opened) -> None:
    with opened.session.read() as connection:
        listed = taken(connection, opened, TODAY)
        again = day_then(connection, opened.law, TODAY)
        passive = passive_cases(connection, opened.law, TODAY)
    assert not listed.past
    assert b"past" not in listed.text.encode()
    assert {
        (one["case_id"], one["node_code"], one["subject"]): (
            *(one["case_number"], one["court_id"], one["team"], one["handler"]),
            *(one["due_on"], one["days"]),
        )
        for one in again.nodes
    } == {
        (row.case_id, row.code, row.subject): (
            *(row.case_number, row.court_id, row.team, row.handler, row.since, row.days),
        )
        for row in listed.rows
        if row.kind == "node"
    }
    assert {one.activity.case.id: one.hits for one in again.passive} == {
        one.activity.case.id: one.hits for one in passive
    }


def idle_by_sql(connection: Connection, day: date) -> dict[str, str]:
    """Cases without an act for the days of the rule at the end of `day` → since when."""
    (rule,) = [one for one in load_passive_rules() if one.check == "no_action"]
    not_acts = ", ".join(f"'{kind}'" for kind in sorted(NOT_ACTS))
    rows = connection.execute(
        text(
            'select id, coalesce(max(acted), filed_on) as since from "case" left join ('
            ' select case_id, "on" as acted from node_event e where "on" <= :day'
            f" and kind not in ({not_acts}) and kind <> 'voided'"
            " and not exists (select 1 from node_event v where v.voids = e.id)"
            " union all select case_id, substr(at, 1, 10) from execution_log"
            " where substr(at, 1, 10) <= :day) on case_id = id"
            " where filed_on <= :day and (closed_on is null or closed_on > :day)"
            ' and not exists (select 1 from suspension s where s.case_id = "case".id'
            " and s.from_on <= :day and (s.to_on is null or s.to_on >= :day))"
            " group by id having julianday(:day) - julianday(since) >= :days"
        ),
        {"day": day.isoformat(), "days": rule.days},
    )
    return {row.id: row.since for row in rows}


@pytest.mark.parametrize("back", [0, 8, 50])
def test_idle_cases_of_a_past_day_are_those_that_sql_finds(opened: Opened, back: int) -> None:
    day = TODAY - timedelta(days=back)
    (rule,) = [one.code for one in load_passive_rules() if one.check == "no_action"]
    with opened.session.read() as connection:
        found = {
            str(one.activity.case.id): hit.since.isoformat()
            for one in day_then(connection, opened.law, day).passive
            for hit in one.hits
            if hit.rule == rule
        }
        assert found == idle_by_sql(connection, day)
    assert found or not back


def read(path: Path) -> str:
    pages = pypdf.PdfReader(path).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


def test_the_command_prints_the_last_day_of_the_week(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "overdue.pdf"
    capsys.readouterr()
    words = ["--store", str(store), "--week", WEEK.label, str(out)]
    assert main(["circular", "overdue", *words]) == 0
    assert f"{WEEK.words}，截至2026-10-04" in capsys.readouterr().out
    told = read(out)
    with open_session(store) as opened:
        late = projected(opened, WEEK.last)
        with opened.session.read() as connection:
            mine = connection.execute(
                text(
                    'select "case".id from "case" join court on court.id = court_id'
                    " where court.short_name = '涧西'"
                )
            ).scalars()
            in_court = set(mine)
    assert f"超期节点{len(late)}个，涉及案件{len({one[0] for one in late})}件" in told
    assert "现将截至2026年10月4日超期节点" in told
    assert "2026年10月4日在数据固定时已经过去" in told
    assert "不载日期，按固定时的登记" in told
    # One court's copy has that court's nodes.
    assert main(["circular", "overdue", "--court", "涧西", *words]) == 0
    assert f"超期节点{sum(one[0] in in_court for one in late)}个" in read(out)
    capsys.readouterr()
    words[-2] = "2026-W48"  # has begun on the day of the store
    assert main(["circular", "overdue", *words]) != 0
    assert "尚未结束" in capsys.readouterr().err


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Office]:
    made = office(tmp_path)
    yield made
    made.engine.dispose()


def late_then(desk: Office, day: date) -> bool:
    """Whether the late case's node was overdue at the end of the day."""
    desk.city.project()
    with desk.engine.connect() as connection:
        found = take_overdue(connection, desk.city.law, TakeOverdue(day, AT, {}))
    return node_key(desk.city.late_case, NODE, "") in found.by_id


@pytest.mark.parametrize(
    "fact",
    [
        ("node_event", {"kind": "query_fed_back", "on": ""}),
        ("node_event", {"kind": "closed", "on": ""}),
        ("suspension", {"ground": "settlement", "from_on": "", "document_no": "中止1号"}),
    ],
    ids=lambda fact: fact[1].get("kind", fact[0]),
)
def test_facts_count_by_the_day_they_bear(desk: Office, fact: tuple[str, dict[str, str]]) -> None:
    """Dated behind the day a fact changes nothing of it, dated before the due day it does."""
    day = date(2026, 11, 1)
    into, values = fact
    assert late_then(desk, day)

    def put(on: date) -> None:
        told = {name: value or on.isoformat() for name, value in values.items()}
        desk.city.put(into, case_id=desk.city.late_case, **told)

    put(day + timedelta(days=1))
    assert late_then(desk, day)
    put(date(2026, 9, 11))
    assert not late_then(desk, day)


def test_a_case_closed_since_is_told_as_it_was(desk: Office) -> None:
    day = date(2026, 11, 1)
    case = table("case")
    with desk.engine.begin() as connection:
        connection.execute(
            update(case).where(case.c.id == desk.city.late_case).values(closed_on="2026-11-05")
        )
    assert late_then(desk, day)
    assert not late_then(desk, date(2026, 11, 5))
