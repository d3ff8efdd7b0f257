"""How long the courts named in a circular have for their reply before it is signed (X12).

Reads; any lane. The rule is data: resources/documents/replies.toml.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from desktop.contract.court_zone import COURT_ZONE
from desktop.documents.kinds import kinds
from desktop.rules.catalogue import CONFIDENCES
from desktop.rules.rule_files import Problem, RuleFileError, open_rule_file
from resources import path as resource_path
from storage.schema import table

OPEN_STATES: Final = ("draft", "replying", "checking", "signing")
ASKED: Final = "ask_replies"
AGREED: Final = "agreed"
_NAMED_MAX: Final = 3
_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ReplyRule:
    """Every court asked has `hours` to answer; documents of the kinds `needed` must be shown to
    the courts before they are signed."""

    hours: int
    needed: frozenset[str]
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class ReplyWindow:
    """`asked`: id of each court → when it was asked; `answered`: those that objected, or said that
    they have no objection; `names`: short names of the courts asked."""

    kind: str
    asked: Mapping[str, datetime]
    answered: frozenset[str]
    names: Mapping[str, str]
    rule: ReplyRule

    @property
    def open_courts(self) -> tuple[str, ...]:
        """Ids of the courts without an answer, the one asked first at the head."""
        return tuple(
            sorted(
                (court for court in self.asked if court not in self.answered),
                key=lambda court: (self.asked[court], self.names.get(court, ""), court),
            )
        )

    @property
    def free_from(self) -> datetime | None:
        """The first moment at which it may be signed if nobody answers any more; None where no
        answer is waited for."""
        asked = [self.asked[court] for court in self.open_courts]
        return max(asked) + timedelta(hours=self.rule.hours) if asked else None

    def fault(self, at: datetime) -> str:
        """Why it may not be signed at that moment, and when it may; empty when it may."""
        if not self.asked:
            if self.kind not in self.rule.needed:
                return ""
            name = kinds().kind(self.kind).name
            return (
                f"{name}尚未送有关法院核对，不得签发：先征求意见，满{self.rule.hours}小时或者各院"
                "均已答复后方可签发。"
            )
        free = self.free_from
        if free is None or at >= free:
            return ""
        courts = [self.names.get(court, court) for court in self.open_courts]
        more = f"等{len(courts)}个法院" if len(courts) > _NAMED_MAX else ""
        # Up to the full minute, so that the one that is told is one at which it may be signed.
        here = (free + _MINUTE - timedelta(microseconds=1)).astimezone(COURT_ZONE)
        return (
            f"征求意见未满{self.rule.hours}小时，{'、'.join(courts[:_NAMED_MAX])}{more}尚未答复，"
            f"不得签发：最早可于{here.year}年{here.month}月{here.day}日{here.hour}时"
            f"{here.minute:02d}分签发，各院均已答复的可以提前。"
        )


def window(connection: Connection, row: Row[Any]) -> ReplyWindow:
    """How the reply to a document stands."""
    asked, answered = _told(connection, row.id)
    objection, court = table("objection").c, table("court").c
    answered |= set(
        connection.execute(
            select(objection.court_id).where(objection.document_id == row.id)
        ).scalars()
    )
    names = connection.execute(
        select(court.id, court.short_name, court.name).where(court.id.in_(list(asked)))
    )
    return ReplyWindow(
        row.kind,
        asked,
        frozenset(answered & set(asked)),
        {found.id: found.short_name or found.name for found in names},
        reply_rule(),
    )


def asked_at(connection: Connection, document_id: str) -> dict[str, datetime]:
    """Ids of the courts that were asked → when each was asked for the first time."""
    return _told(connection, document_id)[0]


def objecting_fault(connection: Connection, row: Row[Any], court_id: str, at: datetime) -> str:
    """Why that court cannot object any more: it may until its reply day has ended, and never for
    less than the hours of the rule. Empty when it can, or when it was not asked."""
    asked = asked_at(connection, row.id).get(court_id)
    if asked is None or row.reply_by is None:
        return ""
    day = date.fromisoformat(row.reply_by)
    if at.astimezone(COURT_ZONE).date() <= day:
        return ""
    least = asked + timedelta(hours=reply_rule().hours)
    return "" if at <= least else f"反馈期限（{row.reply_by}）已过。"


def _told(connection: Connection, document_id: str) -> tuple[dict[str, datetime], set[str]]:
    """When courts were asked, and which of them agreed."""
    done = table("document_act").c
    rows = connection.execute(
        select(done.at, done.body)
        .where(done.document_id == document_id, done.act == ASKED)
        .order_by(done.at, done.id)
    ).all()
    asked: dict[str, datetime] = {}
    agreed: set[str] = set()
    for row in rows:
        told = json.loads(row.body)
        for court in told["courts"]:
            asked.setdefault(court, datetime.fromisoformat(row.at))
        if AGREED in told:
            agreed.add(told[AGREED])
    return asked, agreed


def reply_rule(path: Path | None = None) -> ReplyRule:
    """The shipped rule; RuleFileError names mistakes."""
    return _load(path or resource_path("documents/replies.toml"))


@lru_cache(maxsize=4)
def _load(path: Path) -> ReplyRule:
    problems: list[Problem] = []
    reader = open_rule_file(path, problems)
    if reader is None:
        raise RuleFileError(problems)
    made = ReplyRule(
        reader.number("hours", least=0, most=240),
        frozenset(reader.texts("needed")),
        reader.text("source"),
        reader.choice("confidence", CONFIDENCES),
    )
    for code in sorted(made.needed - set(kinds().by_code)):
        reader.note("needed", f"没有“{code}”这种文书")
    reader.finish()
    if problems:
        raise RuleFileError(problems)
    return made
