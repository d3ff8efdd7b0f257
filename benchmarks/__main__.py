"""`python -m benchmarks [NAME …]`: runs the benchmarks and writes the table of ratios.

The table goes to standard output and to docs/benchmarks.md (only when all were run).
"""

import importlib
import os
import pkgutil
import platform
import sys
from datetime import date
from pathlib import Path

import benchmarks
from benchmarks.ratio import Ratio

TABLE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
HEAD = """# Benchmarks

Each row compares the desk with a raw baseline measured in the same run; read the ratio, machines
are noisy. `make bench` writes this file.
"""


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:,.3g}"


def _row(ratio: Ratio) -> str:
    if ratio.goal is None:
        verdict = "–"
    else:
        sign = "≥" if ratio.more_is_better else "≤"
        what = f" {ratio.unit}" if ratio.bound_ours else ""
        verdict = f"{sign} {_number(ratio.goal)}{what} {'✓' if ratio.holds else '✗'}"
    return (
        f"| {ratio.name} | {_number(ratio.ours)} {ratio.unit} | {_number(ratio.baseline)} "
        f"{ratio.unit} | {ratio.against} | {ratio.ratio:.2f} | {verdict} |"
    )


def main(names: list[str]) -> int:
    """Runs the named benchmarks, or all; 1 when a goal is missed."""
    found = sorted(module.name for module in pkgutil.iter_modules(benchmarks.__path__))
    rows: list[Ratio] = []
    for name in names or found:
        module = importlib.import_module(f"benchmarks.{name}")
        if hasattr(module, "measure") and (names or not getattr(module, "ON_REQUEST", False)):
            print(f"… {name}", file=sys.stderr, flush=True)
            rows += module.measure()
    machine = f"{date.today()} · {os.cpu_count()} cores · Python {platform.python_version()}"
    lines = [
        "| what | desk | baseline | against | ratio | goal |",
        "|---|---|---|---|---|---|",
        *(_row(row) for row in rows),
    ]
    table = "\n".join(lines) + "\n"
    print(table)
    if not names:
        TABLE.write_text(f"{HEAD}\n{machine}\n\n{table}", encoding="utf-8")
    return 1 if any(row.holds is False for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
