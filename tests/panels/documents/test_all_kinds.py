"""Every kind of document through the real panel: made, previewed, through its course, sent."""

import hashlib

import pytest
from PySide6.QtCore import Qt

from desktop.documents.kinds import kinds
from desktop.panels.documents.possible import Do
from desktop.panels.documents.rules import COUNTED
from tests.panels.documents.desk import DRAFTER, TYPED, Desk

COERCIVE = ("fine_decision", "summons", "detention_decision")


def test_every_kind_is_typed_here_or_counted_elsewhere() -> None:
    assert set(TYPED) | set(COUNTED) == set(kinds().by_code)


@pytest.mark.parametrize("kind", sorted(TYPED))
def test_a_kind_goes_from_form_to_receipt(desk: Desk, kind: str) -> None:
    view = desk.view
    if kind == "announcement":
        for fault in ("service_failed_direct", "service_failed_mail"):
            desk.city.put("node_event", case_id=desk.city.late_case, kind=fault, on="2026-11-01")
    desk.sit(DRAFTER.get(kind, "assistant"))
    desk.draft(kind, desk.city.late_case if kinds().kind(kind).case else "")
    assert desk.state() == "draft"
    assert view.page.preview.data.startswith(b"%PDF-")
    desk.press(Do.SUBMIT)
    passed = desk.through_stages()
    assert ("president" in passed) == (kind in COERCIVE)
    assert desk.state() == "signing"
    desk.number_and_sign("chief" if kind in DRAFTER else "judge")
    assert desk.state() == "signed"
    page = view.page.page
    assert page is not None
    assert page.number.startswith(kinds().kind(kind).series + "〔2026〕1号")
    assert hashlib.sha256(view.page.preview.data).hexdigest() == page.fingerprints[1]
    desk.sit(DRAFTER.get(kind, "assistant"))
    desk.press(Do.ISSUE)
    whom = desk.dialog("whom_dialog")
    if not page.shared:
        whom.courts.set_selected([desk.city.court])
    desk.accept(whom)
    assert desk.state() == "issued"
    assert view.page.page is not None
    assert view.page.page.receipts


@pytest.mark.parametrize("kind", COERCIVE)
def test_nobody_but_the_president_approves_what_takes_freedom_or_money(
    desk: Desk, kind: str
) -> None:
    desk.sit("assistant")
    desk.draft(kind, desk.city.late_case)
    desk.press(Do.SUBMIT)
    for who in ("leader", "chief", "judge", "vice_president", "assistant", "clerk"):
        assert not desk.may(who, Do.PASS)
        button = desk.view.page.bar.buttons[Do.PASS]
        assert not button.isEnabled()
        assert "院长" in button.toolTip()
        assert desk.view.page.hint.isVisible()
        assert desk.view.page.hint.text() == button.toolTip()
        desk.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert desk.state() == "checking"
    assert desk.may("president", Do.PASS)
    assert not desk.view.page.hint.isVisible()
