"""Whom a note mentions, and whom it offers while "@" is typed. Pure; any thread."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from desktop.errors import UserError
from desktop.rules import sounds

MARK: Final = "@"
OFFERED_MAX: Final = 8
BODY_MAX: Final = 4_000
Kind = Literal["case", "petition", "document", "matter", "letter"]
# The panel that shows an object, and the word its view takes.
PANEL_OF: Final[Mapping[str, tuple[str, str]]] = {
    "case": ("case_query", "case_id"),
    "petition": ("petitions", "petition_id"),
    "document": ("documents", "document_id"),
    "matter": ("matters", "matter_id"),
    "letter": ("supervision", "letter_id"),
}
KIND_WORDS: Final[Mapping[str, str]] = {
    "case": "案件",
    "petition": "信访件",
    "document": "公文",
    "matter": "事项",
    "letter": "督办单",
}


@dataclass(frozen=True, slots=True)
class About:
    """What a note is about; `case_id` its case, None where it has none."""

    kind: Kind
    id: str
    case_id: str | None = None


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who can be mentioned. `place`: team or court; `near`: of the object's team or of
    the author's; `mine`: of the author's team, who sees what is for the team alone."""

    id: str
    name: str
    place: str
    near: bool = False
    mine: bool = False


def typed_name(text: str, cursor: int) -> tuple[int, str] | None:
    """Where the "@" before the cursor stands and what was typed behind it; None without one."""
    start = text.rfind(MARK, 0, cursor)
    if start < 0:
        return None
    typed = text[start + 1 : cursor]
    # A name has no blanks; the "@" of an address has a word before it.
    if any(char.isspace() for char in typed) or (start and _word(text[start - 1])):
        return None
    return start, typed


def _word(char: str) -> bool:
    return char.isascii() and (char.isalnum() or char in "._-")


def offered(typed: str, people: Iterable[Colleague]) -> list[Colleague]:
    """Who fits what was typed, by name, pinyin or initials; those nearby come first."""
    wanted = typed.lower()
    found = [(not one.near, rank, one) for one in people if (rank := _rank(wanted, one)) < 3]
    found.sort(key=lambda entry: entry[:2])
    return [one for _far, _rank_, one in found[:OFFERED_MAX]]


def _rank(wanted: str, one: Colleague) -> int:
    if one.name.lower().startswith(wanted):
        return 0
    if wanted.isascii():
        ways = sounds.readings(one.name)  # 长 is chang in one name and zhang in another
        if any("".join(part[:1] for part in way).startswith(wanted) for way in ways):
            return 1
        return 2 if any("".join(way).startswith(wanted) for way in ways) else 3
    return 2 if wanted in one.name.lower() else 3


def mentioned(body: str, people: Sequence[Colleague], chosen: Mapping[str, str]) -> tuple[str, ...]:
    """Ids of everybody named behind an "@", each once, in the order of the text.

    `chosen`: name to the id picked from the list, which tells namesakes apart. UserError for a
    name that several bear and nobody picked.
    """
    by_name: dict[str, list[str]] = {}
    for one in people:
        by_name.setdefault(one.name, []).append(one.id)
    names = sorted(by_name, key=len, reverse=True)  # 王伟民 before 王伟
    found: list[str] = []
    at = body.find(MARK)
    while at >= 0:
        name = next((name for name in names if body.startswith(name, at + 1)), None)
        if name is not None and not (at and _word(body[at - 1])):
            found.append(_one_of(name, by_name[name], chosen))
        at = body.find(MARK, at + 1)
    return tuple(dict.fromkeys(found))


def _one_of(name: str, ids: Sequence[str], chosen: Mapping[str, str]) -> str:
    picked = chosen.get(name)
    if picked in ids:
        return str(picked)
    if len(ids) > 1:
        raise UserError(f"有 {len(ids)} 位“{name}”，请从列表中选定要提及的人。")
    return ids[0]
