"""The first pull goes on where it was cut, holds what the hub holds, and large losses prove
themselves."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from storage.ids import new_id
from storage.overlay import TABLES
from storage.sync import bootstrap, census, engine, pull
from storage.sync.port import Cursor, Guarded, Unreachable
from tests.hub.conftest import PASSWORD, Town
from tests.sync.conftest import Laptop

Make = Callable[..., Laptop]


class Cut:
    """A line that breaks after so many rows of one pull."""

    def __init__(self, remote: Any, rows: int) -> None:
        self._remote = remote
        self._rows = rows
        self.asked: list[int] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._remote, name)

    @contextmanager
    def pull(self, cursor: Cursor | None) -> Iterator[Any]:
        with self._remote.pull(cursor) as pulling:
            yield CutPull(self, pulling)

    def count(self) -> None:
        self._rows -= 1
        if self._rows < 0:
            raise Unreachable("断线")


class CutPull:
    def __init__(self, line: Cut, pulling: Any) -> None:
        self._line = line
        self._pulling = pulling

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pulling, name)

    def whole(self, number: int, scopes: Any = None) -> Iterator[Any]:
        self._line.asked.append(number)
        for row in self._pulling.whole(number, scopes):
            self._line.count()
            yield row


def fill(town: Town, cases: int, first: int) -> None:
    for n in range(cases):
        case_id = new_id()
        row = town.case_row(1 + n % 2, first + n, case_id)
        log = {
            "id": new_id(),
            "case_id": case_id,
            "at": "2026-02-01T10:00:00+08:00",
            "kind": "x",
            "body": "到场",
        }
        assert town.centre.verdict((10, case_id, "I", row, None), (16, log["id"], "I", log, None))


def alike(laptop: Laptop) -> bool:
    with laptop.session.read() as connection:
        mine = census.local(connection)
    with laptop.remote.pull(pull.load_cursor(laptop.session)) as pulling:
        return census.differing(mine, pulling.census()) == []


def indexes(laptop: Laptop) -> set[str]:
    return {row[0] for row in laptop.rows("select name from sqlite_schema where type = 'index'")}


@pytest.mark.parametrize("cut_after", [0, 1, 5, 12, 30, 50])
def test_a_cut_goes_on_where_it_was(
    town: Town, laptop: Make, cut_after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "WORTH_KEEPING", 1)
    fill(town, 30, 2_000 + 100 * cut_after)  # more rows than the last cut lets through
    mine = laptop("centre", pulled=False)
    whole = laptop("centre")
    names = indexes(whole)
    line = Cut(mine.remote, cut_after)
    with pytest.raises(Unreachable):
        bootstrap.run(mine.session, line)
    assert pull.load_cursor(mine.session) is None
    assert indexes(mine) == names
    # Meanwhile the hub goes on: what was loaded already is changed there.
    edit = ({"remarks": "中途"}, {"remarks": "原文"})
    assert town.centre.verdict((10, town.cases[1], "U", *edit)) in ("applied", "conflict")
    again = Cut(mine.remote, 10**9)
    done = bootstrap.run(mine.session, again)
    assert done.cursor == pull.load_cursor(mine.session)
    assert not set(again.asked) & _kept(town, line)
    assert alike(mine)
    assert indexes(mine) == names
    whole.sync()
    for table in TABLES.values():
        query = f'select * from "{table.name}" order by id'
        assert mine.rows(query) == whole.rows(query), table.name


def _kept(town: Town, line: Cut) -> set[int]:
    """Tables that were whole and committed before the cut: with rows, and not the last."""
    query = 'select count(*) from desk."{}"'
    return {
        number
        for number in line.asked[:-1]
        if town.admin.execute(query.format(TABLES[number].name)).fetchone() != (0,)
    }


def test_what_is_empty_in_some_rows_arrives_as_the_hub_has_it(
    town: Town, laptop: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Columns without a value in a whole slice are left out of its statement, no others."""
    monkeypatch.setattr(bootstrap, "SLICE", 3)
    fill(town, 9, 8_000)
    town.admin.execute(
        "update desk.\"case\" set closed_on = case when serial % 3 = 0 then '2026-03-01' end,"
        " close_mode = case when serial < 8003 then '执行完毕' end, cause = null"
        " where serial between 8000 and 8008"
    )
    mine = laptop("centre", pulled=False)
    bootstrap.run(mine.session, mine.remote)
    names = pull.COLUMNS[10]
    here = mine.rows(f'select {", ".join(names)} from "case" order by id')
    theirs = ", ".join(f"{name}::text" for name in names)
    there = town.admin.execute(f'select {theirs} from desk."case" order by id').fetchall()
    flag = {"true": "1", "false": "0"}
    assert [tuple(None if v is None else str(v) for v in row) for row in here] == [
        tuple(flag.get(str(v), v) for v in row) for row in there
    ]
    closed = names.index("closed_on")
    assert len({row[closed] is None for row in here}) == 2


def test_other_scopes_begin_afresh(town: Town, laptop: Make) -> None:
    fill(town, 4, 9_000)
    mine = laptop("second", pulled=False)
    with pytest.raises(Unreachable):
        bootstrap.run(mine.session, Cut(mine.remote, 12))
    town.admin.execute("update sync.member set scope = 1 where who = 'second'")
    try:
        bootstrap.run(mine.session, mine.remote)
        assert alike(mine)
        assert mine.rows('select distinct scope from "case"') == [(1,)]
    finally:
        town.admin.execute("update sync.member set scope = 2 where who = 'second'")


def test_a_table_that_is_not_alike_is_fetched_again(town: Town, laptop: Make) -> None:
    mine = laptop("centre", pulled=False)

    class Lossy(Cut):
        """Loses the last entry of the log on the first reading."""

        @contextmanager
        def pull(self, cursor: Cursor | None) -> Iterator[Any]:
            with self._remote.pull(cursor) as pulling:
                yield LossyPull(self, pulling)

    class LossyPull(CutPull):
        def whole(self, number: int, scopes: Any = None) -> Iterator[Any]:
            rows = list(super().whole(number, scopes))
            return iter(rows[:-1] if number == 16 and self._line.asked.count(16) == 1 else rows)

    line = Lossy(mine.remote, 10**9)
    bootstrap.run(mine.session, line)
    assert line.asked.count(16) == 2
    assert alike(mine)


def test_only_tables_are_asked_for_that_hold_anything_for_us(town: Town, laptop: Make) -> None:
    mine = laptop("first", pulled=False)
    line = Cut(mine.remote, 10**9)
    bootstrap.run(mine.session, line)
    with mine.remote.pull(None) as pulling:
        held = {number for number, (rows, _) in pulling.census().items() if rows}
    assert set(line.asked) == held
    assert len(held) < len(TABLES) / 2
    assert alike(mine)
    line.asked.clear()
    whole = pull.fetch(line, None)
    assert set(line.asked) == held == {number for number, rows in whole.rows.items() if rows}

    class Silent(Cut):
        """A hub that tells nothing of its tables: silence does not mean that they are empty."""

        @contextmanager
        def pull(self, cursor: Cursor | None) -> Iterator[Any]:
            with super().pull(cursor) as pulling:
                pulling.census = dict
                yield pulling

    silent = Silent(mine.remote, 10**9)
    assert pull.fetch(silent, None).rows == whole.rows
    assert set(silent.asked) == set(TABLES)


def test_a_pull_that_takes_much_away_must_prove_itself(
    town: Town, laptop: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pull, "GONE_MAX", 2)
    fill(town, 8, 9_500)
    mine = laptop("second")
    town.admin.execute("update sync.member set scope = 1 where who = 'second'")
    try:
        before = mine.rows('select count(*) from "case"')
        right = mine.remote.pull

        class Wrong:
            """A hub whose sums do not fit."""

            @contextmanager
            def pull(self, cursor: Cursor | None) -> Iterator[Any]:
                with right(cursor) as pulling:
                    pulling.census = dict
                    yield pulling

            def __getattr__(self, name: str) -> Any:
                return getattr(mine.remote, name)

        with pytest.raises(Guarded, match="移去"):
            engine.receive(mine.session, Wrong(), engine.Round())
        assert mine.rows('select count(*) from "case"') == before
        engine.receive(mine.session, Wrong(), engine.Round(), allowed=True)
        assert mine.rows('select distinct scope from "case"') == [(1,)]
        town.admin.execute("update sync.member set scope = 2 where who = 'second'")
        # The hub itself proves it: no question is asked.
        mine.sync()
        assert mine.rows('select distinct scope from "case"') == [(2,)]
    finally:
        town.admin.execute("update sync.member set scope = 2 where who = 'second'")


def test_undecided_work_does_not_disturb_the_sums(town: Town, laptop: Make) -> None:
    mine = laptop("centre")
    row = town.case_row(1, 9_900, new_id())
    names = ", ".join(f'"{name}"' for name in row)
    marks = ", ".join("?" * len(row))
    mine.edit(f'insert into "case" ({names}) values ({marks})', *row.values())
    mine.edit('update "case" set remarks = ? where id = ?', "改", town.cases[2])
    assert alike(mine)
    edit = town.centre.bundle((10, town.cases[2], "U", {"cause": "借款"}, {"cause": None}))
    town.centre.push(edit)
    engine.receive(mine.session, mine.remote, engine.Round())
    assert alike(mine)


def test_the_checksum_is_the_hubs(town: Town) -> None:
    ids = [*sorted(new_id() for _ in range(3)), "ffffffff-0000-7000-8000-000000000000"]
    query = (
        "select md5(string_agg(id || ':' || 7, ',' order by id)) from unnest(%s::uuid[]) one (id)"
    )
    listed = ",".join(f"{row_id}:7" for row_id in ids)
    told = town.admin.execute(query, (list(reversed(ids)),)).fetchone()
    assert told == (census.checksum(listed),)


def test_the_password_is_not_needed_twice(town: Town, laptop: Make) -> None:
    mine = laptop("first")
    kept = str(mine.rows("select key, value from _sync"))
    assert PASSWORD not in kept
