"""The projection is the rules' answer, kept; a small change gives what a full rebuild gives."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

import pytest
from sqlalchemy import Connection, delete, insert, select, update

from desktop.contract.law import Law
from desktop.projection.explaining import explain_node, find_node, nodes_as_of
from desktop.projection.facts import iter_facts, load_facts
from desktop.projection.project import (
    PROJECTED_ON,
    project_cases,
    projected_on,
    projector,
    refresh_day,
)
from desktop.rules.nodes import derive_nodes
from storage.ids import new_id
from storage.records.changes import ALL, ChangeSet
from storage.schema import table
from storage.session import Session
from tests.projection.conftest import TODAY

Rows = Callable[[Connection], set[tuple[object, ...]]]
KINDS = (
    *("notice_issued", "query_requested", "query_fed_back", "clue_received", "clue_verified"),
    *("money_arrived", "handler_told", "money_paid", "closed", "archived", "interview"),
)


def _event(connection: Connection, case_id: str, kind: str, on: date, **more: object) -> str:
    values = {"id": new_id(), "case_id": case_id, "kind": kind, "on": on.isoformat(), **more}
    connection.execute(insert(table("node_event")).values(values))
    return str(values["id"])


def _numbers(connection: Connection) -> dict[tuple[str, str, str], int]:
    found = connection.exec_driver_sql("select case_id, node_code, subject, n from node_clock")
    return {(row[0], row[1], row[2]): row[3] for row in found}


def test_every_row_is_what_the_rules_derive(connection: Connection, law: Law) -> None:
    kept = {
        (row[0], row[1], row[2]): tuple(row[3:])
        for row in connection.exec_driver_sql(
            "select case_id, node_code, subject, started_on, due_on, certain, warn_on, done_on,"
            " pause_from, pause_to from node_clock"
        )
    }
    seen = 0
    for facts in iter_facts(connection):
        catalogue = law.catalogue_for(facts.case.type_word)
        for clock in derive_nodes(facts, catalogue, law.tables[catalogue.name], TODAY):
            dates = (clock.due_on, clock.warn_on, clock.done_on, clock.pause_from, clock.pause_to)
            due, warn, done, pause, until = (day and day.isoformat() for day in dates)
            expected = (clock.started_on.isoformat(), due, clock.certain, warn, done, pause, until)
            assert kept[clock.case_id, clock.node_code, clock.subject] == expected
            seen += 1
    assert seen == len(kept) > 20_000


def test_random_changes_give_what_a_rebuild_gives(
    own_city: Session, law: Law, rows_of: Rows
) -> None:
    seed = 20_261_123
    print(f"seed {seed}")
    rng = Random(seed)
    own_city.before_commit.append(projector(law, lambda: TODAY))
    with own_city.read() as connection:
        cases = list(connection.scalars(select(table("case").c.id)))
        people = list(connection.scalars(select(table("person").c.id)))
    suspension = table("suspension")
    for turn in range(40):
        with own_city.write("试改") as write:
            for _ in range(rng.randint(1, 4)):
                case_id = rng.choice(cases)
                on = TODAY - timedelta(days=rng.randrange(-20, 200))
                subject = rng.choice((None, "线索一", "案款一"))
                made = _event(write.connection, case_id, rng.choice(KINDS), on, subject=subject)
                if rng.random() < 0.2:
                    _event(write.connection, case_id, "voided", TODAY, voids=made)
            if turn % 4 == 0:
                row = {"id": new_id(), "case_id": rng.choice(cases), "ground": "stay"}
                row |= {"from_on": (TODAY - timedelta(days=9)).isoformat(), "document_no": "一号"}
                write.connection.execute(insert(suspension).values(row))
            if turn % 5 == 0:
                gone = select(suspension.c.id).limit(1)
                write.connection.execute(delete(suspension).where(suspension.c.id.in_(gone)))
            if turn % 6 == 0:
                case = table("case")
                moved = update(case).where(case.c.id == rng.choice(cases))
                write.connection.execute(moved.values(handler_id=rng.choice(people)))
    with own_city.read() as connection:
        changed = rows_of(connection)
    with own_city.apply() as write:
        project_cases(write.connection, law, ALL, TODAY)
    with own_city.read() as connection:
        assert rows_of(connection) == changed


def test_a_node_that_stays_keeps_its_number(own_city: Session, law: Law) -> None:
    with own_city.read() as connection:
        before = _numbers(connection)
    with own_city.apply() as write:
        project_cases(write.connection, law, ALL, TODAY)
    with own_city.read() as connection:
        assert _numbers(connection) == before


def test_a_write_announces_the_rows_it_moved(own_city: Session, law: Law) -> None:
    own_city.before_commit.append(projector(law, lambda: TODAY))
    with own_city.read() as connection:
        case_id, n = connection.exec_driver_sql(
            "select case_id, n from node_clock where node_code = 'N37' and done_on is null"
        ).first() or ("", 0)
    with own_city.write("结案") as write:
        case = table("case")
        closed = update(case).where(case.c.id == case_id)
        write.connection.execute(closed.values(closed_on=TODAY.isoformat(), close_mode="销案"))
    assert str(n) in write.changes.ids("node_clock")  # type: ignore[operator]
    with own_city.read() as connection:
        done = connection.exec_driver_sql("select done_on from node_clock where n = ?", (n,))
        assert done.scalar_one() == TODAY.isoformat()


def test_other_tables_do_not_touch_the_projection(own_city: Session, law: Law) -> None:
    own_city.before_commit.append(projector(law, lambda: TODAY))
    with own_city.write("改当事人") as write:
        party = table("party")
        first = select(party.c.id).limit(1).scalar_subquery()
        write.connection.execute(update(party).where(party.c.id == first).values(name="某人"))
    assert not write.changes.touches("node_clock")


def test_a_renamed_team_is_renamed_in_lists(own_city: Session, law: Law) -> None:
    own_city.before_commit.append(projector(law, lambda: TODAY))
    with own_city.apply() as write:
        write.connection.exec_driver_sql("update team set name = '速执团队' where number = 7")
    with own_city.read() as connection:
        found = connection.exec_driver_sql(
            "select count(*) from clock_key where label = '速执团队' and kind = 'team'"
        )
        assert found.scalar_one() == 1


def test_a_voided_event_does_not_count(own_city: Session, law: Law) -> None:
    with own_city.read() as connection:
        row = connection.exec_driver_sql(
            "select case_id, id from node_event where kind = 'notice_issued'"
        ).first()
    assert row is not None
    with own_city.write("更正") as write:
        _event(write.connection, row[0], "voided", TODAY, voids=row[1])
    with own_city.read() as connection:
        kinds = [event.kind for event in load_facts(connection, [row[0]])[row[0]].events]
    assert "notice_issued" not in kinds
    assert "voided" not in kinds


def test_a_new_day_counts_what_was_dated_for_it(own_city: Session, law: Law, rows_of: Rows) -> None:
    own_city.before_commit.append(projector(law, lambda: TODAY))
    tomorrow = TODAY + timedelta(days=1)
    with own_city.read() as connection:
        case_id = connection.exec_driver_sql(
            "select case_id from node_clock where node_code = 'N11' and done_on is null"
        ).scalar()
    with own_city.write("预登记") as write:
        _event(write.connection, str(case_id), "query_fed_back", tomorrow)
    with own_city.read() as connection:
        before = rows_of(connection)
    with own_city.apply() as write:
        assert refresh_day(write.connection, law, TODAY) == 0
        assert refresh_day(write.connection, law, tomorrow) > 0
        assert projected_on(write.connection) == tomorrow
    with own_city.read() as connection:
        after = rows_of(connection)
    assert after != before
    with own_city.apply() as write:
        project_cases(write.connection, law, ALL, tomorrow)
    with own_city.read() as connection:
        assert rows_of(connection) == after


def test_changed_rules_rebuild_everything(own_city: Session, law: Law) -> None:
    with own_city.apply() as write:
        write.connection.exec_driver_sql("update setting set value = 'old' where key = 'clock_law'")
        rows = refresh_day(write.connection, law, TODAY)
    assert rows > 20_000


def test_a_local_holiday_moves_due_days_at_once(own_city: Session, law: Law) -> None:
    own_city.before_commit.append(projector(law, lambda: TODAY))
    with own_city.read() as connection:
        day, n = connection.exec_driver_sql(
            "select due_on, n from node_clock where done_on is null and due_on > ? and"
            " node_code = 'D601' and substr(due_on, 1, 4) = '2026' order by due_on limit 1",
            (TODAY.isoformat(),),
        ).first() or ("", 0)
    with own_city.write("放假") as write:
        row = {"day": day, "calendar": "court", "off": True, "name": "停电", "source": "本院通知"}
        write.connection.execute(insert(table("calendar_day")).values(row))
    with own_city.read() as connection:
        moved = connection.exec_driver_sql("select due_on from node_clock where n = ?", (n,))
        assert moved.scalar_one() > day


def test_an_earlier_day_is_derived_from_what_was_dated_by_then(
    connection: Connection, law: Law
) -> None:
    day = date(2025, 6, 30)
    count = 0
    for facts, clock, _state in nodes_as_of(connection, law, day):
        assert clock.started_on <= day
        assert clock.done_on is None or clock.done_on <= day
        assert facts.case.closed_on is None or facts.case.closed_on <= day
        count += 1
    total = connection.exec_driver_sql("select count(*) from node_clock").scalar_one()
    assert 0 < count < total


def test_todays_list_is_the_same_from_rows_and_from_facts(connection: Connection, law: Law) -> None:
    derived = sum(1 for _found in nodes_as_of(connection, law, TODAY))
    total = connection.exec_driver_sql("select count(*) from node_clock").scalar_one()
    assert derived == total


def test_explaining_gives_the_projected_due_day(connection: Connection, law: Law) -> None:
    rows = connection.exec_driver_sql(
        "select n, case_id, case_number, node_code, subject, due_on, done_on from node_clock"
        " where due_on is not null order by case_id limit 3000"
    ).fetchall()
    for n, case_id, number, code, subject, due_on, done_on in Random(5).sample(rows, 60):
        ref = find_node(connection, str(n))
        assert ref is not None
        assert (ref.case_id, ref.node_code, ref.subject) == (case_id, code, subject)
        typed = number.replace("（", "(").replace("）", ")")
        assert find_node(connection, f"{typed}:{code}:{subject}") == ref
        found = explain_node(connection, law, case_id, code, subject, TODAY)
        assert found is not None
        assert (found.due_on and found.due_on.isoformat()) == due_on
        assert (found.done_on and found.done_on.isoformat()) == done_on


@pytest.mark.parametrize("text", ["", "99999999", "（2026）豫03执1号", "（2026）豫03执0号:N11"])
def test_what_names_no_node_finds_none(connection: Connection, text: str) -> None:
    assert find_node(connection, text) is None


def test_an_unprojected_store_is_built_by_the_first_write(session: Session, law: Law) -> None:
    assert ChangeSet().touches("case") is False
    with session.read() as connection:
        assert projected_on(connection) is None
    session.before_commit.append(projector(law, lambda: TODAY))
    court_id = new_id()
    with session.apply() as write:
        court = {"id": court_id, "code": "豫03", "name": "某中院", "short_name": "中院"}
        write.connection.execute(insert(table("court")).values(court))
    with session.write("立案") as write:
        row = {"id": new_id(), "number": "（2026）豫03执1号", "court_id": court_id}
        row |= {"year": 2026, "type_word": "执", "serial": 1, "filed_on": "2026-11-02"}
        write.connection.execute(insert(table("case")).values(row))
    with session.read() as connection:
        assert projected_on(connection) == TODAY
        stored = connection.exec_driver_sql(
            "select value from setting where key = ?", (PROJECTED_ON,)
        )
        assert stored.scalar_one() == TODAY.isoformat()
        assert connection.exec_driver_sql("select count(*) from node_clock").scalar_one() > 0
