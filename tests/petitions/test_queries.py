"""Lists, counts, resemblances and clocks of petitions. Over the real tables."""

from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from desktop.petitions import commands as do
from desktop.petitions import queries as ask
from desktop.petitions.duplicates import Person
from desktop.petitions.filters import PetitionFilter
from desktop.rules.petition_clocks import CODES
from tests.panels.real_city import TODAY, RealCity, real_city

CASE = "（2025）京0105执1234号"


@pytest.fixture
def city(tmp_path: Path) -> RealCity:
    return real_city(tmp_path)


def test_the_list_the_counts_and_the_clocks(city: RealCity) -> None:
    me = do.By(city.operator, datetime.combine(TODAY, time(9)))
    with city.context.engine.begin() as connection:
        first = do.receive(
            connection,
            do.Reception("张伟", city.court, "100%未发放", "spc", case_number=CASE),
            me,
        )
        second = do.receive(connection, do.Reception("刘洋", city.other_court, "其他"), me)
        for key, result in ((first.petition_id, "resolved"), (second.petition_id, "unresolved")):
            do.register(connection, key, me)
            do.tell(connection, key, "已告知", me)
            if result == "unresolved":
                due_on = TODAY + timedelta(days=5)
                kept = do.promise(connection, key, "回访", due_on, me)
                do.keep(connection, key, kept, me)
                continue
            do.close(connection, key, result, "已发放", me)

        def names(wanted: PetitionFilter) -> list[str]:
            rows = ask.petition_rows(connection, ask.petition_ids(connection, wanted))
            return [row["petitioner"] for row in rows]

        assert names(PetitionFilter()) == ["刘洋"]
        assert names(PetitionFilter(open=None)) == ["刘洋", "张伟"]
        assert names(PetitionFilter(open=None, sources=("spc",))) == ["张伟"]
        assert names(PetitionFilter(open=None, courts=(city.other_court,))) == ["刘洋"]
        assert names(PetitionFilter(open=None, text="100%")) == ["张伟"]
        assert names(PetitionFilter(open=None, text="1%未")) == []
        counted = ask.counts_by_court(connection, TODAY, TODAY)
        assert {(one.court_id, one.received, one.closed, one.resolved) for one in counted} == {
            (city.court, 1, 1, 1),
            (city.other_court, 1, 0, 0),
        }
        found = ask.similar(connection, Person("", "章伟", CASE))
        assert [one.key for one in found] == [first.petition_id]
        rules = [rule for code in CODES if (rule := city.law.node(code)) is not None]
        row = ask.petition_rows(connection, ask.petition_ids(connection, PetitionFilter()))[0]
        args = (rules, city.law.calendars, TODAY, city.court)
        clocks = {one.key: one for one in ask.clocks_of(connection, row, *args)}
        assert set(clocks) == {*CODES, "promise"}
        assert clocks["promise"].done_on == TODAY
        assert clocks["D802"].steps
