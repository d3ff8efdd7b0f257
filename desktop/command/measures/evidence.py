"""What a decision about a measure rests on: pictures, records, earlier warnings, views, law.

Reader lanes. All of it is on one page before whoever decides; what the case does not have is said
to be missing, never left out.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from desktop.command.measures.facts import told
from desktop.documents.measures import limit_of
from desktop.documents.numbering import number_words
from desktop.rules.coercive import KINDS
from desktop.rules.measured import Limit
from storage.schema import table

_PHOTOS: Final = 12
_RECORDS: Final = 6
_WARNINGS: Final = 8
_WARNED: Final = ("告诫", "警告", "责令", "催告", "传唤")


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture of the case; `thumbnail` its bytes, nothing where none was made yet."""

    id: str
    name: str
    sha256: str
    thumbnail: bytes
    taken_at: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """A 笔录 or an entry of the work log."""

    at: str
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Grounds:
    """The whole of it. `lacking`: what is not there, a sentence each."""

    limit: Limit
    photos: tuple[Photo, ...]
    records: tuple[Record, ...]
    warnings: tuple[str, ...]
    team_view: str
    leader_view: str
    lacking: tuple[str, ...]


def grounds(connection: Connection, row: Row[Any], day: date) -> Grounds:
    """Everything for one measure, by the law in force on `day`."""
    words = told(row)
    photos, records = _photos(connection, row.case_id), _records(connection, row.case_id)
    warnings = _warnings(connection, row, str(words.get("person", "")))
    found = Grounds(
        limit_of(connection, row, day),
        photos,
        records,
        warnings,
        str(words.get("team_view", "")).strip(),
        str(words.get("leader_view", "")).strip(),
        (),
    )
    return Grounds(
        *(found.limit, found.photos, found.records, found.warnings),
        *(found.team_view, found.leader_view, tuple(_lacking(row, words, found))),
    )


def blocks(connection: Connection, row: Row[Any], day: date) -> tuple[str, ...]:
    """What has to be there before the paper is sent to the president; empty: it may go."""
    found = grounds(connection, row, day)
    return (*((found.limit.fault,) if found.limit.fault else ()), *found.lacking)


def _lacking(row: Row[Any], words: Mapping[str, Any], found: Grounds) -> list[str]:
    made = []
    if not str(words.get("facts", "")).strip():
        made.append("没有写明妨害行为的事实。")
    if not found.photos and not found.records:
        made.append("案卷中没有照片，也没有笔录，行为没有证据。")
    elif not found.records:
        made.append("案卷中没有笔录。")
    if not found.warnings:
        made.append("没有此前告诫、传唤的记录。")
    if not found.team_view:
        made.append("没有团队意见。")
    if not found.leader_view:
        made.append("没有负责人意见。")
    return made


def _photos(connection: Connection, case_id: str | None) -> tuple[Photo, ...]:
    attachment, photo, person = table("attachment"), table("seizure_photo").c, table("person").c
    rows = connection.execute(
        select(attachment, photo.taken_at, person.name.label("by"))
        .outerjoin(table("seizure_photo"), photo.attachment_id == attachment.c.id)
        .outerjoin(table("person"), person.id == photo.person_id)
        .where(attachment.c.case_id == case_id, attachment.c.mime.startswith("image/"))
        .order_by(attachment.c.id.desc())
        .limit(_PHOTOS)
    ).all()
    return tuple(
        Photo(
            row.id,
            row.name,
            row.sha256,
            base64.b64decode(row.thumbnail) if row.thumbnail else b"",
            row.taken_at or "",
            row.by or "",
        )
        for row in rows
    )


def _records(connection: Connection, case_id: str | None) -> tuple[Record, ...]:
    seizure, log, person = table("seizure").c, table("execution_log").c, table("person").c
    found = [
        Record(row.began_at, f"现场笔录　{row.place}", row.transcript)
        for row in connection.execute(
            select(seizure.began_at, seizure.place, seizure.transcript).where(
                seizure.case_id == case_id, seizure.transcript != ""
            )
        )
    ]
    found += [
        Record(row.at, f"工作记录　{row.name or ''}", row.body)
        for row in connection.execute(
            select(log.at, log.body, person.name)
            .outerjoin(table("person"), person.id == log.author_id)
            .where(log.case_id == case_id)
            .order_by(log.at.desc())
            .limit(_RECORDS)
        )
    ]
    return tuple(sorted(found, key=lambda one: one.at, reverse=True)[:_RECORDS])


def _warnings(connection: Connection, row: Row[Any], person: str) -> tuple[str, ...]:
    """Earlier measures against the person in the case, and entries that tell of a warning."""
    document, log = table("document").c, table("execution_log").c
    made = []
    for one in connection.execute(
        select(table("document")).where(
            document.case_id == row.case_id,
            document.kind.in_(tuple(KINDS)),
            document.id != row.id,
            document.state.in_(("signed", "issued")),
        )
    ):
        if str(told(one).get("person", "")).strip() == person.strip():
            number = number_words(one.series, one.year, one.serial)
            made.append((str(one.made_on), f"{one.made_on}　{KINDS[one.kind]}　{number}"))
    for one in connection.execute(
        select(log.at, log.body)
        .where(log.case_id == row.case_id)
        .order_by(log.at.desc())
        .limit(_WARNINGS * 10)
    ):
        if any(word in one.body for word in _WARNED):
            made.append((one.at[:10], f"{one.at[:10]}　{one.body}"))
    typed = str(told(row).get("warned", "")).strip()
    if typed:
        made.append(("9999", typed))
    return tuple(words for _on, words in sorted(made, reverse=True)[:_WARNINGS])
