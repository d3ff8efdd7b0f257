"""How high a fine, how long a detention or a questioning may be, by day and subject. Pure.

Amounts in fen, times in days or hours; limits are dated data with their article
(resources/law/measure_limits.toml). Any thread.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from typing import Final

from desktop.rules.catalogue import CONFIDENCES
from desktop.rules.rule_files import Problem, RowReader, RuleFileError, open_rule_file
from desktop.rules.signing_matrix import UNCONFIRMED, UNCONFIRMED_MARK
from resources import path as resource_path

NATURAL: Final = "natural"
UNIT: Final = "unit"
_SUBJECTS: Final = {NATURAL: "个人", UNIT: "单位"}
_MEASURES: Final = {"fine_decision": "罚款", "detention_decision": "拘留", "summons": "拘传询问"}
_UNITS: Final = {"fen": "元", "day": "日", "hour": "小时"}
AMOUNT_FEN_MAX: Final = 10**15


@dataclass(frozen=True, slots=True)
class MeasureLimit:
    """One dated version of a limit; `grave`: only where detention may follow (拘传)."""

    document: str
    subject: str
    unit: str
    version: str
    valid_from: date
    valid_to: date | None
    least: int
    most: int
    grave: bool
    article: str
    source: str
    confidence: str
    note: str = ""

    def in_force(self, day: date) -> bool:
        """Whether the version counts on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def cited(self) -> str:
        """The article with the mark of what nobody has checked."""
        return self.article + (UNCONFIRMED_MARK if self.confidence == UNCONFIRMED else "")

    def words(self) -> str:
        """15日以下; 50,000元以上1,000,000元以下."""
        most = f"{_amount(self.most, self.unit)}以下"
        return most if self.least <= 1 else f"{_amount(self.least, self.unit)}以上{most}"


def _amount(number: int, unit: str) -> str:
    if unit != "fen":
        return f"{number}{_UNITS[unit]}"
    yuan, fen = divmod(number, 100)
    return f"{yuan:,}.{fen:02d}元" if fen else f"{yuan:,}元"


def check_measure(
    document: str,
    kind: str,
    day: date,
    *,
    amount_fen: int | None = None,
    days: int | None = None,
    hours: int | None = None,
    grave: bool = False,
    limits: Iterable[MeasureLimit] | None = None,
) -> str | None:
    """Why the measure goes beyond the law in force on `day`, with the article; None when it may.

    kind: the kind of the party, "natural" or anything else for a unit. Exactly the figure that the
    document carries is to be given: fen for a fine, days of detention, hours of questioning.
    grave: detention may follow the questioning. Documents without limits give None.
    """
    if document not in _MEASURES:
        return None
    unit, number = next(
        (
            (unit, number)
            for unit, number in (("fen", amount_fen), ("day", days), ("hour", hours))
            if number is not None
        ),
        ("", 0),
    )
    measure, subject = _MEASURES[document], NATURAL if kind == NATURAL else UNIT
    known = [
        limit
        for limit in (load_measure_limits() if limits is None else limits)
        if limit.document == document and limit.in_force(day)
    ]
    if not known:
        return f"没有 {day.isoformat()} 适用的{measure}限度，不能作出决定。"
    if unit != known[0].unit:
        return f"{measure}须写明{'金额' if known[0].unit == 'fen' else '时长'}。"
    found = next((one for one in known if (one.subject, one.grave) == (subject, grave)), None)
    if found is None:
        return f"依{known[0].cited()}，对{_SUBJECTS[subject]}不能采取{measure}。"
    if found.least <= number <= found.most:
        return None
    whom = f"对{_SUBJECTS[subject]}" if document == "fine_decision" else ""
    return (
        f"{whom}{measure}应为{found.words()}，现为{_amount(number, unit)}，"
        f"不予受理（{found.cited()}）。"
    )


def load_measure_limits(path: Path | None = None) -> tuple[MeasureLimit, ...]:
    """The limits from `path` (default: the shipped law); RuleFileError names every mistake."""
    return _load(path or resource_path("law/measure_limits.toml"))


@lru_cache(maxsize=8)
def _load(path: Path) -> tuple[MeasureLimit, ...]:
    problems: list[Problem] = []
    reader = open_rule_file(path, problems)
    if reader is None:
        raise RuleFileError(problems)
    limits = tuple(_read(row) for row in reader.rows("limit", "document"))
    for first, second in combinations(limits, 2):
        alike = (first.document, first.subject, first.grave) == (
            *(second.document, second.subject, second.grave),
        )
        if alike and (first.in_force(second.valid_from) or second.in_force(first.valid_from)):
            reader.note("limit", f"“{first.version}”与“{second.version}”的效力期间重叠")
    reader.finish()
    if problems:
        raise RuleFileError(problems)
    return limits


def _read(row: RowReader) -> MeasureLimit:
    least = row.number("least", least=1, most=AMOUNT_FEN_MAX)
    limit = MeasureLimit(
        document=row.choice("document", tuple(_MEASURES)),
        subject=row.choice("subject", tuple(_SUBJECTS)),
        unit=row.choice("unit", tuple(_UNITS)),
        version=row.text("version"),
        valid_from=row.day("valid_from"),
        valid_to=row.day_or_none("valid_to"),
        least=least,
        most=row.number("most", least=least, most=AMOUNT_FEN_MAX),
        grave=row.flag("grave", default=False),
        article=row.text("article"),
        source=row.text("source"),
        confidence=row.choice("confidence", CONFIDENCES),
        note=row.text("note", ""),
    )
    row.finish()
    return limit
