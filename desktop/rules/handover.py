"""交接班: what is open at the end of a shift, what is new since its start, and what holds the
signatures back. Pure; any thread."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final, Literal

Change = Literal["new", "carried", "changed", "done"]
CHANGE_WORDS: Final[Mapping[str, str]] = {
    "new": "本班新增",
    "changed": "有变化",
    "carried": "上班遗留",
    "done": "已办结",
}
_PRESSING: Final = ("operation", "order", "police", "typed", "fault", "matter")
LINES_MAX: Final = 40  # of the printed page


@dataclass(frozen=True, slots=True)
class Item:
    """One open matter. `key` stays the same from shift to shift; `owner` is who has to act."""

    key: str
    kind: str
    text: str
    owner: str
    step: str
    since: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """An item as the page shows it."""

    item: Item
    change: Change


def lines(before: Iterable[Item], now: Iterable[Item]) -> tuple[Line, ...]:
    """The difference since the last hand-over: new first, then changed, carried, and done; of each
    what presses most first."""
    old = {one.key: one for one in before}
    open_now = list(now)
    keys = {one.key for one in open_now}
    found = []
    for one in open_now:
        was = old.get(one.key)
        same = was is not None and (was.text, was.owner, was.step) == (
            one.text,
            one.owner,
            one.step,
        )
        found.append(Line(one, "new" if was is None else "carried" if same else "changed"))
    found += [Line(one, "done") for one in old.values() if one.key not in keys]
    order = ("new", "changed", "carried", "done")
    return tuple(sorted(found, key=lambda one: (order.index(one.change), urgency(one.item))))


def urgency(item: Item) -> tuple[int, str]:
    """People in the field before things and papers; a page that is too small drops the last."""
    kind = item.key.partition(":")[0]
    return (_PRESSING.index(kind) if kind in _PRESSING else len(_PRESSING), item.key)


def unowned(items: Iterable[Item]) -> tuple[Item, ...]:
    """Items that nobody has to act on: these block the giving."""
    return tuple(one for one in items if not one.owner.strip() or not one.step.strip())


def unopened(items: Iterable[Item], opened: Iterable[str]) -> tuple[Item, ...]:
    """Items that whoever takes over has not opened: these block the taking."""
    seen = set(opened)
    return tuple(one for one in items if one.key not in seen)


def text_of(items: Sequence[Item]) -> str:
    """The items as they are stored and signed."""
    rows = [asdict(one) for one in sorted(items, key=lambda one: one.key)]
    return json.dumps(rows, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def items_of(text: str) -> tuple[Item, ...]:
    """The stored items. ValueError when the text is none of ours."""
    return tuple(Item(**row) for row in json.loads(text))


def sha256_of(text: str) -> str:
    """What both sign."""
    return hashlib.sha256(text.encode()).hexdigest()
