"""What the petition panel writes, each one transaction of the writer lane."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Connection

from desktop.errors import UserError
from desktop.panels.petitions.rules import ACT_WORDS, Act
from desktop.petitions import commands as do
from desktop.petitions.commands import By, Order, Received, Reception, Reply
from desktop.petitions.rules import Refusals


@dataclass(frozen=True, slots=True)
class Promise:
    """What is promised to whoever came, and by when."""

    body: str
    due_on: date | None

    @property
    def given(self) -> bool:
        """Whether anything of it was filled in."""
        return bool(self.body.strip()) or self.due_on is not None


NO_PROMISE: Final = Promise("", None)


@dataclass(frozen=True, slots=True)
class Visit:
    """A filled reception card. `attach_to`: the earlier petition it belongs to."""

    card: Reception
    by: By
    promise: Promise = NO_PROMISE
    register: bool = True
    attach_to: str | None = None


def receive(connection: Connection, visit: Visit) -> Received:
    """Stores the card with its promise, registered where wanted; or the visit with an earlier
    petition. Every refusal is told at once."""
    no = Refusals([])
    _check_promise(no, visit)
    if visit.attach_to is not None:
        no.stop()
        return _attach(connection, visit, visit.attach_to)
    try:
        found = do.receive(connection, visit.card, visit.by)
    except UserError as refused:
        raise UserError("\n".join([str(refused), *no.found])) from refused
    no.stop()
    if visit.register:
        do.register(connection, found.petition_id, visit.by)
    _promise(connection, found.petition_id, visit)
    return found


def _attach(connection: Connection, visit: Visit, petition_id: str) -> Received:
    do.visit(connection, petition_id, visit.card.summary, visit.by)
    _promise(connection, petition_id, visit)
    code = do.code_of(connection, petition_id)
    return Received(petition_id, code)


def _check_promise(no: Refusals, visit: Visit) -> None:
    if not visit.promise.given:
        return
    no.text("承诺内容", visit.promise.body)
    no.unless(visit.promise.due_on is not None, "承诺日期", "须填写")
    if visit.promise.due_on is not None:
        no.not_before("承诺日期", visit.promise.due_on, visit.by.day, "今天")


def _promise(connection: Connection, petition_id: str, visit: Visit) -> None:
    if visit.promise.given and visit.promise.due_on is not None:
        made = visit.promise
        do.promise(connection, petition_id, made.body, visit.promise.due_on, visit.by)


@dataclass(frozen=True, slots=True)
class Deed:
    """One act on a petition with whatever it takes; `other` is an act's or a petition's id."""

    petition_id: str
    act: Act
    by: By
    body: str = ""
    person_id: str = ""
    court_id: str | None = None
    due_on: date | None = None
    key: str = ""  # class, level or result
    partial: bool = False
    other: str | None = None


def carry_out(connection: Connection, deed: Deed) -> Act:
    """Does the act. Refusals are UserErrors, one line for each reason."""
    _DEEDS[deed.act](connection, deed)
    return deed.act


def _due(deed: Deed, field: str) -> date:
    if deed.due_on is None:
        raise UserError(f"{field}：须填写")
    return deed.due_on


def _order(deed: Deed) -> Order:
    return Order(deed.person_id, _due(deed, "内部限期"), deed.body, deed.court_id)


def _reply(deed: Deed) -> Reply:
    return Reply(deed.body, partial=deed.partial, answers=deed.other)


def _other(deed: Deed) -> str:
    if not deed.other:
        raise UserError(f"{ACT_WORDS[deed.act]}：须选定")
    return deed.other


_DEEDS: Final[dict[Act, Callable[[Connection, Deed], object]]] = {
    Act.REGISTER: lambda c, d: do.register(c, d.petition_id, d.by),
    Act.SCREEN: lambda c, d: do.screen(c, d.petition_id, d.key, d.by),
    Act.ASSIGN: lambda c, d: do.assign(c, d.petition_id, _order(d), d.by),
    Act.PASS_ON: lambda c, d: do.pass_on(c, d.petition_id, _order(d), d.by),
    Act.REPLY_IN: lambda c, d: do.reply_in(c, d.petition_id, _reply(d), d.by),
    Act.REPLY_OUT: lambda c, d: do.reply_out(c, d.petition_id, _reply(d), d.by),
    Act.PROMISE: lambda c, d: do.promise(c, d.petition_id, d.body, _due(d, "承诺日期"), d.by),
    Act.KEPT: lambda c, d: do.keep(c, d.petition_id, _other(d), d.by),
    Act.REMIND: lambda c, d: do.remind(c, d.petition_id, d.body, d.by),
    Act.HANG: lambda c, d: do.hang(c, d.petition_id, d.by),
    Act.UNHANG: lambda c, d: do.unhang(c, d.petition_id, d.body, d.by),
    Act.LEVEL: lambda c, d: do.set_level(c, d.petition_id, d.key, d.body, d.by),
    Act.TELL: lambda c, d: do.tell(c, d.petition_id, d.body, d.by),
    Act.CLOSE: lambda c, d: do.close(c, d.petition_id, d.key, d.body, d.by),
    Act.REOPEN: lambda c, d: do.reopen(c, d.petition_id, d.body, d.by),
    Act.VISIT: lambda c, d: do.visit(c, d.petition_id, d.body, d.by),
    Act.MERGE: lambda c, d: do.merge(c, d.petition_id, _other(d), d.by),
    Act.UNMERGE: lambda c, d: do.unmerge(c, d.petition_id, d.by),
    Act.NOTE: lambda c, d: do.note(c, d.petition_id, d.body, d.by),
}
