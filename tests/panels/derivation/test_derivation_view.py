"""The derivation pane by real clicks, and its sheet as PDF."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
import shiboken6
from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktop.circulars.derivation_sheet import write_derivation_sheet
from desktop.contract.context import Selection
from desktop.panels.derivation.queries import NodeArgs, explained
from desktop.panels.derivation.rules import legend, lines, parts
from desktop.panels.derivation.sheet import fill
from desktop.panels.derivation.view import DerivationView
from desktop.projection.explaining import explain_node
from desktop.rules.derivation import Derivation
from storage.records.changes import ChangeSet
from tests.panels.real_city import NODE, TODAY, RealCity, real_city
from widgets.pdf_preview import PdfPreview


@pytest.fixture
def city(tmp_path: Path) -> RealCity:
    return real_city(tmp_path)


def by_rules(city: RealCity, case_id: str) -> Derivation:
    with city.context.engine.connect() as connection:
        found = explain_node(connection, city.law, case_id, NODE, "", TODAY)
    assert found is not None
    return found


def open_view(qtbot: QtBot, city: RealCity) -> DerivationView:
    view = DerivationView(city.context)
    qtbot.addWidget(view)
    view.resize(390, 900)
    view.show()
    qtbot.waitExposed(view)
    return view


def test_the_pane_shows_the_due_day_of_the_rules(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city)
    with qtbot.waitSignal(city.context.selected):
        city.context.select(Selection(city.late_case, NODE))
    qtbot.waitUntil(lambda: view.derivation is not None)
    wanted = by_rules(city, city.late_case)
    assert view.derivation == wanted
    assert wanted.due_on is not None
    text = view.steps.as_text()
    assert f"应止 {wanted.due_on.isoformat()}" in text
    assert "豫0381执公〔2026〕88号" in text
    assert f"逾期 {wanted.overdue_days} 日" in text
    assert view.case_label.text() == "（2026）豫0381执2962号"
    assert "第四执行团队" in view.head_label.text()
    assert "顾长风" in view.head_label.text()
    assert wanted.smallest_change is not None
    assert wanted.smallest_change.sentence in view.change.text()


def test_a_change_of_another_case_leaves_what_was_marked(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city)
    city.context.select(Selection(city.late_case, NODE))
    qtbot.waitUntil(lambda: view.derivation is not None)
    label = next(one for one in view.steps.findChildren(QLabel) if one.text())
    label.setSelection(0, 2)
    city.context.changed.emit(ChangeSet({"case": frozenset({city.calm_case})}, "user"))
    assert view.live.stale
    qtbot.waitUntil(lambda: not view.live.stale)  # read again, and nothing of this case differs
    assert shiboken6.isValid(label)
    assert label.selectedText() == label.text()[:2]
    city.context.turn_day(TODAY + timedelta(days=1))
    qtbot.waitUntil(lambda: not shiboken6.isValid(label))


def test_the_bar_adds_up_to_the_elapsed_days(city: RealCity) -> None:
    found = by_rules(city, city.late_case)
    assert sum(part.days for part in parts(found.attribution)) == (TODAY - found.start.on).days
    assert str((TODAY - found.start.on).days) in legend(found.attribution)
    late = sum(part.days for part in parts(found.attribution) if part.state == "overdue")
    assert late == found.overdue_days


def test_every_step_of_the_rules_has_its_line(city: RealCity) -> None:
    for case_id in (city.late_case, city.calm_case, city.paused_case):
        found = by_rules(city, case_id)
        made = lines(found)
        assert len(made) == len(found.steps)
        assert all(line.headline for line in made)


def test_another_clock_of_the_case_is_one_click_away(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city)
    view.apply({"case_id": city.late_case, "node_code": NODE})
    qtbot.waitUntil(lambda: bool(view.others.buttons))
    first = view.shown.others[0]  # type: ignore[union-attr]
    qtbot.mouseClick(view.others.buttons[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(
        lambda: view.derivation is not None and view.derivation.node_code == first.node_code
    )
    assert city.context.selection() == Selection(city.late_case, first.node_code, first.subject)
    assert NODE in [other.node_code for other in view.shown.others]  # type: ignore[union-attr]


def test_a_paused_clock_keeps_its_old_due_day_in_sight(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city)
    view.apply({"case_id": city.paused_case, "node_code": NODE})
    qtbot.waitUntil(lambda: view.derivation is not None)
    found = view.derivation
    assert found is not None
    assert found.state.value == "暂停"
    assert found.due_on is not None
    assert found.due_on.isoformat() in view.steps.as_text()


def test_a_case_alone_opens_its_most_urgent_clock(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city)
    view.apply({"case_id": city.late_case})
    qtbot.waitUntil(lambda: view.derivation is not None)
    assert view.derivation is not None
    assert view.derivation.state.value == "超期"


def test_buttons_open_letter_and_case(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city)
    view.apply({"case_id": city.late_case, "node_code": NODE})
    qtbot.waitUntil(lambda: view.derivation is not None)
    qtbot.mouseClick(view.letter_button, Qt.MouseButton.LeftButton)
    node = {"case_id": city.late_case, "node_code": NODE, "subject": ""}
    assert city.context.opened[-1] == ("supervision", {"new": "1", **node})
    qtbot.mouseClick(view.case_button, Qt.MouseButton.LeftButton)
    assert city.context.opened[-1] == ("case_query", {"case_id": city.late_case})


def test_a_node_that_is_gone_says_so(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city)
    view.apply({"case_id": city.late_case, "node_code": "N37"})
    qtbot.waitUntil(lambda: view.shown is not None)
    assert view.derivation is None or view.derivation.node_code == "N37"
    view.apply({"case_id": "missing"})
    qtbot.waitUntil(lambda: view.shown is None)


def _printed(city: RealCity, path: Path) -> Path:
    with city.context.engine.connect() as connection:
        shown = explained(connection, NodeArgs(city.law, city.late_case, NODE, "", TODAY))
    assert shown is not None
    assert shown.derivation is not None
    moment = datetime(2026, 11, 23, 8, 30)  # noqa: DTZ001 (printed as given)
    sheet = fill(shown, shown.derivation, moment, "周清和")
    return write_derivation_sheet(sheet, path)


def test_the_sheet_lets_a_clerk_recount(city: RealCity, tmp_path: Path) -> None:
    found = by_rules(city, city.late_case)
    reader = PdfReader(_printed(city, tmp_path / "one.pdf"))
    # Long words wrap inside their cells.
    text = "".join("".join(page.extract_text().split()) for page in reader.pages)
    assert found.due_on is not None
    for wanted in (
        "（2026）豫0381执2962号",
        found.due_on.isoformat(),
        found.rule_version,
        "豫0381执公〔2026〕88号",
        "2026-09-05",
        "2026-09-18",
        "2026-11-23 08:30",
        f"共 {len(reader.pages)} 页",
    ):
        assert "".join(wanted.split()) in text, wanted
    fonts = reader.pages[0]["/Resources"]["/Font"]  # type: ignore[index]
    assert any("/FontFile2" in str(_descriptor(font.get_object())) for font in fonts.values())


def _descriptor(font: object) -> object:
    if "/DescendantFonts" in font:  # type: ignore[operator]
        font = font["/DescendantFonts"][0].get_object()  # type: ignore[index]
    found = font.get("/FontDescriptor")  # type: ignore[attr-defined]
    return found.get_object() if found is not None else ""


def test_equal_content_gives_equal_bytes(city: RealCity, tmp_path: Path) -> None:
    one = _printed(city, tmp_path / "one.pdf").read_bytes()
    assert _printed(city, tmp_path / "two.pdf").read_bytes() == one
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.pdf", "two.pdf"]


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_print_shows_a_preview_that_does_not_block(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city)
    view.apply({"case_id": city.late_case, "node_code": NODE})
    qtbot.waitUntil(lambda: view.derivation is not None)
    qtbot.mouseClick(view.print_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: view.findChild(PdfPreview) is not None, timeout=10_000)
    preview = view.findChild(PdfPreview)
    assert preview is not None
    assert preview.loaded
    assert preview.document.pageCount() >= 1
    assert not preview.isModal()
    copy = city.context.documents_folder() / "copy.pdf"
    with qtbot.waitSignal(preview.saved):
        preview.save_copy(copy)
    assert copy.read_bytes() == preview.path.read_bytes()
    preview.close()
