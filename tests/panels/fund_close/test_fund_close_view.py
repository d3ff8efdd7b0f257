"""A day and a month by real clicks: looked at, explained, reported by one, signed by another."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl
import pdfplumber
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QDialog, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from desktop.circulars.specimen import make_specimen
from desktop.circulars.trust import read_authorities
from desktop.circulars.verification import verify
from desktop.contract.context import Who
from desktop.contract.law import load_law
from desktop.funds.reconcile import PART_WORDS
from desktop.panels.fund_close.queries import months_to_close
from desktop.panels.fund_close.view import FundCloseView
from storage.ledger import post
from storage.ledger.moments import ZONE, written_at
from storage.ledger.post import Slip
from storage.session import Session
from tests.funds.purse import CAST, Purse, purse_of
from tests.panels.clicks import shown
from tests.panels.fake_context import FakeContext
from widgets.pdf_preview import PdfPreview

TODAY = date(2026, 11, 23)
MONTH, LAST = "2026-10", "2026-10-31"


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with written_at(datetime(2026, 11, 23, 9, tzinfo=ZONE)):
        yield


@pytest.fixture
def purse(session: Session) -> Purse:
    """Two receipts of October, one of which the bank shows, and a line that nobody booked."""
    made = purse_of(session)
    case_id = made.case()
    known = _line(made, 1, "2026-10-12", 70_000)
    for line, fen, day in ((known, 70_000, 12), (None, 1_200, 30)):
        moment = datetime(2026, 10, day, 9, tzinfo=ZONE)
        with written_at(moment), session.write("收款") as write:
            slip = Slip(made.people["财务乙"], line_id=line)
            assert post.receive(write.connection, case_id, fen, slip, payer="丁").accepted
    _line(made, 2, "2026-10-20", 300)
    made.put("bank_balance", account="1", day=LAST, balance_fen=70_300, file_sha256="0" * 64)
    return made


def _line(purse: Purse, n: int, day: str, fen: int) -> str:
    return purse.put(
        "bank_line",
        account="1",
        booked_on=day,
        direction="in",
        amount_fen=fen,
        party_name="白桦建材有限公司",
        text="案款",
        bank_ref=f"流水{n}",
        fingerprint=f"{n:064d}",
        file_sha256="0" * 64,
    )


def desk(purse: Purse, folder: Path, who: str = "财务乙") -> FakeContext:
    """The real store with its triggers behind the context of view tests."""
    return FakeContext(
        purse.session.replica.writer_engine,
        load_law(),
        today=TODAY,
        folder=folder,
        who=Who(purse.people[who], who, CAST[who]),
        deferred=True,
    )


def opened(qtbot: QtBot, context: FakeContext, **params: str) -> FundCloseView:
    view = FundCloseView(context)
    for listing in (view.day.list, view.month.trial, view.month.periods):
        mode = QAbstractItemModelTester.FailureReportingMode.Fatal
        QAbstractItemModelTester(listing.model, mode, listing.model)
    shown(qtbot, view, 1280, 760)
    view.apply(params)
    return view


def press(qtbot: QtBot, button: QPushButton) -> None:
    assert button.isVisible()
    assert button.isEnabled(), button.toolTip()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def answer(qtbot: QtBot, over: QWidget, name: str) -> None:
    """Says yes to the question of that name."""
    dialog = over.findChild(QDialog, name)
    assert dialog is not None
    qtbot.waitExposed(dialog)
    button = dialog.findChild(QPushButton, "accept")
    assert button is not None
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def listed(view: FundCloseView) -> list[tuple[str, str, int]]:
    """(state, what, fen) of each difference in sight."""
    model = view.day.list.model
    rows = [model.row_values(row) for row in range(model.rowCount())]
    return [(str(r["state"][1]), str(r["words"]), int(r["fen"])) for r in rows if r is not None]  # type: ignore[index, call-overload]


def explain_all(qtbot: QtBot, view: FundCloseView) -> None:
    """Chooses each open difference and types why."""
    qtbot.waitUntil(lambda: view.day.found is not None and bool(listed(view)))
    while waits := [n for n, row in enumerate(listed(view)) if row[0] == "待查"]:
        row_id = view.day.list.model.id_at(waits[0])
        assert row_id is not None
        view.day.list.table.select_id(row_id)
        qtbot.waitUntil(view.day.entry.isEnabled)
        qtbot.keyClicks(view.day.entry, "bank books it next month")
        qtbot.keyClick(view.day.entry, Qt.Key.Key_Return)
        left = len(waits) - 1
        qtbot.waitUntil(lambda n=left: sum(r[0] == "待查" for r in listed(view)) == n)


def month_is(qtbot: QtBot, view: FundCloseView, state: str) -> None:
    """Waits until the month stands so and its pages are on the screen."""
    page = view.month

    def ready() -> bool:
        found = page.found
        if found is None or found.state != state:
            return False
        return page.laid is not None and page.laid.sha256 == found.sha256 and page.pages.loaded

    qtbot.waitUntil(ready)


def test_a_day_shows_three_figures_and_each_difference(
    qtbot: QtBot, purse: Purse, tmp_path: Path
) -> None:
    view = opened(qtbot, desk(purse, tmp_path), day=LAST)
    qtbot.waitUntil(lambda: len(listed(view)) == 2)
    assert listed(view) == [
        ("待查", "银行已收、账上未收", 300),
        ("待查", "账上已收、银行未收", -1_200),
    ]
    page = view.day
    figures = [card.accessibleName() for card in (page.bank, page.ledger, page.cases, page.open)]
    assert [name.split()[-1] for name in figures] == ["703.00", "712.00", "712.00", "2"]
    told = [label.text() for label in page._balances]
    assert told == ["703.00", "12.00", "0.00", "715.00", "712.00", "3.00", "0.00", "715.00"]
    assert page.hint.text() == ""
    press(qtbot, page.after_button)  # a day whose balance the bank has not told
    qtbot.waitUntil(lambda: "此后按流水累计" in page.hint.text())
    assert page.day.text() == "2026-11-01"


def test_a_difference_is_listed_until_somebody_says_why(
    qtbot: QtBot, purse: Purse, tmp_path: Path
) -> None:
    context = desk(purse, tmp_path)
    view = opened(qtbot, context, day=LAST)
    explain_all(qtbot, view)
    assert [row[0] for row in listed(view)] == ["已说明", "已说明"]
    assert context.labels == [
        "说明对账差异：银行已收、账上未收",
        "说明对账差异：账上已收、银行未收",
    ]
    view.day.list.table.select_id(view.day.list.model.id_at(0) or 0)
    qtbot.waitUntil(lambda: "bank books it next month" in view.day.said.text())
    assert "财务乙" in view.day.said.text()
    view.day.states.set_selected(["open"])
    qtbot.waitUntil(lambda: not listed(view))
    view.day.states.set_selected([])
    qtbot.waitUntil(lambda: len(listed(view)) == 2)


def test_the_source_of_a_difference_is_one_click_away(
    qtbot: QtBot, purse: Purse, tmp_path: Path
) -> None:
    context = desk(purse, tmp_path)
    view = opened(qtbot, context, day=LAST)
    qtbot.waitUntil(lambda: len(listed(view)) == 2)
    for row in (0, 1):
        view.day.list.table.select_id(view.day.list.model.id_at(row) or 0)
        press(qtbot, view.day.open_button)
    assert [panel for panel, _params in context.opened] == ["bank_statements", "fund_board"]
    assert [list(params) for _panel, params in context.opened] == [["line_id"], ["entry_id"]]
    qtbot.mouseClick(view.day.cases, Qt.MouseButton.LeftButton)
    assert context.opened[-1] == ("fund_board", {"on": LAST})


def test_two_persons_close_the_month(qtbot: QtBot, purse: Purse, tmp_path: Path) -> None:
    finance = desk(purse, tmp_path)
    view = opened(qtbot, finance, month=MONTH)
    month_is(qtbot, view, "open")
    page = view.month
    assert not page.report_button.isEnabled()
    assert "2 笔差异未说明" in page.why.text()
    press(qtbot, page.differences_button)
    assert view.tabs.currentWidget() is view.day
    assert view.day.day.text() == LAST
    explain_all(qtbot, view)
    view.tabs.setCurrentWidget(page)
    qtbot.waitUntil(page.report_button.isEnabled)
    month_is(qtbot, view, "open")
    press(qtbot, page.report_button)
    answer(qtbot, page, "report_question")
    month_is(qtbot, view, "reported")
    assert not page.sign_button.isEnabled()
    assert "须由另一人" in page.sign_button.toolTip()
    assert finance.labels[-1] == "报结2026年10月"

    chief = desk(purse, tmp_path, "局长丁")
    other = opened(qtbot, chief, month=MONTH)
    month_is(qtbot, other, "reported")
    assert not other.month.report_button.isVisible()
    press(qtbot, other.month.sign_button)
    answer(qtbot, other.month, "sign_question")
    month_is(qtbot, other, "closed")
    assert "财务乙报结、局长丁签结" in other.month.line.text()
    assert "2026年11月" in other.month.line.text()
    assert not other.month.sign_button.isVisible()
    (row,) = [other.month.periods.model.row_values(n) for n in range(1)]
    assert row is not None
    assert (row["month"], row["state"]) == (MONTH, ("done", "已结账"))
    assert "局长丁" in str(row["signed"])
    with purse.session.read() as connection:
        assert months_to_close(connection, TODAY) == (0, "")
        kept = connection.execute(text("select sheet_sha256 from ledger_period")).scalar_one()
    assert other.month.found is not None
    assert other.month.found.sha256 == kept
    assert other.month.check.text() == f"台账校验值：{kept[:16]}（与报结时一致）"


def _reported(qtbot: QtBot, purse: Purse, folder: Path) -> FundCloseView:
    view = opened(qtbot, desk(purse, folder), day=LAST)
    explain_all(qtbot, view)
    view.apply({"month": MONTH})
    month_is(qtbot, view, "open")
    press(qtbot, view.month.report_button)
    answer(qtbot, view.month, "report_question")
    month_is(qtbot, view, "reported")
    return view


def test_what_changes_after_the_report_is_reported_anew(
    qtbot: QtBot, purse: Purse, tmp_path: Path
) -> None:
    _reported(qtbot, purse, tmp_path)
    chief = desk(purse, tmp_path, "局长丁")
    other = opened(qtbot, chief, month=MONTH)
    month_is(qtbot, other, "reported")
    with purse.session.write("补记") as write:
        slip = Slip(purse.people["财务丙"], booked_on=date(2026, 10, 31))
        assert post.receive(write.connection, purse.cases[0], 55, slip).accepted
    press(qtbot, other.month.sign_button)  # what is on the screen is not so any more
    answer(qtbot, other.month, "sign_question")
    qtbot.waitUntil(lambda: any("已有变动" in text for _level, text in chief.notices))
    month_is(qtbot, other, "changed")
    assert not other.month.sign_button.isVisible()
    assert "重新报结" in other.month.line.text()
    assert "有变动" in other.month.check.text()


def test_each_of_the_two_keeps_a_signed_copy(qtbot: QtBot, purse: Purse, tmp_path: Path) -> None:
    _reported(qtbot, purse, tmp_path)
    context = desk(purse, tmp_path)
    began = context.now() - timedelta(days=30)
    specimen = make_specimen("虚构市中级人民法院", "口令甲", from_=began)
    (tmp_path / "court.p12").write_bytes(specimen.bundle)
    (tmp_path / "roots").mkdir()
    (tmp_path / "roots" / "authority.pem").write_bytes(specimen.authority)
    context.settings["signing_certificate"] = str(tmp_path / "court.p12")
    view = opened(qtbot, context, month=MONTH)
    month_is(qtbot, view, "reported")
    page = view.month
    assert page.laid is not None
    press(qtbot, page.copy_button)
    dialog = page.copy.form
    assert dialog is not None
    pin = dialog.findChild(QLineEdit, "pin")
    assert pin is not None
    pin.setText("wrong")
    dialog.form.submit()
    qtbot.waitUntil(lambda: pin.text() == "")
    pin.setText("口令甲")
    with qtbot.waitSignal(page.copy.kept) as told:
        dialog.form.submit()
    file = Path(told.args[0]).read_bytes()
    assert file.startswith(page.laid.pages)
    trusted = read_authorities(tmp_path / "roots")
    assert verify(file, trusted, context.now()).state == "sound"
    assert verify(file.replace(b"/Title", b"/Titel", 1), trusted, context.now()).state != "sound"
    assert context.copies[-1][0] == "export"
    with pdfplumber.open(told.args[0]) as document:
        last = document.pages[-1].extract_text()
    assert "财务乙" in last


def test_paper_and_workbook_are_kept_and_noted(qtbot: QtBot, purse: Purse, tmp_path: Path) -> None:
    context = desk(purse, tmp_path)
    view = opened(qtbot, context, month=MONTH)
    month_is(qtbot, view, "open")
    for button in (view.month.print_button, view.month.export_button):
        press(qtbot, button)
    qtbot.waitUntil(lambda: len(context.copies) == 2)
    view.apply({"day": LAST})
    qtbot.waitUntil(lambda: view.day.found is not None and view.day.found.state.day == LAST)
    press(qtbot, view.day.export_button)
    press(qtbot, view.day.print_button)
    qtbot.waitUntil(lambda: len(context.copies) == 4)
    assert [act for act, _subject, _case in context.copies] == [
        *("print", "export", "export", "print"),
    ]
    preview = view.findChild(PdfPreview)
    assert preview is not None
    assert preview.loaded
    preview.close()
    assert view.month.found is not None
    with pdfplumber.open(tmp_path / f"执行案款对账台账_{MONTH}.pdf") as document:
        assert view.month.found.sha256 in document.pages[0].extract_text()
    book = openpyxl.load_workbook(tmp_path / f"余额调节表_{LAST}.xlsx")
    assert "差异清单" in book.sheetnames


def test_the_month_tells_of_old_money_and_opens_it(
    qtbot: QtBot, purse: Purse, tmp_path: Path
) -> None:
    context = desk(purse, tmp_path)
    view = opened(qtbot, context, month=MONTH)
    month_is(qtbot, view, "open")
    qtbot.waitUntil(lambda: "700.00" in view.month.aged.text())
    press(qtbot, view.month.aged_button)
    assert context.opened == [("fund_watch", {"tab": "unclaimed"})]


def test_the_first_month_shown_is_the_one_to_close(
    qtbot: QtBot, purse: Purse, tmp_path: Path
) -> None:
    view = opened(qtbot, desk(purse, tmp_path), tab="month")
    month_is(qtbot, view, "open")
    assert view.month.month.currentData() == MONTH
    with purse.session.read() as connection:
        assert months_to_close(connection, TODAY) == (1, "due_soon")
    view.apply({"month": "2026-11"})
    month_is(qtbot, view, "running")
    assert not view.month.report_button.isVisible()
    view.apply({"month": "no month", "day": "no day"})
    assert view.month.month.currentData() == "2026-11"


def test_a_desk_with_a_part_of_the_ledger_says_so(
    qtbot: QtBot, purse: Purse, tmp_path: Path
) -> None:
    with purse.session.write("并网") as write:
        write.connection.execute(text("update _ctl set hub_id = 'h', scopes = '[4]'"))
    view = opened(qtbot, desk(purse, tmp_path), day=LAST)
    qtbot.waitUntil(lambda: view.day.hint.text() == PART_WORDS)
    assert not listed(view)
    assert not view.day.print_button.isEnabled()
    view.apply({"month": MONTH})
    qtbot.waitUntil(lambda: view.month.found is not None)
    assert view.month.found is not None
    assert view.month.found.state == "part"
    assert not view.month.report_button.isVisible()
    assert not view.month.print_button.isEnabled()


def test_nobody_in_particular_explains_nothing(qtbot: QtBot, purse: Purse, tmp_path: Path) -> None:
    context = desk(purse, tmp_path)
    context.who = Who(None, "游客", "")
    view = opened(qtbot, context, day=LAST)
    qtbot.waitUntil(lambda: len(listed(view)) == 2)
    view.day.list.table.select_id(view.day.list.model.id_at(0) or 0)
    assert not view.day.explain_button.isEnabled()
    view.day.explain()
    assert context.labels == []
