"""Petitions of the demo city: as the desk's own acts would have left them, and worth looking at."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select

from desktop.contract.law import Law, load_law
from desktop.demo.petition_words import CLOSE
from desktop.petitions import commands as do
from desktop.petitions.duplicates import Person
from desktop.petitions.queries import (
    PetitionFilter,
    clocks_of,
    counts_by_court,
    petition_ids,
    petition_rows,
    similar,
)
from desktop.petitions.rules import CLASSES, LEVELS, RESULTS, SOURCES, receipt_code
from desktop.projection.local_days import local_days
from desktop.rules.petition_clocks import CODES
from desktop.rules.ranking import Count, Standing, placed
from storage.records.states import NodeState
from storage.schema import table
from storage.session import Session
from tests.demo.cities import CASES, TODAY, own_copy

PETITIONS = CASES // 25


@dataclass
class City:
    """The session of the store, and the law with the calendar that the city brought along."""

    session: Session
    law: Law


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    with own_copy(tmp_path_factory) as session:
        with session.read() as connection:
            law = load_law(local_days(connection))
        yield City(session, law)


@pytest.fixture(scope="module")
def connection(city: City) -> Iterator[Connection]:
    with city.session.read() as opened:
        yield opened


@pytest.fixture(scope="module")
def rows(connection: Connection) -> list[dict[str, Any]]:
    wanted = PetitionFilter(open=None, duplicates=True)
    return petition_rows(connection, petition_ids(connection, wanted))


@pytest.fixture(scope="module")
def threads(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    act, found = table("petition_act"), defaultdict(list)
    for row in connection.execute(select(act).order_by(act.c.at, act.c.id)).mappings():
        found[row["petition_id"]].append(dict(row))
    return found


def test_they_are_as_many_as_the_city_is_large(rows: list[dict[str, Any]]) -> None:
    assert len(rows) == PETITIONS
    first = TODAY - timedelta(days=26 * 7)
    assert all(first < date.fromisoformat(row["received_at"][:10]) <= TODAY for row in rows)
    weeks = {(TODAY - date.fromisoformat(row["received_at"][:10])).days // 7 for row in rows}
    assert weeks == set(range(26))


def test_every_word_of_the_rules_occurs(rows: list[dict[str, Any]]) -> None:
    for column, words in (("source", SOURCES), ("class", CLASSES), ("level", LEVELS)):
        assert {row[column] for row in rows} == set(words), column
    assert {row["result"] for row in rows} == {None, *RESULTS}
    assert len({row["court_id"] for row in rows}) == 16
    linked = sum(row["case_id"] is not None for row in rows) / len(rows)
    assert 0.7 < linked < 0.95
    assert 0.2 < sum(row["node_code"] is not None for row in rows) / len(rows) < 0.6
    assert sum(row["duplicate_of"] is not None for row in rows) > 5
    assert sum(row["hung_on"] is not None and row["unhung_on"] is None for row in rows) > 1


def test_every_act_occurs(threads: dict[str, list[dict[str, Any]]]) -> None:
    kinds = Counter(act["kind"] for acts in threads.values() for act in acts)
    # Un-merging is a rare correction; the demo has none.
    wanted = {
        *("visit", "register", "screen", "assign", "pass_on", "reply_in", "reply_out"),
        *("promise", "kept", "hang", "unhang", "level", "tell", "close", "reopen", "merge"),
        *("remind", "note"),
    }
    assert set(kinds) == wanted
    assert kinds["promise"] > kinds["kept"] > 0


def _play(
    link: Connection, row: dict[str, Any], act: dict[str, Any], ids: dict[str | None, str]
) -> str | None:
    """One act once more through its command; gives the id of the new act where it has one."""
    key, first = row["id"], act["at"] == row["received_at"]
    by = do.By(act["person_id"], datetime.fromisoformat(act["at"]))
    due = date.fromisoformat(act["due_on"] or "9999-12-31")
    body, answers = act["body"], ids.get(act["answers"])
    reply = do.Reply(body, bool(act["partial"]), answers)
    order = do.Order(act["to_person"] or "", due, body, act["to_court"])
    level, _colon, why = body.partition("：")
    play: dict[str, Callable[[], str | None]] = {
        "visit": lambda: None if first else do.visit(link, key, body, by),
        "note": lambda: do.note(link, key, body, by),
        "register": lambda: do.register(link, key, by),
        "screen": lambda: do.screen(link, key, row["screened_as"], by),
        "assign": lambda: do.assign(link, key, order, by),
        "pass_on": lambda: do.pass_on(link, key, order, by),
        "reply_in": lambda: do.reply_in(link, key, reply, by),
        "reply_out": lambda: do.reply_out(link, key, reply, by),
        "promise": lambda: do.promise(link, key, body, due, by),
        "kept": lambda: do.keep(link, key, answers or "", by),
        "hang": lambda: do.hang(link, key, by),
        "unhang": lambda: do.unhang(link, key, body, by),
        "level": lambda: do.set_level(link, key, _key_of(LEVELS, level), why, by),
        "tell": lambda: do.tell(link, key, body, by),
        "remind": lambda: do.remind(link, key, body, by),
        "close": lambda: do.close(link, key, _result_of(body), body, by),
        "reopen": lambda: do.reopen(link, key, body, by),
        "merge": lambda: do.merge(link, key, row["duplicate_of"], by),
    }
    return play[act["kind"]]()


def _key_of(words: Mapping[str, str], word: str) -> str:
    return next(key for key, one in words.items() if one == word)


def _result_of(body: str) -> str:
    return next(result for result, said in CLOSE.items() if body in said)


def _emptied(connection: Connection) -> None:
    """Takes all petitions out, past the triggers that keep facts."""
    kept = connection.exec_driver_sql(
        "select name from sqlite_master where type = 'trigger' and tbl_name like 'petition%'"
        " and sql like '%before delete%'"
    )
    for trigger in list(kept.scalars()):
        connection.exec_driver_sql(f'drop trigger "{trigger}"')
    connection.exec_driver_sql("pragma defer_foreign_keys = on")
    connection.exec_driver_sql("delete from petition_act")
    connection.exec_driver_sql("delete from petition")


_BORN = (
    *("id", "code", "received_at", "source", "channel", "class", "petitioner", "identity_no"),
    *("contact", "people", "urgent", "case_id", "case_number", "court_id", "node_code", "summary"),
    *("demand", "received_by", "superior_due", "scope"),
)


def test_the_desks_own_commands_leave_the_same_rows(
    city: City, threads: dict[str, list[dict[str, Any]]], rows: list[dict[str, Any]]
) -> None:
    """Every petition, played again from its card: no command refuses, and each column agrees."""
    petition, done = table("petition"), table("petition_act")
    with city.session.write("再演一遍") as write:
        link = write.connection
        ordered = sorted(rows, key=lambda row: str(row["id"]))
        before = [{name: row[name] for name in petition.c.keys()} for row in ordered]  # noqa: SIM118
        _emptied(link)
        for row in before:
            born = {name: row[name] for name in _BORN}
            link.execute(insert(petition).values(born))
        for row in ordered:
            ids: dict[str | None, str] = {}
            for act in threads[row["id"]]:
                ids[act["id"]] = _play(link, row, act, ids) or ""
        after = link.execute(select(petition).order_by(petition.c.id)).mappings().all()
        replayed = Counter(link.execute(select(done.c.kind)).scalars())
        write.abandon()
    ours = ("changed_by", "changed_at", "ver")
    for one, other in zip(before, after, strict=True):
        assert {k: v for k, v in one.items() if k not in ours} == {
            k: v for k, v in other.items() if k not in ours
        }
    kinds = Counter(one["kind"] for acts in threads.values() for one in acts)
    kinds["visit"] -= len(ordered)
    assert replayed == kinds


def test_nothing_lies_in_the_future(
    rows: list[dict[str, Any]], threads: dict[str, list[dict[str, Any]]]
) -> None:
    for row in rows:
        assert row["code"] == receipt_code(row["id"])
        times = [act["at"] for act in threads[row["id"]]]
        assert times == sorted(times)
        assert times[0] == row["received_at"]
        assert times[-1][:10] <= TODAY.isoformat()
        later = [act["at"][:10] for act in threads[row["id"]] if act["kind"] != "visit"]
        assert all(day < TODAY.isoformat() for day in later)


def test_clocks_stand_in_every_state(
    connection: Connection, city: City, rows: list[dict[str, Any]]
) -> None:
    """Paused and unknown do not occur: nothing pauses a petition, and the calendar is known."""
    own = connection.exec_driver_sql("select id from court where code = '豫03'").scalar_one()
    rules = [rule for code in CODES if (rule := city.law.node(code)) is not None]
    found: Counter[tuple[str, NodeState]] = Counter()
    for row in rows:
        for clock in clocks_of(connection, row, rules, city.law.calendars, TODAY, own):
            found[clock.key, clock.state] += 1
    states = {state for _key, state in found}
    assert states == {
        NodeState.NORMAL,
        NodeState.DUE_SOON,
        NodeState.OVERDUE,
        NodeState.DONE,
        NodeState.DONE_LATE,
    }
    for key in ("D802", "inner", "superior", "promise"):
        assert found[key, NodeState.OVERDUE], key


def test_most_named_nodes_were_late_on_that_day(
    connection: Connection, rows: list[dict[str, Any]]
) -> None:
    late = named = 0
    for row in rows:
        if row["node_code"] is None:
            continue
        day = row["received_at"][:10]
        named += 1
        late += connection.exec_driver_sql(
            "select count(*) > 0 from node_clock where case_id = ? and node_code = ?"
            " and due_on < ? and (done_on is null or done_on >= ?)",
            (row["case_id"], row["node_code"], day, day),
        ).scalar_one()
    assert late / named > 0.97


def test_one_court_stands_out_and_a_small_one_does_not(connection: Connection) -> None:
    monday = TODAY - timedelta(days=TODAY.weekday() + 7)

    def places(first: date, last: date) -> dict[str, Any]:
        counts = counts_by_court(connection, first, last)
        return placed({one.court_id: Count(one.resolved, one.closed) for one in counts})

    half = places(TODAY - timedelta(days=182), TODAY)
    low = [key for key, place in half.items() if place.standing is Standing.LOW]
    assert len(low) == 1
    week = places(monday, monday + timedelta(days=6))
    worst = max((p for p in week.values() if p.rank), key=lambda place: place.rank)
    assert worst.standing is Standing.WITHIN
    assert (worst.count.hits, worst.count.of) == (2, 6)


def test_a_second_desks_entry_is_found_again(
    connection: Connection, rows: list[dict[str, Any]]
) -> None:
    by_id = {row["id"]: row for row in rows}
    twins = [row for row in rows if row["duplicate_of"] is not None]
    for row in twins:
        person = Person(
            *(row["id"], row["petitioner"], row["case_number"] or ""),
            *(row["identity_no"] or "", row["contact"] or ""),
        )
        into = by_id[row["duplicate_of"]]
        assert into["duplicate_of"] is None
        assert into["id"] in {one.key for one in similar(connection, person)}
