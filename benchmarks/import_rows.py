"""Import rows per second against csv + executemany into the same kind of encrypted file.

The baseline puts the columns of the same file unchecked into the same tables (case, party, node
event) of an equal encrypted file and commits once. The desk also checks and converts every cell,
compares with the store, records an operation for each row and projects the clocks.
"""

import csv
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from benchmarks.ratio import Ratio
from desktop.contract.collector import calm_collector
from desktop.contract.law import load_law
from desktop.importing.apply import ImportArgs, run_import
from desktop.importing.profile_files import load_profile
from desktop.projection.project import projector
from storage.ids import new_id
from storage.replica import Replica
from storage.session import Session

ROWS: Final = 20_000
BATCH: Final = 500
TODAY: Final = date(2026, 9, 1)
HEADERS: Final = (
    "案号", "立案日期", "承办团队", "承办人", "申请执行人", "被执行人", "申请标的额(元)", "案由",
    "移交网络查控日期", "网络查控反馈日期", "发出执行通知书日期", "结案日期", "结案方式",
)  # fmt: skip


def write_file(path: Path, rows: int) -> None:
    """A branch court's list of cases with three node dates each."""
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(HEADERS)
        for n in range(1, rows + 1):
            filed = date(2025, 1, 1) + timedelta(days=n % 360)
            closed = filed + timedelta(days=90) if n % 3 == 0 else None
            out.writerow(
                [
                    f"（2025）豫03{2 + n % 4:02d}执{n}号",
                    filed,
                    f"第{n % 3 + 1}执行团队",
                    ("云舒", "沈知秋", "温如玉")[n % 3],
                    f"申请人{n}",
                    f"被执行人{n}",
                    f"{n * 10}.50",
                    "买卖合同纠纷",
                    filed + timedelta(days=1),
                    filed + timedelta(days=9),
                    filed + timedelta(days=3),
                    closed or "",
                    "执行完毕" if closed else "",
                ]
            )


def _ours(folder: Path, file: Path) -> float:
    with Replica.open(folder / "store", "benchmark", create=True) as replica:
        hook = projector(load_law(), lambda: TODAY)
        session = Session(replica, actor="benchmark", before_commit=[hook])
        profile = load_profile("branch_cases")
        args = ImportArgs(file, profile, TODAY, "benchmark", "2026-09-01T08:00:00+08:00")
        before = time.perf_counter()
        with calm_collector(), session.write("import", origin="import") as write:
            report = run_import(write.connection, args, lambda _done, _total: True)
        taken = time.perf_counter() - before
    assert report.added == ROWS, report.errors[:3]
    return taken


def _baseline(folder: Path, file: Path) -> float:
    case = _insert("case", ("id", "number", "court_id", "year", "type_word", "serial", "filed_on"))
    party = _insert("party", ("id", "case_id", "role", "name"))
    event = _insert("node_event", ("id", "case_id", "kind", "on"))
    with Replica.open(folder / "plain", "benchmark", create=True) as replica:
        before = time.perf_counter()
        with replica.writer_engine.connect() as connection, file.open(encoding="utf-8") as source:
            raw = connection.exec_driver_sql
            # The flag by which base data is written without recording operations.
            raw("update _ctl set applying = 1")
            court = new_id()
            raw(_insert("court", ("id", "code", "name", "short_name")), (court, "x", "x", "x"))
            reader = csv.reader(source)
            next(reader)
            while rows := [row for _, row in zip(range(BATCH), reader, strict=False)]:
                ids = [new_id() for _ in rows]
                pairs = list(zip(ids, rows, strict=True))
                raw(case, [(i, row[0], court, 2025, "执", 1, row[1]) for i, row in pairs])
                raw(party, [(new_id(), i, "applicant", row[4]) for i, row in pairs])
                raw(party, [(new_id(), i, "debtor", row[5]) for i, row in pairs])
                for column in (8, 9, 10):
                    raw(event, [(new_id(), i, "served", row[column]) for i, row in pairs])
            raw("update _ctl set applying = 0")
            connection.commit()
        return time.perf_counter() - before


def _insert(table: str, columns: tuple[str, ...]) -> str:
    names = ", ".join(f'"{column}"' for column in columns)
    return f'insert into "{table}" ({names}) values ({",".join("?" * len(columns))})'


def measure() -> list[Ratio]:
    """One row: rows per second, the median of three rounds each."""
    ours, baseline = [], []
    for _ in range(3):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            file = folder / "cases.csv"
            write_file(file, ROWS)
            baseline.append(_baseline(folder, file))
            ours.append(_ours(folder, file))
    return [
        Ratio(
            "import of checked cases",
            ROWS / sorted(ours)[1],
            ROWS / sorted(baseline)[1],
            "rows/s",
            "csv + executemany, encrypted",
            more_is_better=True,
        )
    ]


if __name__ == "__main__":
    for ratio in measure():
        print(ratio.name, f"{ratio.ours:.0f} {ratio.baseline:.0f} {ratio.ratio:.3f}", sep="\t")
