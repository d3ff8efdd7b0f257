"""A case with a debtor and his car, its officers, and a filled form. All invented."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, insert

from desktop.command.measures.approving import FILE_KIND, FILE_NAME
from desktop.command.seizures.commands import AddPhotos, Filled, Photo, add_photos
from desktop.contract.court_zone import COURT_ZONE
from desktop.documents.files import keep_file
from desktop.rules.seizure_form import Form, Item
from storage.ids import new_id
from storage.schema import table

NOW: Final = datetime(2026, 11, 30, 10, 40, tzinfo=COURT_ZONE)
DEBTOR: Final = "罗启明"
PLATE: Final = "豫CA1234"


def key(n: int) -> str:
    return f"00000000-0000-7000-8000-{n:012d}"


COURT, TEAM, CASE, OTHER_CASE = map(key, range(1, 5))
FIRST, SECOND, THIRD, FINANCE, LEFT = map(key, range(11, 16))


def furnish(connection: Connection) -> None:
    """Two cases: the car of one is under its measure, another car under the other's."""

    def put(kind: str, /, **values: Any) -> None:
        connection.execute(insert(table(kind)).values(**values))

    put("court", id=COURT, code="豫03", name="甲市中级人民法院", short_name="甲市中院")
    put("team", id=TEAM, court_id=COURT, name="一队", kind="implementation", number=1)
    for person_id, name, post in (
        (FIRST, "程远帆", "judge_assistant"),
        (SECOND, "陆知行", "police"),
        (THIRD, "苏清晏", "clerk"),
        (FINANCE, "魏听澜", "finance"),
        (LEFT, "方云起", "police"),
    ):
        left = "2026-06-30" if person_id == LEFT else None
        put("person", id=person_id, court_id=COURT, name=name, post=post, left_on=left)
    for case_id, serial in ((CASE, 41), (OTHER_CASE, 42)):
        put(
            "case",
            id=case_id,
            court_id=COURT,
            team_id=TEAM,
            handler_id=FIRST,
            number=f"（2026）豫03执{serial}号",
            year=2026,
            type_word="执",
            serial=serial,
            filed_on="2026-10-08",
            claim_fen=8_600_000,
        )
    put("party", id=new_id(), case_id=CASE, role="debtor", name=DEBTOR)
    put("party", id=new_id(), case_id=CASE, role="applicant", name="某租赁公司")
    for case_id, plate in ((CASE, "豫C·A1234"), (OTHER_CASE, "豫C·B5678")):
        put(
            "control_measure",
            id=new_id(),
            case_id=case_id,
            asset_kind="movable",
            asset=f"{plate} 小型汽车",
            institution="甲市车辆管理所",
            started_on="2026-10-20",
            expires_on="2028-10-19",
            document_no="（2026）豫03执41号之一",
        )
    put("property_clue", id=new_id(), case_id=CASE, received_on="2026-11-01", body="另有豫C·D2468")


CAR: Final = Item(
    n=1,
    name="小型轿车",
    kind="vehicle",
    quantity="1 辆",
    mark="豫C·A1234",
    condition="能行驶，左前门有划痕",
    value_fen=6_800_000,
    owner=DEBTOR,
)
WHOLE: Final = Form(
    case_id=CASE,
    kind="seize",
    place="甲市乙区丙路 18 号院内",
    lat_e7=346_200_000,
    lon_e7=1_124_500_000,
    accuracy_dm=60,
    began=NOW - timedelta(minutes=35),
    ended=NOW - timedelta(minutes=5),
    officer_id=FIRST,
    second_id=SECOND,
    subject=DEBTOR,
    present=f"{DEBTOR}；见证人：丙路社区 何某",
    keeper="甲市中级人民法院涉案车辆停放场",
    document_no="（2026）豫03执41号之二",
    transcript="向被执行人出示证件、宣读裁定，告知权利义务。被执行人无异议，交出钥匙和行驶证。",
    items=(CAR,),
)


def photo(n: int) -> Photo:
    """An invented photograph: a hash is all that is known of it here."""
    return Photo(
        name=f"现场{n}.jpg",
        sha256=f"{n:064x}",
        size=1_000 + n,
        mime="image/jpeg",
        thumbnail="",
        taken=NOW - timedelta(minutes=30),
    )


def filled(form: Form = WHOLE, seizure_id: str = key(100), **more: Any) -> Filled:
    """A form as somebody hands it in; the first officer unless told."""
    return Filled(seizure_id, replace(form, **more), FIRST, NOW)


def photographed(connection: Connection, given: Filled, count: int = 6) -> None:
    """So many photographs on the form, which is stored with them."""
    add_photos(connection, AddPhotos(given, tuple(photo(n) for n in range(1, count + 1))))


def signed_approval(connection: Connection, document_id: str, person_id: str, at: datetime) -> None:
    """What a PIN leaves behind beside the act of the course: the note of the pages, and a copy."""
    connection.execute(
        insert(table("measure_act")).values(
            id=new_id(),
            document_id=document_id,
            act="approve",
            person_id=person_id,
            at=at.isoformat(),
            pages_sha256="c" * 64,
        )
    )
    keep_file(connection, document_id, FILE_KIND, FILE_NAME, b"%PDF")
