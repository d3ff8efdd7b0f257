"""Responsibility: days that add up, leaders by date, facts that stay, the page by real clicks."""

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot
from sqlalchemy import Connection, delete, func, select, update

from desktop.contract.context import Who
from desktop.contract.filters import NodeFilter
from desktop.contract.law import Law, load_law
from desktop.demo.city import generate
from desktop.errors import UserError
from desktop.panels.responsibility import commands, queries, warning_queries
from desktop.panels.responsibility.commands import CommentArgs, ReadArgs
from desktop.panels.responsibility.queries import PageArgs, SaidArgs
from desktop.panels.responsibility.rules import (
    Period,
    late_days,
    leader_words,
    leaders_during,
    period_of,
    reading,
    share_lines,
)
from desktop.panels.responsibility.view import ResponsibilityView
from desktop.projection.select import count_nodes
from desktop.rules.attribution import Share, ShareKind, attribute
from storage.faults import RefusedByRule
from storage.ids import CaseId, PersonId, TeamId
from storage.records.cases import Hold, HolderKind
from storage.records.people import Membership, TeamRole
from storage.replica import Replica
from storage.schema import table
from storage.session import Session
from tests.panels.clicks import shown
from tests.panels.real_city import NODE, TODAY, RealCity, real_city
from tests.passphrase import PASSPHRASE

ALL = period_of("all", TODAY)


# Pure rules


@given(
    st.integers(0, 60),
    st.integers(0, 60),
    st.lists(st.tuples(st.integers(0, 60), st.sampled_from("甲乙丙")), max_size=6),
    st.integers(0, 70),
)
def test_late_days_split_over_holders_and_periods(
    long: int, limit: int, handovers: list[tuple[int, str]], cut: int
) -> None:
    start = date(2026, 1, 1)
    end, due = start + timedelta(long), start + timedelta(limit)
    case = CaseId("c")
    holds = [
        Hold(case, None, start + timedelta(after), HolderKind.HANDLER, who, who)
        for after, who in handovers
    ]
    shares = attribute(start, end, due, "N", holds, ())
    assert sum(share.days for share in shares) == long
    everything = Period(start, end)
    whole = late_days(shares, due, everything)
    assert whole == max(0, long - limit) == sum(share.late_days for share in shares)
    holders = {share.holder_id for share in shares}
    named = sum(late_days(shares, due, everything, one) for one in holders if one is not None)
    nobody = sum(share.late_days for share in shares if share.holder_id is None)
    assert named + nobody == whole
    middle = start + timedelta(cut)
    before, after = Period(start, middle), Period(middle + timedelta(1), end)
    assert late_days(shares, due, before) + late_days(shares, due, after) == whole


def member(person: str, first: date, last: date | None, role: TeamRole) -> tuple[Membership, str]:
    return Membership(PersonId(person), TeamId("t"), role, first, last), person


def test_the_leader_of_that_time() -> None:
    lead, judge = TeamRole.LEADER, TeamRole.JUDGE
    members = [
        member("李", date(2026, 3, 2), None, lead),
        member("张", date(2025, 1, 1), date(2026, 3, 1), lead),
        member("王", date(2025, 1, 1), None, judge),
    ]
    both = leaders_during(members, date(2026, 2, 1), date(2026, 4, 1))
    assert [(one.name, one.from_on, one.to_on) for one in both] == [
        ("张", date(2026, 2, 1), date(2026, 3, 1)),
        ("李", date(2026, 3, 2), date(2026, 4, 1)),
    ]
    assert leader_words(both) == "张（至 2026-03-01）、李"
    assert leader_words(leaders_during(members, date(2025, 2, 1), date(2025, 4, 1))) == "张"
    assert leader_words(leaders_during(members, date(2024, 2, 1), date(2024, 4, 1))) == "未登记"


def test_words() -> None:
    day = date(2026, 1, 2)
    shares = [
        Share(ShareKind.UNRECORDED, None, "未登记持有人", 2, 0, day, day + timedelta(1)),
        Share(ShareKind.HANDLER, "a", "甲", 4, 3, day + timedelta(2), day + timedelta(5)),
    ]
    assert share_lines(shares) == [
        "未登记持有人：2 日",
        "承办人 甲：4 日，其中逾期 3 日",
        "合计 6 日，等于经过日数；逾期合计 3 日。",
    ]
    assert reading("甲", 0, 0, 0) == "甲在所选期间没有逾期节点。"
    assert reading("甲", 2, 3, 4).endswith("其中本人持有 3 日，占 75.0%。")
    assert period_of("twelve", date(2026, 3, 9)).first == date(2025, 4, 1)
    assert period_of("twelve", date(2026, 12, 9)).first == date(2026, 1, 1)


# A whole city


@pytest.fixture(scope="module")
def demo(
    tmp_path_factory: pytest.TempPathFactory, _empty_store: Path
) -> Iterator[tuple[Session, Law]]:
    folder = tmp_path_factory.mktemp("responsible") / "store"
    shutil.copytree(_empty_store, folder)
    with Replica.open(folder, PASSPHRASE) as replica:
        session = Session(replica, actor="演示")
        report = generate(session, load_law(), cases=700, seed=5, today=TODAY)
        yield session, report.law


def _busiest(connection: Connection) -> list[str]:
    """Persons who hold or handle most."""
    rows = connection.exec_driver_sql(
        "select holder_id from hold where holder_id is not null group by 1"
        " order by count(*) desc limit 6"
    )
    return [str(row[0]) for row in rows]


def test_every_late_node_adds_up_in_a_whole_city(demo: tuple[Session, Law]) -> None:
    session, law = demo
    seen = 0
    with session.read() as connection:
        for person in _busiest(connection):
            page = queries.page(connection, PageArgs(law, person, TODAY, ALL))
            for node in page.late:
                seen += 1
                assert sum(share.days for share in node.shares) == node.elapsed
                ended = node.done_on or TODAY
                assert node.whole == (ended - node.due_on).days
                assert sum(share.late_days for share in node.shares) == node.whole
                assert 0 <= node.own <= node.whole
                assert node.leader != "未登记" or node.handler
            months = [date(2024, 1, 1) + timedelta(days=200 * n) for n in range(7)]
            parts = [
                queries.page(
                    connection, PageArgs(law, person, TODAY, Period(first, first + timedelta(199)))
                )
                for first in months
            ]
            assert sum(part.own for part in parts) == page.own
            assert not page.cut
    assert seen > 20


def test_states_are_as_long_as_their_lists(demo: tuple[Session, Law]) -> None:
    session, law = demo
    with session.read() as connection:
        handler = connection.exec_driver_sql(
            "select id from node_clock join clock_key on clock_key.n = handler_n"
            " where done_on > due_on and certain = 1 group by 1 order by count(*) desc limit 1"
        ).scalar_one()
        page = queries.page(connection, PageArgs(law, handler, TODAY, ALL))
        assert len(page.states) >= 2
        for group in page.states:
            assert count_nodes(connection, group.filter, TODAY) == group.count
        handled = [node for node in page.late if node.handler]
        late = sum(g.count for g in page.states if g.keys[0] in queries.LATE)
        assert len(handled) >= late > 0


def test_only_the_newest_are_derived(
    demo: tuple[Session, Law], monkeypatch: pytest.MonkeyPatch
) -> None:
    session, law = demo
    monkeypatch.setattr(queries, "NODES_MAX", 2)
    with session.read() as connection:
        person = _busiest(connection)[0]
        page = queries.page(connection, PageArgs(law, person, TODAY, ALL))
    assert page.cut
    assert len(page.late) <= 2
    assert [node.due_on for node in page.late] == sorted(
        (node.due_on for node in page.late), reverse=True
    )


# Facts


@pytest.fixture
def city(tmp_path: Path) -> RealCity:
    """顾长风 leads the team of the late case since spring; a letter and a rung stand on it."""
    city = real_city(tmp_path, deferred=True)
    city.put(
        "membership",
        person_id=city.handler,
        team_id=city.team,
        role="leader",
        from_on="2026-03-01",
    )
    for serial, issued in ((1, "2026-02-27"), (2, "2026-10-12")):
        letter = city.put("supervision_letter", **_letter(city, serial, issued))
        if serial == 2:
            city.put(
                "letter_rung",
                letter_id=letter,
                rung=1,
                fired_on="2026-10-20",
                to_post="deputy_chief",
                reason="到期未回复，报副局长",
            )
    return city


def _letter(city: RealCity, serial: int, issued: str) -> dict[str, object]:
    return {
        "case_id": city.late_case,
        "node_code": NODE,
        "year": 2026,
        "serial": serial,
        "level": "yellow",
        "basis": "依据",
        "facts": "事实",
        "demand": "要求",
        "addressee_id": city.handler,
        "issued_on": issued,
        "reply_by": "2026-10-19",
        "state": "issued",
    }


def comment(city: RealCity, writer: str | None = None, body: str = "移交单位迟延") -> CommentArgs:
    at = city.context.now()
    return CommentArgs(city.late_case, NODE, "", city.handler, writer or city.handler, at, body)


def test_a_comment_is_the_persons_own(city: RealCity) -> None:
    with city.context.engine.begin() as connection:
        with pytest.raises(UserError, match="只能由本人"):
            commands.comment(connection, comment(city, writer=city.operator))
        with pytest.raises(UserError, match="请写明意见"):
            commands.comment(connection, comment(city, body="  "))
        with pytest.raises(UserError, match="不得超过"):
            commands.comment(connection, comment(city, body="长" * 2_001))
        commands.comment(connection, comment(city))
        (said,) = queries.comments(connection, SaidArgs(city.late_case, NODE, ""))
    assert (said.person, said.at, said.body) == ("顾长风", "2026-11-23 08:30", "移交单位迟延")


def test_warnings_of_the_time_of_leading(city: RealCity) -> None:
    with city.context.engine.begin() as connection:
        found = warning_queries.warnings(connection, city.handler)
        # The letter of February came before he led the team.
        assert (found.leads, found.unread) == (True, 2)
        assert [(one.rung, one.number[-2:]) for one in found.rows] == [(1, "2号"), (0, "2号")]
        assert "第 1 级升级" in found.rows[0].what
        keys = tuple((one.letter_id, one.rung) for one in found.rows)
        args = ReadArgs(keys[:1], city.handler, city.operator, city.context.now())
        with pytest.raises(UserError, match="只能由本人"):
            commands.mark_read(connection, args)
        mine = ReadArgs(keys[:1], city.handler, city.handler, city.context.now())
        assert commands.mark_read(connection, mine) == 1
        assert commands.mark_read(connection, mine) == 0
        after = warning_queries.warnings(connection, city.handler)
        assert after.unread == 1
        assert [bool(one.read_at) for one in after.rows] == [False, True]
        assert not warning_queries.warnings(connection, city.operator).leads


def test_what_was_said_and_read_stays(demo: tuple[Session, Law]) -> None:
    """The database refuses to change or delete a fact."""
    store, _law = demo
    said = table("responsibility_comment")
    with store.read() as connection:
        case_id, person = connection.exec_driver_sql(
            'select id, handler_id from "case" limit 1'
        ).one()
    args = CommentArgs(case_id, "N11", "", person, person, _now(), "情况说明")
    with store.write("意见") as write:
        commands.comment(write.connection, args)
    assert write.bundle_id is not None
    with pytest.raises(RefusedByRule), store.write("改") as write:
        write.connection.execute(update(said).values(body="改了"))
    with pytest.raises(RefusedByRule), store.write("删") as write:
        write.connection.execute(delete(said))
    with store.read() as connection:
        assert connection.execute(select(func.count()).select_from(said)).scalar() == 1


def _now() -> datetime:
    return datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


# The page


@pytest.fixture
def view(qtbot: QtBot, city: RealCity) -> ResponsibilityView:
    city.context.who = Who(city.handler, "顾长风", "员额法官")
    view = ResponsibilityView(city.context)
    shown(qtbot, view, 1290, 760)
    qtbot.waitUntil(lambda: view.model.rowCount() > 0 and view.model.row_values(0) is not None)
    return view


def test_ones_own_page(qtbot: QtBot, city: RealCity, view: ResponsibilityView) -> None:
    context, left = city.context, Qt.MouseButton.LeftButton
    assert view.person_box.selected() == (city.handler,)
    assert "顾长风在所选期间涉及逾期节点" in view.reading.text()
    assert view.page is not None
    chip = view.states.findChild(QPushButton, "state_overdue")
    qtbot.mouseClick(chip, left)
    panel, params = context.opened[-1]
    assert panel == "process_monitor"
    with context.engine.connect() as connection:
        listed = count_nodes(connection, NodeFilter.from_params(params), TODAY)
    assert chip.text() == f"超期 {listed}"
    row = next(n for n, node in enumerate(view.page.late) if node.node_code == NODE)
    at = view.table.visualRect(view.model.index(row, 1)).center()
    qtbot.mouseClick(view.table.viewport(), left, pos=at)
    qtbot.waitUntil(lambda: view.side.node is not None)
    node = view.side.node
    assert node is not None
    assert f"合计 {node.elapsed} 日，等于经过日数" in view.side.shares.text()
    assert view.side.leader.text() == "顾长风"
    qtbot.mouseClick(view.side.derive_button, left)
    assert context.opened[-1][0] == "derivation"
    assert context.opened[-1][1]["node_code"] == NODE


def test_commenting(qtbot: QtBot, city: RealCity, view: ResponsibilityView) -> None:
    left = Qt.MouseButton.LeftButton
    view.table.select_id(view.model.ids[0])
    qtbot.waitUntil(view.side.form.isVisible)
    qtbot.waitUntil(view.side.form.submit_button.isEnabled)
    qtbot.mouseClick(view.side.form.submit_button, left)
    assert view.side.form.field("body").error()
    qtbot.keyClicks(view.side.body, "delay by the bank")
    with qtbot.waitSignal(view.side.form.edited):
        qtbot.keyClicks(view.side.body, ".")
    assert any(key.startswith("responsibility:") for key in city.context.drafts)
    qtbot.mouseClick(view.side.form.submit_button, left)
    qtbot.waitUntil(lambda: "delay by the bank." in view.side.said.text())
    assert not view.side.body.toPlainText()
    assert not city.context.drafts
    qtbot.waitUntil(lambda: view.page is not None and view.page.late[0].comments == 1)
    # On somebody else's page there is nothing to write.
    view.apply({"person_id": city.operator})
    qtbot.waitUntil(lambda: view.side.node is None)
    assert not view.side.form.isVisible()


def test_reading_warnings(qtbot: QtBot, city: RealCity, view: ResponsibilityView) -> None:
    left = Qt.MouseButton.LeftButton
    qtbot.waitUntil(lambda: "▲ 2" in view.tabs.tabText(1))
    qtbot.mouseClick(view.cards["unread"], left)
    assert view.tabs.currentIndex() == 1
    table_ = view.warnings.table
    table_.select_id(view.warnings.model.ids[0])
    qtbot.mouseClick(view.warnings.open_button, left)
    assert city.context.opened[-1][0] == "supervision"
    qtbot.mouseClick(view.warnings.read_button, left)
    qtbot.waitUntil(lambda: "▲ 1" in view.tabs.tabText(1))
    view.apply({"person_id": city.other_handler})
    qtbot.waitUntil(
        lambda: "未担任团队负责人" in view.warnings.note.text() or not view.warned.leads
    )  # type: ignore[union-attr]
    assert not view.warnings.read_button.isEnabled()


def test_whose_page_opens_first(qtbot: QtBot, tmp_path: Path) -> None:
    """An operator answers for no case: the person with most overdue nodes comes first."""
    city = real_city(tmp_path)
    assert city.context.who.person_id == city.operator
    view = ResponsibilityView(city.context)
    shown(qtbot, view, 1290, 760)
    assert view.person_id == city.handler
    assert not view.side.form.isVisible()
    # With nobody chosen it says what to do.
    view.person_box.set_selected(())
    qtbot.waitUntil(lambda: view.model.rowCount() == 0)
    assert view.cards["own"].accessibleName().endswith("—")
    assert not view.states.isVisible()
    view.person_box.set_selected((city.handler,))
    qtbot.waitUntil(lambda: view.model.rowCount() > 0)
