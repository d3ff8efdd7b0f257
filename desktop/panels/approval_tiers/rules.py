"""Which tier counts for which amount on a day, and whether enough people are there. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

from desktop.rules.disbursement_law import load_disbursement_law
from desktop.rules.money import grouped
from desktop.rules.signing_matrix import UNCONFIRMED_MARK

FIRST: Final = "承办人提出"
LAST: Final = "财务付款"
SEND: Final = "send"
STATE_WORDS: Final[Mapping[str, str]] = {
    "proposed": "待同意",
    "agreed": "已同意",
    "refused": "已否决",
}
STATE_STYLES: Final[Mapping[str, str]] = {
    "proposed": "due_soon",
    "agreed": "normal",
    "refused": "done_late",
}


class Tier(Protocol):
    """A tier as far as these rules look at it."""

    @property
    def id(self) -> str: ...
    @property
    def purpose(self) -> str: ...
    @property
    def from_fen(self) -> int: ...
    @property
    def upto_fen(self) -> int | None: ...
    @property
    def stages(self) -> tuple[str, ...]: ...
    @property
    def valid_from(self) -> date: ...

    def covers(self, day: date) -> bool: ...


@dataclass(frozen=True, slots=True)
class Segment:
    """Amounts from `from_fen` up to `upto_fen` (exclusive; None without end), and the id of the
    tier that counts for them; None: no order of such an amount can be made."""

    purpose: str
    from_fen: int
    upto_fen: int | None
    tier_id: str | None


def segments(tiers: Sequence[Tier], purpose: str, day: date) -> list[Segment]:
    """What counts on `day`, from nothing to without end, without gap. Of several tiers that fit
    the one that came into force last counts, as in the database."""
    known = [one for one in tiers if one.purpose == purpose and one.covers(day)]
    edges = sorted(
        {0, *(one.from_fen for one in known), *(one.upto_fen for one in known if one.upto_fen)}
    )
    found: list[Segment] = []
    for number, low in enumerate(edges):
        high = edges[number + 1] if number + 1 < len(edges) else None
        tier = counting(known, low)
        key = None if tier is None else tier.id
        if found and found[-1].tier_id == key:
            found[-1] = Segment(purpose, found[-1].from_fen, high, key)
        else:
            found.append(Segment(purpose, low, high, key))
    return found


def counting(tiers: Sequence[Tier], amount_fen: int) -> Tier | None:
    """The one of these tiers that counts for an amount."""
    fitting = [
        one
        for one in tiers
        if one.from_fen <= amount_fen and (one.upto_fen is None or amount_fen < one.upto_fen)
    ]
    return max(fitting, key=lambda one: (one.valid_from, one.id), default=None)


def band_words(from_fen: int, upto_fen: int | None) -> str:
    """不满 100,000.00 元 · 100,000.00 元以上 · any amount."""
    if upto_fen is None:
        return "不论金额" if from_fen == 0 else f"{grouped(from_fen)} 元以上"
    if from_fen == 0:
        return f"不满 {grouped(upto_fen)} 元"
    return f"{grouped(from_fen)} 元以上、不满 {grouped(upto_fen)} 元"


def stage_word(code: str) -> str:
    """The name of a stage of the law."""
    return load_disbursement_law().stage_name(code)


def chain_words(stages: Sequence[str]) -> str:
    """From the handler to the payment."""
    return " → ".join((FIRST, *(stage_word(code) for code in stages), LAST))


def stages_words(stages: Sequence[str]) -> str:
    """The stages between the handler and the payment."""
    return " → ".join(stage_word(code) for code in stages)


def cited(basis: str, confidence: str) -> str:
    """The basis with the mark of what nobody has checked."""
    return basis + ("" if confidence == "confirmed" else UNCONFIRMED_MARK)


def days_words(valid_from: date, valid_to: date | None) -> str:
    """In force from — to."""
    return valid_from.isoformat() + (" 起" if valid_to is None else f" 至 {valid_to.isoformat()}")


def short_of(able: Mapping[str, Sequence[str]]) -> str | None:
    """The first stage for which nobody is left when each is done by somebody else; None when
    there are people enough. `able`: stage -> ids of who may do it, in the order of the chain."""
    taken: dict[str, str] = {}  # person -> stage

    def seat(stage: str, tried: set[str]) -> bool:
        for person in able[stage]:
            if person in tried:
                continue
            tried.add(person)
            if person not in taken or seat(taken[person], tried):
                taken[person] = stage
                return True
        return False

    return next((stage for stage in able if not seat(stage, set())), None)
