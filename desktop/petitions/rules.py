"""Words, codes and refusals of petitions. Pure."""

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Final

from desktop.errors import UserError

SOURCES: Final = {
    "spc": "最高法院交办",
    "province": "省院交办",
    "own": "本院来访",
    "supervision": "审督局交办",
    "first": "初访",
    "skip": "越级访",
}
CLASSES: Final = {"implementation": "执行实施类", "review": "执行审查类"}
LEVELS: Final = {"general": "一般", "listed": "挂牌督办", "tour": "巡回督导", "leader": "领导包案"}
RESULTS: Final = {
    "resolved": "化解",
    "unresolved": "未化解",
    "terminated": "终结",
    "written_off": "核销",
}
TEXT_MAX: Final = 4_000
# Without 0 O 1 I L: the visitor reads the code aloud on the telephone.
_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_CODE_LENGTH: Final = 10


def receipt_code(petition_id: str) -> str:
    """The code on the visitor's receipt: XF and two groups of five, made from the id alone.

    Two desks never need a shared counter, and nobody can guess a neighbour's code by counting.
    """
    number = int.from_bytes(hashlib.sha256(petition_id.encode()).digest()[:8])
    letters = ""
    for _ in range(_CODE_LENGTH):
        number, rest = divmod(number, len(_LETTERS))
        letters += _LETTERS[rest]
    return f"XF-{letters[:5]}-{letters[5:]}"


@dataclass(frozen=True, slots=True)
class Refusals:
    """Every reason against an act, collected so that the clerk sees them all at once."""

    found: list[str]

    def unless(self, allowed: object, field: str, reason: str) -> None:
        """Notes `field：reason` when `allowed` is false."""
        if not allowed:
            self.found.append(f"{field}：{reason}")

    def text(self, field: str, value: str) -> None:
        """Notes a text that is empty or too long."""
        self.unless(value.strip(), field, "须填写")
        self.unless(len(value) <= TEXT_MAX, field, f"不得超过 {TEXT_MAX} 字")

    def not_before(self, field: str, day: date, first: date, what: str) -> None:
        """Notes a day before `first`."""
        self.unless(day >= first, field, f"不能早于{what}（{first.isoformat()}）")

    def stop(self) -> None:
        """Raises UserError with all reasons, one a line."""
        if self.found:
            raise UserError("\n".join(self.found))
