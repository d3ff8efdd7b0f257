"""清单 and 笔录 of a seizure as documents with the receipt's code. Pure, apart from the layout they
start on the layout lane."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from desktop.circulars.official import Anchor, Column, Head, Official, Paragraph, Sheet
from desktop.command.seizures.queries import Seizure, Thing
from desktop.rules.capitals import capitals
from desktop.rules.money import AMOUNT_FEN_MAX, grouped
from desktop.rules.receipt_chain import PAPER_MARK
from desktop.rules.seizure_form import KINDS

_LIST: Final = (
    Column("序号", 0.07, "center"),
    Column("名称", 0.17),
    Column("数量", 0.10, "center"),
    Column("号牌、权证号", 0.17),
    Column("状况", 0.27),
    Column("估值（元）", 0.12, "right"),
    Column("权属人", 0.10, "center"),
)
_PHOTOS: Final = (
    Column("序号", 0.08, "center"),
    # By the camera's clock, or by the file where the camera wrote no time into it.
    Column("拍摄或文件时间", 0.25, "center"),
    Column("文件", 0.27),
    Column("校验值（SHA-256 前 16 位）", 0.40),
)
_LINE: Final = "＿＿＿＿＿＿"


@dataclass(frozen=True, slots=True)
class SeizurePrint:
    """Filled papers and where their PDF goes, in one order."""

    sheets: tuple[Official, ...]
    paths: tuple[Path, ...]


def print_seizure(args: SeizurePrint) -> tuple[Path, ...]:
    """Lays the papers out; runs on the layout lane."""
    # Imported here: reportlab is slow to load and most sessions start without printing.
    from desktop.circulars.pages import write_official  # noqa: PLC0415

    return tuple(
        write_official(sheet, path) for sheet, path in zip(args.sheets, args.paths, strict=True)
    )


def inventory(seizure: Seizure, printed_at: datetime) -> Official:
    """清单, which whoever was present signs and the debtor gets a copy of."""
    form = seizure.form
    word = KINDS[form.kind]
    rows = tuple(
        (str(number), one.name, one.quantity, one.mark or "—", _state(one), _value(one), one.owner)
        for number, one in enumerate(seizure.things, start=1)
    )
    body: tuple[Paragraph | Sheet, ...] = (
        Paragraph(
            f"根据{form.document_no or '（裁定书文号未填）'}，于{_minute(form.began)}至"
            f"{_minute(form.ended)}，在{form.place or '（地点未填）'}{word}被执行人"
            f"{form.subject or '（未填）'}的下列财产："
        ),
        Sheet(f"{word}财产清单", _LIST, rows),
        Paragraph("".join(_total(seizure.things))),
        Paragraph(
            f"保管人：{form.keeper}。{word}期间不得擅自处分。本清单一式两份，一份交被执行人，一份附卷。"
        ),
        *_signatures(seizure),
    )
    return _paper(seizure, f"{word}财产清单", body, printed_at)


def record(seizure: Seizure, printed_at: datetime) -> Official:
    """笔录: when, where, who, what was said, and the photographs by their hashes."""
    form = seizure.form
    word = KINDS[form.kind]
    parts = (
        ("案号", seizure.case_number),
        ("时间", f"{_minute(form.began)}至{_minute(form.ended)}"),
        ("地点", form.place),
        ("定位", position_words(seizure)),
        ("执行人员", "、".join(one for one in (seizure.officer, seizure.second) if one)),
        ("被执行人", form.subject),
        ("在场人", form.present),
        ("保管人", form.keeper),
    )
    body: list[Paragraph | Sheet] = [
        Paragraph(f"{label}：{words or '（未填）'}") for label, words in parts
    ]
    body.append(Paragraph("一、经过", 1))
    body += [Paragraph(one) for one in _paragraphs(form.transcript)]
    body.append(Paragraph(f"二、{word}的财产", 1))
    listed = "；".join(
        "，".join(part for part in (one.name, one.quantity, one.mark) if part)
        for one in seizure.things
    )
    body.append(Paragraph(f"{listed or '（未填）'}。详见{word}财产清单。"))
    if seizure.pictures:
        body.append(Paragraph("三、现场照片", 1))
        rows = tuple(
            (
                str(number),
                _minute(datetime.fromisoformat(one.taken_at)),
                one.name,
                _hash(one.sha256),
            )
            for number, one in enumerate(seizure.pictures, start=1)
        )
        body.append(Sheet("照片原件校验值", _PHOTOS, rows))
    body += _signatures(seizure)
    return _paper(seizure, f"{word}笔录", tuple(body), printed_at)


def _paper(
    seizure: Seizure, title: str, body: tuple[Paragraph | Sheet, ...], printed_at: datetime
) -> Official:
    signed = seizure.signed_at is not None
    return Official(
        head=Head(seizure.court, seizure.form.document_no),
        title=title,
        to="",
        body=body,
        organ=seizure.court,
        made_on=_day(seizure.signed_at),
        note="" if signed else "草稿，未签名，不具效力",
        seal=signed,
        form="letter",
        foot=f"{seizure.case_number}　打印 {printed_at:%Y-%m-%d %H:%M}",
        anchor=anchor_of(seizure.code) if signed else None,
    )


def anchor_of(code: str) -> Anchor:
    """The code beside its picture for a telephone."""
    return Anchor(
        (f"回执码 {code}", "凭此码可核对本件签名时的内容、先后次序和时间"),
        f"{PAPER_MARK}{code}",
    )


def _signatures(seizure: Seizure) -> tuple[Paragraph, ...]:
    officers = f"执行人员（签名）：{_LINE}　{_LINE}"
    return (
        Paragraph(officers),
        Paragraph(f"被执行人或成年家属（签名）：{_LINE}"),
        Paragraph(f"在场人（签名）：{_LINE[:4]}　保管人（签名）：{_LINE[:4]}"),
    )


def position_words(seizure: Seizure) -> str:
    """Where it was, how well that is known, or why it is not."""
    form = seizure.form
    if form.lat_e7 is None or form.lon_e7 is None:
        return f"未取得（{form.no_fix}）" if form.no_fix else ""
    # What was typed has no accuracy: the paper does not pass it off as a receiver's.
    typed = "（手工输入，或者设备未报精度）"
    accuracy = f"，精度约 {form.accuracy_dm / 10:.0f} 米" if form.accuracy_dm else typed
    return f"{degrees(form.lat_e7)}，{degrees(form.lon_e7)}{accuracy}"


def degrees(e7: int) -> str:
    """10⁻⁷ of a degree as it is read: six decimals are ten centimetres."""
    return f"{e7 / 10_000_000:.6f}"


def _state(one: Thing) -> str:
    return f"{one.condition}（权属依据：{one.basis}）" if one.basis else one.condition


def _total(things: Sequence[Thing]) -> list[str]:
    """What the list comes to, in capitals, too: figures on paper can be written over."""
    valued = [one.value_fen for one in things if one.value_fen is not None]
    cash = [one.value_fen for one in things if one.kind == "cash" and one.value_fen is not None]
    told = [f"以上共 {len(things)} 项。"]
    if valued:
        told.append(f"估值合计{_amount(sum(valued))}")
        left = len(things) - len(valued)
        told.append(f"，另有 {left} 项未估值。" if left else "。")
    if cash:
        told.append(f"其中现金{_amount(sum(cash))}，已当场清点。")
    return told


def _amount(fen: int) -> str:
    words = f"（大写：{capitals(fen)}）" if 0 <= fen <= AMOUNT_FEN_MAX else ""
    return f"人民币 {grouped(fen)} 元{words}"


def _value(one: Thing) -> str:
    return "—" if one.value_fen is None else grouped(one.value_fen)


def _hash(sha256: str) -> str:
    return " ".join(sha256[at : at + 4] for at in range(0, 16, 4)).upper()


def _paragraphs(text: str) -> list[str]:
    return [line.expandtabs(2).strip() for line in text.splitlines() if line.strip()] or [
        "（未填）"
    ]


def _minute(at: datetime | None) -> str:
    if at is None:
        return "（未填）"
    return f"{at.year}年{at.month}月{at.day}日{at:%H:%M}"


def _day(text: str | None) -> date | None:
    return None if text is None else datetime.fromisoformat(text).date()
