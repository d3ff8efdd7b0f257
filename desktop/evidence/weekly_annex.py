"""The rows behind the figures, as annexes of the weekly circular (X11). Pure."""

from typing import Final

from desktop.circulars.official import Annex, Paragraph
from desktop.evidence.printing import numbered, short_day
from desktop.evidence.weekly_tables import Told
from desktop.petitions.rules import RESULTS

# Under which letter a row counts: (letter, measure, whether the denominator is meant).
_MARKS: Final = (
    ("收", "received", False),
    ("应", "due", False),
    ("办", "closed", False),
    ("解", "resolved_rate", False),
    ("未", "open", False),
    ("超", "overdue", False),
    ("登", "unregistered", False),
    ("访", "repeat_rate", True),
    ("重", "repeat_rate", False),
    ("越", "skip_rate", False),
)
_LEGEND: Final = (
    "计入：收＝收件，应＝应办结，办＝办结，解＝化解，未＝期末未办结，超＝超期，"
    "登＝逾期未登记，访＝本周来访来信，重＝重复访，越＝越级访。"
)


def rows_annex(told: Told) -> Annex:
    """Every petition that counts in some figure, with the letters of what it counts in."""
    marks = counted_in(told)
    rows = [
        [
            told.short(row.court_id),
            f"{row.code} {row.case_number}".strip(),
            short_day(row.received_on),
            short_day(row.registered_on),
            short_day(row.due_on) if row.due_certain or row.due_on is None else "未知",
            short_day(row.closed_on),
            RESULTS.get(row.result or "", "—"),
            marks[row.id],
        ]
        for row in told.rows(tuple(marks))
    ]
    sheet = numbered(
        "逐件清单",
        (
            ("法院", 1.6),
            ("信访编号、案号", 4.6),
            ("收件", 1.3, "center"),
            ("登记", 1.3, "center"),
            ("期限", 1.3, "center"),
            ("办结", 1.3, "center"),
            ("结果", 1.3),
            ("计入", 1.7),
        ),
        rows,
    )
    return Annex("各项数字所依据的信访件清单", (Paragraph(_LEGEND), sheet))


def counted_in(told: Told) -> dict[str, str]:
    """Letters by row of all rows that count, in the snapshot's order."""
    found: dict[str, str] = {}
    for letter, code, whole in _MARKS:
        figure = told.figures.of(told.only)[code]
        for one in figure.of_ids if whole else figure.hit_ids:
            found[one] = found.get(one, "") + letter
    return {row.id: found[row.id] for row in told.figures.rows if row.id in found}


def cases_annex(told: Told) -> Annex:
    """The cases that 案访比 counts, by court."""
    rows = []
    for one in told.courts:
        assert one.court is not None
        ids = set(one["case_ratio"].of_ids)
        numbers = [case.number for case in told.snapshot.cases if case.id in ids]
        if numbers:
            rows.append([one.name, str(len(numbers)), "、".join(numbers)])
    sheet = numbered(
        "案访比的分母",
        (("法院", 1.6), ("件数", 1.2, "right"), ("案号", 11.0)),
        rows,
    )
    return Annex("本周新收执行案件清单", (sheet,))
