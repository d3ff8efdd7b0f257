"""Scenario S2: a supervisor's weekly circular from Monday 08:30 to last month's proof.

One desk over a real replica with a city of eighteen courts; whoever acts sits down at it. The
numbers in the comments are the lines of the scenario. EDESK_PICTURES names a folder for pictures.
"""

import io
import json
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pdfplumber
import pypdf
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot
from sqlalchemy import select, text, update

from desktop.circulars.specimen import make_specimen
from desktop.contract.sync import SyncState
from desktop.documents.course import row_of
from desktop.documents.files import file_of, fingerprint
from desktop.documents.receipts import slips
from desktop.evidence.corrections import Correction
from desktop.evidence.snapshot import PetitionRow, Snapshot
from desktop.panels.weekly.rules import Step
from desktop.panels.weekly.view import WeeklyView
from desktop.paper.jobs import Target
from desktop.shell.registry import discover
from storage.schema import table
from tests.evidence.town import TAKEN
from tests.fake_sync import FakeSync
from tests.gui.circular_paper import (
    LINK,
    embedded,
    footer_bears_the_chain,
    is_red,
    repeated_heads,
    seal_on_name_and_date,
    words,
)
from tests.gui.circular_play import WAIT, Play
from tests.gui.circular_town import Scene, settle_town
from tests.gui.conftest import Rig

Open = Callable[..., Rig]
PIN = "仅供测试-246810"
SIGNED = TAKEN.date() + timedelta(days=1)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.qt_log_ignore("This plugin does not support"),
]


@pytest.fixture
def play(qtbot: QtBot, open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Play:
    theme = os.environ.get("EDESK_PICTURE_THEME", "dark")
    (tmp_path / "window.json").write_text(json.dumps({"theme": theme}), encoding="utf-8")
    rig = open_window(discover())
    scene = settle_town(rig.session, tmp_path / "town")
    _hold(rig, scene, TAKEN.date())
    monkeypatch.setattr(rig.context, "now", scene.clock, raising=False)
    _certificate(rig, tmp_path)
    width, height = os.environ.get("EDESK_PICTURE_SIZE", "1920x1080").split("x")
    rig.window.resize(int(width), int(height))
    scene.sit(rig, "clerk")
    assert rig.window.open_panel("weekly")
    assert rig.window.desk is not None
    host = rig.window.desk.host("weekly")
    assert host is not None
    qtbot.waitUntil(lambda: host.view is not None, timeout=WAIT)
    assert isinstance(host.view, WeeklyView)
    return Play(qtbot, rig, scene, host.view)


def _hold(rig: Rig, scene: Scene, day: date, hour: int = 8) -> None:
    """Moves the desk's day, to half past that hour."""
    scene.clock.at = datetime.combine(day, TAKEN.timetz()).replace(hour=hour)
    rig.context._time.hold(day)


def _certificate(rig: Rig, folder: Path) -> None:
    made = make_specimen("示范市中级人民法院", PIN, from_=TAKEN - timedelta(days=30))
    (folder / "court.p12").write_bytes(made.bundle)
    (folder / "roots").mkdir()
    (folder / "roots" / "authority.pem").write_bytes(made.authority)
    rig.context.set_setting("signing_certificate", str(folder / "court.p12"))
    rig.context.set_setting("roots_folder", str(folder / "roots"))


def test_s2_a_weekly_circular_from_monday_morning_to_its_proof(play: Play, tmp_path: Path) -> None:
    document_id = frozen(play)
    figures_open_their_rows(play)
    replies(play, document_id, tmp_path)
    pages_and_number(play, document_id)
    file = signature(play, document_id, tmp_path)
    print_run(play, document_id, file, tmp_path)
    footer_bears_the_chain(file)
    receipts(play, document_id)
    proof_a_month_later(play, document_id)


def _to_close(snapshot: Snapshot) -> PetitionRow:
    """The first that may be closed: what hangs on the board waits for somebody to take it down."""
    return next(row for row in snapshot.rows if row.closed_on is None and row.hung_on is None)


def frozen(play: Play) -> str:
    """1: last Monday to Sunday is proposed; the time of the snapshot is shown and frozen."""
    view, scene = play.view, play.scene
    hub = FakeSync(SyncState("current", "在线"))
    hub.answers |= {"seal": lambda: 1, "chain_head": lambda: (4711, LINK)}
    play.rig.context.sync = hub
    play.press_words("新建通报")
    assert (view.new.week.first, view.new.week.last) == (date(2026, 10, 26), date(2026, 11, 1))
    assert "10月26日至11月1日" in view.new.title.text()
    play.picture("week-proposed")
    play.make_room()
    with play.qtbot.waitSignal(view.new.made, timeout=WAIT) as told:
        play.press("freeze")
    document_id = str(told.args[0])
    play.wait(lambda: play.page.found is not None)
    snapshot = play.page.found.snapshot
    words = play.page.figures.frozen.text()
    assert f"{snapshot.taken_at:%Y-%m-%d %H:%M}" == "2026-11-02 08:30"
    assert "2026-11-02 08:30" in words
    assert "4711" in words
    # What changes from now on does not change the circular.
    before = play.figures().city["closed"].hits
    with play.rig.session.write("其后的变化") as write:
        petition = table("petition")
        open_row = _to_close(snapshot)
        write.connection.execute(
            update(petition)
            .where(petition.c.id == open_row.id)
            .values(closed_on="2026-10-30", result="resolved", closed_by=scene.people["clerk"])
        )
    play.open(document_id, Step.FIGURES)
    assert play.figures().city["closed"].hits == before
    return document_id


def figures_open_their_rows(play: Play) -> None:
    """2: five tables and two plots; a click opens numerator, denominator, definition, version.
    3: who is worst, with the note that it is within what chance explains."""
    step, found = play.page.figures, play.page.found
    week = found.snapshot.week
    for number in range(1, 6):
        play.press(f"table_{number}")
    assert step.late_model.rowCount() == play.figures().city["overdue"].hits
    play.press("table_3")
    for plot in (step.plots.totals, step.plots.closing):
        play.wait(lambda plot=plot: plot.paint_count and plot.isVisible())
    play.qtbot.mouseClick(step.cards["resolved_rate"], Qt.MouseButton.LeftButton)
    # Recounted by hand from the rows of the store, without a line of the product's counting.
    with play.rig.session.read() as connection:
        closed, resolved = connection.execute(
            text(
                "select count(*), sum(result = 'resolved') from petition"
                " where duplicate_of is null and closed_on between :first and :last"
                " and id <> :changed"
            ),
            {
                "first": week.first.isoformat(),
                "last": week.last.isoformat(),
                "changed": _to_close(found.snapshot).id,
            },
        ).one()
    figure = play.figures().city["resolved_rate"]
    assert (figure.hits, figure.of) == (resolved, closed)
    assert f"（{resolved}/{closed}）" in step.drill.title.text()
    assert step.drill.model.rowCount() == resolved
    play.press("denominator")
    assert step.drill.model.rowCount() == closed
    assert figure.definition.numerator in step.drill.definition.text()
    assert f"口径版本 {figure.definition.version}" in step.drill.definition.text()
    play.picture("figures")
    play.press("table_2")
    model = step.table.figures
    heads = model.table.heads
    ranks = [
        (int(row[1][heads.index("名次")].text), row[1][heads.index("说明")].text)
        for row in model.table.rows
        if row[1][heads.index("名次")].text.isdecimal()
    ]
    worst = max(rank for rank, _note in ranks)
    assert play.figures().worst_within("closing_rate")
    assert {note for rank, note in ranks if rank == worst} == {"在正常波动范围内"}
    play.picture("worst-within-chance")


def late_row(play: Play, court_id: str) -> PetitionRow:
    late = set(play.figures().city["overdue"].hit_ids)
    return next(row for row in play.figures().rows if row.id in late and row.court_id == court_id)


def replies(play: Play, document_id: str, folder: Path) -> None:
    """4: courts reply until the next day; one objection is accepted, one rejected."""
    play.go(Step.REPLIES)
    assert play.page.replies.reply_by.value() == TAKEN.date() + timedelta(days=1)
    play.press("ask_replies")
    play.wait(lambda: len(play.page.found.asked) == 18)
    counted = Counter(
        row.court_id
        for row in play.figures().rows
        if row.id in play.figures().city["overdue"].hit_ids
    )
    first, second = [court for court, _n in counted.most_common(2)]
    third = next(court for court in play.scene.courts if court not in (first, second))
    play.scene.sit_of(play.rig, third)
    play.open(document_id)
    play.go(Step.REPLIES)
    play.press("agree")
    play.wait(lambda: third in play.page.found.answered)
    for n, court_id in enumerate((first, second)):
        object_as(play, document_id, court_id, folder, f"该件已在期内办结（{n + 1}）。")
    play.scene.clock.at = play.scene.clock.at.replace(hour=10, minute=0)
    play.sit("clerk", document_id, Step.REPLIES)
    step = play.page.replies
    play.wait(lambda: step.model.rowCount() == 2)
    assert all(one.proof_name == "结案通知书.pdf" for one in play.page.found.objections)
    play.picture("objections")
    before = play.figures()
    accepted = step.current()
    assert accepted is not None
    play.press("accept_objection")
    play.answer("decide_objection", "经核结案文书，属实。")
    play.wait(lambda: len(play.figures().corrections) == 1)
    after = play.figures()
    assert after.city["closing_rate"].hits == before.city["closing_rate"].hits + 1
    assert after.city["overdue"].hits == before.city["overdue"].hits - 1
    (change,) = after.corrections
    assert isinstance(change, Correction)
    assert (change.was, change.now, change.reason) == (None, "2026-10-30", "经核结案文书，属实。")
    (logged,) = play.page.found.corrections
    assert {one.where for one in logged.figures} >= {"全市"}
    step.table.select_id(1)
    play.press("reject_objection")
    play.answer("decide_objection", "数据固定时尚未办结。")
    play.wait(lambda: play.page.found.standing.waiting == 0)
    assert [one.state.decision for one in play.page.found.objections] == ["accepted", "rejected"]
    assert len(play.figures().corrections) == 1
    play.picture("objections-decided")


def object_as(play: Play, document_id: str, court_id: str, folder: Path, words: str) -> None:
    """A court sees its own rows and objects with a file."""
    play.scene.sit_of(play.rig, court_id)
    play.open(document_id)
    play.go(Step.REPLIES)
    step = play.page.objecting
    play.wait(lambda: step.model.rowCount() > 0)
    assert {row.values["court_id"] for row in step._rows} == {court_id}
    row = late_row(play, court_id)
    step.table.select_id([one.key for one in step._rows].index(row.id))
    play.qtbot.keyClicks(step.day, "2026-10-30")
    step.body.setPlainText(words)
    proof = folder / "结案通知书.pdf"
    proof.write_bytes(b"%PDF-1.4 " + words.encode())
    play.press("add_proof")
    play.wait(lambda: step.findChild(QFileDialog, "add_proof_dialog"))
    dialog = step.findChild(QFileDialog, "add_proof_dialog")
    assert dialog is not None
    dialog.fileSelected.emit(str(proof))
    dialog.close()
    play.wait(lambda: "结案通知书.pdf" in step.proof_words.text())
    play.picture("court-objects")
    play.press("send_objection")
    play.wait(lambda: any(one.state.court_id == court_id for one in play.page.found.objections))


def pages_and_number(play: Play, document_id: str) -> None:
    """5: red head, reserved number, heads repeat, no empty glyph; zoom changes no breaks."""
    play.go(Step.PAGES)
    play.press("submit")
    play.wait(lambda: play.page.found.state == "checking")
    play.sit("leader", document_id, Step.PAGES)
    play.press("pass_stage")
    play.wait(lambda: play.page.found.state == "signing")
    play.sit("clerk", document_id, Step.PAGES)
    play.press("reserve_number")
    play.wait(lambda: play.page.found.number)
    assert play.page.pages.number.text() == play.page.found.number == "洛中法执信通〔2026〕1号"
    preview = play.page.pages.preview
    play.wait(lambda: b"%PDF" in preview.data and "1号" in preview.caption.text())
    data, document = preview.data, preview.pages.document
    count = document.pageCount()
    before = [document.getAllText(page).text() for page in range(count)]
    play.picture("pages")
    for name in ("zoom_in", "zoom_in", "zoom_out", "fit_page", "fit"):
        play.press(name, preview)
        assert [document.getAllText(page).text() for page in range(count)] == before
        assert preview.data == data
    play.press("zoom_in", preview)
    play.picture("pages-zoomed")
    play.press("fit", preview)
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        assert len(pdf.pages) == count > 2
        first = pdf.pages[0].extract_text()
        assert "洛中法执信通〔2026〕1号" in first
        red = [char for char in pdf.pages[0].chars if char["size"] > 30]
        assert "".join(char["text"] for char in red).endswith("文件")
        assert all(is_red(char["non_stroking_color"]) for char in red)
        assert repeated_heads(pdf) >= 2
        assert not [char for page in pdf.pages for char in page.chars if "(cid:" in char["text"]]
    fonts = [
        font
        for page in pypdf.PdfReader(io.BytesIO(data)).pages
        for font in page["/Resources"]["/Font"].values()
    ]
    assert all(embedded(font.get_object()) for font in fonts)


def signature(play: Play, document_id: str, folder: Path) -> bytes:
    """6: the bytes signed are the bytes previewed; a foreign reader says valid, then modified."""
    play.sit("clerk", document_id, Step.SIGN)
    box = play.page.signing
    play.wait(lambda: "局长乙" in box.refusal.text())
    assert not box.pin.isVisible()
    # Courts that have not answered have their twenty-four hours first.
    play.sit("chief", document_id, Step.SIGN)
    play.wait(lambda: "未满24小时" in box.refusal.text())
    assert not box.pin.isVisible()
    _hold(play.rig, play.scene, SIGNED, hour=9)
    play.sit("chief", document_id, Step.SIGN)
    play.wait(box.pin.isVisible)
    shown = box.preview.data
    play.picture("sign")
    play.qtbot.keyClicks(box.pin, "0000")
    play.press("sign", box)
    play.wait(lambda: "口令不对" in box.error.text())
    play.wait(box.sign_button.isEnabled)
    box.pin.setText(PIN)
    with play.qtbot.waitSignal(box.signed, timeout=WAIT):
        play.press("sign", box)
    with play.rig.session.read() as connection:
        file = file_of(connection, document_id, "signed")
        row = row_of(connection, document_id)
    assert file.startswith(shown)
    assert row.render_sha256 == fingerprint(shown)
    play.picture("signed")
    play.sheets(file)
    seal_on_name_and_date(file)
    foreign_reader(play, file, folder)
    return file


def foreign_reader(play: Play, file: bytes, folder: Path) -> None:
    """pdfsig (poppler) where it is installed, and the product's own eyes in any case."""
    at = len(file) // 3
    changed = file[:at] + bytes([file[at] ^ 1]) + file[at + 1 :]
    looking = play.view.verify
    for name, data, badge in (("a.pdf", file, "有效"), ("b.pdf", changed, "已被改动或损坏")):
        (folder / name).write_bytes(data)
        with play.qtbot.waitSignal(looking.verified, timeout=WAIT):
            looking.verify(folder / name)
        assert looking.badge.accessibleName() == badge
    if shutil.which("pdfsig") is None:
        return

    def said(name: str, data: bytes) -> str:
        path = folder / name
        path.write_bytes(data)
        done = subprocess.run(["pdfsig", str(path)], capture_output=True, text=True, check=False)
        return done.stdout

    assert "Signature is Valid" in said("signed.pdf", file)
    words = said("changed.pdf", changed)
    assert "Signature is Valid" not in words
    assert "Digest Mismatch" in words


def print_run(play: Play, document_id: str, file: bytes, folder: Path) -> None:
    """7: eighteen copies, the slip counts eighteen; a reprint of copy 7 is 补印."""
    play.sit("clerk", document_id, Step.PRINT)
    box = play.page.printing
    play.wait(lambda: box.preview.data == file)
    (row,) = box.rows
    assert (row.count.value(), row.numbers.text()) == (18, "1—18")
    play.picture("print")
    pages = len(pypdf.PdfReader(io.BytesIO(file)).pages)
    spool = folder / "spool.pdf"
    with play.qtbot.waitSignal(box.printed, timeout=WAIT):
        box.print(Target(spool=spool))
    assert len(pypdf.PdfReader(spool).pages) == 18 * pages
    play.wait(lambda: row.numbers.text() == "19—36")
    play.wait(lambda: "印 18 份" in words(box.preview.data))
    row.numbers.setText("7")
    with play.qtbot.waitSignal(box.printed, timeout=WAIT):
        box.print(Target(spool=spool))
    assert len(pypdf.PdfReader(spool).pages) == pages
    play.wait(lambda: "其中补印：第 7 份" in words(box.preview.data))
    play.picture("count-slip")
    with play.rig.session.read() as connection:
        runs = slips(connection, document_id)
        assert [(len(run.copies), run.again) for run in runs] == [(18, ()), (1, (7,))]
        assert file_of(connection, document_id, "signed") == file


def receipts(play: Play, document_id: str) -> None:
    """8: receipts turn green when opened; the next day the two that lack are listed."""
    play.sit("clerk", document_id, Step.ISSUE)
    play.press("issue")
    play.answer("confirm_issue")
    play.wait(lambda: len(play.page.found.receipts) == 18)
    assert all(one.opened_at is None for one in play.page.found.receipts)
    assert play.page.issuing.missing.text() == ""
    for court_id in play.scene.courts[:16]:
        play.scene.sit_of(play.rig, court_id)
        play.open(document_id)
        play.wait(
            lambda court_id=court_id: any(
                one.court_id == court_id and one.opened_at for one in play.page.found.receipts
            )
        )
    _hold(play.rig, play.scene, SIGNED + timedelta(days=1))
    play.sit("clerk", document_id, Step.ISSUE)
    step = play.page.issuing
    play.wait(lambda: "16" in step.badge.accessibleName())
    assert step.badge.accessibleName() == "16/18"
    with play.rig.session.read() as connection:
        court = table("court").c
        missing = set(
            connection.execute(
                select(court.name).where(court.id.in_(play.scene.courts[16:]))
            ).scalars()
        )
    assert set(step.missing.text().split("、")) == missing
    play.press("remind")
    play.wait(lambda: sum(bool(one.reminded_at) for one in play.page.found.receipts) == 2)
    play.picture("receipts-next-day")


def proof_a_month_later(play: Play, document_id: str) -> None:
    """9: last month's circular is made again: the same SHA-256."""
    _hold(play.rig, play.scene, date(2026, 12, 7))
    play.press("circular_back")
    listing = play.view.list
    play.wait(lambda: listing.model.rowCount() == 1 and listing.model.row_values(0))
    assert listing.model.row_values(0)["number"] == "洛中法执信通〔2026〕1号"
    assert listing.model.row_values(0)["receipts"] == ("due_soon", "16/18")
    play.picture("list")
    play.qtbot.mouseClick(
        listing.table.viewport(),
        Qt.MouseButton.LeftButton,
        pos=listing.table.visualRect(listing.model.index(0, 0)).center(),
    )
    play.qtbot.keyClick(listing.table, Qt.Key.Key_Return)
    play.wait(lambda: play.page.found is not None and play.page.isVisible())
    play.go(Step.PROOF)
    with play.qtbot.waitSignal(play.page.proof.reproduced, timeout=WAIT) as told:
        play.press("reproduce")
    answer = told.args[0]
    assert answer.same
    with play.rig.session.read() as connection:
        assert answer.found == row_of(connection, document_id).render_sha256
    assert play.page.proof.badge.accessibleName() == "完全相同"
    play.picture("proof")
