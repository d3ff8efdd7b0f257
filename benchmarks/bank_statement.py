"""A statement of 10,000 lines: parsed, stored once and matched, against a bare parse and INSERT.

Nine lines in ten bear a case's virtual account; the others a case number, a debtor's name, or
nothing that helps. The desk reads the layout, checks every cell, sum and balance, tells known lines
from new ones, records an operation for each, and weighs the rest against 5,000 cases. The baseline
reads the same file with Python's csv and writes the same finished rows into an equal encrypted file
without a trigger. The third row also books: one receipt a line, linked and proven.
"""

import csv
import random
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from benchmarks.ratio import Ratio
from desktop.funds.importing import import_statement
from desktop.funds.matching import propose
from desktop.funds.statements import read, store
from storage import migrations
from storage.ids import new_id
from storage.replica import Replica
from storage.session import Session

LINES: Final = 10_000
CASES: Final = 5_000
ACCOUNT: Final = "1705026009200000018"
_HEADS: Final = (
    *("日期", "借方", "贷方", "余额", "对方户名", "对方账号"),
    *("摘要", "虚拟账号", "流水号"),
)
_FAMILY: Final = "赵钱孙李周吴郑王冯陈"
_GIVEN: Final = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明"
_COLUMNS: Final = (
    "id, account, booked_on, direction, amount_fen, party_name, party_account, text, reference,"
    " bank_ref, fingerprint, occurrence, file_sha256"
)


@dataclass(frozen=True, slots=True)
class _City:
    cases: list[tuple[str, str, str]]  # id, number, debtor
    clerk: str


def _city(connection: Connection) -> _City:
    court, clerk, picked = new_id(), new_id(), random.Random(5)
    run = connection.exec_driver_sql
    run("insert into court (id, code, name, short_name) values (?, '豫0302', '院', '院')", (court,))
    run(
        "insert into person (id, court_id, name, post) values (?, ?, '甲', 'finance')",
        (clerk, court),
    )
    cases = []
    for n in range(1, CASES + 1):
        name = picked.choice(_FAMILY) + "".join(picked.choices(_GIVEN, k=2)) + str(n % 40)
        cases.append((new_id(), f"（2026）豫0302执{n}号", name))
        run(
            'insert into "case" (id, number, court_id, year, type_word, serial, filed_on,'
            " claim_fen) values (?, ?, ?, 2026, '执', ?, '2026-01-05', ?)",
            (*cases[-1][:2], court, n, picked.randrange(10_000, 90_000_000)),
        )
        run(
            "insert into party (id, case_id, role, name) values (?, ?, 'debtor', ?)",
            (new_id(), cases[-1][0], name),
        )
        run(
            "insert into fund (id, case_id, kind, code) values (?, ?, 'case', ?)",
            (new_id(), cases[-1][0], f"{ACCOUNT}{n:05d}"),
        )
    return _City(cases, clerk)


def _statement(path: Path, city: _City) -> None:
    picked, balance = random.Random(6), 0
    with path.open("w", encoding="utf-8", newline="") as file:
        write = csv.writer(file)
        write.writerow(("账号：", ACCOUNT))
        write.writerow(_HEADS)
        for n in range(LINES):
            fen = picked.randrange(100, 50_000_000)
            balance += fen
            serial = picked.randrange(CASES)
            _, number, debtor = city.cases[serial]
            sure = n % 10 != 0
            remark = "案款" if sure else picked.choice((number, "还款", "货款"))
            write.writerow(
                (
                    f"2026-11-{1 + 26 * n // LINES:02d}",
                    "",
                    f"{fen / 100:,.2f}",
                    f"{balance / 100:,.2f}",
                    debtor,
                    f"6222{picked.randrange(10**12):012d}",
                    remark,
                    f"{ACCOUNT}{serial + 1:05d}" if sure else "",
                    f"2026{n:08d}",
                )
            )


def _ours(folder: Path, book: bool) -> tuple[float, list[tuple[Any, ...]]]:
    """Seconds, and the finished rows."""
    path = folder / "statement.csv"
    with Replica.open(folder / f"ours{book}", "benchmark", create=True) as replica:
        session = Session(replica, actor="甲")
        with session.write("cases") as write:
            city = _city(write.connection)
        _statement(path, city)
        before = time.perf_counter()
        statement = read(path, "generic")
        with session.write("导入对账单") as write:
            if book:
                done = import_statement(write.connection, statement, city.clerk)
                assert done.booked.cases == LINES - LINES // 10
            else:
                made = store(write.connection, statement)
                sure = sum(one.sure for one in propose(write.connection, made.new_ids))
                assert sure == LINES - LINES // 10
        taken = time.perf_counter() - before
        with session.read() as connection:
            rows = connection.exec_driver_sql(f"select {_COLUMNS} from bank_line order by id")
            return taken, [tuple(row) for row in rows]


def _bare(folder: Path, rows: list[tuple[Any, ...]]) -> float:
    with Replica.open(folder / "bare", "benchmark", create=True) as replica:
        with replica.writer_engine.begin() as connection:
            migrations._drop_triggers(connection)
        marks = ", ".join("?" * len(rows[0]))
        before = time.perf_counter()
        with (folder / "statement.csv").open(encoding="utf-8", newline="") as file:
            assert sum(1 for _ in csv.reader(file)) == LINES + 2
        with replica.writer_engine.begin() as connection:
            connection.exec_driver_sql(f"insert into bank_line ({_COLUMNS}) values ({marks})", rows)
        return time.perf_counter() - before


def _median(work: Callable[[], tuple[float, float]]) -> tuple[float, float]:
    rounds = sorted((work() for _ in range(3)), key=lambda pair: pair[0] / pair[1])
    return rounds[1]


def _round(book: bool) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        taken, rows = _ours(folder, book)
        return LINES / taken, LINES / _bare(folder, rows)


def measure() -> list[Ratio]:
    """Lines per second, the middle of three rounds; more is better."""
    against = "csv + executemany, encrypted, no triggers"
    return [
        Ratio(
            name, *_median(lambda book=book: _round(book)), "lines/s", against, more_is_better=True
        )  # type: ignore[misc]
        for name, book in (
            ("statement of 10,000 lines read, stored and matched to 5,000 cases", False),
            ("the same, and 9,000 of them booked", True),
        )
    ]


if __name__ == "__main__":
    for ratio in measure():
        print(ratio.name, f"{ratio.ours:.4g} {ratio.baseline:.4g} {ratio.ratio:.4f}", sep="\t")
