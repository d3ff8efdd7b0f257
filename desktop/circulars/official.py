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


# 文件格式 with its mark and one red rule, 信函格式 with two pairs of them.
Form = Literal["document", "letter"]
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
class Head:
    """Above the red rule. `mark` as printed, `number` such as 洛中法执通〔2026〕17号 or empty while
    it is not granted; `copy` six digits, `secrecy` and `urgency` as words or empty; `signer` stands
    beside the number of what goes to a higher court."""

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
    """A whole document. `title` may hold line breaks of its own; `attachments` are titles; `note`
    is printed in brackets below the date; `seal`: room is left for one over name and date."""

    head: Head
    title: str
    to: str
    body: tuple[Paragraph | Sheet, ...]
    organ: str
    made_on: date | None  # none while it is not signed
    attachments: tuple[str, ...] = ()
    note: str = ""
    seal: bool = True
    record: Record | None = None
    form: Form = "document"
    foot: str = ""  # small, below the words of every page

    def fields(self) -> dict[str, str]:
        """Everything that is printed, by the name of its field."""
        head, record = self.head, self.record
        found = {
            "发文机关标志": head.mark,
            "发文字号": head.number,
            "密级": head.secrecy,
            "紧急程度": head.urgency,
            "签发人": head.signer,
            "标题": self.title.replace("\n", ""),
            "主送": self.to,
            "署名": self.organ,
            "附注": self.note,
            "页脚": self.foot,
            "附件说明": "".join(self.attachments),
        }
        if record is not None:
            found |= {"抄送": record.copies_to, "印发机关": record.printed_by}
        for n, one in enumerate(self.body, start=1):
            if isinstance(one, Paragraph):
                found[f"正文第 {n} 段"] = one.text
            else:
                found[f"正文第 {n} 段表头"] = one.caption + "".join(c.head for c in one.columns)
                found |= {
                    f"“{one.caption}”第 {m} 行": "".join(row)
                    for m, row in enumerate(one.rows, start=1)
                }
        return found


def day_words(day: date) -> str:
    """成文日期: Arabic, the whole year, no leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日"
