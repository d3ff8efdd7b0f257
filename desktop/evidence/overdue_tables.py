"""Tables and chart of the circular on overdue nodes and passive enforcement. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from desktop.circulars.official import Axis, Bars, Chart, Series, Sheet
from desktop.evidence.corrections import Correction
from desktop.evidence.figures import CITY, CITY_WORDS
from desktop.evidence.overdue_snapshot import STRUCK_WORDS, OverdueRow, OverdueSnapshot
from desktop.evidence.printing import NO_RANK, numbered
from desktop.evidence.snapshot import Court

NAMED_MAX: Final = 30  # in the text; all of them stand in the annex
_NODE: Final = "node"


@dataclass(frozen=True, slots=True)
class Standing:
    """The rows that are printed: of one court (`only`) or of all, without those struck out."""

    snapshot: OverdueSnapshot
    rows: tuple[OverdueRow, ...]
    courts: tuple[Court, ...]
    corrections: tuple[Correction, ...]
    only: str = CITY

    def of(self, kind: str, court_id: str = CITY) -> list[OverdueRow]:
        """Rows of a kind, of one court or of all that are shown."""
        return [row for row in self.rows if row.kind == kind and court_id in (CITY, row.court_id)]

    def fresh(self) -> list[OverdueRow]:
        """Rows that are named in this circular, the longest first."""
        rows = [row for row in self.rows if not row.named_in]
        return sorted(rows, key=lambda row: (-row.days, row.key))

    def short(self, court_id: str) -> str:
        """Short name of a court."""
        return self.snapshot.court(court_id).short


def standing(
    snapshot: OverdueSnapshot, corrections: Sequence[Correction], only: str = CITY
) -> Standing:
    """What is printed; with `only`, of that court. KeyError for an unknown court."""
    rows = snapshot.standing(corrections)
    if only:
        rows = tuple(row for row in rows if row.court_id == only)
        return Standing(snapshot, rows, (snapshot.court(only),), tuple(corrections), only)
    shown = {row.court_id for row in rows}
    courts = tuple(court for court in snapshot.courts if court.id in shown)
    return Standing(snapshot, rows, courts, tuple(corrections))


def matter(row: OverdueRow) -> str:
    """The node or the rule, without what it is about."""
    return row.name.partition("（")[0] if row.subject else row.name


def cases_of(rows: Iterable[OverdueRow]) -> int:
    return len({row.case_id for row in rows})


def court_table(told: Standing) -> Sheet:
    """表1: by court, the sum last where there are several."""
    rows = [_court_line(told, court.short, court.id) for court in told.courts]
    if len(told.courts) > 1:
        rows.append(_court_line(told, CITY_WORDS, CITY))
    return numbered(
        "表1　各院节点超期和消极执行情况",
        (
            ("法院", 2.0),
            ("超期节点", 1.6, "right"),
            ("涉案", 1.3, "right"),
            ("最长超期（日）", 1.7, "right"),
            ("消极执行", 1.6, "right"),
            ("涉案", 1.3, "right"),
            ("已通报", 1.4, "right"),
            ("本期点名", 1.6, "right"),
        ),
        rows,
    )


def _court_line(told: Standing, name: str, court_id: str) -> list[str]:
    nodes, passive = told.of(_NODE, court_id), told.of("passive", court_id)
    quiet = sum(bool(row.named_in) for row in (*nodes, *passive))
    return [
        name,
        str(len(nodes)),
        str(cases_of(nodes)),
        str(max((row.days for row in nodes), default=0)),
        str(len(passive)),
        str(cases_of(passive)),
        str(quiet),
        str(len(nodes) + len(passive) - quiet),
    ]


def node_table(told: Standing) -> Sheet:
    """表2: by node, with its article."""
    return _by_name(told.of(_NODE), "表2　超期节点分类", "节点")


def rule_table(told: Standing) -> Sheet:
    """表4: by rule of passive enforcement."""
    return _by_name(told.of("passive"), "表4　消极执行情形分类", "情形")


def _by_name(rows: list[OverdueRow], caption: str, what: str) -> Sheet:
    groups: dict[str, list[OverdueRow]] = {}
    for row in rows:
        groups.setdefault(row.code, []).append(row)
    ordered = sorted(groups.items(), key=lambda one: (-len(one[1]), one[0]))
    lines = [
        [
            matter(found[0]),
            str(len(found)),
            str(cases_of(found)),
            str(max(row.days for row in found)),
            "；".join(dict.fromkeys(row.basis for row in found if row.basis)) or NO_RANK,
        ]
        for _, found in ordered
    ]
    return numbered(
        caption,
        (
            (what, 4.0),
            ("项数", 1.2, "right"),
            ("涉案", 1.2, "right"),
            ("最长（日）", 1.5, "right"),
            ("依据", 6.0),
        ),
        lines,
    )


def team_table(told: Standing) -> Sheet:
    """表3: by court and team."""
    groups: dict[tuple[str, str], list[OverdueRow]] = {}
    for row in told.rows:
        groups.setdefault((row.court_id, row.team or "未分案"), []).append(row)
    order = {court.id: place for place, court in enumerate(told.courts)}
    lines = []
    for (court_id, team), found in sorted(
        groups.items(), key=lambda one: (order[one[0][0]], one[0])
    ):
        nodes = [row for row in found if row.kind == _NODE]
        worst = max((row.days for row in nodes), default=0)
        lines.append(
            [told.short(court_id), team, str(len(nodes)), str(worst), str(len(found) - len(nodes))]
        )
    return numbered(
        "表3　各团队情况",
        (
            ("法院", 2.0),
            ("团队", 3.6),
            ("超期节点", 1.8, "right"),
            ("最长（日）", 1.8, "right"),
            ("消极执行", 1.8, "right"),
        ),
        lines,
    )


@dataclass(frozen=True, slots=True)
class Named:
    """A case that is named, with everything found in it, the longest first: the same inaction is
    often both a node past its day and a finding, and is told once."""

    rows: tuple[OverdueRow, ...]

    @property
    def first(self) -> OverdueRow:
        """The longest."""
        return self.rows[0]

    def matters(self) -> str:
        """Names of nodes and findings."""
        return "；".join(dict.fromkeys(row.name for row in self.rows))

    def reasons(self) -> str:
        """What was seen and on which article it rests; what rests on one thing is told once."""
        by_reason: dict[str, list[OverdueRow]] = {}
        for row in self.rows:
            by_reason.setdefault(row.reason, []).append(row)
        told = []
        for reason, rows in by_reason.items():
            names = "、".join(dict.fromkeys(row.name for row in rows))
            basis = "；".join(dict.fromkeys(row.basis for row in rows if row.basis))
            told.append(f"{names}：{reason}{f'（{basis}）' if basis else ''}")
        return "；".join(told)

    def holders(self) -> str:
        """Who has it in hand; the record of holds first."""
        names = dict.fromkeys(row.holder for row in self.rows if row.holder)
        plain = [name for name in names if not any(name != o and o.endswith(name) for o in names)]
        return "、".join(plain) or NO_RANK


def named_cases(told: Standing) -> list[Named]:
    """The cases that are named, the longest first."""
    groups: dict[str, list[OverdueRow]] = {}
    for row in told.fresh():
        groups.setdefault(row.case_id, []).append(row)
    return [Named(tuple(sorted(rows, key=_longest_first))) for rows in groups.values()]


def _longest_first(row: OverdueRow) -> tuple[int, str, str]:
    return (-row.days, row.kind, row.key)


def named_table(told: Standing) -> Sheet:
    """表5: the longest of what is named."""
    rows = [
        [
            told.short(one.first.court_id),
            one.first.case_number,
            one.matters(),
            str(one.first.days),
            one.holders(),
        ]
        for one in named_cases(told)[:NAMED_MAX]
    ]
    return numbered(
        "表5　点名案件",
        (
            ("法院", 1.7),
            ("案号", 4.7),
            ("节点或情形", 5.1),
            ("天数", 1.2, "right"),
            ("现由谁办理", 1.7),
        ),
        rows,
    )


def court_chart(told: Standing) -> Chart:
    courts = told.courts
    return Chart(
        "图1　各院超期节点与消极执行情形",
        Bars(
            tuple(court.short for court in courts),
            (
                Series("超期节点", tuple(float(len(told.of(_NODE, one.id))) for one in courts)),
                Series("消极执行", tuple(float(len(told.of("passive", one.id))) for one in courts)),
            ),
        ),
        Axis("项数"),
    )


def withdrawn_table(told: Standing) -> Sheet:
    """撤回: which circular said it, and why it is taken back."""
    shown = {court.id for court in told.courts}
    rows = [
        [told.short(one.court_id), one.case_number, one.name, one.number, one.why]
        for one in told.snapshot.withdrawn
        if one.court_id in shown or not told.only
    ]
    return numbered(
        "撤回事项",
        (
            ("法院", 1.7),
            ("案号", 4.4),
            ("节点或情形", 3.2),
            ("原载于", 3.6),
            ("撤回原因", 3.6),
        ),
        rows,
    )


def strike_table(told: Standing) -> Sheet:
    snapshot = told.snapshot
    rows = [
        [
            told.short(one.court_id),
            snapshot.by_id[one.row_id].case_number,
            snapshot.by_id[one.row_id].name,
            STRUCK_WORDS,
            one.reason,
            one.at[:10],
        ]
        for one in told.corrections
        if told.only in (CITY, one.court_id)
    ]
    return numbered(
        "更正记录",
        (
            ("提出法院", 1.7),
            ("案号", 4.0),
            ("节点或情形", 3.4),
            ("更正为", 1.8),
            ("理由", 3.0),
            ("日期", 2.0),
        ),
        rows,
    )


def fresh_sheet(told: Standing) -> Sheet:
    """Every named case, by court, with what was seen and on which article it rests."""
    order = {court.id: place for place, court in enumerate(told.courts)}
    cases = sorted(named_cases(told), key=lambda one: order[one.first.court_id])
    rows = [
        [
            told.short(one.first.court_id),
            one.first.case_number,
            f"{one.reasons()}。现由{one.holders()}办理。",
            str(one.first.days),
        ]
        for one in cases
    ]
    return numbered(
        "本期点名案件",
        (
            ("法院", 1.6),
            ("案号", 4.7),
            ("事项、原因和依据，现由谁办理", 8.0),
            ("天数", 1.2, "right"),
        ),
        rows,
    )


def quiet_sheet(told: Standing, quiet: Sequence[OverdueRow]) -> Sheet:
    rows = [
        [told.short(row.court_id), row.case_number, row.name, str(row.days), row.named_in]
        for row in quiet
    ]
    return numbered(
        "只计数、不再点名",
        (
            ("法院", 1.7),
            ("案号", 4.2),
            ("节点或情形", 3.8),
            ("天数", 1.2, "right"),
            ("已载于", 4.0),
        ),
        rows,
    )
