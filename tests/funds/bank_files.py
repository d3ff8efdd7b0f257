"""Writes the same movements as each bank would: the sample files of tests/funds/files come from
here (`python -m tests.funds.bank_files`), none of them from a bank."""

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl

from desktop.funds.statements.model import Line

ACCOUNT = "1705026009200000018"
NAME = "某区人民法院执行款专户"
OPENING = 1_000_000_00
FILES = Path(__file__).parent / "files"
Rows = list[list[object]]


def yuan(fen: int) -> str:
    """1,234.56, with a minus where it is one."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def balances(lines: Sequence[Line], opening: int) -> list[int]:
    """After each line."""
    made = []
    for line in lines:
        opening += line.amount_fen if line.direction == "in" else -line.amount_fen
        made.append(opening)
    return made


def two_sided(
    heads: Sequence[str], order: str, *, above: bool = True, sums: bool = True, newest: bool = False
) -> Callable[[Sequence[Line], str, int], Rows]:
    """Rows with a column for in and one for out. `order`: a letter a column: d day, o out, i in,
    b balance, n name, a account, t text, r reference, k the bank's number, c currency."""

    def rows(lines: Sequence[Line], account: str, opening: int) -> Rows:
        made: Rows = []
        if above:
            made += [["账号：", account], ["户名：", NAME], ["期初余额：", yuan(opening)], []]
        made.append(list(heads))
        body: Rows = []
        for line, left in zip(lines, balances(lines, opening), strict=True):
            cells: dict[str, object] = {
                "d": line.booked_on,
                "o": yuan(line.amount_fen) if line.direction == "out" else "",
                "i": yuan(line.amount_fen) if line.direction == "in" else "",
                "b": yuan(left),
                "n": line.party_name or "",
                "a": line.party_account or "",
                "t": line.text,
                "r": line.reference or "",
                "k": line.bank_ref or "",
                "c": "人民币",
            }
            body.append([cells[letter] for letter in order])
        made += reversed(body) if newest else body
        if sums:
            total = {
                way: sum(line.amount_fen for line in lines if line.direction == way)
                for way in ("in", "out")
            }
            foot = {"o": yuan(total["out"]), "i": yuan(total["in"])}
            made.append(["合计", *(foot.get(letter, "") for letter in order[1:])])
            made.append([f"打印日期：{lines[-1].booked_on if lines else ''}"])
        return made

    return rows


def by_word(heads: Sequence[str], words: tuple[str, str]) -> Callable[..., Rows]:
    """Rows with one amount and a word for its direction (in, out)."""

    def rows(lines: Sequence[Line], account: str, opening: int) -> Rows:
        made: Rows = [[f"查询账号：{account}", f"期初余额：{yuan(opening)}"], list(heads)]
        for line, left in zip(lines, balances(lines, opening), strict=True):
            made.append(
                [
                    line.booked_on.replace("-", ""),
                    words[line.direction == "out"],
                    yuan(line.amount_fen),
                    yuan(left),
                    line.party_name or "",
                    line.party_account or "",
                    line.text,
                    line.reference or "",
                    line.bank_ref or "",
                ]
            )
        return made

    return rows


def signed(lines: Sequence[Line], account: str, opening: int) -> Rows:
    """Rows with one amount, minus for out, and nothing around them but the account in each."""
    made: Rows = [["账号", "日期", "金额", "对方户名", "对方账号", "摘要", "虚拟账号", "流水号"]]
    for line in lines:
        fen = line.amount_fen if line.direction == "in" else -line.amount_fen
        made.append(
            [
                account,
                line.booked_on.replace("-", "/"),
                yuan(fen),
                line.party_name or "",
                line.party_account or "",
                line.text,
                line.reference or "",
                line.bank_ref or "",
            ]
        )
    return made


def as_csv(rows: Rows, encoding: str, delimiter: str = ",") -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(encoding)


def as_xlsx(rows: Rows) -> bytes:
    """Text cells but for amounts, which are numbers, as a spreadsheet program would have them."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def camt(lines: Sequence[Line], account: str, opening: int) -> bytes:
    """CAMT.053 version 2, one statement."""
    closing = balances(lines, opening)[-1] if lines else opening
    first, last = (lines[0].booked_on, lines[-1].booked_on) if lines else ("2026-11-26",) * 2

    def balance(code: str, fen: int, day: str) -> str:
        mark = "CRDT" if fen >= 0 else "DBIT"
        amount = yuan(abs(fen)).replace(",", "")
        return (
            f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
            f'<Amt Ccy="CNY">{amount}</Amt><CdtDbtInd>{mark}</CdtDbtInd>'
            f"<Dt><Dt>{day}</Dt></Dt></Bal>"
        )

    entries = "".join(_entry(line) for line in lines)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>'
        "<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-11-29T08:00:00</CreDtTm></GrpHdr>"
        f"<Stmt><Id>S1</Id><Acct><Id><Othr><Id>{account}</Id></Othr></Id><Ccy>CNY</Ccy></Acct>"
        f"{balance('OPBD', opening, first)}{balance('CLBD', closing, last)}{entries}"
        "</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def _entry(line: Line) -> str:
    mark, side = ("CRDT", "Dbtr") if line.direction == "in" else ("DBIT", "Cdtr")
    amount = yuan(line.amount_fen).replace(",", "")
    key = line.reference if line.direction == "out" and line.reference else "NOTPROVIDED"
    name = f"<{side}><Nm>{escape(line.party_name)}</Nm></{side}>" if line.party_name else ""
    number = line.party_account
    account = f"<{side}Acct><Id><Othr><Id>{number}</Id></Othr></Id></{side}Acct>" if number else ""
    structured = (
        f"<Strd><CdtrRefInf><Ref>{line.reference}</Ref></CdtrRefInf></Strd>"
        if line.direction == "in" and line.reference
        else ""
    )
    written = f"<Ustrd>{escape(line.text)}</Ustrd>" if line.text else ""
    return (
        f'<Ntry><Amt Ccy="CNY">{amount}</Amt><CdtDbtInd>{mark}</CdtDbtInd><Sts>BOOK</Sts>'
        f"<BookgDt><Dt>{line.booked_on}</Dt></BookgDt><ValDt><Dt>{line.booked_on}</Dt></ValDt>"
        f"<AcctSvcrRef>{line.bank_ref or ''}</AcctSvcrRef><NtryDtls><TxDtls><Refs>"
        f"<EndToEndId>{key}</EndToEndId></Refs><RltdPties>{name}{account}</RltdPties>"
        f"<RmtInf>{written}{structured}</RmtInf></TxDtls></NtryDtls></Ntry>"
    )


def mt940(lines: Sequence[Line], account: str, opening: int) -> bytes:
    """MT940 with a numbering of its own and names cut to what a field holds."""

    def balance(fen: int, day: str) -> str:
        amount = yuan(abs(fen)).replace(",", "").replace(".", ",")
        return f"{'C' if fen >= 0 else 'D'}{day[2:].replace('-', '')}CNY{amount}"

    closing = balances(lines, opening)[-1] if lines else opening
    first, last = (lines[0].booked_on, lines[-1].booked_on) if lines else ("2026-11-26",) * 2
    made = [":20:S1", f":25:{account}", ":28C:1/1", f":60F:{balance(opening, first)}"]
    for n, line in enumerate(lines, 1):
        day = line.booked_on[2:].replace("-", "")
        amount = yuan(line.amount_fen).replace(",", "").replace(".", ",")
        mark = "C" if line.direction == "in" else "D"
        made.append(f":61:{day}{day[2:]}{mark}{amount}NTRFNONREF//MT{n:08d}")
        said = {
            "NAME": (line.party_name or "")[:18],
            "ACCT": line.party_account or "",
            "REMI": line.text,
            "VACC" if line.direction == "in" else "EREF": line.reference or "",
        }
        coded = "".join(f"/{code}/{value}" for code, value in said.items() if value)
        if coded:
            made.append(f":86:{coded}")
    made.append(f":62F:{balance(closing, last)}")
    return "\r\n".join([*made, "-", ""]).encode()


_ICBC = two_sided(
    (
        "交易时间",
        "转入金额（元）",
        "转出金额（元）",
        "余额",
        "对方单位",
        "对方账号",
        "摘要",
        "子账号",
        "凭证号",
    ),
    "diobnatrk",
)
_ABC = two_sided(
    (
        "交易时间",
        "收入金额",
        "支出金额",
        "账户余额",
        "对方户名",
        "对方账号",
        "交易用途",
        "多级账簿号",
        "日志号",
    ),
    "diobnatrk",
    newest=True,
)
_CCB = two_sided(
    (
        *(
            "记账日期",
            "借方发生额（支取）",
            "贷方发生额（收入）",
            "余额",
            "币种",
            "对方户名",
            "对方账号",
        ),
        *("摘要", "虚拟账号", "账户明细编号-交易流水号"),
    ),
    "doibcnatrk",
)
_PSBC = two_sided(
    (
        "交易日期",
        "借方金额",
        "贷方金额",
        "账户余额",
        "对方户名",
        "对方账号",
        "摘要",
        "虚拟账号",
        "交易流水号",
    ),
    "doibnatrk",
)
_BOC = by_word(
    (
        "交易日期",
        "交易类型",
        "交易金额",
        "交易后余额",
        "对方户名",
        "对方账号",
        "摘要",
        "虚拟账号",
        "交易流水号",
    ),
    ("来账", "往账"),
)
_BOCOM = by_word(
    (
        "交易时间",
        "借贷标志",
        "发生额",
        "余额",
        "对方户名",
        "对方账号",
        "摘要",
        "虚拟子账号",
        "核心流水号",
    ),
    ("贷", "借"),
)
_PLAIN = two_sided(
    ("日期", "借方", "贷方", "余额", "对方户名", "对方账号", "摘要", "虚拟账号", "流水号"),
    "doibnatrk",
)

Writer = Callable[[Sequence[Line], str, int], bytes]
# Profile -> (file name, writer).
WRITERS: dict[str, tuple[str, Writer]] = {
    "icbc": ("icbc.csv", lambda *of: as_csv(_ICBC(*of), "gbk")),
    "abc": ("abc.xlsx", lambda *of: as_xlsx(_ABC(*of))),
    "ccb": ("ccb.xlsx", lambda *of: as_xlsx(_CCB(*of))),
    "psbc": ("psbc.csv", lambda *of: as_csv(_PSBC(*of), "utf-8")),
    "boc": ("boc.csv", lambda *of: as_csv(_BOC(*of), "utf-8-sig", "\t")),
    "bocom": ("bocom.csv", lambda *of: as_csv(_BOCOM(*of), "gb18030")),
    "generic": ("generic.csv", lambda *of: as_csv(_PLAIN(*of), "utf-16")),
    "generic_signed": ("generic_signed.xlsx", lambda *of: as_xlsx(signed(*of))),
    "camt053": ("camt053.xml", camt),
    "mt940": ("mt940.sta", mt940),
}


def sample() -> tuple[Line, ...]:
    """Three days: money to virtual accounts and without, equal lines, money out, a wide digit."""
    made = [
        ("2026-11-25", "in", 8_600_000, "丁满仓", "6222020000000000011", "（2026）豫0302执12号案款",
         "17050260092000000180012", "20261125000001"),
        ("2026-11-25", "in", 50_000, "吴素珍", "6222020000000000022", "案款", None,
         "20261125000002"),
        ("2026-11-25", "in", 50_000, "吴素珍", "6222020000000000022", "案款", None,
         "20261125000003"),
        ("2026-11-25", "out", 1_234_567, "赵来福", "6217000000000000033", "案款发放",
         "0198c0de00007000800000000000beef", "20261125000004"),
        ("2026-11-26", "in", 123_450, "洛阳鼎新商贸有限公司", "41001500000000000044",
         "２０２６豫０３０２执１３号", None, "20261126000001"),
        ("2026-11-26", "in", 99, None, None, "利息", None, "20261126000002"),
        ("2026-11-27", "in", 700_000, "郑巧玲", "6222020000000000055", "还款", None,
         "20261127000001"),
        ("2026-11-27", "out", 30_000, "韩长青", None, "退款", None, "20261127000002"),
    ]  # fmt: skip
    return tuple(
        Line(n, day, way, fen, None, name, account, text, reference, number)  # type: ignore[arg-type]
        for n, (day, way, fen, name, account, text, reference, number) in enumerate(made, 1)
    )


if __name__ == "__main__":
    for name, write in WRITERS.values():
        (FILES / name).write_bytes(write(sample(), ACCOUNT, OPENING))
