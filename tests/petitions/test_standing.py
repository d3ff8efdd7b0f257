"""How a crowd of petitions stands: the same as each alone, by the same number of reads."""

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, event, or_, select, update

from desktop.petitions import queries as ask
from desktop.petitions.filters import REPLIES, PetitionFilter
from desktop.petitions.queries import petitions_of
from desktop.petitions.standing import (
    Yardstick,
    law_of,
    petition_rules,
    standings,
    yardstick,
)
from desktop.rules.petition_clocks import nearest
from storage.records.states import NodeState
from storage.schema import table
from tests.panels.real_city import TODAY, RealCity, real_city
from tests.petitions.crowd import put_crowd

EVERY = PetitionFilter(open=None)
OPEN = (NodeState.OVERDUE, NodeState.UNKNOWN, NodeState.DUE_SOON, NodeState.NORMAL)


@pytest.fixture
def city(tmp_path: Path) -> RealCity:
    return real_city(tmp_path)


def yard_of(city: RealCity, connection: Any) -> Yardstick:
    return yardstick(connection, city.law)


def test_each_stands_as_it_does_alone(city: RealCity) -> None:
    keys = put_crowd(city, 120, TODAY)
    with city.context.engine.connect() as connection:
        yard = yard_of(city, connection)
        found = petitions_of(connection, EVERY, yard, TODAY)
        assert sorted(one.petition_id for one in found) == sorted(keys)
        rows = {row["id"]: row for row in ask.petition_rows(connection, [o.row for o in found])}
        rules = petition_rules(city.law)
        for one in found:
            args = (rules, city.law.calendars, TODAY, yard.seat)
            clocks = ask.clocks_of(connection, rows[one.petition_id], *args)
            if rows[one.petition_id]["closed_on"]:
                late = [c.state for c in clocks if c.state is NodeState.DONE_LATE]
                assert one.clock is None
                assert one.state is (NodeState.DONE_LATE if late else NodeState.DONE)
                continue
            pressing = nearest(clocks)
            assert pressing is not None
            assert one.clock is not None
            assert (one.state, one.clock.key) == (pressing.state, pressing.key)
            assert one.clock.due_on == pressing.due_on
        # All states are among them, so that nothing above held for want of a case.
        assert {one.state for one in found} >= {*OPEN, NodeState.DONE} - {NodeState.UNKNOWN}


def test_the_states_part_the_open_ones(city: RealCity) -> None:
    put_crowd(city, 200, TODAY)
    with city.context.engine.connect() as connection:
        yard = yard_of(city, connection)
        whole = petitions_of(connection, PetitionFilter(), yard, TODAY)
        parts = {
            state: petitions_of(connection, PetitionFilter(states=(state.value,)), yard, TODAY)
            for state in OPEN
        }
        assert sum(map(len, parts.values())) == len(whole)
        assert [one.order for one in whole] == sorted(one.order for one in whole)
        for state, rows in parts.items():
            assert {one.state for one in rows} <= {state}


def test_the_number_of_reads_does_not_grow(city: RealCity) -> None:
    def reads(count: int) -> int:
        put_crowd(city, count, TODAY, seed=count)
        with city.context.engine.connect() as connection:
            yard = yard_of(city, connection)
            said: list[str] = []

            def note(*args: Any) -> None:
                said.append(args[2])

            event.listen(connection, "before_cursor_execute", note)
            petitions_of(connection, PetitionFilter(states=("超期",)), yard, TODAY)
            return len(said)

    assert reads(5) == reads(80) == 2


@pytest.mark.parametrize("back", [1, 2, 3, 8, 20, 21, 35, 60, 90])
def test_a_past_day_is_told_by_what_was_known_then(city: RealCity, back: int) -> None:
    """Later facts taken away, the same petitions stand the same on that day as asked afterwards."""
    put_crowd(city, 250, TODAY)
    petition, act = table("petition"), table("petition_act")
    day = TODAY - timedelta(days=back)
    with city.context.engine.connect() as connection:
        yard = yard_of(city, connection)

        def standing() -> dict[str, tuple[NodeState, str | None]]:
            found = standings(connection, [], yard, day)
            return {one.petition_id: (one.state, one.clock and one.clock.key) for one in found}

        afterwards = standing()
        wanted = PetitionFilter(open=None, overdue_on=day)
        late = {one.petition_id for one in petitions_of(connection, wanted, yard, TODAY)}
        later = f"{day}T99"
        gone = select(petition.c.id).where(petition.c.received_at > later)
        connection.execute(delete(act).where(or_(act.c.at > later, act.c.petition_id.in_(gone))))
        connection.execute(delete(petition).where(petition.c.received_at > later))
        for name in ("registered_on", "screened_on", "replied_on"):
            column = petition.c[name]
            connection.execute(update(petition).where(column > later[:10]).values({name: None}))
        connection.execute(
            update(petition)
            .where(petition.c.closed_on > day.isoformat())
            .values(closed_on=None, result=None)
        )
        assert standing() == afterwards
        assert late == {key for key, (state, _) in afterwards.items() if state is NodeState.OVERDUE}
        assert 5 < len(late) < 250
        connection.rollback()


def recount(connection: Any, wanted: str) -> set[str]:
    """The same lists by plain Python over all rows."""
    rows = [dict(row) for row in connection.execute(table("petition").select()).mappings()]
    acts = [dict(row) for row in connection.execute(table("petition_act").select()).mappings()]
    kinds = Counter((act["petition_id"], act["kind"]) for act in acts)
    found = set()
    for row in rows:
        due = row["superior_due"] or row["inner_due"]
        answered = row["replied_on"] or row["closed_on"]
        key = row["id"]
        holds = {
            "in_time": bool(due and answered and answered <= due),
            "late": bool(due and answered and answered > due),
            "missed": bool(due and not answered and due < TODAY.isoformat()),
            "waiting": bool(due and not answered and due >= TODAY.isoformat()),
            "resent": kinds[key, "remind"] > 0 or kinds[key, "assign"] > 1,
            "repeat": kinds[key, "visit"] > 1,
            "posted": row["hung_on"] is not None,
        }
        if holds[wanted]:
            found.add(key)
    return found


@pytest.mark.parametrize(
    ("wanted", "filter_"),
    [
        *((one, PetitionFilter(open=None, reply=one)) for one in REPLIES),
        ("resent", PetitionFilter(open=None, resent=True)),
        ("repeat", PetitionFilter(open=None, repeat=True)),
        ("posted", PetitionFilter(open=None, posted=True)),
    ],
)
def test_lists_hold_what_a_recount_finds(
    city: RealCity, wanted: str, filter_: PetitionFilter
) -> None:
    put_crowd(city, 150, TODAY)
    with city.context.engine.connect() as connection:
        found = petitions_of(connection, filter_, yard_of(city, connection), TODAY)
        keys = {one.petition_id for one in found}
        assert keys == recount(connection, wanted)
        assert 0 < len(keys) < 150


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("zw", {"张伟", "章玮"}),
        ("ZhangWei", {"张伟", "章玮"}),
        ("yssm", {"云杉商贸有限公司"}),
        ("秀兰", {"王秀兰"}),
        ("xyz", set()),
    ],
)
def test_petitioners_are_found_by_sound(city: RealCity, typed: str, names: set[str]) -> None:
    put_crowd(city, 60, TODAY)
    with city.context.engine.connect() as connection:
        wanted = PetitionFilter(open=None, text=typed)
        found = petitions_of(connection, wanted, yard_of(city, connection), TODAY)
        rows = ask.petition_rows(connection, [one.row for one in found])
        # A code is made of letters, too, and may hold those typed.
        by_name = [row for row in rows if typed.upper() not in row["code"]]
        assert {row["petitioner"] for row in by_name} == names


def test_received_and_closed_lists_are_what_counts_by_court_counts(city: RealCity) -> None:
    put_crowd(city, 200, TODAY)
    first, last = TODAY - timedelta(days=90), TODAY - timedelta(days=3)
    with city.context.engine.connect() as connection:
        yard = yard_of(city, connection)

        def size(**parts: Any) -> int:
            wanted = PetitionFilter(open=None, **parts)
            return len(petitions_of(connection, wanted, yard, TODAY))

        for one in ask.counts_by_court(connection, first, last):
            court = (one.court_id,)
            assert one.received == size(courts=court, received_from=first, received_to=last)
            closed: dict[str, Any] = {"courts": court, "closed_from": first, "closed_to": last}
            assert one.closed == size(**closed)
            assert one.resolved == size(**closed, results=("resolved",))
            assert 0 < one.resolved < one.closed


def test_the_law_of_a_store_is_read_once(city: RealCity) -> None:
    with city.context.engine.connect() as connection:
        assert law_of(connection) is law_of(connection)
        assert petition_rules(law_of(connection))


def test_missed_needs_a_day() -> None:
    with pytest.raises(ValueError, match="day"):
        ask.petition_where(PetitionFilter(reply="missed"))
    assert ask.petition_where(PetitionFilter(reply="late"))
