"""Postings per second against bare INSERTs, and a balance at a past moment against bare SQL.

The baseline of postings writes the same finished rows into an equal encrypted file without a single
trigger, in transactions of the same size. The desk also finds accounts and rules, links and hashes
each entry, has the database prove it again, moves the balances and records an operation.

The baseline of a balance is what bare SQL would do: add up what was booked up to that moment, with
the same indexes.
"""

import random
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from benchmarks.ratio import Ratio, seconds
from storage import migrations
from storage.ids import new_id
from storage.ledger import post
from storage.ledger.balance import balance_at
from storage.ledger.post import Slip
from storage.ledger.sealing import entry_hash
from storage.replica import Replica
from storage.schema.funds import BANK, GENESIS, SEALED
from storage.session import Session

CASES: Final = 200
POSTINGS: Final = 4_000
BATCH: Final = 100
ENTRIES: Final = 1_000_000
LOOKUPS: Final = 200
FIRST: Final = datetime(2026, 1, 1, 9, tzinfo=post.ZONE)
_INSERT: Final = (
    f"insert into fund_entry ({', '.join(SEALED)}, hash)"
    f" values ({', '.join('?' * (len(SEALED) + 1))})"
)
_READ: Final = {
    "court": "select * from court",
    "case": 'select * from "case"',
    "fund": "select * from fund",
    "fund_entry": f"select {', '.join(SEALED)}, hash from fund_entry order by seq",
}
_SUM: Final = """
select coalesce((select sum(amount_fen) from fund_entry where credit_id = :fund and at <= :at
    and kind not in ('hold', 'release')), 0)
  - coalesce((select sum(amount_fen) from fund_entry where debit_id = :fund and at <= :at
    and kind not in ('hold', 'release')), 0)"""


def _cases(connection: Connection) -> list[str]:
    court = new_id()
    run = connection.exec_driver_sql
    run("insert into court (id, code, name, short_name) values (?, '豫0399', '院', '院')", (court,))
    ids = [new_id() for _ in range(CASES)]
    for n, case_id in enumerate(ids):
        run(
            'insert into "case" (id, number, court_id, year, type_word, serial, filed_on)'
            " values (?, ?, ?, 2026, '执', ?, '2026-01-05')",
            (case_id, f"（2026）豫0399执{n}号", court, n),
        )
    return ids


def _postings(folder: Path) -> tuple[float, dict[str, list[tuple[Any, ...]]]]:
    """Posts by the desk's own way; gives the seconds, and the finished rows of each table."""
    with Replica.open(folder / "ours", "benchmark", create=True) as replica:
        session = Session(replica, actor="甲")
        with session.write("cases") as write:
            cases = _cases(write.connection)
            # Postings are measured, not the chain of an order before each.
            write.connection.exec_driver_sql("drop trigger trg_fund_entry_by_order_insert")
        before = time.perf_counter()
        for batch in range(POSTINGS // BATCH):
            with session.write("posting") as write:
                for n in range(BATCH // 4):
                    whose = cases[(batch * BATCH + n) % CASES]
                    _round(write.connection, whose)
        taken = time.perf_counter() - before
        with session.read() as connection:
            rows = {
                name: [tuple(row) for row in connection.exec_driver_sql(query)]
                for name, query in _READ.items()
            }
    assert len(rows["fund_entry"]) == POSTINGS
    return taken, rows


def _round(connection: Connection, whose: str) -> None:
    """Money in, granted, paid, and a fee: four postings."""
    first = post.receive(connection, whose, 1_000, Slip("甲"), payer="丁")
    held = post.hold(connection, whose, 600, Slip("甲"), payee="丙")
    assert held.entry_id is not None
    paid = post.pay(connection, held.entry_id, Slip("乙"))
    fee = post.transfer(connection, whose, 50, Slip("甲"), way=("case", "fee"))
    assert first.accepted and paid.accepted and fee.accepted  # noqa: PT018  Told by its line.


def _bare(folder: Path, rows: dict[str, list[tuple[Any, ...]]]) -> float:
    with Replica.open(folder / "bare", "benchmark", create=True) as replica:
        with replica.writer_engine.begin() as connection:
            migrations._drop_triggers(connection)
            for name in ("court", "case", "fund"):
                marks = ", ".join("?" * len(rows[name][0]))
                connection.exec_driver_sql(f'insert into "{name}" values ({marks})', rows[name])
        entries = rows["fund_entry"]
        before = time.perf_counter()
        for at in range(0, len(entries), BATCH):
            with replica.writer_engine.begin() as connection:
                for row in entries[at : at + BATCH]:
                    connection.exec_driver_sql(_INSERT, row)
        return time.perf_counter() - before


def fill(connection: Connection, entries: int) -> list[str]:
    """Linked entries past the triggers: receipts of two hundred cases, two a second."""
    migrations._drop_triggers(connection)
    cases = _cases(connection)
    funds = {case_id: new_id() for case_id in cases}
    run = connection.exec_driver_sql
    run("insert into fund (id, kind, name) values (?, 'bank', '专户')", (BANK,))
    for case_id, fund in funds.items():
        run("insert into fund (id, case_id, kind) values (?, ?, 'case')", (fund, case_id))
    picked, prev = random.Random(7), GENESIS
    balances = dict.fromkeys([BANK, *funds.values()], 0)
    part: list[tuple[Any, ...]] = []
    for seq in range(1, entries + 1):
        whose = picked.choice(cases)
        fen, fund = picked.randrange(1, 9_999), funds[whose]
        at = post.instant(FIRST + timedelta(seconds=seq // 2))
        balances[BANK] -= fen
        balances[fund] += fen
        row: dict[str, Any] = dict.fromkeys(SEALED) | {
            "prev": prev,
            "seq": seq,
            "id": f"{seq:036d}",
            "kind": "receipt",
            "lost": 0,
            "debit_id": BANK,
            "credit_id": fund,
            "amount_fen": fen,
            "case_id": whose,
            "debit_after_fen": balances[BANK],
            "credit_after_fen": balances[fund],
            "debit_held_fen": 0,
            "number": f"收{seq}",
            "booked_on": at[:10],
            "at": at,
            "maker": "甲",
        }
        prev = entry_hash(row)
        part.append((*(row[name] for name in SEALED), prev))
        if len(part) == 10_000 or seq == entries:
            run(_INSERT, part)
            part = []
    return list(funds.values())


def _looking_back(folder: Path) -> Ratio:
    with Replica.open(folder / "many", "benchmark", create=True) as replica:
        with replica.filling(), replica.writer_engine.begin() as connection:
            funds = [*fill(connection, ENTRIES), BANK]
        picked = random.Random(11)
        asked = [
            (picked.choice(funds), FIRST + timedelta(seconds=picked.randrange(ENTRIES // 2)))
            for _ in range(LOOKUPS)
        ]
        with replica.reader_engine.connect() as connection:

            def ours() -> list[int]:
                return [balance_at(connection, fund, at).balance_fen for fund, at in asked]

            def bare() -> list[int]:
                return [
                    connection.exec_driver_sql(
                        _SUM, {"fund": fund, "at": post.instant(at)}
                    ).scalar_one()
                    for fund, at in asked
                ]

            assert ours() == bare()
            fast, slow = seconds(ours), seconds(bare, 1)
    return Ratio(
        "balance at a past moment, 1,000,000 entries",
        fast / LOOKUPS * 1000,
        slow / LOOKUPS * 1000,
        "ms",
        "sum in bare SQL, same indexes",
        goal=1.0,
    )


def measure() -> list[Ratio]:
    """Postings per second (median of three rounds), and milliseconds a balance."""
    ours, bare = [], []
    for _ in range(3):
        with tempfile.TemporaryDirectory() as name:
            taken, rows = _postings(Path(name))
            ours.append(POSTINGS / taken)
            bare.append(POSTINGS / _bare(Path(name), rows))
    with tempfile.TemporaryDirectory() as name:
        back = _looking_back(Path(name))
    return [
        Ratio(
            "postings, 100 a transaction",
            sorted(ours)[1],
            sorted(bare)[1],
            "per s",
            "bare INSERTs, encrypted, same transactions",
            more_is_better=True,
        ),
        back,
    ]


if __name__ == "__main__":
    for ratio in measure():
        print(ratio.name, f"{ratio.ours:.4g} {ratio.baseline:.4g} {ratio.ratio:.3f}", sep="\t")
