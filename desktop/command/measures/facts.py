"""The stored facts of coercive measures, as the pure rules want them. Any thread that may read."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from desktop.contract.court_zone import court_time
from desktop.documents.course import row_of
from desktop.errors import UserError
from desktop.rules.coercive import KINDS, Done, History, Mark, Passed, Standing, fold
from storage.schema import table

_PRESIDENT: Final = "president"


@dataclass(frozen=True, slots=True)
class _Power:
    """A delegation of a president that somebody agreed to; days as stored, both included."""

    to_id: str
    court_id: str
    from_on: str
    to_on: str
    ended_on: str

    def held(self, person_id: str, court_id: str, day: str) -> bool:
        """Whether the person had the power of that court's president on the day."""
        alive = self.from_on <= day <= self.to_on and (not self.ended_on or self.ended_on > day)
        return alive and (self.to_id, self.court_id) == (person_id, court_id)


def measure_of(connection: Connection, document_id: str) -> Row[Any]:
    """The document; UserError where it is gone or no fine, summons or detention."""
    row = row_of(connection, document_id)
    if row.kind not in KINDS:
        raise UserError("这份文书不是罚款、拘传、拘留文书。")
    return row


def told(row: Row[Any]) -> Mapping[str, Any]:
    """What the document says, by field."""
    found: Mapping[str, Any] = json.loads(row.fields)
    return found


def standing_of(connection: Connection, row: Row[Any], now: datetime) -> Standing:
    """Where one measure stands."""
    return standings(connection, [row], now)[row.id]


def standings(
    connection: Connection, rows: Sequence[Row[Any]], now: datetime
) -> dict[str, Standing]:
    """Where each of these documents stands at `now`; few queries, however many there are."""
    ids = [row.id for row in rows]
    histories = _histories(connection, rows)
    acts = acts_of(connection, ids)
    return {row.id: fold(row.state, histories[row.id], acts[row.id], now) for row in rows}


def acts_of(connection: Connection, ids: Iterable[str]) -> Mapping[str, list[Done]]:
    """The acts on each of these documents, oldest first."""
    act = table("measure_act")
    found: dict[str, list[Done]] = defaultdict(list)
    rows = connection.execute(
        select(act).where(act.c.document_id.in_(list(ids))).order_by(act.c.at, act.c.id)
    )
    for row in rows:
        done = Done(
            court_time(row.at),
            row.id,
            row.act,
            row.person_id,
            bool(row.violation),
            row.body,
            row.device,
            row.pages_sha256 or "",
        )
        found[row.document_id].append(done)
    return found


def _histories(connection: Connection, rows: Sequence[Row[Any]]) -> dict[str, History]:
    ids = [row.id for row in rows]
    courts = _courts(connection, rows)
    powers = _powers(connection)
    act, version = table("document_act"), table("document_version").c
    person = table("person").c
    noted = _noted(connection, ids)
    passed: dict[str, list[Passed]] = defaultdict(list)
    returned: dict[str, list[Mark]] = defaultdict(list)
    words: dict[str, list[Mark]] = defaultdict(list)
    for row in connection.execute(
        select(act, person.post, person.court_id)
        .join(table("person"), person.id == act.c.person_id)
        .where(act.c.document_id.in_(ids), act.c.act.in_(("pass", "return")))
    ):
        at = court_time(row.at)
        if row.act == "return":
            returned[row.document_id].append(Mark(at, row.id))
        elif row.stage == "approve":
            court = courts[row.document_id]
            signed = (row.document_id, row.person_id, row.at) in noted
            head = (
                signed
                and row.court_id == court
                and (
                    row.post == _PRESIDENT
                    or (
                        row.for_post == _PRESIDENT
                        and any(one.held(row.person_id, court, row.at[:10]) for one in powers)
                    )
                )
            )
            passed[row.document_id].append(
                Passed(at, row.id, row.person_id, row.content_sha256, head)
            )
    for saved in connection.execute(
        select(version.document_id, version.id, version.at, version.content_sha256).where(
            version.document_id.in_(ids)
        )
    ):
        words[saved.document_id].append(Mark(court_time(saved.at), saved.id, saved.content_sha256))
    return {
        one: History(tuple(passed[one]), tuple(returned[one]), tuple(words[one])) for one in ids
    }


def _noted(connection: Connection, ids: Sequence[str]) -> set[tuple[str, str, str]]:
    """(document, person, moment) of the approvals that pages and a signed copy stand behind."""
    act, file = table("measure_act").c, table("document_file").c
    rows = connection.execute(
        select(act.document_id, act.person_id, act.at).where(
            act.document_id.in_(ids),
            act.act == "approve",
            act.document_id.in_(select(file.document_id).where(file.kind == "approved")),
        )
    )
    return {(row.document_id, row.person_id, row.at) for row in rows}


def _courts(connection: Connection, rows: Sequence[Row[Any]]) -> dict[str, str]:
    """The court whose president decides: that of the case, else of whoever made the document."""
    case, person = table("case").c, table("person").c
    cases = {row.case_id for row in rows if row.case_id is not None}
    makers = {row.maker_id for row in rows if row.maker_id is not None}
    of_case = {
        row.id: row.court_id
        for row in connection.execute(select(case.id, case.court_id).where(case.id.in_(cases)))
    }
    of_maker = {
        row.id: row.court_id
        for row in connection.execute(
            select(person.id, person.court_id).where(person.id.in_(makers))
        )
    }
    return {
        row.id: str(of_case.get(row.case_id) or of_maker.get(row.maker_id) or "") for row in rows
    }


def _powers(connection: Connection) -> list[_Power]:
    power, giver = table("delegation"), table("person").c
    rows = connection.execute(
        select(power, giver.court_id)
        .join(table("person"), giver.id == power.c.from_id)
        .where(
            power.c.post == _PRESIDENT,
            giver.post == _PRESIDENT,
            power.c.agreed_by.is_not(None),
        )
    )
    return [
        _Power(
            row.to_id,
            row.court_id,
            row.from_on,
            row.to_on,
            row.ended_on or row.from_on if row.state == "ended" else "",
        )
        for row in rows
    ]


def party_kind(connection: Connection, case_id: str | None, name: str) -> str:
    """Kind of the case's party of that name; empty where the case has none."""
    party = table("party").c
    found = connection.execute(
        select(party.kind).where(party.case_id == case_id, party.name == name.strip())
    ).scalar()
    return str(found or "")


def device(connection: Connection) -> str:
    """The name of this device as the exchange knows it."""
    return str(connection.execute(select(table("_ctl").c.device_id)).scalar() or "")
