"""Files as they really come: encodings, delimiters, merged headers, sheets, broken ends."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from desktop.errors import UserError
from desktop.importing.headers import bind, find_header, known_headers
from desktop.importing.profile_files import load_profile
from desktop.importing.readers import Table, examine, open_table

PROFILE = load_profile("branch_cases")
KNOWN = known_headers(PROFILE)
LINES = [
    "案号,立案日期,承办人,备注",
    "（2025）豫0303执1号,2025年1月6日,云舒,瀍河",
    ",,,",
    "（2025）豫0303执2号,2025/1/7,云舒,",
]


def read(path: Path, sheet: str = "") -> tuple[Table, list[tuple[int, list[Any]]]]:
    with open_table(examine(path), KNOWN, sheet=sheet) as table:
        return table, [(row.number, list(row.cells)) for row in table.rows]


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8-sig"),
        ("utf-8-sig", "utf-8-sig"),
        ("gb18030", "gb18030"),
        ("utf-16", "utf-16"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_encodings_and_gzip(tmp_path: Path, encoding: str, found: str, packed: bool) -> None:
    raw = "\r\n".join(LINES).encode(encoding)
    path = tmp_path / "cases.csv"
    path.write_bytes(gzip.compress(raw) if packed else raw)
    table, rows = read(path)
    assert table.source.encoding == found
    assert table.header.names[:2] == ("案号", "立案日期")
    assert [number for number, _ in rows] == [2, 4]
    assert rows[0][1][3] == "瀍河"


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_delimiters_are_found_and_quotes_respected(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "cases.txt"
    quoted = f'"甲{delimiter}乙\n丙"'
    lines = [["案号", "备注", "承办人"], ["1", quoted, "云舒"], ["2", "x", "云舒"]]
    path.write_text("\n".join(delimiter.join(line) for line in lines), encoding="utf-8")
    _table, rows = read(path)
    assert rows == [(2, ["1", f"甲{delimiter}乙\n丙", "云舒"]), (3, ["2", "x", "云舒"])]


def test_json_both_shapes_piece_by_piece(tmp_path: Path) -> None:
    rows = [
        {"案号": f"（2025）豫0303执{n}号", "备注": "甲" * 500, "团队": {"名": 1}}
        for n in range(300)
    ]
    for shape in (rows, {"source": "x", "rows": rows}):
        path = tmp_path / "cases.json"
        path.write_text(json.dumps(shape, ensure_ascii=False, indent=1), encoding="utf-8")
        table, found = read(path)
        assert table.header.names == ("案号", "备注", "团队")
        assert [number for number, _ in found] == list(range(1, 301))
        assert found[-1][1][0] == "（2025）豫0303执299号"
    path.write_text('[{"案号": 1}, {"案号": ', encoding="utf-8")
    with pytest.raises(UserError, match="第 2 条"):
        read(path)


def merged_book(path: Path) -> Path:
    """A title row, then two header rows with cells merged both ways."""
    book = Workbook()
    cover = book.active
    assert cover is not None
    cover.title = "说明"
    cover.append(["填表说明", "请勿改动列名"])
    sheet = book.create_sheet("台账")
    sheet["A1"] = "示例法院执行案件台账"
    sheet.merge_cells("A1:F1")
    for cell, text in {
        "A2": "案号", "B2": "立案日期", "C2": "当事人", "E2": "申请标的额（万元）", "F2": "节点",
        "C3": "申请执行人", "D3": "被执行人", "F3": "发出执行通知书日期",
    }.items():  # fmt: skip
        sheet[cell] = text
    for span in ("A2:A3", "B2:B3", "C2:D2", "E2:E3"):
        sheet.merge_cells(span)
    sheet.append(["（2025）豫0303执1号", 45663, "甲", "乙", 1.5, "2025-01-09"])
    book.save(path)
    return path


def test_merged_headers_in_two_rows_below_a_title(tmp_path: Path) -> None:
    table, rows = read(merged_book(tmp_path / "merged.xlsx"))
    assert table.sheet == "台账"
    assert table.sheets == ("说明", "台账")
    assert table.header.last_row == 3
    binding = bind(PROFILE, table.header.names)
    targets = {item.column.target: (item.index, item.fen_per_unit) for item in binding.bound}
    assert targets["number"][0] == 0
    assert (targets["applicant"][0], targets["debtor"][0]) == (2, 3)
    assert targets["claim_fen"] == (4, 1_000_000)
    assert targets["event:notice_issued"][0] == 5
    assert rows[0][0] == 4
    with pytest.raises(UserError, match="没有工作表"):
        read(tmp_path / "merged.xlsx", "别的")


def test_the_1904_calendar_is_told(tmp_path: Path) -> None:
    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    assert sheet is not None
    sheet.append(["案号", "立案日期"])
    sheet.append(["（2025）豫0303执1号", 44201])
    book.save(tmp_path / "mac.xlsx")
    table, _rows = read(tmp_path / "mac.xlsx")
    assert table.from_1904


def test_a_plain_header_is_not_joined_with_the_first_data_row() -> None:
    rows = [["案号", "立案日期", None], ["（2025）豫0303执1号", "2025-01-06", "x"]]
    header = find_header(rows, KNOWN)
    assert header.last_row == 1
    assert header.names == ("案号", "立案日期", "")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "是空的"),
        (b"\xd0\xcf\x11\xe0abc", "加了密码"),
        (b"PK\x03\x04broken", "不完整"),
        (b"\x1f\x8bbroken", "损坏"),
        (b"\xff\xff\xff\xff\xff,\x80", "编码不明"),
        (b'{"a": 1}', "应为一列对象"),
        (b"[]", "没有数据行"),
    ],
)
def test_unreadable_files_say_why(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "file.bin"
    path.write_bytes(content)
    with pytest.raises(UserError, match=reason):
        read(path)


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="没有文件"):
        examine(tmp_path / "none.csv")
    with pytest.raises(UserError, match="文件夹"):
        examine(tmp_path)


def test_a_cut_gzip_is_refused_whole(tmp_path: Path) -> None:
    path = tmp_path / "cut.csv.gz"
    path.write_bytes(gzip.compress("\n".join(LINES * 100).encode())[:-20])
    with pytest.raises(UserError, match="损坏"):
        read(path)
