"""What an official document says, as frozen text; how it looks is desktop.circulars.pages. Pure."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

# 一、 in 黑体, （一） in 楷体, 1. and （1） in 仿宋; plain words have none.
Level = Literal[0, 1, 2, 3, 4]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph of the body, with its own numbering in its words."""

    text: str
    level: Level = 0


# 文件格式 with its mark and one red rule, 信函格式 with two pairs of them, 纪要格式 without a seal.
Form = Literal["document", "letter", "minutes"]
Align = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class Column:
    """Of a table: the words above it, its share of the width, and where its cells stand."""

    head: str
    share: float
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table in the body, over as many pages as it takes. `rows` are as long as `columns`; the
    first cell is the row's number, which stands beside every part of the row."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Axis:
    """Of a chart: its title and how its numbers are written, with `digits` decimals and a
    `suffix` such as %."""

    title: str = ""
    digits: int = 0
    suffix: str = ""

    def number(self, value: float) -> str:
        """`value` as it is printed; what rounds to nothing has no sign."""
        words = f"{value:.{self.digits}f}"
        return (words.lstrip("-") if not words.strip("-0.") else words) + self.suffix


@dataclass(frozen=True, slots=True)
class Series:
    """One number for each label of its chart; none where nothing is known."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars by category, from nought on; `upright`, or lying with their names at the left."""

    labels: tuple[str, ...]
    series: tuple[Series, ...]
    upright: bool = True


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines over weeks; `labels` are the weeks in their order."""

    labels: tuple[str, ...]
    series: tuple[Series, ...]


@dataclass(frozen=True, slots=True)
class Dot:
    """A court in a control chart: how many cases, at what rate; who is `outside` is named."""

    name: str
    count: float
    rate: float
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Limit:
    """A pair of control limits: count, lowest and highest rate that chance explains, by count."""

    name: str
    curve: tuple[tuple[float, float, float], ...]


@dataclass(frozen=True, slots=True)
class Funnel:
    """控制图: rates over counts, a line in the middle and limits round it. What is outside is the
    word of whoever made the figures, so that chart and text say the same."""

    dots: tuple[Dot, ...]
    centre: float
    centre_name: str
    limits: tuple[Limit, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A figure in the body, never cut. `values`: the axis of the numbers, `other` that of the
    categories, the weeks or the counts."""

    caption: str
    plot: Bars | Lines | Funnel
    values: Axis
    other: Axis = Axis()

    def words(self) -> str:
        """All that is printed in it, numbers aside."""
        plot = self.plot
        if isinstance(plot, Funnel):
            inside = [dot.name for dot in plot.dots] + [limit.name for limit in plot.limits]
            inside.append(plot.centre_name)
        else:
            inside = [*plot.labels, *(one.name for one in plot.series)]
        axes = [axis.title + axis.suffix for axis in (self.values, self.other)]
        return "".join([self.caption, *axes, *inside])


Block = Paragraph | Sheet | Chart


@dataclass(frozen=True, slots=True)
class Annex:
    """附件 on pages of its own behind the signature; its title is told in the text, too."""

    title: str
    body: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Attendance:
    """A line of minutes: 出席, 请假 or 列席, and who."""

    label: str
    names: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """At the foot of the last page: `payload` as a code for a telephone, `lines` beside it."""

    lines: tuple[str, ...]
    payload: str


@dataclass(frozen=True, slots=True)
class Head:
    """Above the red rule. `mark` as printed (文件 alone where several organs stand before it),
    `number` such as 洛中法执通〔2026〕17号 or empty while it is not granted; `copy` six digits,
    `secrecy` and `urgency` as words or empty; `signer` stands beside the number of what goes to a
    higher court."""

    mark: str
    number: str = ""
    copy: str = ""
    secrecy: str = ""
    urgency: str = ""
    signer: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """版记: who gets copies, who printed it and when."""

    copies_to: str
    printed_by: str
    printed_on: date


@dataclass(frozen=True, slots=True)
class Official:
    """A whole document. `title` may hold line breaks of its own; `attachments` are titles of what
    is handed over beside it, numbered after the annexes; `note` is printed in brackets below the
    date; `seal`: room is left for one over name and date; `joint`: the organs that issue it
    together with `organ`, which is in charge and stands first."""

    head: Head
    title: str
    to: str
    body: tuple[Block, ...]
    organ: str
    made_on: date | None  # none while it is not signed
    attachments: tuple[str, ...] = ()
    note: str = ""
    seal: bool = True
    record: Record | None = None
    form: Form = "document"
    foot: str = ""  # small, below the words of every page
    joint: tuple[str, ...] = ()
    attendance: tuple[Attendance, ...] = ()  # of minutes
    annexes: tuple[Annex, ...] = ()
    anchor: Anchor | None = None

    @property
    def organs(self) -> tuple[str, ...]:
        """Who issues it, whoever is in charge first."""
        return (self.organ, *self.joint)

    @property
    def enclosed(self) -> tuple[str, ...]:
        """What 附件说明 lists, in its order."""
        return (*(annex.title for annex in self.annexes), *self.attachments)

    def fields(self) -> dict[str, str]:
        """Everything that is printed, by the name of its field."""
        head, record, anchor = self.head, self.record, self.anchor
        found = {
            "发文机关标志": head.mark,
            "份号": head.copy,
            "发文字号": head.number,
            "密级": head.secrecy,
            "紧急程度": head.urgency,
            "签发人": head.signer,
            "标题": self.title.replace("\n", ""),
            "主送": self.to,
            "署名": "".join(self.organs),
            "附注": self.note,
            "页脚": self.foot,
            "附件说明": "".join(self.enclosed),
        }
        if record is not None:
            found |= {"抄送": record.copies_to, "印发机关": record.printed_by}
        if anchor is not None:
            found["链头"] = "".join(anchor.lines)
        found |= {f"{one.label}人员": one.label + one.names for one in self.attendance}
        found |= _fields_of("正文", self.body)
        for number, annex in enumerate(self.annexes, start=1):
            found |= _fields_of(f"附件{number}", annex.body)
        return found


def _fields_of(where: str, body: tuple[Block, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for n, one in enumerate(body, start=1):
        if isinstance(one, Paragraph):
            found[f"{where}第 {n} 段"] = one.text
        elif isinstance(one, Chart):
            found[f"{where}第 {n} 段图"] = one.words()
        else:
            found[f"{where}第 {n} 段表头"] = one.caption + "".join(c.head for c in one.columns)
            within = "" if where == "正文" else where
            found |= {
                f"{within}“{one.caption}”第 {m} 行": "".join(row)
                for m, row in enumerate(one.rows, start=1)
            }
    return found


def day_words(day: date) -> str:
    """成文日期: Arabic, the whole year, no leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日"
