"""A seizure from the form to the verified list: what is missing is told in one pass, signature and
receipt are one act, and the database refuses whatever goes round the commands."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from desktop.command import receipts
from desktop.command.receipts import prove
from desktop.command.seizures.commands import (
    AddPhotos,
    ToMeasure,
    Verdict,
    add_photos,
    save,
    sign,
    to_measure,
    verify,
)
from desktop.command.seizures.content import form_of
from desktop.command.seizures.known import known_of, last_fix, officers_of
from desktop.errors import UserError
from desktop.rules.seizure_form import Item
from storage.faults import RefusedByRule
from storage.ids import new_id
from storage.replica import Replica
from storage.schema import table
from storage.session import Session
from tests.command.seizure_office import (
    CAR,
    CASE,
    FINANCE,
    FIRST,
    LEFT,
    NOW,
    OTHER_CASE,
    SECOND,
    TEAM,
    THIRD,
    WHOLE,
    filled,
    furnish,
    key,
    photo,
    photographed,
)
from tests.passphrase import PASSPHRASE

ID = key(100)


@pytest.fixture
def office(session: Session) -> Session:
    with session.write("备") as write:
        furnish(write.connection)
    return session


def signed(office: Session) -> str:
    """A signed list; its code."""
    with office.write("拍照") as write:
        photographed(write.connection, filled())
    with office.write("签名") as write:
        return sign(write.connection, filled()).code


@pytest.fixture(scope="module")
def photographed_office(
    make_store: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Session]:
    """A whole form with its photographs; for tests that are refused and leave nothing."""
    with Replica.open(make_store(tmp_path_factory.mktemp("o") / "s"), PASSPHRASE) as replica:
        made = Session(replica, actor="程远帆")
        with made.write("备") as write:
            furnish(write.connection)
            photographed(write.connection, filled())
        yield made


@pytest.fixture(scope="module")
def signed_office(
    make_store: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Session]:
    """The same, signed."""
    with Replica.open(make_store(tmp_path_factory.mktemp("o") / "s"), PASSPHRASE) as replica:
        made = Session(replica, actor="程远帆")
        with made.write("备") as write:
            furnish(write.connection)
        signed(made)
        yield made


def row_of(office: Session, name: str, **where: Any) -> Any:
    with office.read() as connection:
        rows = table(name)
        query = select(rows).where(*(rows.c[key] == value for key, value in where.items()))
        return connection.execute(query).one()


def count(office: Session, name: str) -> int:
    with office.read() as connection:
        return int(connection.execute(select(func.count()).select_from(table(name))).scalar_one())


# The form


def test_everything_that_is_missing_is_told_at_once_and_nothing_is_stored(office: Session) -> None:
    bare = filled(
        replace(WHOLE, kind="", place="", second_id="", keeper="", items=(), transcript="短")
    )
    with pytest.raises(UserError) as refused, office.write("签名") as write:
        sign(write.connection, bare)
    said = str(refused.value)
    for words in ("查封还是扣押", "地点", "第二名", "保管人", "至少须有一项", "笔录", "照片"):
        assert words in said
    assert count(office, "seizure") == 0
    assert count(office, "receipt_link") == 0


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"second_id": FIRST}, "不得与第一名相同"),
        ({"second_id": LEFT}, "重新选定"),  # has left the court
        ({"second_id": FINANCE}, "重新选定"),
        ({"subject": "某租赁公司"}, "不是本案的被执行人"),
        ({"lat_e7": None}, "无法定位"),
        ({"lat_e7": 910_000_000}, "超出范围"),
        ({"began": None}, "开始"),
        ({"ended": NOW + timedelta(hours=1)}, "完成"),
        ({"ended": WHOLE.began and WHOLE.began - timedelta(minutes=1)}, "完成"),
        ({"document_no": " "}, "裁定书"),
        ({"present": ""}, "在场人"),
        ({"items": (replace(CAR, mark="豫C123"),)}, "不是号牌"),
        ({"items": (replace(CAR, mark="豫CZ9999"),)}, "不见于本案的措施和线索"),
        ({"items": (replace(CAR, mark="豫CB5678"),)}, "（2026）豫03执42号"),
        ({"items": (replace(CAR, condition=""),)}, "第 1 项：请写明状况"),
        ({"items": (CAR, Item(2, "现金", "cash", "1 包", condition="散"))}, "第 2 项：请写明清点"),
        ({"items": (CAR, Item(2, "商铺", "realty", "1 处", condition="空"))}, "还差 2 张"),
    ],
)
def test_each_part_is_asked_for(
    photographed_office: Session, changed: dict[str, Any], words: str
) -> None:
    office = photographed_office
    with pytest.raises(UserError, match=words), office.write("签名") as write:
        sign(write.connection, filled(**changed))
    assert row_of(office, "seizure", id=ID).signed_at is None


def test_a_foreign_plate_passes_with_its_basis(office: Session) -> None:
    car = replace(CAR, mark="豫CB5678", basis="登记在被执行人名下，另案轮候")
    given = filled(items=(car,))
    with office.write("拍照") as write:
        photographed(write.connection, given)
    with office.write("签名") as write:
        assert sign(write.connection, given).code


def test_the_case_knows_its_plates_and_those_of_other_cases(office: Session) -> None:
    with office.read() as connection:
        known = known_of(connection, CASE)
        other = known_of(connection, OTHER_CASE)
    assert set(known.plates) == {"豫CA1234", "豫CD2468"}
    assert known.elsewhere == {"豫CB5678": "（2026）豫03执42号"}
    assert set(other.plates) == {"豫CB5678"}


def test_officers_are_those_in_office_and_not_of_the_cash_desk(office: Session) -> None:
    with office.read() as connection:
        found = {one.id for one in officers_of(connection, CASE, NOW.date())}
    assert found == {FIRST, SECOND, THIRD}


def test_a_form_keeps_what_was_taken_off_out_of_the_list(office: Session) -> None:
    two = filled(items=(CAR, Item(2, "电视机", "movable", "1 台", condition="新")))
    with office.write("存") as write:
        save(write.connection, two)
    with office.write("存") as write:
        save(write.connection, filled(items=(replace(CAR, n=1),)))
    with office.read() as connection:
        form = form_of(connection, ID)
    assert form is not None
    assert [item.n for item in form.items] == [1]
    assert row_of(office, "seizure_item", n=2).dropped


def test_another_officer_does_not_change_my_form(office: Session) -> None:
    with office.write("存") as write:
        save(write.connection, filled())
    theirs = replace(filled(place="别处"), by=THIRD)
    with pytest.raises(UserError, match="别人填写"), office.write("存") as write:
        save(write.connection, theirs)


def test_the_same_photograph_is_hung_on_once(office: Session) -> None:
    with office.write("拍照") as write:
        assert add_photos(write.connection, AddPhotos(filled(), (photo(1), photo(2)))) == 2
    with office.write("拍照") as write:
        assert add_photos(write.connection, AddPhotos(filled(), (photo(2), photo(3)))) == 1
    assert count(office, "attachment") == 3
    assert row_of(office, "attachment", sha256=photo(1).sha256).case_id == CASE


# Signature


def test_signature_and_receipt_are_one_bundle(office: Session) -> None:
    with office.write("拍照") as write:
        photographed(write.connection, filled())
    with office.write("签名") as write:
        link = sign(write.connection, filled())
    with office.read() as connection:
        bundles = connection.exec_driver_sql(
            "select distinct bundle_n from _op where row_id = ? and kind = 'U' or row_id in"
            " (select id from receipt_link)",
            (ID,),
        ).fetchall()
    assert len(bundles) == 1
    stored = row_of(office, "seizure", id=ID)
    assert stored.code == link.code
    assert stored.content_sha256 == link.entry.content_sha256


def test_a_signed_list_does_not_change_whoever_asks(office: Session) -> None:
    signed(office)
    for act in (
        lambda c: save(c, filled(place="别处")),
        lambda c: sign(c, filled()),
        lambda c: add_photos(c, AddPhotos(filled(), (photo(9),))),
    ):
        with pytest.raises(UserError, match="已经签名"), office.write("改") as write:
            act(write.connection)


RAW = [
    ("update seizure set place = '别处'", "已经签名"),
    ("update seizure set second_id = officer_id", "已经签名"),
    ("update seizure set signed_at = null, content_sha256 = null", "已经签名"),
    ("update seizure set code = 'AAAA'", "已经签名"),
    ("update seizure_item set name = '别的'", "已经签名"),
    ("update seizure_item set value_fen = 1", "已经签名"),
    ("update seizure_item set dropped = 1", "已经签名"),
    (
        f"update seizure_item set status = 'verified', verified_by = '{FIRST}'",
        "不得核实自己",
    ),
    (
        f"update seizure_item set status = 'verified', verified_by = '{SECOND}'",
        "不得核实自己",
    ),
    (f"update seizure_item set status = 'denied', verified_by = '{THIRD}'", None),
    ("update receipt_link set at = '2026-01-01T00:00:00+08:00'", "事实"),
    ("delete from receipt_link", "事实"),
    ("delete from seizure_photo", "事实"),
    (
        "insert into seizure_item (id, seizure_id, n, name, kind)"
        f" values ('{key(900)}', '{ID}', 9, '加', 'movable')",
        "不得再加",
    ),
    (
        "insert into seizure_photo (id, seizure_id, attachment_id, taken_at, sha256, person_id)"
        f" select '{key(901)}', '{ID}', id, 'x', sha256, '{FIRST}' from attachment limit 1",
        "照片请另附",
    ),
]


@pytest.mark.parametrize(("statement", "sentence"), RAW)
def test_raw_sql_does_not_change_what_is_signed(
    signed_office: Session, statement: str, sentence: str | None
) -> None:
    refusals = (RefusedByRule, IntegrityError)
    with pytest.raises(refusals, match=sentence), signed_office.write("生") as write:
        write.connection.exec_driver_sql(statement)


EARLY = [
    (  # without the receipt
        f"update seizure set signed_at = '{NOW.isoformat()}', content_sha256 = '{'a' * 64}',"
        " code = 'AAAA-BBBB-CCCC-DDDD'",
        "回执链",
    ),
    (f"update seizure_item set status = 'verified', verified_by = '{THIRD}'", "尚未签名"),
    (
        "insert into seizure_photo (id, seizure_id, attachment_id, taken_at, sha256, person_id)"
        f" values ('{key(902)}', '{ID}', '{key(903)}', 'x', '{'b' * 64}', '{FIRST}')",
        "附件",
    ),
    (
        "insert into seizure (id, case_id, kind, began_at, officer_id, signed_at, content_sha256)"
        f" values ('{key(904)}', '{CASE}', 'seal', 'x', '{FIRST}', 'x', '{'a' * 64}')",
        None,
    ),
]


@pytest.mark.parametrize(("statement", "sentence"), EARLY)
def test_raw_sql_signs_and_verifies_nothing_early(
    photographed_office: Session, statement: str, sentence: str | None
) -> None:
    with pytest.raises(RefusedByRule, match=sentence), photographed_office.write("生") as write:
        write.connection.exec_driver_sql(statement)


def test_too_few_photographs_are_refused_by_the_database_too(office: Session) -> None:
    """The receipt is there; what lacks are pictures."""
    with office.write("拍照") as write:
        photographed(write.connection, filled(), count=2)

    def signs(connection: Connection) -> None:
        link = receipts.append(connection, "sign", "seizure", ID, "c" * 64, FIRST, NOW)
        values = {"signed_at": NOW.isoformat(), "content_sha256": "c" * 64, "code": link.code}
        connection.execute(update(table("seizure")).values(**values))

    with pytest.raises(RefusedByRule, match="照片须齐"), office.write("生") as write:
        signs(write.connection)


# Afterwards


def item_id(office: Session) -> str:
    return str(row_of(office, "seizure_item", n=1).id)


@pytest.mark.parametrize(
    ("by", "true", "note", "words"),
    [
        (FIRST, True, "", "不得核实自己"),
        (SECOND, True, "", "不得核实自己"),
        (None, True, "", "在座人员"),
        (THIRD, False, " ", "写明理由"),
    ],
)
def test_whoever_seized_does_not_verify(
    signed_office: Session, by: str | None, true: bool, note: str, words: str
) -> None:
    verdict = Verdict(item_id(signed_office), true, note, by, NOW)
    with pytest.raises(UserError, match=words), signed_office.write("核") as write:
        verify(write.connection, verdict)


def test_a_thing_is_verified_once_and_enters_the_measures_with_its_term(office: Session) -> None:
    code = signed(office)
    verdict = Verdict(item_id(office), True, "与登记证书一致", THIRD, NOW)
    with office.write("核") as write:
        assert verify(write.connection, verdict) == "verified"
    with pytest.raises(UserError, match="已经核实"), office.write("核") as write:
        verify(write.connection, verdict)
    with office.write("登记") as write:
        measure = to_measure(write.connection, ToMeasure(item_id(office), FIRST, NOW))
    stored = row_of(office, "control_measure", id=measure)
    assert (stored.started_on, stored.expires_on) == ("2026-11-30", "2028-11-29")
    assert (stored.asset, stored.amount_fen) == ("小型轿车 豫CA1234", 6_800_000)
    with pytest.raises(UserError, match="已经登记"), office.write("登记") as write:
        to_measure(write.connection, ToMeasure(item_id(office), FIRST, NOW))
    with office.read() as connection:
        assert prove(connection, code).sound  # neither touches what was signed


def test_what_was_denied_is_no_measure(office: Session) -> None:
    signed(office)
    with office.write("核") as write:
        verify(write.connection, Verdict(item_id(office), False, "已过户他人", THIRD, NOW))
    with pytest.raises(UserError, match="不属实"), office.write("登记") as write:
        to_measure(write.connection, ToMeasure(item_id(office), FIRST, NOW))


def test_the_last_position_of_the_officers_own_device_is_offered(office: Session) -> None:
    with office.write("位置") as write:
        unit = new_id()
        put = write.connection.execute
        put(
            insert(table("unit")).values(
                id=unit,
                team_id=TEAM,
                kind="person",
                name="手持 3",
                device="d",
                source="gpsd",
                person_id=FIRST,
            )
        )
        put(
            insert(table("duty_act")).values(
                id=new_id(),
                unit_id=unit,
                team_id=TEAM,
                act="on",
                person_id=FIRST,
                at="2026-11-30T09:00:00+08:00",
            )
        )
        put(
            insert(table("position_batch")).values(
                id=new_id(),
                unit_id=unit,
                team_id=TEAM,
                device="d",
                source="gpsd",
                from_at="2026-11-30T10:00:00+08:00",
                to_at="2026-11-30T10:01:00+08:00",
                n=2,
                points="[[0,346200000,1124500000,50,0,0],[60000,346200100,1124500200,40,0,0]]",
                received_at="2026-11-30T10:01:05+08:00",
            )
        )
    with office.read() as connection:
        fix = last_fix(connection, FIRST)
        assert last_fix(connection, THIRD) is None
    assert fix is not None
    assert (fix.lat_e7, fix.lon_e7, fix.accuracy_dm) == (346_200_100, 1_124_500_200, 40)
    assert fix.at.isoformat() == "2026-11-30T10:01:00+08:00"
