"""Who holds a step of the money's way out, by name. Reader lanes."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from sqlalchemy import Connection, or_, select

from desktop.projection.places import own_court
from storage.schema import table
from storage.schema.payments import SENDERS, STAGE_POSTS

# Which posts do a step, the one that is asked first standing first: the stages of a chain, and
# what finance does before and after it.
POSTS: Final = {**STAGE_POSTS, "finance": SENDERS}
DELEGATED: Final = "payment_order"  # how a power to stand in names what it covers
NOBODY: Final = "本院无人可办"
NO_HANDLER: Final = "承办人未定"


@dataclass(frozen=True, slots=True)
class Holder:
    """Whoever has to act; `id` where it is one person."""

    id: str | None
    name: str


@dataclass(frozen=True, slots=True)
class Stander:
    """Somebody who may do a step: by his own post, or `for_post` as a delegate of its holder."""

    id: str
    name: str
    for_post: str = ""


@dataclass(slots=True)
class Crowd:
    """Everybody who may hold money up, by court and post, on one day."""

    names: dict[str, str] = field(default_factory=dict)
    posts: dict[tuple[str, str], list[Stander]] = field(default_factory=dict)
    delegates: dict[tuple[str, str], list[Stander]] = field(default_factory=dict)
    seat: str = ""
    _memo: dict[tuple[str, str | None, frozenset[str]], Holder] = field(default_factory=dict)

    def handler(self, person_id: str | None) -> Holder:
        """The case's handler."""
        if person_id is None or person_id not in self.names:
            return Holder(None, NO_HANDLER)
        return Holder(person_id, self.names[person_id])

    def may(self, stage: str, court_id: str | None, without: Collection[str] = ()) -> list[Stander]:
        """Who may do `stage` for a case of that court, holders of its posts before their delegates;
        never anybody of `without`."""
        court = court_id or self.seat
        found = [
            one
            for post in POSTS[stage]
            for place in (self.posts, self.delegates)
            for one in place.get((court, post), ())
        ]
        return [one for one in found if one.id not in without]

    def holder(self, stage: str, court_id: str | None, without: Collection[str] = ()) -> Holder:
        """Who has to do `stage`, told by name: those of its first post; a second post, or whoever
        stands in, is named only where nobody of it is left."""
        key = (stage, court_id, frozenset(without))
        if key not in self._memo:
            self._memo[key] = self._holder(*key)
        return self._memo[key]

    def _holder(self, stage: str, court_id: str | None, without: Collection[str]) -> Holder:
        for post in POSTS[stage]:
            for place in (self.posts, self.delegates):
                able = [
                    one
                    for one in place.get((court_id or self.seat, post), ())
                    if one.id not in without
                ]
                if able:
                    only = able[0].id if len(able) == 1 else None
                    return Holder(only, "、".join(one.name for one in able))
        return Holder(None, NOBODY)


def crowd(connection: Connection, day: date) -> Crowd:
    """Who serves in which post on `day`, with the powers to stand in."""
    person, power = table("person").c, table("delegation").c
    on = day.isoformat()
    names: dict[str, str] = {}
    posts: dict[tuple[str, str], list[Stander]] = defaultdict(list)
    where: dict[str, tuple[str, str]] = {}
    rows = connection.execute(
        select(person.id, person.name, person.court_id, person.post, person.left_on).order_by(
            person.name, person.id
        )
    )
    for row in rows:
        names[row.id] = row.name
        if row.left_on is None or row.left_on > on:
            where[row.id] = (row.court_id, row.post)
            posts[where[row.id]].append(Stander(row.id, row.name))
    delegates: dict[tuple[str, str], list[Stander]] = defaultdict(list)
    powers = connection.execute(
        select(power.from_id, power.to_id, power.post, power.documents).where(
            power.agreed_by.is_not(None),
            or_(power.state == "agreed", power.ended_on > on),
            power.from_on <= on,
            power.to_on >= on,
        )
    )
    for from_id, to_id, post, documents in powers:
        place = where.get(from_id)
        covers = not documents or DELEGATED in documents.split(",")
        # A post counts in its own court alone: whoever stands in serves in the same one.
        if covers and place == (where.get(to_id, ("",))[0], post):
            delegates[place].append(Stander(to_id, names[to_id], post))
    return Crowd(names, dict(posts), dict(delegates), own_court(connection, None) or "")
