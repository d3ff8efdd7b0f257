"""Statements of the demo's bank as files, for trying the import by hand. Pure text.

The same statement in three layouts: whoever imports the second one gets nothing new.
"""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from desktop.errors import OutsideError
from desktop.funds.statements.model import Line, Statement, signed

FOLDER: Final = "演示银行对账单"
_HEADS: Final = (
    *("交易日期", "借方金额", "贷方金额", "余额", "对方户名", "对方账号", "摘要", "虚拟账号"),
    "交易流水号",
)
_CAMT: Final = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


def as_csv(statement: Statement) -> str:
    """通用（借方、贷方两栏）."""
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\r\n")
    write.writerow(["账号", statement.account])
    write.writerow(["期初余额", _yuan(statement.opening_fen or 0)])
    write.writerow(_HEADS)
    balance = statement.opening_fen or 0
    for line in statement.lines:
        balance += signed(line)
        debit = _yuan(line.amount_fen) if line.direction == "out" else ""
        credit = _yuan(line.amount_fen) if line.direction == "in" else ""
        account = f"\t{line.party_account or ''}"  # so that a spreadsheet keeps all digits
        write.writerow(
            [
                *(line.booked_on, debit, credit, _yuan(balance), line.party_name, account),
                *(line.text, f"\t{line.reference or ''}", line.bank_ref),
            ]
        )
    return out.getvalue()


def as_mt940(statement: Statement) -> str:
    """MT940 with the details between slashes."""
    first, last = statement.days
    said = [
        ":20:DEMO",
        f":25:{statement.account}",
        ":28C:1/1",
        f":60F:{_balance(first, statement.opening_fen or 0)}",
    ]
    for line in statement.lines:
        mark = "C" if line.direction == "in" else "D"
        day = line.booked_on[2:].replace("-", "")
        amount = _yuan(line.amount_fen).replace(".", ",")
        said.append(f":61:{day}{day[2:]}{mark}{amount}NTRFNONREF//{line.bank_ref or ''}")
        code = "VACC" if line.direction == "in" else "EREF"
        known = f"/{code}/{line.reference}" if line.reference else ""
        said.append(
            f":86:/NAME/{line.party_name or ''}/ACCT/{line.party_account or ''}"
            f"/REMI/{line.text}{known}"
        )
    said.append(f":62F:{_balance(last, statement.closing_fen or 0)}")
    return "\n".join([*said, "-", ""])


def as_camt(statement: Statement) -> str:
    """CAMT.053.001.08."""
    first, last = statement.days
    entries = "".join(_entry(line) for line in statement.lines)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{_CAMT}"><BkToCstmrStmt>'
        "<GrpHdr><MsgId>DEMO</MsgId><CreDtTm>"
        f"{last}T23:00:00</CreDtTm></GrpHdr><Stmt><Id>DEMO</Id>"
        f"<Acct><Id><Othr><Id>{statement.account}</Id></Othr></Id></Acct>"
        f"{_told('OPBD', first, statement.opening_fen or 0)}"
        f"{_told('CLBD', last, statement.closing_fen or 0)}{entries}"
        "</Stmt></BkToCstmrStmt></Document>\n"
    )


def write_files(statement: Statement, folder: Path) -> None:
    """All three, into a folder of their own. OutsideError when that cannot be written."""
    layouts: tuple[tuple[str, Callable[[Statement], str]], ...] = (
        ("通用格式.csv", as_csv),
        ("MT940.sta", as_mt940),
        ("CAMT053.xml", as_camt),
    )
    day = statement.days[1]
    try:
        (folder / FOLDER).mkdir(exist_ok=True)
        for name, layout in layouts:
            text = layout(statement)
            encoding = "utf-8-sig" if name.endswith(".csv") else "utf-8"
            (folder / FOLDER / f"{day} {name}").write_bytes(text.encode(encoding))
    except OSError as error:
        raise OutsideError(f"演示对账单无法写入：{folder / FOLDER}。") from error


def _yuan(fen: int) -> str:
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def _balance(day: str, fen: int) -> str:
    mark = "C" if fen >= 0 else "D"
    return f"{mark}{day[2:].replace('-', '')}CNY{_yuan(abs(fen)).replace('.', ',')}"


def _told(code: str, day: str, fen: int) -> str:
    mark = "CRDT" if fen >= 0 else "DBIT"
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="CNY">{_yuan(abs(fen))}</Amt><CdtDbtInd>{mark}</CdtDbtInd>'
        f"<Dt><Dt>{day}</Dt></Dt></Bal>"
    )


def _entry(line: Line) -> str:
    incoming = line.direction == "in"
    other = "Dbtr" if incoming else "Cdtr"
    party = (
        f"<{other}><Nm>{escape(line.party_name or '')}</Nm></{other}>"
        f"<{other}Acct><Id><Othr><Id>{line.party_account or ''}</Id></Othr></Id></{other}Acct>"
    )
    key = line.reference or "NOTPROVIDED"
    own = ""
    if incoming and line.reference:
        own = f"<CdtrAcct><Id><Othr><Id>{line.reference}</Id></Othr></Id></CdtrAcct>"
    return (
        f'<Ntry><Amt Ccy="CNY">{_yuan(line.amount_fen)}</Amt>'
        f"<CdtDbtInd>{'CRDT' if incoming else 'DBIT'}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>"
        f"<BookgDt><Dt>{line.booked_on}</Dt></BookgDt><ValDt><Dt>{line.booked_on}</Dt></ValDt>"
        f"<NtryDtls><TxDtls><Refs><AcctSvcrRef>{line.bank_ref or ''}</AcctSvcrRef>"
        f"<EndToEndId>{'NOTPROVIDED' if incoming else key}</EndToEndId></Refs>"
        f"<RltdPties>{party}{own}</RltdPties>"
        f"<RmtInf><Ustrd>{escape(line.text)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
    )
