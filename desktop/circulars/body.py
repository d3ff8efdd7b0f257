"""Words, tables and charts of a document as rows of its pages. Any thread."""

from collections.abc import Iterable
from typing import Final

from desktop.circulars.charts import chart_row
from desktop.circulars.faces import Face
from desktop.circulars.flow import Draw, Row
from desktop.circulars.geometry import CHAR, CHARS, LEFT, LINE, SIZE_2, SIZE_3, WIDE
from desktop.circulars.ink import Ink
from desktop.circulars.lines import Line, Span, break_lines
from desktop.circulars.official import Annex, Block, Chart, Official, Paragraph, Sheet
from desktop.circulars.sheets import sheet_rows
from desktop.circulars.titles import titled

INDENT: Final = 2.0  # characters
_FACES: Final[tuple[Face, ...]] = ("text", "hei", "kai", "text", "text")  # by level


def body_rows(document: Official, ink: Ink) -> list[Row]:
    """From 主送 to the last line above name and date."""
    rows: list[Row] = []
    if document.to:
        rows += _paragraph(ink, [Span(f"{document.to}：")], indent=0.0)
    rows += _block_rows(ink, document.body)
    if document.enclosed:
        rows.append(Row())
        rows += _enclosed(ink, document.enclosed)
    if document.attendance:
        rows.append(Row())
        for one in document.attendance:
            rows += _hanging(ink, Span(f"{one.label}：", "hei"), one.names)
    return rows


def annex_rows(ink: Ink, annex: Annex, number: int | None) -> list[Row]:
    """附件 in the first line, its title in the third, a blank line, its words. `number`: none for
    one that is alone. Raises UserError for a title that is too long."""
    label = _plain(ink, f"附件{number or ''}", "hei")
    rows = [Row(drawing(label), words=True, with_next=True), Row(with_next=True)]
    for words in titled(annex.title):
        rows.append(Row(_centred(ink, words), words=True, with_next=True))
    rows.append(Row(with_next=True))
    return rows + _block_rows(ink, annex.body)


def note_rows(ink: Ink, note: str) -> list[Row]:
    """附注, in brackets; none where there is none."""
    return _paragraph(ink, [Span(f"（{note}）")]) if note else []


def drawing(line: Line, left: float = 0.0) -> Draw:
    """Draws a line in the middle of its row, `left` characters from the edge."""

    def draw(ink: Ink, top: float) -> None:
        ink.line(line, LEFT + left * CHAR, top + (LINE - SIZE_3) / 2, SIZE_3, CHAR)

    return draw


def together(parts: list[Draw]) -> Draw:
    """All of them in one row, in this order."""

    def draw(ink: Ink, top: float) -> None:
        for part in parts:
            part(ink, top)

    return draw


def _block_rows(ink: Ink, blocks: Iterable[Block]) -> list[Row]:
    rows: list[Row] = []
    for one in blocks:
        if isinstance(one, Sheet):
            rows += sheet_rows(ink, one)
        elif isinstance(one, Chart):
            rows.append(chart_row(ink, one))
        else:
            made = _paragraph(ink, _spans(one))
            if made and one.level in (1, 2) and "。" not in one.text:
                made[-1].with_next = True  # a head does not end a page
            rows += made
    return rows


def _spans(paragraph: Paragraph) -> list[Span]:
    """A head is in its own typeface; what follows its full stop is text (as in （一）甲。乙)."""
    face = _FACES[paragraph.level]
    head, stop, rest = paragraph.text.partition("。")
    if face == "text" or not rest:
        return [Span(paragraph.text, face)]
    return [Span(head + stop, face), Span(rest)]


def _paragraph(ink: Ink, spans: list[Span], *, indent: float = INDENT) -> list[Row]:
    lines = break_lines(spans, ink.width, CHARS, indent=indent)
    return [Row(drawing(line), words=True) for line in lines]


def _hanging(ink: Ink, label: Span, words: str) -> list[Row]:
    """A label two characters in; every line of `words` begins where the first one does."""
    (head,) = break_lines([label], ink.width, CHARS)
    begins = INDENT + head.right
    lines = break_lines([Span(words)], ink.width, CHARS - begins) or [_plain(ink, " ")]
    rows = [Row(drawing(line, begins), words=True) for line in lines]
    rows[0].draw = together([drawing(head, INDENT), drawing(lines[0], begins)])
    return rows


def _enclosed(ink: Ink, titles: tuple[str, ...]) -> list[Row]:
    """附件：1. …, each title aligned below the first, without a mark at its end."""
    rows: list[Row] = []
    word = "附件："
    for number, title in enumerate(titles, start=1):
        label = f"{number}. " if len(titles) > 1 else ""
        begins = INDENT + len(word)
        wide = sum(ink.width(char, "text") for char in label)
        plain = title.replace("\n", "")
        lines = break_lines([Span(plain)], ink.width, CHARS - begins - wide, justify=False)
        head = break_lines(
            [Span((word if number == 1 else "") + label.rstrip())], ink.width, CHARS
        )[0:1]
        for place, line in enumerate(lines):
            # What is read first is drawn first: text is taken from a file in that order.
            parts = [drawing(one, INDENT if number == 1 else begins) for one in head[: not place]]
            rows.append(Row(together([*parts, drawing(line, begins + wide)]), words=True))
    return rows


def _centred(ink: Ink, words: str) -> Draw:
    """A line of a title in its row."""
    left = LEFT + (WIDE - ink.wide(words, "title", SIZE_2)) / 2

    def draw(on: Ink, top: float) -> None:
        on.words(words, "title", left, top + (LINE - SIZE_2) / 2, SIZE_2)

    return draw


def _plain(ink: Ink, words: str, face: Face = "text") -> Line:
    return break_lines([Span(words, face)], ink.width, CHARS)[0]
