"""What the plot of the coming days says, as tables."""

from datetime import date, timedelta

import pytest

from desktop.panels.due_soon.rules import Due, due_reading, weekday

FIRST = date(2026, 11, 23)


def days(*counts: int, off: tuple[int, ...] = (), unknown: tuple[int, ...] = ()) -> list[Due]:
    return [
        Due(FIRST + timedelta(days=n), count, None if n in unknown else n in off)
        for n, count in enumerate(counts)
    ]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (days(0, 0), "未来 2 日没有到期节点。"),
        (days(3, 9, 2), "未来 3 日到期 14 个，11月24日（周二）最多，9 个。"),
        (days(5, 5), "未来 2 日到期 10 个，11月23日（周一）最多，5 个。"),
        (
            days(1, 2000, 3, off=(1, 2)),
            "未来 3 日到期 2,004 个，11月24日（周二）最多，2,000 个；"
            "2,003 个落在休息日，须提前办理。",
        ),
        (
            days(1, 2, unknown=(1,)),
            "未来 2 日到期 3 个，11月24日（周二）最多，2 个；2026 年放假安排未公布，休息日待核。",
        ),
    ],
)
def test_due_reading(given: list[Due], sentence: str) -> None:
    assert due_reading(given) == sentence


def test_weekday() -> None:
    assert [weekday(FIRST + timedelta(days=n)) for n in range(7)] == [
        f"周{c}" for c in "一二三四五六日"
    ]
