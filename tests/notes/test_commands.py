"""Notes over the real tables: who may write, whom they reach, what stays as it was said."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from desktop.errors import UserError
from desktop.notes.commands import NoteText, Reading, mark_read, take_over, write_note
from desktop.notes.queries import ThreadArgs, thread, unread
from desktop.notes.rules import About
from storage.faults import RefusedByRule
from storage.schema import table
from storage.session import Session
from tests.panels.fake_context import CHINA
from tests.panels.real_city import RealCity, real_city
from tests.stores import new_store

AT = datetime(2026, 11, 23, 9, 20, tzinfo=CHINA)


class Desk:
    """The city with its people by name."""

    def __init__(self, city: RealCity) -> None:
        self.city = city
        self.about = About("case", city.late_case, city.late_case)
        with city.context.engine.connect() as connection:
            rows = connection.execute(select(table("person").c.name, table("person").c.id))
            self.people = {row.name: row.id for row in rows}

    def note(self, author: str = "周清和", body: str = "留意", **more: Any) -> NoteText:
        return NoteText(self.about, body, self.people[author], AT, **more)

    def write(self, note: NoteText) -> str:
        with self.city.context.engine.begin() as connection:
            return write_note(connection, note)

    def reading(self, who: str, *ids: str) -> Reading:
        return Reading(ids, self.people[who], AT + timedelta(hours=1))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(real_city(tmp_path))
    made.city.put(
        "membership",
        person_id=made.people["周清和"],
        team_id=made.city.team,
        role="member",
        from_on="2025-01-01",
    )
    return made


def shown(desk: Desk, connection: Connection) -> list[tuple[str, list[str]]]:
    args = ThreadArgs(desk.about, None, AT.date())
    found = thread(connection, args)
    return [(note.body, [one.name for one in note.mentions]) for note in found.notes]


def test_a_note_is_there_with_whom_it_mentions(desk: Desk) -> None:
    desk.write(desk.note(body=" @顾长风 请核对扣押清单，@许南乔 知悉 "))
    with desk.city.context.engine.begin() as connection:
        (line,) = thread(connection, ThreadArgs(desk.about, None, AT.date())).notes
        assert (line.author, line.body) == ("周清和", "@顾长风 请核对扣押清单，@许南乔 知悉")
        assert [(one.name, one.read) for one in line.mentions] == [
            ("顾长风", False),
            ("许南乔", False),
        ]
        counts = {name: unread(connection, desk.people[name]) for name in ("顾长风", "周清和")}
        assert counts == {"顾长风": 1, "周清和": 0}
        read = desk.reading("许南乔", *(one.id for one in line.mentions))
        assert mark_read(connection, read) == 1, "the other's mention stays unread"
        assert mark_read(connection, read) == 0
        assert unread(connection, desk.people["顾长风"]) == 1
        assert unread(connection, desk.people["许南乔"]) == 0


@pytest.mark.parametrize(
    ("author", "more", "sentence"),
    [
        ("周清和", {"body": "  "}, "内容"),
        ("周清和", {"body": "字" * 4_001}, "4000"),
        ("院长丁", {"team_only": True}, "未编入任何团队"),
        ("周清和", {"team_only": True, "body": "@许南乔 看"}, "许南乔不在本团队"),
        ("周清和", {"team_only": True, "to_id": "x"}, "接手人"),
    ],
)
def test_what_cannot_be_written_is_said(
    desk: Desk, author: str, more: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(UserError, match=sentence):
        desk.write(desk.note(author, **more))
    with pytest.raises(UserError, match="本人身份"):
        desk.write(replace(desk.note(), author_id=None))
    with desk.city.context.engine.connect() as connection:
        assert connection.execute(table("note").select()).all() == []


def test_a_note_to_the_team_hangs_on_no_case(desk: Desk) -> None:
    desk.write(desk.note(team_only=True, body="@顾长风 先别对外说"))
    desk.write(desk.note(body="可以公开"))
    with desk.city.context.engine.connect() as connection:
        note, mention = table("note").c, table("note_mention").c
        rows = connection.execute(select(note.body, note.case_id, note.about_id)).all()
        assert {(row.body, row.case_id, row.about_id) for row in rows} == {
            ("@顾长风 先别对外说", None, desk.city.late_case),
            ("可以公开", desk.city.late_case, desk.city.late_case),
        }
        assert connection.execute(select(mention.team_only)).scalars().all() == [True]


def test_a_correction_stands_in_the_place_of_what_it_corrects(desk: Desk) -> None:
    first = desk.write(desk.note(body="款已到帐"))
    desk.write(desk.note(body="款未到账", voids=first))
    with desk.city.context.engine.connect() as connection:
        assert shown(desk, connection) == [("款未到账", [])]
        assert len(connection.execute(table("note").select()).all()) == 2


def test_a_mention_in_a_corrected_note_no_longer_waits(desk: Desk) -> None:
    first = desk.write(desk.note(body="@顾长风 看"))
    desk.write(desk.note(body="不必看了", voids=first))
    with desk.city.context.engine.connect() as connection:
        assert unread(connection, desk.people["顾长风"]) == 0


def test_a_change_of_hands_asks_for_a_note_until_one_is_there(desk: Desk) -> None:
    desk.city.put(
        "hold",
        case_id=desk.city.late_case,
        from_on="2026-11-20",
        kind="handler",
        holder_id=desk.city.other_handler,
        holder_name="许南乔",
    )
    args = ThreadArgs(desk.about, None, AT.date())
    with desk.city.context.engine.connect() as connection:
        change = thread(connection, args).change
    assert change is not None
    assert (change.from_name, change.to_name, change.on) == ("顾长风", "许南乔", "2026-11-20")
    desk.write(desk.note("顾长风", "笔录在卷二，查封到 12 月止", to_id=change.to_id))
    with desk.city.context.engine.begin() as connection:
        told = thread(connection, args)
        assert told.change is None
        (line,) = told.notes
        (taker,) = line.mentions
        assert (line.to_name, taker.acknowledged) == ("许南乔", False)
        with pytest.raises(UserError, match="只有接手人"):
            take_over(connection, desk.reading("周清和", taker.id))
        assert mark_read(connection, desk.reading("许南乔", taker.id)) == 1
        assert unread(connection, change.to_id) == 1, "read, but not taken"
        take_over(connection, desk.reading("许南乔", taker.id))
        assert unread(connection, change.to_id) == 0
        with pytest.raises(UserError, match="已经接收"):
            take_over(connection, desk.reading("许南乔", taker.id))


def test_nobody_hands_over_to_himself(desk: Desk) -> None:
    with pytest.raises(UserError, match="本人"):
        desk.write(desk.note(to_id=desk.people["周清和"]))


def test_the_replica_keeps_notes_and_readers_as_they_are(tmp_path: Path) -> None:
    """With the real triggers: a note is a fact, and a mention is read by the mentioned alone."""
    with new_store(tmp_path / "store") as replica:
        session = Session(replica, actor="周")
        with session.write("备") as write:
            put = write.connection.execute
            court = {"code": "豫03", "name": "甲院", "short_name": "甲"}
            put(table("court").insert().values(id=_id(1), **court))
            for n, name in ((2, "甲一"), (3, "乙二")):
                person = {"court_id": _id(1), "name": name, "post": "clerk"}
                put(table("person").insert().values(id=_id(n), **person))
            note = {"about": "petition", "about_id": _id(9), "body": "看", "author_id": _id(2)}
            put(table("note").insert().values(id=_id(4), at=AT.isoformat(), **note))
            mention = {"note_id": _id(4), "person_id": _id(3)}
            put(table("note_mention").insert().values(id=_id(5), **mention))
        rows = table("note"), table("note_mention")
        read = {"read_at": AT.isoformat()}
        wrong = (
            (update(rows[0]).values(body="改"), "事实"),
            (update(rows[1]).values(**read, read_by=_id(2)), "被提及的本人"),
            (update(rows[1]).values(person_id=_id(2)), "不得更改"),
            (update(rows[1]).values(**read, read_by=_id(3), acknowledged_at="x"), "接手人"),
        )
        for statement, sentence in wrong:
            with pytest.raises(RefusedByRule, match=sentence), session.write("试") as write:
                write.connection.execute(statement)
        with session.write("读") as write:
            write.connection.execute(update(rows[1]).values(**read, read_by=_id(3)))


def _id(n: int) -> str:
    return f"00000000-0000-7000-8000-{n:012d}"
