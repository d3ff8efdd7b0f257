"""行动报告: everything in it is read from the facts, and nothing of them is left out."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import Connection, insert

from desktop.circulars.official import Paragraph, Sheet
from desktop.command.operations import acts
from desktop.command.operations.acts import CheckinArgs, LogArgs
from desktop.command.operations.chronicle import chronicle
from desktop.command.operations.reading import board, watched
from desktop.command.operations.records import Board
from desktop.command.operations.report import ReportPrint, fill, print_report
from desktop.errors import UserError
from desktop.rules.checkins import silent_key
from desktop.rules.operation_law import load_operation_law
from storage.ids import new_id
from storage.schema import table
from tests.command.operation_town import Town, args, at, running, settle
from tests.panels.fake_context import memory_engine

LIMITS = load_operation_law().on(at(0).date())


def put(connection: Connection, name: str, **values: Any) -> str:
    row = {"id": new_id(), **values}
    connection.execute(insert(table(name)).values(**row))
    return str(row["id"])


@pytest.fixture(scope="module")
def day() -> Iterator[tuple[Connection, Town, str]]:
    """An operation from start to end: log with a correction, a late report, an order, a picture,
    police."""
    engine = memory_engine()
    with engine.connect() as connection:
        town = settle(connection)
        key = running(connection, town)
        _log(connection, town, key)
        _silence(connection, town, key)
        _order(connection, town, key)
        _picture(connection, town, key)
        _police(connection, town, key)
        last = args(connection, town, key, "finish", "值班员", 60, "三套房屋腾空并交付")
        acts.finish(connection, last)
        yield connection, town, key
    engine.dispose()


def _log(connection: Connection, town: Town, key: str) -> None:
    first = acts.log(connection, LogArgs(key, "event", "室内两人", town.by("苏文清", 12)))
    right = LogArgs(key, "event", "室内三人", town.by("苏文清", 13), voids=first)
    acts.log(connection, right)
    acts.log(connection, LogArgs(key, "decision", "先送老人离开", town.by("值班员", 14)))


def _silence(connection: Connection, town: Town, key: str) -> None:
    groups = {one.name: one.id for one in watched(connection)}
    inside, outside = groups["入户清点组"], groups["外围警戒组"]
    acts.check_in(connection, CheckinArgs(outside, "ok", town.by("纪明远", 30)))
    acts.notice(connection, town.by("值班员", 36))
    about = silent_key(at(10))
    acts.check_in(
        connection, CheckinArgs(inside, "acknowledge", town.by("值班员", 37), about, "电话已通")
    )
    acts.check_in(connection, CheckinArgs(inside, "ok", town.by("白若溪", 40), body="已出地下室"))


def _order(connection: Connection, town: Town, key: str) -> None:
    order = put(
        connection,
        "field_order",
        team_id=town.teams[1],
        person_id=town.people["陶一鸣"],
        title="护送物品",
        operation_id=key,
        issuer_id=town.people["值班员"],
        made_at=at(20).isoformat(),
    )
    for n, kind in enumerate(("send", "deliver", "acknowledge", "arrive", "finish")):
        who = town.people["值班员" if kind == "send" else "陶一鸣"]
        when = at(21 + n).isoformat()
        values = {"order_id": order, "team_id": town.teams[1], "act": kind, "at": when}
        put(connection, "field_order_act", person_id=who, **values)


def _picture(connection: Connection, town: Town, key: str) -> None:
    put(
        connection,
        "snapshot",
        team_id=town.teams[0],
        feed_id=new_id(),
        feed_name="单兵一号",
        operation_id=key,
        person_id=town.people["值班员"],
        at=at(25).isoformat(),
        taken_at=at(25).isoformat(),
        mime="image/jpeg",
        sha256="c0ffee" + "0" * 58,
        size=1,
        body="/w==",
        note="入户画面",
    )


def _police(connection: Connection, town: Town, key: str) -> None:
    request = put(
        connection,
        "police_request",
        team_id=town.teams[0],
        operation_id=key,
        reason="警戒",
        place="东门",
        needed_from=at(0).isoformat(),
        needed_to=at(200).isoformat(),
        officers=6,
        maker_id=town.people["值班员"],
        made_at=at(-60).isoformat(),
    )
    for minute, kind, officers in ((-50, "submit", None), (-40, "send", None), (5, "arrive", 8)):
        values = {"act": kind, "officers": officers, "at": at(minute).isoformat()}
        who = town.people["局长"]
        put(
            connection,
            "police_act",
            request_id=request,
            team_id=town.teams[0],
            person_id=who,
            **values,
        )


def seen(day: tuple[Connection, Town, str], minutes: float = 90) -> Board:
    connection, _town, key = day
    found = board(connection, (key, at(minutes)))
    assert found is not None
    return found


def sheets(found: Board) -> dict[str, list[tuple[str, ...]]]:
    document = fill(found, LIMITS, at(90), "值班员").document
    return {one.caption: list(one.rows) for one in document.body if isinstance(one, Sheet)}


def test_the_course_is_told_in_order_with_its_corrections(
    day: tuple[Connection, Town, str],
) -> None:
    rows = sheets(seen(day))["行动经过（按时间）"]
    times = [row[1] for row in rows]
    assert times == sorted(times)
    told = [row[4] for row in rows]
    assert "室内两人（已更正，见后）" in told
    assert "（更正09:12:00所记）室内三人" in told
    assert "先送老人离开" in told
    assert "结束行动：三套房屋腾空并交付" in told
    assert any("确认入户清点组的警报：电话已通" in words for words in told)
    assert any("警力到场（8人，东门）" in words for words in told)
    assert "单兵一号截图：入户画面" in told
    assert [words for words in told if "护送物品" in words] == [
        "下达指令“护送物品”（二队 陶一鸣）",
        "完成指令“护送物品”（二队 陶一鸣）",
    ]


def test_check_ins_alarms_orders_pictures_and_police_have_their_tables(
    day: tuple[Connection, Town, str],
) -> None:
    found = sheets(seen(day))
    assert found["报平安"] == [
        ("1", "外围警戒组", "30分钟", "1", "30分钟", "0"),
        ("2", "入户清点组", "20分钟", "1", "30分钟", "1"),
    ]
    (alarm,) = found["警报"]
    assert alarm[2:] == (
        "入户清点组",
        "失联（属实）",
        "11-23 09:40:00",
        "值班员 11-23 09:37:00",
    )
    (order,) = found["指令及回报时间"]
    assert order[1:3] == ("护送物品", "二队 陶一鸣")
    assert order[3:] == ("09:21:00", "09:22:00", "09:23:00", "09:24:00", "09:25:00")
    (picture,) = found["图片清单"]
    assert picture[2:] == ("单兵一号", "值班员", "入户画面", "c0ffee0000000000")
    assert [row[2:4] for row in found["用警经过"]] == [
        ("申请用警", "6人"),
        ("发往法警支队", "6人"),
        ("警力到场", "8人"),
    ]
    assert len(found["风险与措施"]) == 1


def test_it_says_who_approved_and_how_long_it_took(day: tuple[Connection, Town, str]) -> None:
    document = fill(seen(day), LIMITS, at(90), "值班员").document
    words = "".join(one.text for one in document.body if isinstance(one, Paragraph))
    assert "历时50分钟" in words
    assert "局长于11-23 09:02:00批准" in words
    assert "行动前设备自检通过" in words
    assert "三套房屋腾空并交付" in words


def test_equal_facts_have_an_equal_fingerprint_and_one_more_another(
    day: tuple[Connection, Town, str],
) -> None:
    found = seen(day)
    before = fill(found, LIMITS, at(90), "值班员").sha256
    luck = random.Random(6)
    parts: dict[str, Any] = {}
    for name in ("groups", "log", "orders", "pictures", "police"):
        rows = list(getattr(found, name))
        luck.shuffle(rows)
        parts[name] = tuple(rows)
    assert fill(replace(found, **parts), LIMITS, at(95), "别人").sha256 == before
    assert fill(replace(found, log=found.log[:-1]), LIMITS, at(90), "值班员").sha256 != before


def test_the_chronicle_of_an_earlier_moment_knows_nothing_later(
    day: tuple[Connection, Town, str],
) -> None:
    whole = chronicle(seen(day), LIMITS, at(90))
    for minute in (0, 12.5, 36.5, 45):
        entries = chronicle(seen(day), LIMITS, at(minute))
        assert all(one.at <= at(minute) for one in entries)
        facts = {one.key for one in whole if one.kind != "alarm" and one.at <= at(minute)}
        assert {one.key for one in entries if one.kind != "alarm"} == facts


def test_no_report_before_the_end(day: tuple[Connection, Town, str]) -> None:
    with pytest.raises(UserError, match="尚未结束"):
        fill(seen(day), LIMITS, at(50), "值班员")


def test_the_pages_say_the_same(day: tuple[Connection, Town, str], tmp_path: Path) -> None:
    found = fill(seen(day), LIMITS, at(90), "值班员")
    path = print_report(ReportPrint(found.document, tmp_path / "报告.pdf"))
    plain = "".join("".join(page.extract_text().split()) for page in PdfReader(path).pages)
    for sheet in (one for one in found.document.body if isinstance(one, Sheet)):
        for row in sheet.rows:
            for cell in row:
                assert "".join(cell.split()) in plain, cell
    assert found.sha256[:16] in plain
    again = print_report(ReportPrint(found.document, tmp_path / "again.pdf"))
    assert again.read_bytes() == path.read_bytes()


def test_an_operation_over_midnight_names_both_days(day: tuple[Connection, Town, str]) -> None:
    found = seen(day)
    late = timedelta(hours=18)
    over = tuple(
        replace(one, at=one.at + late) if one.act == "finish" else one
        for one in found.operation.acts
    )
    assert found.operation.plan is not None
    plan = replace(found.operation.plan, aim="腾退房屋。", police_task="警戒；")
    order = found.orders[0]
    send = order.acts[0]
    refused = replace(send, id="x", act="refuse", at=send.at + late, body="车辆故障")
    told = replace(order, place="东门", body="两人一车", acts=(send, refused))
    changed = replace(
        found, operation=replace(found.operation, acts=over, plan=plan), orders=(told,)
    )
    document = fill(changed, LIMITS, at(2000), "值班员").document
    words = "".join(one.text for one in document.body if isinstance(one, Paragraph))
    assert "2026年11月23日09时10分至2026年11月24日04时00分" in words
    assert "任务目标：腾退房屋。行动结论" in words
    assert "警戒。" in words
    tables = {one.caption: one.rows for one in document.body if isinstance(one, Sheet)}
    assert tables["指令及回报时间"][0][-1] == "拒绝 11-24 03:21:00"
    assert any("东门，两人一车" in row[-1] for row in tables["行动经过（按时间）"])
