"""A self-test is filed, found again for its operation, and believed only unchanged."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import insert, select, text

from desktop.command.equipment.self_test import FileArgs, file_test, last_for, recent_tests
from desktop.errors import UserError
from desktop.rules.self_tests import (
    Link,
    SelfTestSheet,
    judge,
    load_self_test_law,
    sha256_of,
)
from storage.faults import RefusedByRule
from storage.ids import new_id
from storage.schema import table
from storage.session import Session
from tests.command.equipment.store import KEEPER, OPERATION, TEAM, equipped
from tests.rules.test_self_tests import GOOD

DAY = date(2026, 11, 29)
AT = "2026-11-29T08:30:00+08:00"


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    with equipped(tmp_path_factory.mktemp("tests")) as made:
        yield made


def sheet(*, good: bool = True, at: str = AT, operation: str | None = OPERATION) -> SelfTestSheet:
    measured = GOOD if good else replace(GOOD, link=Link(why="未连接共享库"))
    told = judge(measured, load_self_test_law().on(DAY), DAY)
    return SelfTestSheet(at, KEEPER, "保管员甲", "指挥一号机", operation, "示例行动", told)


def filed(session: Session, made: SelfTestSheet) -> str:
    with session.write("自检") as write:
        return file_test(write.connection, FileArgs(TEAM, made))


def test_the_newest_test_of_the_operation_counts(session: Session) -> None:
    operation = new_id()
    with session.read() as connection:
        assert last_for(connection, operation) is None
    later = sheet(good=False, at="2026-11-29T09:00:00+08:00", operation=operation)
    key = filed(session, later)
    filed(session, sheet(operation=operation))  # came later, was made before
    filed(session, sheet(at="2026-11-29T10:00:00+08:00", operation=new_id()))
    with session.read() as connection:
        found = last_for(connection, operation)
    assert found is not None
    assert (found.test_id, found.passed, found.whole, found.good) == (key, False, True, False)
    assert found.sheet == later
    assert found.sha256 == later.sha256()
    assert found.words == "未通过：3 项无法测量"


def test_a_result_counts_for_hours(session: Session) -> None:
    operation = new_id()
    filed(session, sheet(operation=operation))
    with session.read() as connection:
        found = last_for(connection, operation)
    assert found is not None
    assert found.good
    made = datetime.fromisoformat(AT)
    assert not found.stale(made + timedelta(hours=12))
    assert found.stale(made + timedelta(hours=12, seconds=1))


def test_a_sheet_that_was_changed_is_not_believed(session: Session) -> None:
    made = sheet(operation=new_id())
    row = {
        "id": new_id(),
        "team_id": TEAM,
        "operation_id": made.operation_id,
        "person_id": KEEPER,
        "at": AT,
        "passed": True,
        "sheet": made.text().replace("中位数 30 毫秒", "中位数 3 毫秒"),
        "sheet_sha256": made.sha256(),
    }
    with session.write("改") as write:
        write.connection.execute(insert(table("self_test")).values(**row))
    with session.read() as connection:
        found = last_for(connection, str(made.operation_id))
    assert found is not None
    assert (found.passed, found.whole, found.good) == (True, False, False)
    assert "不予采信" in found.words


def test_a_sheet_that_says_otherwise_than_its_row_is_not_believed(session: Session) -> None:
    """Its words are spelt so that no rule of the tables finds them."""
    told = sheet(good=False, operation=new_id()).text()
    told = told.replace('"unmeasured"', '"\\u0075nmeasured"').replace(
        '"operation":', '"operation": '
    )
    row = {
        "id": new_id(),
        "team_id": TEAM,
        "operation_id": json.loads(told)["operation_id"],
        "person_id": KEEPER,
        "at": AT,
        "passed": True,
        "sheet": told,
        "sheet_sha256": sha256_of(told),
    }
    with session.write("改") as write:
        write.connection.execute(insert(table("self_test")).values(**row))
    with session.read() as connection:
        found = last_for(connection, row["operation_id"])
    assert found is not None
    assert (found.passed, found.whole, found.good) == (True, False, False)


@pytest.mark.parametrize("spelt", ['":"unmeasured"', '": "unmeasured"'])
def test_a_failed_sheet_cannot_be_filed_as_passed(session: Session, spelt: str) -> None:
    made = sheet(good=False)
    row = {
        "id": new_id(),
        "team_id": TEAM,
        "person_id": KEEPER,
        "at": AT,
        "passed": True,
        "sheet": made.text().replace('":"unmeasured"', spelt),
        "sheet_sha256": made.sha256(),
    }
    with pytest.raises(RefusedByRule, match="自检表"), session.write("改") as write:
        write.connection.execute(insert(table("self_test")).values(**row))


def test_a_filed_test_is_final(session: Session) -> None:
    key = filed(session, sheet(good=False))
    statement = text("update self_test set passed = 1 where id = :key")
    with pytest.raises(RefusedByRule, match="不能修改"), session.write("改") as write:
        write.connection.execute(statement, {"key": key})
    with session.read() as connection:
        test = table("self_test")
        assert not connection.execute(select(test.c.passed).where(test.c.id == key)).scalar()


def test_nothing_is_filed_without_a_result_or_a_tester(session: Session) -> None:
    with pytest.raises(UserError, match="没有任何结果"):
        filed(session, replace(sheet(), lines=()))
    with pytest.raises(UserError, match="自检人"):
        filed(session, replace(sheet(), person_id=""))


def test_recent_tests_come_newest_first(session: Session) -> None:
    filed(session, sheet(at="2026-12-01T08:00:00+08:00"))
    with session.read() as connection:
        found = recent_tests(connection, 3)
    assert len(found) == 3
    assert [one.at for one in found] == sorted((one.at for one in found), reverse=True)
