"""What the trend and the heat map of overdue nodes say, and how the map is cut to size. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

ROWS_SHOWN: Final = 8
REST: Final = "其余"
_NUMERALS: Final = "零一两三四五六七八九十"
_STEADY_PERCENT: Final = 0.05


def _weeks_in_words(weeks: int) -> str:
    return _NUMERALS[weeks] if weeks < len(_NUMERALS) else str(weeks)


def _streak(values: Sequence[int]) -> int:
    """Steps at the end of `values` that go the same way: +n rising, -n falling, 0 level."""
    count = 0
    for before, after in zip(reversed(values[:-1]), reversed(values[1:]), strict=True):
        way = (after > before) - (after < before)
        if way == 0 or count * way < 0:
            break
        count += way
    return count


def _percent(before: int, after: int) -> str:
    if not before:
        return f"{abs(after - before):,} 个"
    return f"{abs(after - before) * 100 / before:.1f} %"


def trend_reading(weeks: Sequence[int], rise: tuple[str, int] | None = None) -> str:
    """The course of weekly counts (oldest first, the last is today).

    `rise`: the node that grew most since last week, and by how much; named on a rise only.
    """
    if not weeks or not any(weeks):
        return "所示各周没有超期节点。"
    now = weeks[-1]
    if len(weeks) == 1:
        return f"今日超期节点 {now:,} 个。"
    before = weeks[-2]
    cause = f"，主要来自“{rise[0]}”节点" if rise and rise[1] > 0 and now > before else ""
    if now == before:
        return f"本周超期节点 {now:,} 个，与上周持平。"
    way, back, verb = ("上升", "下降", "回升") if now > before else ("下降", "上升", "回落")
    earlier = _streak(weeks[:-1])
    turned = earlier * (now - before) < 0
    size = _percent(before, now)
    if turned and abs(earlier) >= 2:
        return f"连续{_weeks_in_words(abs(earlier))}周{back}后本周{verb} {size}{cause}。"
    run = abs(_streak(weeks))
    if run >= 2:
        return f"连续{_weeks_in_words(run)}周{way}，本周{way} {size}，现为 {now:,} 个{cause}。"
    return f"本周较上周{way} {size}，现为 {now:,} 个{cause}。"


@dataclass(frozen=True, slots=True)
class HeatTable:
    """Counts by node (rows) and team or court (columns), ids beside labels.

    Each row stands for the node codes of `row_codes`; the last one may be the rest of them, so
    that the table's sum is the number of all overdue nodes.
    """

    row_labels: tuple[str, ...]
    row_codes: tuple[tuple[str, ...], ...]
    column_labels: tuple[str, ...]
    column_ids: tuple[str, ...]
    values: tuple[tuple[int, ...], ...]

    @property
    def total(self) -> int:
        """All nodes counted."""
        return sum(map(sum, self.values))


def heat_table(
    counts: Mapping[tuple[str, str], int],
    node_labels: Mapping[str, str],
    columns: Sequence[tuple[str, str]],
    *,
    rows_shown: int = ROWS_SHOWN,
) -> HeatTable:
    """Cuts `counts` ((node code, column id) → nodes) to the worst rows and one row for the rest.

    `columns`: (id, label) in the order to show; every column id in `counts` must be among them.
    """
    sums: dict[str, int] = {}
    for (code, _column), count in counts.items():
        sums[code] = sums.get(code, 0) + count
    codes = sorted(sums, key=lambda code: (-sums[code], code))
    rows: list[tuple[str, ...]] = [(code,) for code in codes[:rows_shown]]
    labels = [node_labels.get(code, code) for code in codes[:rows_shown]]
    if len(codes) > rows_shown:
        rows.append(tuple(codes[rows_shown:]))
        labels.append(REST)
    values = tuple(
        tuple(sum(counts.get((code, column), 0) for code in row) for column, _ in columns)
        for row in rows
    )
    table = HeatTable(
        tuple(labels),
        tuple(rows),
        tuple(label for _, label in columns),
        tuple(column for column, _ in columns),
        values,
    )
    assert table.total == sum(counts.values()), "a column of the counts is not shown"
    return table


def heat_reading(table: HeatTable) -> str:
    """The hottest cell and the column that carries most."""
    total = table.total
    if not total:
        return "没有超期节点。"
    best, row, column = max(
        (value, -r, -c)
        for r, line in enumerate(table.values)
        for c, value in enumerate(line)
        if table.row_labels[r] != REST
    )
    first = f"{table.column_labels[-column]}的“{table.row_labels[-row]}”节点超期 {best:,} 个，最多"
    sums = [sum(line[c] for line in table.values) for c in range(len(table.column_labels))]
    heaviest = max(range(len(sums)), key=lambda c: (sums[c], -c))
    share = sums[heaviest] * 100 / total
    return (
        f"{first}；{table.column_labels[heaviest]}合计 {sums[heaviest]:,} 个，"
        f"占 {total:,} 个的 {share:.0f} %。"
    )
