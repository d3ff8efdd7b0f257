"""What the button for a detention says and may do, by where its document stands. Pure."""

from dataclasses import dataclass
from typing import Literal

from desktop.rules.coercive import STAND_WORDS, Stand

Way = Literal["prepare", "look", "execute"]
LAW = "拘留须经院长批准（民事诉讼法第一百一十九条）；批准之前不得执行，现场没有其他途径。"


@dataclass(frozen=True, slots=True)
class Detention:
    """The newest document about a detention in a case."""

    document_id: str
    stand: Stand


@dataclass(frozen=True, slots=True)
class DetentionButton:
    """`words` on the button; `way`: what a press opens, None for a button that is dead."""

    words: str
    way: Way | None
    hint: str


def detention_button(found: Detention | None) -> DetentionButton:
    """The act itself is offered after the approval and never before; what can be done offline is
    to prepare."""
    if found is None or found.stand in (Stand.RECALLED, Stand.RELEASED, Stand.FINISHED):
        return DetentionButton("准备拘留（须院长批准）", "prepare", LAW)
    if found.stand in (Stand.DRAFT, Stand.PENDING):
        return DetentionButton("执行拘留：待批", None, LAW)
    if found.stand is Stand.READY:
        return DetentionButton("执行拘留（院长已批准）", "execute", LAW)
    return DetentionButton(f"拘留：{STAND_WORDS[found.stand]}", "look", "")


def stand_words(found: Detention | None) -> str:
    """For the list; empty without a document."""
    return "" if found is None else STAND_WORDS[found.stand]
