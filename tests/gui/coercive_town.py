"""A court with three coercive papers before its president, in a real replica. All invented."""

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QColor, QImage
from sqlalchemy import Connection, insert, select

from desktop.background.read_log import keeper
from desktop.contract.context import Who
from desktop.documents.case_words import case_words
from desktop.documents.course import submit
from storage.schema import table
from storage.session import Session
from tests.documents.office import AT, Office, office
from tests.gui.circular_town import Clock
from tests.gui.conftest import Rig
from tests.panels.real_city import TODAY, new

_TABLES = (
    *("court", "team", "person", "membership", "case", "party", "hold", "node_event"),
    *("suspension",),
)
DETAIN = {
    "person": "钱百川",
    "facts": "擅自转移已被查封的挖掘机，经责令拒不追回。",
    "days": "15",
    "warned": "2026年11月10日、16日两次书面告诫。",
    "team_view": "拟拘留十五日，三名成员一致。",
    "leader_view": "同意团队意见，报院长批准。",
}
FINE = {
    "person": "钱百川",
    "facts": "逾期拒不报告财产。",
    "amount": "5000000",
    "pay_by": "2026-12-15",
    "team_view": "拟罚款五万元。",
    "leader_view": "同意。",
}
SUMMONS = {
    "person": "钱百川",
    "facts": "两次传唤均未到场。",
    "place": "本院执行事务中心",
    "team_view": "拟拘传。",
    "leader_view": "同意。",
}


@dataclass
class Scene:
    """Ids of who sits at the desk by a word, of the papers by their kind; the desk's clock."""

    desk: Office
    people: dict[str, str]
    names: dict[str, str]
    case_id: str
    clock: Clock
    papers: dict[str, str] = field(default_factory=dict)

    def sit(self, rig: Rig, who: str) -> None:
        """Somebody sits down."""
        person_id = self.people[who]
        rig.context.who = Who(person_id, self.names[person_id], "")
        # Whoever sits there from the start is who reads; here people change seats.
        rig.context.reading._write = keeper(rig.context._note_look, person_id)


def settle(session: Session, folder: Path) -> Scene:
    """Copies the office; its case gets a person to be detained, pictures, a record, and papers."""
    desk = office(folder)
    case_id = desk.city.late_case
    with desk.engine.connect() as read, session.write("示例") as write:
        for name in _TABLES:
            rows = [dict(row._mapping) for row in read.execute(select(table(name)))]
            if rows:
                write.connection.execute(insert(table(name)), rows)
        _evidence(write.connection, case_id, desk)
    people = dict(desk.people)
    with session.read() as connection:
        person = table("person").c
        names = {row.id: row.name for row in connection.execute(select(person.id, person.name))}
    scene = Scene(desk, people, names, case_id, Clock(AT + timedelta(hours=1)))
    with session.write("送审") as write:
        for kind, values in (
            ("fine_decision", FINE),
            ("summons", SUMMONS),
            ("detention_decision", DETAIN),
        ):
            scene.papers[kind] = _paper(write.connection, desk, case_id, kind, values)
    return scene


def _paper(
    connection: Connection, desk: Office, case_id: str, kind: str, values: dict[str, str]
) -> str:
    facts = case_words(connection, case_id, TODAY)
    more = {"case_id": case_id, "author": "judge", "facts": facts, "values": values}
    made = desk.draft(connection, kind, **more)
    submit(connection, desk.act(connection, made, "judge"))
    return made


def _evidence(to: Connection, case_id: str, desk: Office) -> None:
    """A natural person among the parties, two photographs, the record of a seizure, a warning."""
    judge, second = desk.people["judge"], desk.people["outsider"]
    to.execute(
        insert(table("membership")).values(
            id=new("member"),
            person_id=second,
            team_id=desk.city.team,
            role="assistant",
            from_on="2025-01-01",
        )
    )
    to.execute(
        insert(table("party")).values(
            id=new("party"), case_id=case_id, role="debtor", name="钱百川", kind="natural"
        )
    )
    at = (AT - timedelta(days=5)).isoformat(timespec="seconds")
    seizure = new("seizure")
    to.execute(
        insert(table("seizure")).values(
            id=seizure,
            case_id=case_id,
            kind="seal",
            place="示范路工地",
            began_at=at,
            officer_id=judge,
            second_id=second,
            subject="钱百川",
            transcript="现场未见查封的挖掘机，看管人称钱百川已自行拖走。",
        )
    )
    for n, colour in enumerate(("#405060", "#7a6a50"), start=1):
        body = picture(colour)
        attachment = new("photo")
        to.execute(
            insert(table("attachment")).values(
                id=attachment,
                case_id=case_id,
                sha256=hashlib.sha256(body).hexdigest(),
                size=len(body),
                mime="image/png",
                name=f"现场照片{n}.png",
                thumbnail=base64.b64encode(body).decode(),
            )
        )
        to.execute(
            insert(table("seizure_photo")).values(
                id=new("shot"),
                seizure_id=seizure,
                attachment_id=attachment,
                taken_at=at,
                sha256=hashlib.sha256(body).hexdigest(),
                person_id=judge,
            )
        )
    to.execute(
        insert(table("execution_log")).values(
            id=new("log"),
            case_id=case_id,
            at=(AT - timedelta(days=7)).isoformat(timespec="milliseconds"),
            author_id=judge,
            kind="act",
            body="电话告诫钱百川不得转移查封财产。",
        )
    )


def picture(colour: str) -> bytes:
    """A small PNG of one colour."""
    image = QImage(120, 80, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(buffer.data().data())
