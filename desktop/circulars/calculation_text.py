"""A calculation as plain text and as HTML, from the same frozen words as the paper. Pure.

What the screen shows, what is copied and what is printed can so never differ.
"""

from collections.abc import Mapping
from html import escape

from desktop.circulars.calculation import CalculationSheet
from desktop.circulars.official import Sheet


def as_text(sheet: CalculationSheet) -> str:
    """Lines to paste into a document; columns are parted by tabs."""
    lines = [sheet.title, ""]
    lines += [f"{name}：{words}" for name, words in sheet.facts]
    lines += ["", *sheet.conclusions]
    lines += [f"注意：{words}" for words in sheet.warnings]
    for table in sheet.tables:
        lines += ["", table.caption, "\t".join(column.head for column in table.columns)]
        lines += ["\t".join(" ".join(cell.split("\n")) for cell in row) for row in table.rows]
    lines += ["", "依据"]
    lines += [f"{name}：{words}" for name, words in sheet.basis]
    return "\n".join(lines) + "\n"


def as_html(sheet: CalculationSheet, colors: Mapping[str, str], scale: float = 1.0) -> str:
    """For a text view; `colors` are tokens of the look (text, muted, line, accent, due_soon_text).

    The title is left out, a view says it above. `scale`: the size of text.
    """
    line, muted = colors["line"], colors["muted"]
    small, body, large = (round(size * scale) for size in (12, 13, 16))
    parts = [f'<div style="font-size:{body}px; color:{colors["text"]}">']
    for words in sheet.conclusions:
        parts.append(
            f'<p style="font-size:{large}px; font-weight:600; margin:0 0 4px 0">{escape(words)}</p>'
        )
    for words in sheet.warnings:
        color = colors["due_soon_text"]
        parts.append(f'<p style="color:{color}; margin:4px 0">▲ {escape(words)}</p>')
    for table in sheet.tables:
        parts.append(f'<p style="font-weight:600; margin:12px 0 2px 0">{escape(table.caption)}</p>')
        parts.append(_table(table, line, muted, small))
    parts.append('<p style="font-weight:600; margin:12px 0 2px 0">依据</p>')
    parts += [
        f'<p style="margin:2px 0; font-size:{small}px; color:{muted}">'
        f"{escape(name)}：{escape(words or '—')}</p>"
        for name, words in sheet.basis
    ]
    parts.append("</div>")
    return "".join(parts)


def _table(table: Sheet, line: str, muted: str, small: int) -> str:
    rule = f"border-bottom:1px solid {line}"
    head = "".join(
        f'<td align="{column.align}" style="color:{muted}; font-size:{small}px; {rule}">'
        f"{escape(column.head)}</td>"
        for column in table.columns
    )
    rows = [f"<tr>{head}</tr>"]
    for row in table.rows:
        cells = []
        for words, column in zip(row, table.columns, strict=True):
            shown = "<br>".join(escape(part) for part in words.split("\n"))
            keep = "white-space:nowrap; " if column.align == "right" else ""
            cells.append(f'<td align="{column.align}" style="{keep}{rule}">{shown}</td>')
        rows.append(f"<tr>{''.join(cells)}</tr>")
    style = "border-collapse:collapse; border-width:0"
    body = "".join(rows)
    return f'<table width="98%" cellspacing="0" cellpadding="3" style="{style}">{body}</table>'
