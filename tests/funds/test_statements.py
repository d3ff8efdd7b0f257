"""Statements in the layouts of banks: every movement, every fault at once, nothing dangerous."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.errors import UserError
from desktop.funds.statements import Line, StatementError, guess, profile, profiles, read
from desktop.funds.statements import cells as cell
from desktop.funds.statements.cells import CellError
from desktop.funds.statements.model import Fault
from desktop.funds.statements.profiles import load
from tests.funds.bank_files import (
    ACCOUNT,
    FILES,
    OPENING,
    WRITERS,
    as_csv,
    as_xlsx,
    balances,
    camt,
    mt940,
    sample,
    signed,
    two_sided,
)

HEADS = ("日期", "借方", "贷方", "余额", "对方户名", "对方账号", "摘要", "虚拟账号", "流水号")
PLAIN = two_sided(HEADS, "doibnatrk")


def said(line: Line) -> Line:
    """A line without what formats number otherwise."""
    return replace(line, row=0, value_on=None, bank_ref=None)


@pytest.mark.parametrize("name", WRITERS)
def test_the_same_movements_come_out_of_every_layout(name: str) -> None:
    found = read(FILES / WRITERS[name][0], name, account=ACCOUNT)
    assert [said(line) for line in found.lines] == [said(line) for line in sample()]
    assert found.account == ACCOUNT
    if name != "generic_signed":  # it has neither a column of balances nor any above
        assert (found.opening_fen, found.closing_fen) == (OPENING, balances(sample(), OPENING)[-1])
        assert found.balances[-1] == ("2026-11-27", balances(sample(), OPENING)[-1])


@pytest.mark.parametrize("name", WRITERS)
def test_the_sample_files_are_what_their_writers_write(name: str) -> None:
    file, write = WRITERS[name]
    fresh, kept = write(sample(), ACCOUNT, OPENING), (FILES / file).read_bytes()
    if file.endswith(".xlsx"):  # a workbook bears the moment it was written
        for part in ("xl/worksheets/sheet1.xml",):
            with zipfile.ZipFile(io.BytesIO(fresh)) as a, zipfile.ZipFile(io.BytesIO(kept)) as b:
                assert a.read(part) == b.read(part)
    else:
        assert fresh == kept


@pytest.mark.parametrize("name", WRITERS)
def test_the_layout_of_a_file_is_found(name: str) -> None:
    found = read(FILES / WRITERS[name][0], guess(FILES / WRITERS[name][0]), account=ACCOUNT)
    assert [said(line) for line in found.lines] == [said(line) for line in sample()]


def test_what_looks_like_no_statement_has_no_layout(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
    with pytest.raises(UserError, match="不像任何一种"):
        guess(tmp_path / "a.csv")


def test_layouts_of_five_banks_and_more_are_there_and_say_that_nobody_checked_them() -> None:
    names = {one.name for one in profiles()}
    assert {"icbc", "abc", "ccb", "boc", "bocom", "generic", "camt053", "mt940"} <= names
    assert all("〔未核实〕" in one.label for one in profiles() if not one.confirmed)
    with pytest.raises(UserError, match="没有银行对账单方案“nix”"):
        profile("nix")


def test_a_layout_of_ones_own_comes_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "local.toml"
    file.write_text(
        'name = "local"\ntitle = "本地银行"\nsides = "signed"\naccount = "9900"\n'
        '[heads]\nbooked_on = ["日"]\namount = ["数"]\n',
        encoding="utf-8",
    )
    (tmp_path / "a.csv").write_text("日,数\n20261126,-12.50\n", encoding="utf-8")
    found = read(tmp_path / "a.csv", str(file))
    assert (found.account, found.lines[0].direction, found.lines[0].amount_fen) == (
        "9900",
        "out",
        1250,
    )
    for broken in ('name = "x"', 'name = "x"\ntitle = "x"\nsides = "zig"\n', "name = ["):
        file.write_text(broken, encoding="utf-8")
        with pytest.raises(UserError, match=r"local\.toml"):
            load(file)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("1,234.56", 123456), ("１，２３４．５６", 123456), ("￥1,234.50", 123450), ("-5", -500),
        ("5.00-", -500), ("(5.00)", -500), ("（５．００）", -500), ("+7", 700), (" 7 元", 700),
        ("0.1", 10), (".5", 50), (1234.56, 123456), (0.1 + 0.2, 30), (7, 700), ("CNY12.00", 1200),
        ("−3.20", -320), ("1234567", 123456700), ("¥-1.00", -100),
    ],
)  # fmt: skip
def test_money_in_every_usual_writing(text: object, fen: int) -> None:
    assert cell.fen(text) == fen


@pytest.mark.parametrize(
    "text", ["", "abc", "1.234", "1,23.00", "12,34", "1..2", "--5", True, "5oo"]
)
def test_what_is_no_money_is_refused(text: object) -> None:
    with pytest.raises(CellError):
        cell.fen(text)


@given(st.integers(-(10**13), 10**13))
def test_money_comes_back_as_it_was_written(fen: int) -> None:
    from tests.funds.bank_files import yuan  # noqa: PLC0415  Its name would hide nothing here.

    assert cell.fen(yuan(fen)) == fen


@pytest.mark.parametrize(
    "text",
    ["2026-11-29", "2026/11/29", "2026年11月29日", "20261129", "２０２６－１１－２９", 20261129,
     "2026-11-29 10:22:33", "20261129 102233", "20261129102233", "2026.11.29", "'20261129"],
)  # fmt: skip
def test_days_in_every_usual_writing(text: object) -> None:
    assert cell.day(text) == "2026-11-29"


def test_accounts_that_a_spreadsheet_has_rounded_are_refused() -> None:
    assert cell.account("'1705 0260-0920") == "170502600920"
    for value in (1.705026009200000018e18, "1.70503E+18"):
        with pytest.raises(CellError, match="尾数已丢失"):
            cell.account(value)


def written(
    tmp_path: Path, change: Callable[[list[list[object]]], None], name: str = "a.csv"
) -> Path:
    """The plain sample with a change."""
    rows = PLAIN(sample(), ACCOUNT, OPENING)
    change(rows)
    path = tmp_path / name
    path.write_bytes(as_csv(rows, "utf-8"))
    return path


def faults(path: Path, layout: str = "generic", account: str = "") -> tuple[Fault, ...]:
    with pytest.raises(StatementError) as told:
        read(path, layout, account=account)
    return told.value.faults


def test_every_fault_is_told_in_one_pass_with_row_field_and_reason(tmp_path: Path) -> None:
    def spoil(rows: list[list[object]]) -> None:
        rows[5][0] = "2026-13-25"
        rows[6][2] = "5oo.00"
        rows[8][1], rows[8][2] = "", ""
        rows[9][1] = "1.00"
        rows[10][0] = ""

    found = faults(written(tmp_path, spoil))
    assert [(one.row, one.field) for one in found] == [
        (6, "交易日期"),
        (7, "贷方金额"),
        (9, "贷方金额"),
        (10, "借方金额"),
        (11, "交易日期"),
    ]
    message = str(StatementError("a.csv", found))
    assert "5 处错误，未导入任何一行" in message
    assert "第 7 行“贷方金额”：“5oo.00”不是金额" in message
    assert message.count("。") == 1  # one sentence


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda rows: rows[7].__setitem__(3, "1.00"), "余额"),
        (lambda rows: rows[-2].__setitem__(1, "1.00"), "借方金额"),
        (lambda rows: rows.insert(4, ["期末余额：", "5.00"]), "期末余额"),
        (lambda rows: rows.pop(7), "贷方金额"),
        (lambda rows: [rows.pop(7), rows.pop(-2)], "余额"),
    ],
)
def test_sums_and_balances_have_to_agree(
    tmp_path: Path, change: Callable[[list[list[object]]], None], field: str
) -> None:
    assert field in [one.field for one in faults(written(tmp_path, change))]


def test_another_account_is_refused_wherever_it_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, lambda rows: None)
    (one,) = faults(path, account="999900001111")
    assert (one.row, one.field) == (0, "账号")
    assert ACCOUNT in one.reason
    assert "999900001111" in one.reason
    rows = signed(sample(), ACCOUNT, OPENING)
    rows[3][0] = "1705026009200000019"
    (tmp_path / "b.csv").write_bytes(as_csv(rows, "utf-8"))
    (one,) = faults(tmp_path / "b.csv", "generic_signed", ACCOUNT)
    assert (one.row, one.field) == (4, "账号")
    assert [one.field for one in faults(tmp_path / "b.csv", "generic_signed")] == ["账号"]
    for name in ("camt053", "mt940"):
        (one,) = faults(FILES / WRITERS[name][0], name, "999900001111")
        assert one.field == "账号"
    rows = PLAIN(sample(), ACCOUNT, OPENING)[4:]
    (tmp_path / "c.csv").write_bytes(as_csv(rows, "utf-8"))
    (one,) = faults(tmp_path / "c.csv")
    assert one.reason.startswith("文件没有写明账号")
    assert read(tmp_path / "c.csv", "generic", account=ACCOUNT).account == ACCOUNT


def test_a_column_of_own_accounts_may_name_virtual_ones(tmp_path: Path) -> None:
    rows = signed(sample(), ACCOUNT, OPENING)
    rows[2][0] = f"{ACCOUNT}0099"
    rows[4][0] = f"{ACCOUNT}0099"  # went out: its key is not replaced
    rows[5][6] = "1705 0260-0920 0000 018 0042"
    (tmp_path / "a.csv").write_bytes(as_csv(rows, "utf-8"))
    found = read(tmp_path / "a.csv", "generic_signed", account=ACCOUNT).lines
    assert found[1].reference == f"{ACCOUNT}0099"
    assert found[3].reference == sample()[3].reference
    assert found[4].reference == f"{ACCOUNT}0042"
    rows[2][0] = f"9{ACCOUNT}"
    (tmp_path / "a.csv").write_bytes(as_csv(rows, "utf-8"))
    assert [one.row for one in faults(tmp_path / "a.csv", "generic_signed", ACCOUNT)] == [3]


def test_a_masked_account_is_the_same_account(tmp_path: Path) -> None:
    path = written(tmp_path, lambda rows: rows[0].__setitem__(1, "1705****0018"))
    assert read(path, "generic", account=ACCOUNT).account == ACCOUNT
    assert faults(path, account="1705026009200000028")[0].field == "账号"


def test_what_lacks_a_column_says_which(tmp_path: Path) -> None:
    found = faults(written(tmp_path, lambda rows: None), "boc")
    assert [one.field for one in found] == ["交易日期", "金额", "借贷标志"]
    assert (
        faults(written(tmp_path, lambda rows: rows[4].__setitem__(0, "何时")))[0].field
        == "交易日期"
    )


def test_foreign_money_is_refused(tmp_path: Path) -> None:
    rows = two_sided((*HEADS[:4], "币种"), "doibc")(sample(), ACCOUNT, OPENING)
    rows[6][4] = "USD"
    (tmp_path / "a.csv").write_bytes(as_csv(rows, "utf-8"))
    assert [(one.row, one.field) for one in faults(tmp_path / "a.csv")] == [(7, "币种")]
    for name, data in (
        ("camt053", camt(sample(), ACCOUNT, OPENING).replace(b'Ccy="CNY"', b'Ccy="EUR"')),
        ("mt940", mt940(sample(), ACCOUNT, OPENING).replace(b"CNY", b"EUR")),
    ):
        (tmp_path / name).write_bytes(data)
        assert {one.field for one in faults(tmp_path / name, name)} == {"币种"}


def test_red_figures_go_the_other_way(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("账号：,12345678\n日期,借方,贷方\n20261126,,-5.00\n20261126,-7.00,\n", "utf-8")
    found = read(path, "generic").lines
    assert [(line.direction, line.amount_fen) for line in found] == [("out", 500), ("in", 700)]


def test_a_movement_is_one_whatever_it_is_called(tmp_path: Path) -> None:
    text = (
        "账号,摘要,日期,借方,贷方\n12345678,合计退费,20261126,5.00,\n经办费,合计,20261126,,7.00\n"
    )
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    with pytest.raises(StatementError):  # the second is no account, and is not passed over
        read(tmp_path / "a.csv", "generic")
    (tmp_path / "a.csv").write_text(text.replace("经办费", "12345678"), encoding="utf-8")
    assert len(read(tmp_path / "a.csv", "generic").lines) == 2
    (tmp_path / "a.csv").write_text(f"{text}\n12345678,,20261126,,\n", encoding="utf-8")
    assert [one.row for one in faults(tmp_path / "a.csv")][-1] == 5  # a day, and no amount


def test_pages_repeat_their_heads_and_sums(tmp_path: Path) -> None:
    def paged(rows: list[list[object]]) -> None:
        rows[8:8] = [["本页合计", "99.00"], list(HEADS)]

    assert len(read(written(tmp_path, paged), "generic").lines) == len(sample())


@pytest.mark.parametrize("name", ["camt053", "mt940"])
def test_an_unbalanced_statement_is_refused(tmp_path: Path, name: str) -> None:
    right = WRITERS[name][1](sample(), ACCOUNT, OPENING)
    wrong = right.replace(b"1082589", b"1082588")
    assert wrong != right
    (tmp_path / name).write_bytes(wrong)
    (one,) = faults(tmp_path / name, name)
    assert (one.row, one.field) == (0, "期末余额")


def test_all_faults_of_xml_and_mt940_are_told(tmp_path: Path) -> None:
    data = camt(sample(), ACCOUNT, OPENING)
    data = data.replace(b"<CdtDbtInd>DBIT", b"<CdtDbtInd>WHAT").replace(b">0.99<", b">0.999<")
    (tmp_path / "a.xml").write_bytes(data)
    found = [(one.row, one.field) for one in faults(tmp_path / "a.xml", "camt053")]
    assert found == [(4, "借贷标志"), (6, "金额"), (8, "借贷标志")]
    data = mt940(sample(), ACCOUNT, OPENING).replace(b"C0,99N", b"Z0,99N")
    data = data.replace(b"D300,00N", b"D3oo,00N")
    (tmp_path / "a.sta").write_bytes(data)
    assert [one.row for one in faults(tmp_path / "a.sta", "mt940")] == [6, 8]


def test_pending_entries_of_camt_are_no_money(tmp_path: Path) -> None:
    one = sample()[:1]
    data = camt(one, ACCOUNT, OPENING).replace(b"<Sts>BOOK", b"<Sts>PDNG")
    data = data.replace(b"1086000.00", b"1000000.00")
    (tmp_path / "a.xml").write_bytes(data)
    assert read(tmp_path / "a.xml", "camt053").lines == ()


def batch(*details: str, total: str = "30.00") -> bytes:
    """One entry with details."""
    data = camt((), ACCOUNT, 0).decode()
    entry = (
        f'<Ntry><Amt Ccy="CNY">{total}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>'
        "<BookgDt><Dt>2026-11-26</Dt></BookgDt><NtryDtls>"
        + "".join(f"<TxDtls>{one}</TxDtls>" for one in details)
        + "</NtryDtls></Ntry>"
    )
    before, after = data.split("<Bal><Tp><CdOrPrtry><Cd>CLBD", 1)
    return (
        f"{before}<Bal><Tp><CdOrPrtry><Cd>CLBD{after}".replace("</Stmt>", f"{entry}</Stmt>")
        .replace(
            '<Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">0.00',
            f'<Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">{total}',
        )
        .encode()
    )


AMOUNT = '<Amt Ccy="CNY">{}</Amt>'
CHARGE = "<Chrgs><Rcrd><CdtDbtInd>DBIT</CdtDbtInd></Rcrd></Chrgs>"


@pytest.mark.parametrize(
    ("details", "found"),
    [
        ((AMOUNT.format("10.00"), AMOUNT.format("20.00")), [("in", 1_000), ("in", 2_000)]),
        ((AMOUNT.format("10.00"), AMOUNT.format("10.00")), [("in", 3_000)]),  # not all of it
        (("<Refs/>", "<Refs/>"), [("in", 3_000)]),  # without amounts of their own
        ((AMOUNT.format("29.00"),), [("in", 3_000)]),  # the entry's amount is what was booked
        ((AMOUNT.format("10.00") + CHARGE, AMOUNT.format("20.00")), [("in", 1_000), ("in", 2_000)]),
        (
            (AMOUNT.format("40.00"), AMOUNT.format("10.00") + "<CdtDbtInd>DBIT</CdtDbtInd>"),
            [("in", 4_000), ("out", 1_000)],
        ),
        ((), [("in", 3_000)]),
    ],
)
def test_details_of_an_entry_are_lines_where_they_come_to_it(
    tmp_path: Path, details: tuple[str, ...], found: list[tuple[str, int]]
) -> None:
    (tmp_path / "a.xml").write_bytes(batch(*details))
    lines = read(tmp_path / "a.xml", "camt053").lines
    assert [(line.direction, line.amount_fen) for line in lines] == found


def test_newer_camt_names_its_parties_one_level_lower(tmp_path: Path) -> None:
    data = camt(sample(), ACCOUNT, OPENING).decode()
    data = data.replace("camt.053.001.02", "camt.053.001.08").replace(
        "<Sts>BOOK</Sts>", "<Sts><Cd>BOOK</Cd></Sts>"
    )
    data = data.replace("<Nm>", "<Pty><Nm>").replace("</Nm>", "</Nm></Pty>")
    (tmp_path / "a.xml").write_text(data, encoding="utf-8")
    found = read(tmp_path / "a.xml", "camt053").lines
    assert [line.party_name for line in found] == [line.party_name for line in sample()]


def test_mt940_with_numbered_fields(tmp_path: Path) -> None:
    text = (
        ":20:A\n:25:X/12345678\n:28C:1\n:60F:C261126CNY0,\n:61:2611261126C5,00NTRFNONREF//B1\n"
        ":86:166?20案款?21尾款?31622200001111?32丁满?33仓\n:62F:C261126CNY5,00\n"
    )
    (tmp_path / "a.sta").write_bytes(text.encode("gbk"))
    found = read(tmp_path / "a.sta", "mt940")
    (line,) = found.lines
    assert (found.account, line.party_name, line.party_account, line.text) == (
        "12345678",
        "丁满仓",
        "622200001111",
        "案款尾款",
    )


@pytest.mark.parametrize(
    ("mark", "way", "closing"),
    [("C", "in", 15), ("D", "out", 5), ("RC", "out", 5), ("RD", "in", 15)],
)
def test_mt940_reversals_go_the_other_way(
    tmp_path: Path, mark: str, way: str, closing: int
) -> None:
    text = (
        f":20:A\n:25:12345678\n:28C:1\n:60F:C251231CNY10,\n:61:2512310102{mark}5,00NTRFNONREF\n"
        f":62F:C260102CNY{closing},00\n"
    )
    (tmp_path / "a.sta").write_text(text, encoding="utf-8")
    (line,) = read(tmp_path / "a.sta", "mt940").lines
    assert (line.direction, line.amount_fen) == (way, 500)
    assert (line.booked_on, line.value_on) == ("2026-01-02", "2025-12-31")  # over the new year


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
    b"<Document>&b;</Document>"
)
FOREIGN = (
    b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]><Document><Stmt>&x;</Stmt></Document>'
)


@pytest.mark.parametrize("data", [BOMB, FOREIGN, BOMB.decode().encode("utf-16")])
def test_entities_are_never_read(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.xml").write_bytes(data)
    with pytest.raises(UserError, match="DOCTYPE"):
        read(tmp_path / "a.xml", "camt053")
    book = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(as_xlsx([["日期"]]))) as old, zipfile.ZipFile(book, "w") as new:
        for part in old.namelist():
            new.writestr(part, data if part.endswith("sheet1.xml") else old.read(part))
    (tmp_path / "a.xlsx").write_bytes(book.getvalue())
    with pytest.raises(UserError, match="DOCTYPE"):
        read(tmp_path / "a.xlsx", "generic")


@pytest.mark.parametrize("layout", ["generic", "camt053", "mt940"])
@pytest.mark.parametrize(
    "data",
    [b"", b"   \n", b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0old", b"<a>", b"\x00\x01\x02",
     b"x\xff\xfe\xfd", "日期\n".encode(), b":20:\n:25:\n", b"<Document><Stmt/></Document>"],
)  # fmt: skip
def test_rubbish_is_told_in_one_sentence(tmp_path: Path, layout: str, data: bytes) -> None:
    (tmp_path / "a").write_bytes(data)
    with pytest.raises(UserError, match=r"“a"):
        read(tmp_path / "a", layout, account=ACCOUNT)


def test_what_is_no_file_is_told(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nix"):
        with pytest.raises(UserError):
            read(path, "generic")


@given(st.binary(max_size=400), st.sampled_from(["generic", "camt053", "mt940"]))
def test_no_bytes_bring_the_reader_down(data: bytes, layout: str) -> None:
    import tempfile  # noqa: PLC0415  A fixture would be shared by all examples.

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a"
        path.write_bytes(data)
        try:
            read(path, layout, account=ACCOUNT)
        except UserError as told:
            assert str(told)  # noqa: PT017  Either way is an answer.
