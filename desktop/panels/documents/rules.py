"""Words of the course of documents, ways of service, tracked changes. Pure; any thread."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final, Literal

from desktop.documents.filling import check_fields
from desktop.documents.kinds import Field, Template
from desktop.documents.states import STATE_STYLES, STATE_WORDS
from desktop.rules.signing_matrix import STAGE_NAMES, Stage

PANEL_ID: Final = "documents"
SUPERSEDED: Final = "已被替代"
OPEN: Final = ("draft", "replying", "checking", "signing", "signed")
SIGNED: Final = ("signed", "issued", "recalled")
ACT_WORDS: Final[Mapping[str, str]] = {
    "return": "退回",
    "ask_replies": "征求意见",
    "sign": "签发",
    "issue": "印发",
    "recall": "撤销",
    "print": "打印",
    "remind": "催阅",
}
# What is made for a case by one act, in the order in which it is served (M29).
THREE: Final = ("execution_notice", "property_order", "property_form")
# The fact of the case that the issue of a document is, by its kind (resources/law/nodes.toml).
ISSUE_EVENTS: Final[Mapping[str, str]] = {
    "execution_notice": "notice_issued",
    "property_order": "report_order_issued",
    "announcement": "announcement_made",
}
# Their figures are counted, corrected and asked about in a panel of its own; here they go their
# course.
COUNTED: Final[Mapping[str, str]] = {"weekly_circular": "weekly", "overdue_circular": "weekly"}
_NAMES_SHOWN: Final = 3
# Two stretches of equal words shorter than this between changes read as one change.
_EQUAL_LEAST: Final = 2
_WORD: Final = re.compile(r"[0-9]+|[A-Za-z]+|.", re.DOTALL)
_LONG: Final = 2_000  # characters; beyond, changes are told line by line


def state_cell(state: str, superseded: bool, settled: str = "") -> tuple[str, str]:
    """Style key and words of a state; `settled`: the word of a paper for the file that is done."""
    if settled:
        return STATE_STYLES["issued"], settled
    if superseded and state in ("issued", "recalled"):
        return STATE_STYLES["recalled"], SUPERSEDED
    return STATE_STYLES.get(state, "unknown"), STATE_WORDS.get(state, state)


def stage_act(stage: str, act: str) -> str:
    """What was done: the stage for a stage that was passed, else the act."""
    if act == "pass":
        return "送审" if stage == Stage.DRAFT else STAGE_NAMES[Stage(stage)]
    return ACT_WORDS.get(act, act)


def names_words(names: Sequence[str]) -> str:
    """温如松、顾长风等5人."""
    if len(names) <= _NAMES_SHOWN:
        return "、".join(names)
    return f"{'、'.join(names[:_NAMES_SHOWN])}等{len(names)}人"


def field_fault(template: Template, field: Field, value: str) -> str:
    """A sentence when that field cannot be so; empty when it is well."""
    alone = replace(template, fields=(field,))
    return "".join(check_fields(alone, {field.key: value}))


# 送达


class Way(StrEnum):
    """How a paper is brought to somebody; values are stored in notes as their words."""

    DIRECT = "direct"
    MAIL = "mail"
    ELECTRONIC = "electronic"
    LEFT = "left"
    ENTRUSTED = "entrusted"
    ANNOUNCED = "announced"


WAY_WORDS: Final[Mapping[Way, str]] = {
    Way.DIRECT: "直接送达",
    Way.MAIL: "邮寄送达",
    Way.ELECTRONIC: "电子送达",
    Way.LEFT: "留置送达",
    Way.ENTRUSTED: "委托送达",
    Way.ANNOUNCED: "公告送达",
}
# Failures that are facts of the case: an announcement rests on them (M30).
FAILED_EVENTS: Final[Mapping[Way, str]] = {
    Way.DIRECT: "service_failed_direct",
    Way.MAIL: "service_failed_mail",
}
SERVED_EVENT: Final = "served"
SERVICE_EVENTS: Final = (SERVED_EVENT, *FAILED_EVENTS.values(), "announcement_made")
SERVICE_WORDS: Final[Mapping[str, str]] = {
    SERVED_EVENT: "送达完成",
    "service_failed_direct": "直接送达未成功",
    "service_failed_mail": "邮寄送达未成功",
    "announcement_made": "公告发出",
}


def attempts_lack(needed: Sequence[str], failed: frozenset[str]) -> str:
    """Why an announcement cannot be made yet; empty when every other way has failed."""
    lack = [WAY_WORDS[Way(way)] for way in needed if way not in failed]
    if not lack:
        return ""
    return (
        f"公告送达须以其他方式无法送达为前提（民事诉讼法第九十五条）：本案没有{'、'.join(lack)}"
        "未成功的记录。请先在所送文书的“送达”页登记。"
    )


# 修订痕迹

Mark = Literal["same", "added", "removed"]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text: as it was, added, or removed."""

    mark: Mark
    text: str


def tracked(before: str, after: str) -> tuple[Span, ...]:
    """From one text to the other, each character of both told once."""
    if before == after:
        return (Span("same", after),) if after else ()
    if len(before) + len(after) > _LONG:
        return _joined(_by_lines(before, after))
    return _joined(_by_words(before, after))


def _by_lines(before: str, after: str) -> list[Span]:
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    made: list[Span] = []
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        was, now = "".join(old[i:j]), "".join(new[k:m])
        if tag == "replace" and len(was) + len(now) <= _LONG:
            made += _by_words(was, now)
        else:
            made += _changed(was, now) if tag != "equal" else [Span("same", was)]
    return made


def _by_words(before: str, after: str) -> list[Span]:
    """Numbers and Latin words change as a whole, Chinese characters each by itself."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    made: list[Span] = []
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        was, now = "".join(old[i:j]), "".join(new[k:m])
        short = tag == "equal" and len(was) < _EQUAL_LEAST and i > 0 and j < len(old)
        if tag == "equal" and not short:
            made.append(Span("same", was))
        else:
            made += _changed(was, now)
    return made


def _changed(was: str, now: str) -> list[Span]:
    return [Span("removed", was), Span("added", now)]


def _joined(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Neighbouring changes as one removal and one addition; nothing empty."""
    made: list[Span] = []
    was = now = ""
    for span in (*spans, Span("same", "")):
        if span.mark == "removed":
            was += span.text
        elif span.mark == "added":
            now += span.text
        elif span.text or was or now:
            made += [one for one in _changed(was, now) if one.text]
            was = now = ""
            if span.text and made and made[-1].mark == "same":
                made[-1] = Span("same", made[-1].text + span.text)
            elif span.text:
                made.append(span)
    return tuple(made)
