"""Orders and who is there to answer: leave, off duty, a team that was left, a case that went on."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from sqlalchemy import update

from desktop.command.orders.acts import Deed, Issue, do, issue
from desktop.command.orders.due import due_words, parse_due
from desktop.command.orders.rungs import RungArgs, duty_leaders, escalations
from desktop.contract.court_zone import COURT_ZONE
from desktop.errors import UserError
from desktop.panels.remote_command.view import RemoteCommandView
from desktop.rules.command_law import load_command_law
from storage.schema import table
from tests.panels.remote_command.post import CHIEF, ISSUER, RECEIVER, Post

DEPUTY, VICE = "副局长甲", "院领导丙"
DAY = {"from_at": "2026-11-23T08:20:00+08:00", "to_at": "2026-11-23T18:00:00+08:00"}


@pytest.fixture
def post(tmp_path: Path) -> Post:
    return Post(tmp_path)


def away(post: Post, name: str, kind: str = "leave") -> None:
    days = {"from_on": "2026-11-20", "to_on": "2026-11-30"}
    post.city.put("absence", person_id=post.city.person(name), kind=kind, **days)


def told(post: Post) -> list[str]:
    with post.context.engine.connect() as connection:
        found = escalations(connection, RungArgs(load_command_law(), post.now))
    return [due.whom for due in found.due]


def leader(post: Post, backup: str | None = None) -> str:
    more = {"day": "2026-11-23", "shift": "day", "team_id": post.city.team, **DAY}
    second = None if backup is None else post.city.person(backup)
    return post.city.put("roster", person_id=post.city.person(DEPUTY), backup_id=second, **more)


def test_a_ladder_goes_round_whoever_is_on_leave(post: Post) -> None:
    post.send()
    post.pass_time(minutes=30)
    assert told(post) == [CHIEF, CHIEF, VICE]
    away(post, CHIEF)
    deputy = f"{DEPUTY}（{CHIEF}休假）"
    assert told(post) == [deputy, deputy, VICE]
    away(post, DEPUTY, "sick")
    away(post, VICE)
    assert told(post)[2] == f"院长丁（{VICE}休假）"
    away(post, "院长丁")
    # All of them are away: better told than not, and it is said.
    assert told(post) == [f"{CHIEF}（休假）", f"{CHIEF}（休假）", f"{VICE}（休假）"]


def test_whoever_stands_in_by_delegation_is_told_before_the_next_post(post: Post) -> None:
    away(post, CHIEF)
    who = {"from_id": post.city.person(CHIEF), "to_id": post.city.person(RECEIVER)}
    days = {"from_on": "2026-11-20", "to_on": "2026-11-25", "document_no": "授1号"}
    agreed = {"state": "agreed", "agreed_by": post.city.person(VICE)}
    post.city.put("delegation", **who, **days, **agreed, post="bureau_chief", documents="")
    with post.context.engine.connect() as connection:
        found = duty_leaders(connection, post.city.court, post.now)
    assert [one.words for one in found] == [f"{RECEIVER}（{CHIEF}休假，代行）"]


def test_the_b_post_is_told_where_the_leader_of_the_shift_is_not_there(post: Post) -> None:
    shift = leader(post, "许南乔")

    def leaders() -> list[str]:
        with post.context.engine.connect() as connection:
            found = duty_leaders(connection, post.city.court, post.now)
        return [one.words for one in found]

    assert leaders() == [DEPUTY]
    by = {"person_id": post.city.operator, "team_id": post.city.team, "roster_id": shift}
    post.city.put("roster_act", **by, act="absent", at="2026-11-23T08:25:00+08:00", body="未到")
    assert leaders() == [f"许南乔（代{DEPUTY}，未到岗）"]
    away(post, "许南乔", "training")
    assert leaders() == [CHIEF]


def test_the_chief_takes_back_what_somebody_off_duty_gave(post: Post, qtbot: QtBot) -> None:
    key = post.send()
    with pytest.raises(UserError, match="局长撤销"), post.context.engine.begin() as connection:
        do(connection, Deed(key, "cancel", post.city.person("许南乔"), post.now))
    post.city.sit_down(CHIEF, "bureau_chief")
    view = RemoteCommandView(post.context)
    qtbot.addWidget(view)
    view.open_order(key)
    shown = [act for act, one in view.page.buttons.items() if one.isVisibleTo(view.page)]
    assert shown == ["cancel"]
    view.page.buttons["cancel"].click()
    assert post.order(key).standing.state == "cancelled"


def facts(post: Post, qtbot: QtBot, key: str) -> str:
    view = RemoteCommandView(post.context)
    qtbot.addWidget(view)
    view.open_order(key)
    return "\n".join(label.text() for label in view.page.facts.findChildren(QLabel))


def test_the_page_says_who_will_not_answer_and_who_has_the_case_now(
    post: Post, qtbot: QtBot
) -> None:
    city = post.city
    key = post.send(person_id=city.person(RECEIVER), case_id=city.calm_case, case_number="某案")
    unit = {"kind": "person", "name": "手台一", "device": "h1", "source": "gpsd"}
    held = city.put("unit", team_id=city.team, person_id=city.person(RECEIVER), **unit)
    duty = {"unit_id": held, "team_id": city.team, "person_id": city.person(RECEIVER)}
    city.put("duty_act", **duty, act="on", at="2026-11-23T07:00:00+08:00")
    assert "下勤" not in facts(post, qtbot, key)
    city.put("duty_act", **duty, act="off", at="2026-11-23T08:10:00+08:00")
    case = table("case")
    move = {"team_id": city.other_team, "handler_id": city.person("许南乔")}
    with post.context.engine.begin() as connection:
        connection.execute(update(case).where(case.c.id == city.calm_case).values(**move))
    said = facts(post, qtbot, key)
    assert f"{RECEIVER}（08:10 下勤）" in said
    assert "now with" in said
    assert "许南乔" in said


def test_a_draft_for_somebody_who_left_the_team_says_so(post: Post, qtbot: QtBot) -> None:
    key = post.send(send=False, person_id=post.city.person("许南乔"))
    view = RemoteCommandView(post.context)
    qtbot.addWidget(view)
    view.edit(key)
    assert "许南乔 is no longer in" in view.form.note.text()


@pytest.mark.parametrize(
    ("text", "now", "then"),
    [
        ("1-2 09:00", "2026-12-30T22:00", "2027-01-02T09:00"),
        ("12-30 21:00", "2026-12-30T22:00", "2026-12-30T21:00"),
        ("00:10", "2026-08-31T23:50", "2026-09-01T00:10"),
    ],
)
def test_times_over_midnight_and_new_year(text: str, now: str, then: str) -> None:
    here, there = (datetime.fromisoformat(at).replace(tzinfo=COURT_ZONE) for at in (now, then))
    assert parse_due(text, here) == there
    assert parse_due(due_words(there, here), here) == there


def test_no_order_goes_out_with_a_time_that_has_passed(post: Post, qtbot: QtBot) -> None:
    past = post.now.replace(hour=8, minute=0)

    def give(**more: Any) -> str:
        words = post.words(due_at=past, case_number="（2026）豫0302执1号")
        with post.context.engine.begin() as connection:
            return issue(connection, Issue(words, post.city.person(ISSUER), post.now, **more))

    with pytest.raises(UserError, match="2026-11-23 08:00 已过"):
        give()
    key = give(send=False)
    with pytest.raises(UserError, match="已过"), post.context.engine.begin() as connection:
        do(connection, Deed(key, "send", post.city.person(ISSUER), post.now))
    view = RemoteCommandView(post.context)
    qtbot.addWidget(view)
    view.edit(key)
    # Not tomorrow's eight o'clock, unsaid.
    assert view.form.due.text() == "11-23 08:00"
    assert view.form.form.validate() is False


def test_a_case_number_typed_in_any_brackets_names_the_case(post: Post) -> None:
    case = table("case").c
    with post.context.engine.connect() as connection:
        number = connection.execute(
            table("case").select().where(case.id == post.city.late_case)
        ).one()
    typed = str(number.number).replace("（", "(").replace("）", ")")
    found = post.order(post.send(case_number=typed))
    assert (found.case_id, found.case_number) == (post.city.late_case, number.number)


def test_escape_leads_back_to_the_list(post: Post, qtbot: QtBot) -> None:
    view = RemoteCommandView(post.context)
    qtbot.addWidget(view)
    view.open_order(post.send())
    qtbot.keyClick(view.page.words, Qt.Key.Key_Escape)
    assert view.shown_page == "list"


def test_words_typed_to_a_report_are_kept_with_their_order(post: Post, qtbot: QtBot) -> None:
    first, second = post.send(), post.send(title="核实财产线索")
    view = RemoteCommandView(post.context)
    qtbot.addWidget(view)
    view.open_order(first)
    view.page.words.insertPlainText("车辆故障")
    view.open_order(second)
    assert view.page.words.toPlainText() == ""
    other = RemoteCommandView(post.context)  # the window was closed and opened again
    qtbot.addWidget(other)
    other.open_order(first)
    assert other.page.words.toPlainText() == "车辆故障"
    other.page.note_button.click()
    assert other.page.words.toPlainText() == ""
    assert post.context.drafts == {}


def test_a_wrong_order_is_withdrawn_and_given_anew_without_typing_it_again(
    post: Post, qtbot: QtBot
) -> None:
    due = post.now.replace(hour=9)
    east = {"place": "东门", "lat_e7": 346_500_000, "lon_e7": 1_124_500_000}
    words = {"title": "增援东门", "body": "两人一车", "due_at": due, **east}
    key = post.send(**words, person_id=post.city.handler)
    view = RemoteCommandView(post.context)
    qtbot.addWidget(view)
    view.open_order(key)
    assert view.page.again_button.isHidden()
    view.page.buttons["cancel"].click()
    view.page.again_button.click()
    values = view.form.form.values()
    assert (values["title"], values["body"], values["due"]) == ("增援东门", "两人一车", "09:30")
    assert values["person"] == post.city.handler
    assert view.form.chip_buttons["reinforce"].isChecked()
    view.form.place.setText("西门")
    view.form.form.submit()
    assert view.page.page is not None
    made = view.page.page.order
    assert (made.place, made.template, made.standing.state) == ("西门", "reinforce", "sent")
    assert made.lat_e7 is None, "the point was of another gate"
    assert post.order(key).standing.state == "cancelled"
