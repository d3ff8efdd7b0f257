"""A brief as one page. Pure, apart from the layout it starts on the layout lane."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from desktop.circulars.official import Column, Head, Official, Sheet, day_words
from desktop.panels.matters.queries import Matter
from desktop.panels.matters.rules import (
    ASKED_WORDS,
    STATE_WORDS,
    State,
    conventions,
    paragraphs,
)

_COLUMNS: Final = (Column("项目", 0.12, "center"), Column("内容", 0.88))


@dataclass(frozen=True, slots=True)
class BriefPrint:
    """A filled brief and where its PDF goes."""

    sheet: Official
    path: Path


def print_brief(args: BriefPrint) -> Path:
    """Lays the brief out; runs on the layout lane."""
    # Imported here: reportlab is slow to load and most sessions start without printing.
    from desktop.circulars.pages import write_official  # noqa: PLC0415

    return write_official(args.sheet, args.path)


def fill(matter: Matter, printed_at: datetime) -> Official:
    """Problem, advice, decision and what became of it, in a table. What does not fit a page was
    refused when it was written."""
    parts = (
        ("问题", matter.body),
        ("建议", matter.advice),
        ("批示", _decision(matter)),
        ("落实", _follow_up(matter)),
    )
    rows: list[tuple[str, str]] = []
    for label, text in parts:
        # Each paragraph is a row: what was typed in paragraphs is read in paragraphs.
        for number, words in enumerate(paragraphs(text)):
            rows.append((label if number == 0 else "", words))
    case = f"（{matter.case_number}）" if matter.case_number else ""
    asked = ASKED_WORDS[matter.asked_of or "president"]
    return Official(
        head=Head(conventions().issuer, "内部汇报"),
        title=f"关于{matter.title}的汇报",
        to="",
        body=(Sheet(f"报请{asked}", _COLUMNS, tuple(rows)),),
        organ=conventions().issuer,
        made_on=_day(matter.submitted_on),
        note="草稿，未提交" if matter.state is State.DRAFT else "",
        seal=False,
        form="letter",
        foot=f"汇报人 {matter.maker}{case}　{STATE_WORDS[matter.state]}"
        f"　打印 {printed_at:%Y-%m-%d %H:%M}",
    )


def _decision(matter: Matter) -> str:
    if matter.answered_on is None:
        return "（待批示）"
    day = day_words(date.fromisoformat(matter.answered_on))
    return f"{' '.join(matter.answer.split())}（{matter.answered_by}，{day}）"


def _follow_up(matter: Matter) -> str:
    if matter.closed_on is not None:
        result = " ".join((matter.result or "").split())
        return f"{day_words(date.fromisoformat(matter.closed_on))}办结：{result}"
    if matter.answered_on is None:
        return "（待批示后确定）"
    due = f"，{day_words(date.fromisoformat(matter.due_on))}前办结" if matter.due_on else ""
    return f"由{matter.owner or '（未定）'}承办{due}。"


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
