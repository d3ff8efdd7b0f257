"""Imports into a real encrypted store: counts, what changes, what goes back, nothing halved."""

import csv
import json
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Connection, text

from desktop.errors import UserError
from desktop.importing.apply import ImportStoppedError
from desktop.importing.check import RowError
from desktop.importing.preview import PreviewArgs, best_profile, compare, preview, with_seeds
from desktop.importing.profile_files import load_profile
from desktop.importing.rejects import RejectsArgs, write_rejects
from storage.session import Session
from tests.importing.conftest import TODAY, Importer
from tests.importing.workbooks import BAD_ROWS, HEADERS, branch_rows, branch_workbook, save

Importing = tuple[Session, Importer]
EMPTIED = ("case", "party", "node_event", "court", "person", "team", "import_run", "_op", "_bundle")


def count(connection: Connection, table: str, where: str = "1") -> int:
    return int(
        connection.execute(text(f'select count(*) from "{table}" where {where}')).scalar_one()
    )


def faults(errors: list[RowError] | tuple[RowError, ...]) -> list[tuple[int, str]]:
    return [(error.row, error.column) for error in sorted(errors, key=lambda e: e.row)]


PLANTED = list(zip(BAD_ROWS, ("立案日期", "案号", "结案日期"), strict=True))


def test_312_rows_with_three_faults_then_again(importing: Importing, tmp_path: Path) -> None:
    session, run = importing
    path = branch_workbook(tmp_path / "西工.xlsx")
    report = run(path)
    assert report.counts() == {
        "read": 312, "added": 309, "changed": 0, "unchanged": 0, "rejected": 3
    }  # fmt: skip
    assert faults(report.errors) == PLANTED
    assert all(error.value and error.reason for error in report.errors)
    with session.read() as connection:
        assert count(connection, "case") == 309
        assert count(connection, "person") == 4
        assert count(connection, "team") == 3
        # Three node dates a row, and every one of them in the projection of the clocks.
        assert count(connection, "node_event") == 3 * 309
        assert count(connection, "node_clock", "node_code = 'N11' and done_on is not null") == 309
        case = connection.execute(text('select * from "case" where serial = 2')).one()
        assert case.number == "（2025）豫0303执2号"
        assert (case.filed_on, case.claim_fen) == ("2025-01-08", 1_200_000)
        names = connection.execute(
            text("select name, kind from party where case_id = :id and role = 'debtor'"),
            {"id": case.id},
        )
        assert {(row.name, row.kind) for row in names} == {
            ("被执行人乙2", "natural"),
            ("洛水示例2有限公司", "enterprise"),
        }
        kept = connection.execute(text('select "row", "column" from import_reject order by n'))
        assert [tuple(row) for row in kept] == PLANTED
        before = count(connection, "_op")
        assert count(connection, "_bundle") == 1
    again = run(path)
    assert again.counts() == {
        "read": 312, "added": 0, "changed": 0, "unchanged": 309, "rejected": 3
    }  # fmt: skip
    with session.read() as connection:
        assert count(connection, "_op") == before, "an unchanged file must leave no operation"
        assert count(connection, "import_run") == 2


def test_every_written_row_leaves_an_operation(importing: Importing, tmp_path: Path) -> None:
    session, run = importing
    run(branch_workbook(tmp_path / "b.xlsx"))
    with session.read() as connection:
        rows = sum(
            count(connection, name)
            for name in ("case", "party", "node_event", "court", "person", "team")
        )
        assert count(connection, "_op", "kind = 'I' and bundle_n is not null") == rows
        label = connection.execute(text("select label from _bundle")).scalar_one()
        assert label == "导入 b.xlsx"


def test_the_rejects_sheet_comes_back_corrected(importing: Importing, tmp_path: Path) -> None:
    session, run = importing
    path = branch_workbook(tmp_path / "b.xlsx")
    report = run(path)
    out = tmp_path / "退回.xlsx"
    args = RejectsArgs(path, load_profile("branch_cases"), report.errors, out)
    assert write_rejects(args) == 3
    book = openpyxl.load_workbook(out)
    sheet = book.active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == (*HEADERS, "行号", "原因")
    assert [row[-2] for row in rows[1:]] == list(BAD_ROWS)
    assert "没有这一天" in str(rows[1][-1])
    assert sheet.cell(2, HEADERS.index("立案日期") + 1).fill.fgColor.rgb == "FFF4CCCC"
    assert sheet.cell(2, 1).fill.fgColor.rgb != "FFF4CCCC"
    good = branch_rows()
    for n, row in enumerate(BAD_ROWS):
        for column, value in enumerate(good[row - 2], 1):
            sheet.cell(n + 2, column).value = value
    book.save(out)
    assert run(out).counts() == {
        "read": 3, "added": 3, "changed": 0, "unchanged": 0, "rejected": 0
    }  # fmt: skip
    with session.read() as connection:
        assert count(connection, "case") == 312


def test_rejects_as_csv_and_no_formula_from_text(tmp_path: Path) -> None:
    rows = branch_rows(3)
    rows[1][2] = "=1+1"
    path = save(tmp_path / "b.csv.xlsx", rows)
    source = tmp_path / "b.csv"
    with source.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows([HEADERS, *rows])
    errors = [RowError(3, "立案日期", "=1+1", "不是日期")]
    profile = load_profile("branch_cases")
    assert write_rejects(RejectsArgs(source, profile, errors, tmp_path / "out.csv")) == 1
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        given = list(csv.reader(file))
    assert given[1][-2:] == ["3", "立案日期：不是日期"]
    assert write_rejects(RejectsArgs(source, profile, errors, tmp_path / "out.xlsx")) == 1
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").active
    assert sheet is not None
    assert sheet.cell(2, 3).value == "=1+1"
    assert sheet.cell(2, 3).data_type == "s"
    with pytest.raises(UserError, match=r"\.xlsx"):
        write_rejects(RejectsArgs(path, profile, errors, tmp_path / "out.doc"))


def test_changed_rows_name_their_fields_and_dates_are_corrected_by_voiding(
    importing: Importing, tmp_path: Path
) -> None:
    session, run = importing
    rows = branch_rows(6)
    run(save(tmp_path / "b.xlsx", rows))
    rows[0][8] = "借款合同纠纷"
    rows[1][10] = "2025-01-20"
    rows[2][5] = "申请人甲改"
    rows[3][4] = None  # an empty cell never erases
    rows[4][12], rows[4][13] = date(2025, 6, 1), "终本"
    report = run(save(tmp_path / "b.xlsx", rows))
    assert report.counts() == {
        "read": 6, "added": 0, "changed": 4, "unchanged": 2, "rejected": 0
    }  # fmt: skip
    assert [change.fields for change in report.changes] == [
        ("案由",), ("网络查控结果反馈",), ("申请执行人",), ("结案日期", "结案方式")
    ]  # fmt: skip
    with session.read() as connection:
        corrected = connection.execute(
            text(
                'select e."on", old."on" from node_event e join node_event old on old.id = e.voids'
            )
        )
        assert [tuple(row) for row in corrected] == [("2025-01-20", "2025-01-17")]
        assert count(connection, "party", "name = '申请人甲改'") == 1
        assert count(connection, "party", "role = 'applicant'") == 6
        query = text(
            "select done_on from node_clock where case_number = :number and node_code = 'N11'"
        )
        done = connection.execute(query, {"number": rows[1][1]}).scalar_one()
        assert done == "2025-01-20", "the clocks follow the correction"
    again = run(tmp_path / "b.xlsx")
    assert (again.unchanged, again.changed) == (6, 0)


def test_all_faults_of_a_row_and_duplicates_in_one_pass(
    importing: Importing, tmp_path: Path
) -> None:
    _session, run = importing
    rows = branch_rows(5)
    rows[0][2], rows[0][7] = None, "一千元"
    rows[3][1] = rows[2][1]
    rows[4][1] = "（2025）豫0399执5号"
    report = run(save(tmp_path / "b.xlsx", rows))
    reasons = {(e.row, e.column): e.reason for e in report.errors}
    assert set(reasons) == {(2, "立案日期"), (2, "申请标的额(元)"), (5, "案号"), (6, "案号")}
    assert "第 4 行重复" in reasons[(5, "案号")]
    assert "不在法院表中" in reasons[(6, "案号")]
    assert report.added == 2


def test_missing_columns_are_named_together(importing: Importing, tmp_path: Path) -> None:
    _session, run = importing
    path = save(tmp_path / "b.xlsx", [["a", "b"]], ["甲", "乙"])
    with pytest.raises(UserError, match=r"案号.*立案日期"):
        run(path)


def test_stopping_leaves_the_store_as_it_was(importing: Importing, tmp_path: Path) -> None:
    session, run = importing
    path = branch_workbook(tmp_path / "b.xlsx")
    told: list[tuple[int, int]] = []

    def stop(done: int, total: int) -> bool:
        told.append((done, total))
        return False

    with pytest.raises(ImportStoppedError):
        run(path, progress=stop)
    assert told == [(200, 312)]
    with session.read() as connection:
        assert {name: count(connection, name) for name in EMPTIED} == dict.fromkeys(EMPTIED, 0)


def test_preview_agrees_with_the_import(importing: Importing, tmp_path: Path) -> None:
    session, run = importing
    path = branch_workbook(tmp_path / "b.xlsx")
    assert best_profile(path) == "branch_cases"
    profile = load_profile("branch_cases")
    seen = preview(PreviewArgs(path, profile, TODAY, with_seeds((), profile)))
    assert faults(seen.errors) == PLANTED
    assert (seen.read, seen.sound, seen.rejected, len(seen.rows)) == (312, 309, 3, 200)
    with session.read() as connection:
        found = compare(connection, seen)
    assert (found.added, found.changed, found.unchanged) == (309, 0, 0)
    run(path)
    with session.read() as connection:
        found = compare(connection, seen)
    assert (found.added, found.changed, found.unchanged) == (0, 0, 309)


def test_events_of_known_cases(importing: Importing, tmp_path: Path) -> None:
    session, run = importing
    run(save(tmp_path / "b.xlsx", branch_rows(3)))
    one, two, nine = (f"(2025)豫0303执{n}号" for n in (1, 2, 9))
    names = ("案号", "事件", "日期", "事项", "经办人")
    lines = [
        (one, "收到财产线索", "2025-03-01", "线索一", None),
        (one, "收到财产线索", "2025-03-01", "线索二", None),
        (two, "奇怪的事", "2025-03-01", None, None),
        (nine, "财产线索核实", "2025-03-05", None, None),
        (one, "财产线索核实", "2025-03-05", "线索一", "云外客"),
    ]
    rows = [dict(zip(names, line, strict=True)) for line in lines]
    path = tmp_path / "events.json"
    path.write_text(json.dumps({"rows": rows}, ensure_ascii=False), encoding="utf-8")
    report = run(path, "branch_events")
    assert (report.added, report.rejected) == (2, 3)
    reasons = {error.row: error.reason for error in report.errors}
    assert "不认识的事件" in reasons[3]
    assert "不在库中" in reasons[4]
    assert "人员中没有" in reasons[5]
    again = run(path, "branch_events")
    assert (again.added, again.unchanged, again.rejected) == (0, 2, 3)
    with session.read() as connection:
        assert count(connection, "node_event", "kind = 'clue_received'") == 2


def test_old_style_numbers_need_a_court_column(importing: Importing, tmp_path: Path) -> None:
    _session, run = importing
    headers = ["案号", "立案日期", "法院"]
    rows = [
        ["（2013）洛执字第00492-3号", "2013-05-06", "洛阳市中级人民法院"],
        ["（2013）洛执字第7号", "2013-05-06", None],
        ["（2025）豫0303执1号", "2025-05-06", "涧西"],
        ["（2025）豫0303民初1号", "2025-05-06", None],
    ]
    report = run(save(tmp_path / "b.xlsx", rows, headers))
    assert report.added == 1
    reasons = {error.row: error.reason for error in report.errors}
    assert "旧式案号" in reasons[3]
    assert "不符" in reasons[4]
    assert "审判案号" in reasons[5]
