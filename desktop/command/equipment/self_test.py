"""Files a self-test (设备自检) and reads it again. Writer and reader lanes.

A sheet is stored as it was judged, with its SHA-256; limits that change later change none of it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, insert, select

from desktop.errors import UserError
from desktop.rules.self_tests import (
    SelfTestSheet,
    conclusion,
    load_self_test_law,
    read_sheet,
    sha256_of,
)
from storage.ids import new_id
from storage.schema import table


@dataclass(frozen=True, slots=True)
class LastTest:
    """A filed self-test. `whole`: its sheet still has the SHA-256 that it was filed with, and says
    what `passed` says; one that is not whole counts as failed."""

    test_id: str
    team_id: str
    operation_id: str | None
    person_id: str
    at: datetime
    passed: bool
    whole: bool
    sheet: SelfTestSheet | None
    sha256: str

    @property
    def good(self) -> bool:
        """Passed, and nobody changed it since."""
        return self.passed and self.whole

    @property
    def words(self) -> str:
        """The result in one sentence."""
        if not self.whole or self.sheet is None:
            return "自检表与所存校验值不符，不予采信"
        return conclusion(self.sheet.lines)

    def stale(self, now: datetime) -> bool:
        """Older than a result counts for, by the limits of that day."""
        hours = load_self_test_law().on(now.date()).good_for.amount
        return now - self.at > timedelta(hours=hours)


@dataclass(frozen=True, slots=True)
class FileArgs:
    """A judged sheet and the team that it is filed with."""

    team_id: str
    sheet: SelfTestSheet


def file_test(connection: Connection, args: FileArgs) -> str:
    """Stores the sheet; its id. UserError for an empty sheet or an unknown tester."""
    sheet = args.sheet
    if not sheet.lines:
        raise UserError("自检没有任何结果，不能存档。")
    if not sheet.person_id:
        raise UserError("请先选定当前值班人员，自检表须有自检人。")
    test_id, text = new_id(), sheet.text()
    connection.execute(
        insert(table("self_test")).values(
            id=test_id,
            team_id=args.team_id,
            operation_id=sheet.operation_id,
            person_id=sheet.person_id,
            at=sheet.at,
            device=sheet.device,
            passed=sheet.passed,
            sheet=text,
            sheet_sha256=sha256_of(text),
        )
    )
    return test_id


def last_for(connection: Connection, operation_id: str) -> LastTest | None:
    """The newest self-test of an operation; None where there was none."""
    test = table("self_test")
    found = connection.execute(
        select(test)
        .where(test.c.operation_id == operation_id)
        .order_by(test.c.at.desc(), test.c.id.desc())
        .limit(1)
    ).one_or_none()
    return None if found is None else _read(found)


def recent_tests(connection: Connection, most: int) -> list[LastTest]:
    """The newest first."""
    test = table("self_test")
    rows = connection.execute(select(test).order_by(test.c.at.desc(), test.c.id.desc()).limit(most))
    return [_read(row) for row in rows]


def _read(row: "Row[tuple[object, ...]]") -> LastTest:
    try:
        sheet = read_sheet(row.sheet)
    except UserError:
        sheet = None
    whole = (
        sheet is not None
        and sha256_of(row.sheet) == row.sheet_sha256
        and sheet.passed == bool(row.passed)
    )
    return LastTest(
        row.id,
        row.team_id,
        row.operation_id,
        row.person_id,
        datetime.fromisoformat(row.at),
        bool(row.passed),
        whole,
        sheet,
        row.sheet_sha256,
    )
