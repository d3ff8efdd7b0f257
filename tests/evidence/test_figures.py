"""Snapshots and what is counted in them: recounted by plain SQL, frozen, and corrected."""

import random
import time
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from desktop.errors import UserError
from desktop.evidence.corrections import Correction, checked_value, value_words
from desktop.evidence.definitions import definitions_on
from desktop.evidence.figures import CITY, Figures, count, is_open
from desktop.evidence.masking import masked
from desktop.evidence.snapshot import Snapshot, unpacked
from desktop.evidence.taking import take
from desktop.evidence.week import Week, parse_week, proposed, week_of
from desktop.petitions.queries import counts_by_court
from desktop.rules.ranking import Standing
from storage.schema import table
from tests.evidence.town import TAKEN, WEEKS, Town, town


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return town(tmp_path_factory.mktemp("town"))


@pytest.fixture
def read(city: Town) -> Iterator[Connection]:
    with city.engine.connect() as connection:
        yield connection


def snap(city: Town, connection: Connection, week: Week = WEEKS[1]) -> Snapshot:
    return take(connection, city.law, week, TAKEN)


def test_a_week_is_named_and_proposed() -> None:
    week = parse_week(" 2026-w40 ")
    assert (week.first, week.last) == (date(2026, 9, 28), date(2026, 10, 4))
    assert week.label == "2026-W40"
    assert week.words == "2026年第40周（9月28日至10月4日）"
    for day in range(7):
        today = date(2026, 10, 5) + timedelta(days=day)
        assert proposed(today) == week
        assert week_of(today) == Week(date(2026, 10, 5))
    assert week_of(date(2027, 1, 3)).label == "2026-W53"
    for wrong in ("2026-W54", "2026-40", "", "2026-W00", "26-W40"):
        with pytest.raises(UserError, match="不是周次"):
            parse_week(wrong)


def test_names_of_people_are_masked_and_those_of_companies_stay() -> None:
    cases = {
        "张伟": "张某",
        "欧阳建国": "欧阳某",
        "欧阳": "欧某",
        "张伟等5人": "张某等",
        "张伟、李秀英": "张某等",
        "洛阳某某商贸有限公司": "洛阳某某商贸有限公司",
        "买买提·吐尔逊": "买某",
        "": "某",
    }
    assert {name: masked(name) for name in cases} == cases


def test_two_thousand_rows_are_frozen_quickly(city: Town, read: Connection) -> None:
    begun = time.process_time()
    made = snap(city, read)
    count(made)
    assert time.process_time() - begun < 3.0
    assert len(made.courts) == 18
    assert len(made.rows) > 500
    assert all(row.petitioner.endswith("某") for row in made.rows)


def test_a_snapshot_comes_back_as_it_was(city: Town, read: Connection) -> None:
    made = snap(city, read)
    again = unpacked(made.packed())
    assert again == made
    assert (again.text, again.sha256) == (made.text, made.sha256)
    assert snap(city, read).sha256 == made.sha256
    assert len(made.packed()) < len(made.text) / 4
    for broken in (b"", b"PK", made.packed()[:-9]):
        with pytest.raises(UserError, match="快照"):
            unpacked(broken)


def test_a_week_that_is_not_over_is_not_frozen(city: Town, read: Connection) -> None:
    with pytest.raises(UserError, match="尚未结束"):
        take(read, city.law, week_of(TAKEN.date()), TAKEN)


_MAIN = "select id from petition where duplicate_of is null and "
_DAYS = "between :first and :last"
# Each part by SQL that shares nothing with the code; what rests on limits is recounted below.
_RECOUNT = {
    "received": _MAIN + f"date(substr(received_at, 1, 10)) {_DAYS}",
    "closed": _MAIN + f"closed_on {_DAYS}",
    "resolved_rate": _MAIN + f"closed_on {_DAYS} and result = 'resolved'",
    "open": _MAIN + "substr(received_at, 1, 10) <= :last and (closed_on is null or"
    " closed_on > :last)",
    "skip_rate": _MAIN + f"substr(received_at, 1, 10) {_DAYS} and source = 'skip'",
    "repeat_rate": "select m.id from petition m join petition p on coalesce(p.duplicate_of, p.id)"
    " = m.id join petition_act a on a.petition_id = p.id and a.kind = 'visit'"
    " and substr(a.at, 1, 10) <= :last and substr(m.received_at, 1, 10) <= :last"
    " group by m.id having count(*) > 1"
    f" and sum(substr(a.at, 1, 10) {_DAYS}) > 0",
}


@pytest.mark.parametrize("week", WEEKS, ids=lambda week: week.label)
def test_every_figure_is_what_plain_sql_counts(city: Town, read: Connection, week: Week) -> None:
    found = count(snap(city, read, week))
    days = {"first": week.first.isoformat(), "last": week.last.isoformat()}
    court: dict[str, str] = {
        row[0]: row[1] for row in read.exec_driver_sql("select id, court_id from petition")
    }
    for code, sql in _RECOUNT.items():
        wanted = set(read.exec_driver_sql(sql, days).scalars())
        assert wanted
        for court_id in (CITY, *city.courts):
            figure = found.of(court_id)[code]
            assert set(figure.hit_ids) == {
                one for one in wanted if court_id in (CITY, court[one])
            }, (code, court_id)
            assert len(figure.hit_ids) == figure.hits
    by_court = {one.court_id: one for one in counts_by_court(read, week.first, week.last)}
    for court_id in city.courts:
        mine, theirs = found.of(court_id), by_court.get(court_id)
        told = (mine["received"].hits, mine["closed"].hits, mine["resolved_rate"].hits)
        assert told == ((theirs.received, theirs.closed, theirs.resolved) if theirs else (0, 0, 0))


def _limit(city: Town, registered: str) -> str:
    """Thirty days and thirty workdays, counted one by one on the court's calendar."""
    calendar = city.law.court_calendar
    day = date.fromisoformat(registered) + timedelta(days=30)
    while not calendar.is_workday(day):
        day += timedelta(days=1)
    worked, other = 0, date.fromisoformat(registered)
    while worked < 30:
        other += timedelta(days=1)
        worked += bool(calendar.is_workday(other))
    return min(day, other).isoformat()


@pytest.mark.parametrize("week", WEEKS, ids=lambda week: week.label)
def test_what_is_due_is_recounted_day_by_day(city: Town, read: Connection, week: Week) -> None:
    found = count(snap(city, read, week))
    first, last = week.first.isoformat(), week.last.isoformat()
    due, overdue = set(), set()
    rows = read.exec_driver_sql(
        "select id, registered_on, closed_on from petition where registered_on is not null"
        " and duplicate_of is null and substr(received_at, 1, 10) <= ?",
        (last,),
    ).fetchall()
    limits: dict[str, str] = {}
    for row_id, registered, closed in rows:
        limit = limits.setdefault(registered, _limit(city, registered))
        if limit <= last and (limit >= first or closed is None or closed >= first):
            due.add(row_id)
            if closed is None or closed > last:
                overdue.add(row_id)
    assert len(overdue) > 20
    figures = found.city
    assert set(figures["due"].hit_ids) == due
    assert set(figures["overdue"].hit_ids) == overdue
    rate = figures["closing_rate"]
    assert set(rate.of_ids) == due
    assert set(rate.hit_ids) == due - overdue
    assert set(figures["overdue_rate"].of_ids) == set(figures["open"].hit_ids) > overdue


def test_courts_add_up_to_the_city(city: Town, read: Connection) -> None:
    found = count(snap(city, read))
    for code, figure in found.city.by_code.items():
        assert figure.hits == sum(one[code].hits for one in found.courts)
        if figure.of is not None:
            assert figure.of == sum(one[code].of or 0 for one in found.courts)
            assert len(figure.of_ids) == figure.of == len(set(figure.of_ids))


def test_what_changes_later_does_not_change_the_snapshot(city: Town) -> None:
    with city.engine.connect() as connection, connection.begin() as change:
        made = snap(city, connection)
        before = count(made)
        connection.execute(update(table("petition")).values(source="skip"))
        assert count(unpacked(made.packed())).city == before.city
        assert count(snap(city, connection)).city["skip_rate"].hits > before.city["skip_rate"].hits
        change.rollback()


def corrected(snapshot: Snapshot, row_id: str, field: str, now: str | None) -> Figures:
    was = getattr(snapshot.by_id[row_id], field)
    given = checked_value(snapshot, (), row_id, field, now)
    court = snapshot.by_id[row_id].court_id
    return count(snapshot, (Correction(row_id, field, was, given, court, "属实", "2026-11-02"),))


def test_a_correction_moves_the_figures_and_leaves_the_snapshot(
    city: Town, read: Connection
) -> None:
    made = snap(city, read)
    text = made.text
    before = count(made)
    row_id = before.city["overdue"].hit_ids[0]
    row = made.by_id[row_id]
    after = corrected(made, row_id, "closed_on", WEEKS[1].last.isoformat())
    for name, moved in (("overdue", -1), ("closed", 1), ("open", -1), ("due", 0)):
        for court_id in (CITY, row.court_id):
            assert after.of(court_id)[name].hits == before.of(court_id)[name].hits + moved
    assert after.city["closing_rate"].hits == before.city["closing_rate"].hits + 1
    other = next(one for one in city.courts if one != row.court_id)
    elsewhere = corrected(made, row_id, "court_id", other)
    assert elsewhere.of(other)["overdue"].hits == before.of(other)["overdue"].hits + 1
    assert elsewhere.city["overdue"] == before.city["overdue"]
    later = corrected(made, row_id, "due_on", "2026-12-01")
    assert row_id not in later.city["due"].hit_ids
    main = next(one.id for one in made.rows if one.main and one.id != row_id)
    assert row_id not in corrected(made, row_id, "duplicate_of", main).city["open"].hit_ids
    assert made.text == text == snap(city, read).text


@pytest.mark.parametrize(
    ("field", "claimed", "words"),
    [
        ("closed_on", "周五", "不是日期"),
        ("closed_on", "20261002", "不是日期"),
        ("closed_on", "", "无须更正"),
        ("court_id", "x", "不是本通报所列的法院"),
        ("court_id", None, "不能为空"),
        ("source", "家访", "没有“家访”"),
        ("result", "好", "可取：resolved"),
        ("duplicate_of", "nobody", "不在数据快照中"),
        ("petitioner", "张三", "不能更正"),
    ],
)
def test_what_cannot_be_so_is_refused(
    city: Town, read: Connection, field: str, claimed: str | None, words: str
) -> None:
    made = snap(city, read)
    row_id = next(one.id for one in made.rows if is_open(one, made.week) and not one.closed_on)
    with pytest.raises(UserError, match=words):
        checked_value(made, (), row_id, field, claimed)
    with pytest.raises(UserError, match="没有这一件"):
        checked_value(made, (), "nobody", field, claimed)


def test_values_are_told_in_words(city: Town, read: Connection) -> None:
    made = snap(city, read)
    assert value_words(made, "result", None) == "无"
    assert value_words(made, "result", "resolved") == "化解"
    assert value_words(made, "court_id", city.courts[-1]) == "第16区"
    assert value_words(made, "duplicate_of", made.rows[0].id) == made.rows[0].code


def test_every_measure_of_the_file_is_counted(city: Town, read: Connection) -> None:
    made = snap(city, read)
    codes = [one.code for one in definitions_on(WEEKS[1].last).measures]
    assert len(codes) == len(set(codes)) == 13
    assert list(count(made).city.by_code) == codes
    assert made.definitions.of("closing_rate").target_permille == 900
    assert "〔未核实〕" in made.definitions.of("resolved_rate").words()


def test_ranks_are_told_with_what_chance_explains(city: Town, read: Connection) -> None:
    found = count(snap(city, read))
    places = found.places["closing_rate"]
    assert set(places) == set(city.courts)
    assert {one.rank for one in places.values() if one.standing is Standing.FEW} <= {None}
    for court_id, place in places.items():
        figure = found.of(court_id)["closing_rate"]
        assert (place.count.hits, place.count.of) == (figure.hits, figure.of)
        if place.standing is Standing.WITHIN:
            assert place.low <= figure.hits <= place.high
            assert found.note("closing_rate", court_id) == "在正常波动范围内"


def test_a_desk_with_a_part_of_the_city_makes_no_circular(city: Town) -> None:
    cursor = '{"history": "h", "epoch": 1, "snapshot": "", "scopes": [3]}'
    with city.engine.connect() as connection, connection.begin() as change:
        control = table("_ctl")
        connection.execute(update(control).values(cursor=cursor))
        with pytest.raises(UserError, match="部分团队"):
            snap(city, connection)
        connection.execute(update(control).values(cursor=cursor.replace("[3]", "[-1]")))
        assert snap(city, connection).history == "h"
        change.rollback()


def test_an_id_stands_once_in_any_list(city: Town, read: Connection) -> None:
    made = snap(city, read)
    chance = random.Random(4)
    courts: Any = read.execute(select(table("court").c.id)).scalars().all()
    for court_id in chance.sample(list(courts), 5):
        for figure in count(made).of(court_id).by_code.values():
            assert len(set(figure.hit_ids)) == len(figure.hit_ids)
