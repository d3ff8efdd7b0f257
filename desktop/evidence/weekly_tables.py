"""The five tables and two charts of the weekly circular. Pure.

Each is made of figures alone; `only` names the court of a copy for one court, whose line stands
beside the city's.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from desktop.circulars.official import Axis, Bars, Chart, Dot, Funnel, Limit, Series, Sheet
from desktop.evidence.corrections import FIELDS, value_words
from desktop.evidence.figures import CITY, CourtFigures, Figures, days_over
from desktop.evidence.printing import NO_RANK, numbered, range_words, rank_words, short_day
from desktop.evidence.snapshot import PetitionRow, Snapshot
from desktop.evidence.week import Week
from desktop.petitions.rules import LEVELS
from desktop.rules.ranking import Count, Standing, control_lines

_OUTSIDE: Final = (Standing.HIGH, Standing.LOW)
NAMED_MAX: Final = 30  # late petitions in the text; all of them stand in the annex
HUNG_MARK: Final = "挂网"


@dataclass(frozen=True, slots=True)
class Told:
    """What the tables are made from. `only`: id of the one court the copy is for, else empty."""

    snapshot: Snapshot
    figures: Figures
    only: str = CITY

    @property
    def courts(self) -> tuple[CourtFigures, ...]:
        """The courts whose lines are shown."""
        if not self.only:
            return self.figures.courts
        return (self.figures.of(self.only),)

    def by_rank(self, code: str) -> list[CourtFigures]:
        """The courts by rank, those without one at the end."""
        places = self.figures.places[code]

        def key(one: CourtFigures) -> tuple[int, str]:
            assert one.court is not None
            return (places[one.court.id].rank or 1_000, one.court.code)

        return sorted(self.courts, key=key)

    def rows(self, ids: tuple[str, ...]) -> list[PetitionRow]:
        """Rows as corrected, of the shown courts."""
        wanted = set(ids)
        return [
            row
            for row in self.figures.rows
            if row.id in wanted and self.only in (CITY, row.court_id)
        ]

    def short(self, court_id: str) -> str:
        """Short name of a court."""
        return self.snapshot.court(court_id).short


def totals_table(told: Told) -> Sheet:
    """表1: received, closed and due by court, the city last."""
    rows = [
        [
            one.name,
            one["received"].words(),
            one["closed"].words(),
            one["due"].words(),
            str(one["closing_rate"].hits),
            one["open"].words(),
            one["overdue"].words(),
            one["overdue_rate"].words(),
            one["days"].words(),
            one["case_ratio"].words(),
        ]
        for one in (*told.courts, told.figures.city)
    ]
    return numbered(
        "表1　执行信访收结情况",
        (
            ("法院", 2.0),
            *((word, 1.3, "right") for word in ("收件", "办结")),
            *((word, 1.5, "right") for word in ("应办结", "已办结", "未办结")),
            ("超期", 1.3, "right"),
            *((word, 1.9, "right") for word in ("超期率", "平均天数", "案访比")),
        ),
        rows,
    )


def closing_table(told: Told) -> Sheet:
    """表2: closed of due by rank, with what chance explains."""
    return _ranked(told, "closing_rate", "表2　执行信访办结率及排名", ("应办结", "已办结"))


def resolved_table(told: Told) -> Sheet:
    """表3: how closed petitions ended."""
    places = told.figures.places["resolved_rate"]
    result = {row.id: row.result for row in told.figures.rows}
    rows = []
    for one in (*told.by_rank("resolved_rate"), told.figures.city):
        figure = one["resolved_rate"]
        ended = Counter(result[row_id] for row_id in figure.of_ids)
        place = None if one.court is None else places[one.court.id]
        rows.append(
            [
                one.name,
                one["closed"].words(),
                str(ended["resolved"]),
                str(ended["unresolved"]),
                str(ended["terminated"] + ended["written_off"]),
                figure.words(),
                NO_RANK if place is None else rank_words(place),
                NO_RANK if place is None else place.standing.value,
            ]
        )
    return numbered(
        "表3　办结件化解情况",
        (
            ("法院", 2.0),
            *((word, 1.2, "right") for word in ("办结", "化解", "未化解")),
            ("终结核销", 1.6, "right"),
            ("化解率", 1.8, "right"),
            ("名次", 1.1, "center"),
            ("说明", 3.6),
        ),
        rows,
    )


def repeat_table(told: Told) -> Sheet:
    """表4: repeated visits, and those past the court concerned."""
    repeat, skip = (told.figures.places[code] for code in ("repeat_rate", "skip_rate"))
    rows = []
    for one in (*told.courts, told.figures.city):
        note = NO_RANK
        if one.court is not None:
            marked = [
                f"{name}{places[one.court.id].standing.value}"
                for name, places in (("重复访", repeat), ("越级访", skip))
                if places[one.court.id].standing is Standing.HIGH
            ]
            note = "；".join(marked) or NO_RANK
        rows.append(
            [
                one.name,
                str(one["repeat_rate"].of),
                str(one["repeat_rate"].hits),
                one["repeat_rate"].words(),
                str(one["skip_rate"].hits),
                one["skip_rate"].words(),
                note,
            ]
        )
    return numbered(
        "表4　重复访、越级访情况",
        (
            ("法院", 2.0),
            *((word, 1.4, "right") for word in ("来访件", "重复访")),
            ("重复访率", 1.9, "right"),
            ("越级访", 1.4, "right"),
            ("越级访率", 1.9, "right"),
            ("说明", 3.4),
        ),
        rows,
    )


def late_rows(told: Told) -> list[PetitionRow]:
    """Late petitions, the longest first."""
    rows = told.rows(told.figures.city["overdue"].hit_ids)
    return sorted(rows, key=lambda row: (row.due_on or "", row.code))


def late_table(told: Told) -> Sheet:
    """表5: late petitions by name."""
    week = told.figures.week
    rows = [
        [
            told.short(row.court_id),
            row.petitioner,
            row.case_number or row.code,
            _day_of(row.due_on, week),
            str(days_over(row, week)),
            supervised(row),
            row.holder or NO_RANK,
        ]
        for row in late_rows(told)[:NAMED_MAX]
    ]
    return numbered(
        "表5　超期信访件点名（超期以日计）",
        (
            ("法院", 1.6),
            ("信访人", 2.5),
            ("案号", 4.9),
            ("办结期限", 1.6),
            ("超期", 1.2, "right"),
            ("督办", 1.5),
            ("承办人", 1.4),
        ),
        rows,
    )


def _day_of(day: str | None, week: Week) -> str:
    """Month and day; the year, too, where it is not the week's."""
    return short_day(day) if (day or "")[:4] == str(week.last.year) else day or NO_RANK


def supervised(row: PetitionRow) -> str:
    """Level of supervision, and whether it is posted."""
    words = [] if row.level == "general" else [LEVELS[row.level]]
    if is_hung(row):
        words.append(HUNG_MARK)
    return "、".join(words) or NO_RANK


def is_hung(row: PetitionRow) -> bool:
    """Posted and not taken down."""
    return row.hung_on is not None and row.unhung_on is None


def _ranked(told: Told, code: str, caption: str, heads: tuple[str, str]) -> Sheet:
    places = told.figures.places[code]
    rows = []
    for one in told.by_rank(code):
        assert one.court is not None
        place, figure = places[one.court.id], one[code]
        rows.append(
            [
                one.name,
                str(figure.of),
                str(figure.hits),
                figure.words(),
                rank_words(place),
                range_words(place),
                place.standing.value,
            ]
        )
    city = told.figures.city[code]
    last = [str(city.of), str(city.hits), city.words(), NO_RANK, NO_RANK, NO_RANK]
    rows.append([told.figures.city.name, *last])
    return numbered(
        caption,
        (
            ("法院", 2.0),
            *((word, 1.4, "right") for word in heads),
            (told.figures.city[code].definition.name.removeprefix("执行信访"), 1.8, "right"),
            ("名次", 1.1, "center"),
            ("正常范围", 1.8, "center"),
            ("说明", 3.6),
        ),
        rows,
    )


def totals_chart(told: Told) -> Chart:
    """图1: received and closed by court."""
    courts = told.figures.courts
    return Chart(
        "图1　各院收件数与办结数",
        Bars(
            tuple(one.name for one in courts),
            (
                Series("收件", tuple(float(one["received"].hits) for one in courts)),
                Series("办结", tuple(float(one["closed"].hits) for one in courts)),
            ),
        ),
        Axis("件数"),
    )


def closing_chart(told: Told) -> Chart | None:
    """图2: closed of due over volume; None where fewer than two courts can be compared."""
    rules, figures = told.snapshot.definitions, told.figures
    places = figures.places["closing_rate"]
    compared = [
        one
        for one in figures.courts
        if one.court is not None and places[one.court.id].standing is not Standing.FEW
    ]
    if len(compared) < 2:
        return None
    counts = [places[one.court.id].count for one in compared if one.court is not None]
    whole = Count(sum(one.hits for one in counts), sum(one.of for one in counts))
    level = rules.level_permille / 1_000 / len(compared)
    curve = control_lines(whole, max(one.of for one in counts), level)
    dots = tuple(
        Dot(
            one.name,
            float(place.count.of),
            100 * place.count.hits / place.count.of,
            place.standing in _OUTSIDE,
        )
        for one in compared
        if one.court is not None and (place := places[one.court.id])
    )
    return Chart(
        "图2　各院办结率控制图",
        Funnel(
            dots,
            100 * whole.hits / whole.of,
            "全市",
            (Limit("控制限", tuple((float(n), 100 * low, 100 * high) for n, low, high in curve)),),
        ),
        Axis("办结率", 0, "%"),
        Axis("应办结数"),
    )


def correction_table(told: Told) -> Sheet:
    """更正记录: every correction laid over the snapshot."""
    snapshot = told.snapshot
    rows = []
    for one in told.figures.corrections:
        if told.only not in (CITY, snapshot.by_id[one.row_id].court_id, one.court_id):
            continue
        rows.append(
            [
                told.short(one.court_id),
                snapshot.by_id[one.row_id].code,
                FIELDS[one.field],
                value_words(snapshot, one.field, one.was),
                value_words(snapshot, one.field, one.now),
                one.reason,
                one.at[:10],
            ]
        )
    return numbered(
        "更正记录",
        (
            ("提出法院", 1.7),
            ("信访编号", 2.6),
            ("项目", 1.5),
            ("原为", 2.0),
            ("更正为", 2.0),
            ("理由", 3.2),
            ("日期", 2.0),
        ),
        rows,
    )
