"""Whether a fine or a detention would be imposed again for one act. Pure; any thread.

One act of obstruction is not fined or detained for twice in a row, a new act may be (民诉法解释第
184条); fine and detention together are no repetition (第183条). An act is what the decision says of
it: the same words are the same act, other words are shown beside what was decided before, for
people to judge.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

ARTICLE: Final = "民诉法解释第184条"
_MEASURES: Final = {"fine_decision": "罚款", "detention_decision": "拘留"}


@dataclass(frozen=True, slots=True)
class Decided:
    """An earlier decision that stands or was executed. `number`: empty before it has one; `here`:
    in the same case."""

    kind: str
    person: str
    facts: str
    number: str
    on: str
    here: bool = True


def repeated(
    kind: str, person: str, facts: str, earlier: Iterable[Decided]
) -> tuple[str, tuple[str, ...]]:
    """Why the measure would be a repetition (empty where it is none), and the earlier ones against
    the same person in a line each: all of the case, of others those for the same words."""
    if kind not in _MEASURES:
        return "", ()
    word, fault, lines = _MEASURES[kind], "", []
    for one in earlier:
        if one.kind != kind or _plain(one.person) != _plain(person):
            continue
        at = "" if one.here else "在另案中"
        before = (
            f"{one.on}{at}以{one.number}已决定{word}"
            if one.number
            else f"{at}已有一份{word}决定在办"
        )
        same = _plain(one.facts) == _plain(facts)
        if same and not one.here:
            # Each case has orders of its own to break: the same words may be another act there.
            lines.append(f"{before}，所写行为相同；系同一行为的，不得再次{word}（{ARTICLE}）。")
        elif same:
            fault = (
                f"对{person.strip()}的同一行为，{before}，不得再次{word}（{ARTICLE}）；"
                "发生新的妨害行为的，请写明新的行为。"
            )
        elif one.here:
            lines.append(f"{before}；本件须系新的妨害行为（{ARTICLE}）。")
    return fault, tuple(lines)


def _plain(text: str) -> str:
    """Words without blanks and marks: a comma more makes no new act."""
    return "".join(char for char in text if char.isalnum())
