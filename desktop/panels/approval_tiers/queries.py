"""What the panel of approval tiers reads. Reader lanes; gives frozen rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from desktop.funds.holders import Stander, crowd
from desktop.funds.tiers import PURPOSE_NAMES, TierRow, tier_fault, tiers
from desktop.panels.approval_tiers.rules import (
    SEND,
    Segment,
    counting,
    segments,
    short_of,
    stage_word,
)
from desktop.projection.places import Place, courts, own_court
from storage.schema import table
from storage.schema.payments import STAGE_POSTS


@dataclass(frozen=True, slots=True)
class Line:
    """Amounts with the tier that counts for them, or none; purposes that are alike stand
    together."""

    purposes: tuple[str, ...]
    segment: Segment
    tier: TierRow | None

    @property
    def words(self) -> str:
        """The purposes by name."""
        return purposes_words(self.purposes)


@dataclass(frozen=True, slots=True)
class Able:
    """Who may do a stage on a day: names, delegates with whom they stand in for, who is away."""

    stage: str
    words: str
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The tiers of a day, and who may pass each stage in a court on that day."""

    day: date
    lines: tuple[Line, ...]
    able: tuple[Able, ...]


@dataclass(frozen=True, slots=True)
class TableArgs:
    """Which day, of which court (None: the command centre's)."""

    day: date
    court_id: str | None


def table_of(connection: Connection, args: TableArgs) -> Table:
    """The tiers in force on a day, by purpose and amount, without gap."""
    every = tiers(connection)
    by_id = {one.id: one for one in every}
    alike: dict[tuple[object, ...], list[Segment]] = {}
    for purpose in PURPOSE_NAMES:
        for one in segments(every, purpose, args.day):
            tier = None if one.tier_id is None else by_id[one.tier_id]
            what = () if tier is None else (*tier.change, tier.confidence)
            alike.setdefault((one.from_fen, one.upto_fen, what), []).append(one)
    lines = [
        Line(
            tuple(one.purpose for one in group),
            group[0],
            None if group[0].tier_id is None else by_id[group[0].tier_id],
        )
        for group in alike.values()
    ]
    return Table(args.day, tuple(lines), able_of(connection, args))


def purposes_words(purposes: Sequence[str]) -> str:
    """各类款项, or each by name."""
    if len(purposes) == len(PURPOSE_NAMES):
        return "各类款项"
    return "、".join(PURPOSE_NAMES[one] for one in purposes)


def able_of(connection: Connection, args: TableArgs) -> tuple[Able, ...]:
    """Who may do each stage, and the sending."""
    staff, away = crowd(connection, args.day), _away(connection, args.day)
    found = []
    for stage in (*STAGE_POSTS, SEND):
        people = staff.may("finance" if stage == SEND else stage, args.court_id)
        words = "、".join(_told(one, away) for one in people) or "本院无人可办"
        found.append(Able(stage, words, tuple(dict.fromkeys(one.id for one in people))))
    return tuple(found)


_POSTS = {
    "finance": "案款管理人",
    "bureau_chief": "局长",
    "vice_president": "分管院领导",
    "president": "院长",
}


def _told(one: Stander, away: dict[str, str]) -> str:
    notes = []
    if one.for_post:
        notes.append(f"代行{_POSTS.get(one.for_post, one.for_post)}")
    if one.id in away:
        notes.append(away[one.id])
    return one.name + (f"（{'，'.join(notes)}）" if notes else "")


def _away(connection: Connection, day: date) -> dict[str, str]:
    away, on = table("absence").c, day.isoformat()
    kinds = {"leave": "休假", "sick": "病假", "training": "培训", "secondment": "借调"}
    rows = connection.execute(
        select(away.person_id, away.kind).where(
            away.status == "planned", away.from_on <= on, away.to_on >= on
        )
    )
    return {row.person_id: kinds.get(row.kind, row.kind) for row in rows}


@dataclass(frozen=True, slots=True)
class Asked:
    """An order of so much for that purpose: what would it need?"""

    purpose: str
    amount_fen: int
    day: date
    court_id: str | None
    maker_id: str | None = None


@dataclass(frozen=True, slots=True)
class Needed:
    """The chain of such an order with who may do each of its stages; `short`: the first stage for
    which nobody is left when each is done by somebody else, in words."""

    tier: TierRow | None
    stages: tuple[tuple[str, str], ...]
    short: str


def needed(connection: Connection, asked: Asked) -> Needed:
    """What an order would need on a day."""
    known = [one for one in tiers(connection) if one.purpose == asked.purpose]
    chosen = counting([one for one in known if one.covers(asked.day)], asked.amount_fen)
    tier = next((one for one in known if chosen is not None and one.id == chosen.id), None)
    if tier is None:
        return Needed(None, (), "")
    able = {one.stage: one for one in able_of(connection, TableArgs(asked.day, asked.court_id))}
    codes = (*tier.stages, SEND)
    stages = tuple((_word(code), able[code].words) for code in codes)
    free = {code: [one for one in able[code].ids if one != asked.maker_id] for code in codes}
    short = short_of(free)
    return Needed(tier, stages, "" if short is None else _word(short))


def _word(code: str) -> str:
    return "财务付款" if code == SEND else stage_word(code)


@dataclass(frozen=True, slots=True)
class Change:
    """Tiers that were proposed together. `fault`: why whoever asks cannot agree; `may_refuse`."""

    ids: tuple[str, ...]
    tier: TierRow
    purposes: str
    proposed_by: str
    agreed_by: str
    fault: str
    may_refuse: bool


@dataclass(frozen=True, slots=True)
class ChangesArgs:
    """Who asks, on which day."""

    person_id: str | None
    today: date


def changes(connection: Connection, args: ChangesArgs) -> tuple[Change, ...]:
    """Every change that was ever proposed: what waits first, then the newest."""
    person = table("person").c
    names = {row[0]: row[1] for row in connection.execute(select(person.id, person.name))}
    together: dict[tuple[object, ...], list[TierRow]] = {}
    for one in tiers(connection):
        if one.proposed_by is not None:
            together.setdefault((*one.change, one.state), []).append(one)
    found = [_change(group, names, args) for group in together.values()]
    found.sort(key=lambda one: one.tier.proposed_at, reverse=True)
    found.sort(key=lambda one: one.tier.state != "proposed")
    return tuple(found)


def _change(group: list[TierRow], names: dict[str, str], args: ChangesArgs) -> Change:
    group.sort(key=lambda one: tuple(PURPOSE_NAMES).index(one.purpose))
    first = group[0]
    waits = first.state == "proposed"
    return Change(
        ids=tuple(one.id for one in group),
        tier=first,
        purposes=purposes_words([one.purpose for one in group]),
        proposed_by=names.get(first.proposed_by or "", ""),
        agreed_by=names.get(first.agreed_by or "", ""),
        fault=tier_fault(first, args.person_id, args.today) if waits else "",
        may_refuse=waits and not tier_fault(first, args.person_id, args.today, agreed=False),
    )


@dataclass(frozen=True, slots=True)
class Offered:
    """Courts to choose from, and one's own."""

    courts: tuple[Place, ...]
    own: str | None


def offered(connection: Connection, person_id: str | None) -> Offered:
    """Courts that have somebody who may pass a stage."""
    person = table("person").c
    posts = {post for several in STAGE_POSTS.values() for post in several}
    having = set(
        connection.execute(select(person.court_id).where(person.post.in_(posts))).scalars()
    )
    found = tuple(one for one in courts(connection) if one.id in having)
    return Offered(found, own_court(connection, person_id))
