"""Fills the printed derivation from the derivation itself. Pure; any thread."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from desktop.circulars.content import DerivationSheet, HolderRow, SheetRow
from desktop.circulars.names import subject_words
from desktop.panels.derivation.queries import Explained
from desktop.panels.derivation.rules import in_force
from desktop.rules.attribution import KIND_NAMES
from desktop.rules.derivation import CONFIDENCE_NAMES, Derivation
from desktop.rules.steps import Step

_WHAT = {
    "start": "起算",
    "count": "计入",
    "skip": "扣除",
    "roll": "顺延",
    "extend": "延长",
    "due": "应止",
    "late": "逾期",
    "unknown": "未知",
    "note": "说明",
}


@dataclass(frozen=True, slots=True)
class PrintArgs:
    """A filled sheet and where its PDF goes."""

    sheet: DerivationSheet
    path: Path


def print_sheet(args: PrintArgs) -> Path:
    """Lays the sheet out as PDF; runs on the layout lane."""
    # Imported here: reportlab is slow to load and most sessions start without printing.
    from desktop.circulars.derivation_sheet import write_derivation_sheet  # noqa: PLC0415

    return write_derivation_sheet(args.sheet, args.path)


def fill(
    shown: Explained, found: Derivation, printed_at: datetime, printed_by: str
) -> DerivationSheet:
    """The sheet of `found`; every skipped day gets its own line."""
    rows: list[SheetRow] = []
    for step in found.steps:
        rows.extend(_rows(step, found))
    change = found.smallest_change
    return DerivationSheet(
        court=shown.court,
        case_number=found.case_number,
        node=found.node_name + subject_words(found.subject),
        team=shown.team,
        handler=shown.handler,
        conclusion=conclusion(found),
        warnings=warnings(found),
        rows=tuple(rows),
        holders=tuple(
            HolderRow(
                f"{KIND_NAMES[share.kind]}　{share.holder_name}",
                share.from_on.isoformat(),
                share.to_on.isoformat(),
                share.days,
                share.late_days,
            )
            for share in found.attribution
        ),
        smallest_change=change.sentence if change is not None else "",
        article=f"{found.article}，{found.limit_text}" if found.limit_text else found.article,
        source=found.source,
        rule_version=found.rule_version or "—",
        in_force=in_force(found),
        confidence=CONFIDENCE_NAMES[found.confidence],
        basis=found.basis,
        as_of=found.as_of.isoformat(),
        printed_at=printed_at,
        printed_by=printed_by,
    )


def conclusion(found: Derivation) -> str:
    """One sentence: the due day and how the node stands."""
    if found.due_on is None:
        return f"本节点没有期限，{found.as_of.isoformat()} 状态为{found.state.value}。"
    before = "应止日为" if found.certain else "应止日未知，只知不早于"
    moment = f" {found.due_at:%H:%M}" if found.due_at is not None else ""
    text = f"{before} {found.due_on.isoformat()}{moment}；"
    if found.done_on is not None:
        how = "随结案终止" if found.done_by_closing else "完成"
        text += f"{found.done_on.isoformat()} {how}，{found.state.value}"
    else:
        text += f"截至 {found.as_of.isoformat()} 状态为{found.state.value}"
    return text + (f"，逾期 {found.overdue_days} 日。" if found.overdue_days else "。")


def warnings(found: Derivation) -> tuple[str, ...]:
    """What a reader must not overlook: unknown years, rules nobody has checked yet, pauses."""
    made = []
    if found.uncertainty:
        made.append(found.uncertainty)
    if found.confidence != "confirmed":
        made.append("所依规则尚待核对，打印件不作为追责依据。")
    if found.plain_due_on is not None and found.plain_due_on != found.due_on:
        made.append(f"若无暂停，应止日为 {found.plain_due_on.isoformat()}。")
    if found.limit_note:
        made.append(found.limit_note)
    return tuple(made)


def _rows(step: Step, found: Derivation) -> list[SheetRow]:
    why = step.why
    document = step.document_no or ""
    if step.kind == "start":
        why = f"{found.start.name}；{why}" if why else found.start.name
        document = document or found.start.document_no or ""
    head = SheetRow(
        _WHAT[step.kind],
        _iso(step.from_on),
        _iso(step.to_on),
        str(step.days) if step.kind in ("count", "skip", "extend", "late") else "",
        why,
        document,
    )
    inner = [
        SheetRow("逐日", _iso(note.on), _iso(note.on), "", note.reason, inner=True)
        for note in step.dates
    ]
    return [head, *inner]


def _iso(day: date) -> str:
    return day.isoformat()
