"""Form parts: values, errors in words, keys, drafts, filters."""

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QCalendarWidget,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from widgets.forms import (
    DateField,
    Field,
    FilterBox,
    FormDialog,
    FormPane,
    GrowingText,
    MoneyField,
    Option,
)
from widgets.forms.inputs import parse_date, parse_money

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2017-09-30", date(2017, 9, 30)),
        ("20170930", date(2017, 9, 30)),
        ("2017.9.30", date(2017, 9, 30)),
        ("2017年9月30日", date(2017, 9, 30)),
        (" ２０１７-９-３０ ", date(2017, 9, 30)),
        ("9-30", date(2026, 9, 30)),
        ("2017-02-29", None),
        ("17-09-30", None),
        ("", None),
        ("明天", None),
        ("2017-09", None),
    ],
)
def test_days_as_people_type_them(typed: str, day: date | None) -> None:
    assert parse_date(typed, today=TODAY) == day


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("38,240,516.20", 3_824_051_620),
        ("¥ 12", 1200),
        ("12元", 1200),
        ("0.5", 50),
        ("-3.07", -307),
        ("1.234", None),
        ("", None),
        ("十元", None),
        ("99999999999999", None),
    ],
)
def test_amounts_as_people_type_them(typed: str, fen: int | None) -> None:
    assert parse_money(typed) == fen


def test_date_field_tidies_and_steps(qtbot: QtBot) -> None:
    entry = DateField()
    qtbot.addWidget(entry)
    entry.show()
    with qtbot.waitSignal(entry.changed):
        QTest.keyClicks(entry, "20170930")
    QTest.keyClick(entry, Qt.Key.Key_Return)
    assert entry.text() == "2017-09-30"
    QTest.keyClick(entry, Qt.Key.Key_Up)
    assert entry.value() == date(2017, 10, 1)
    entry.setText("2017-13-01")
    assert entry.problem()
    assert DateField(optional=False).problem()


def test_the_calendar_chooses(qtbot: QtBot) -> None:
    entry = DateField()
    qtbot.addWidget(entry)
    entry.set_value(date(2026, 9, 1))
    entry.show()
    entry._open_calendar()
    assert entry._popup is not None
    calendar = entry._popup.findChildren(QCalendarWidget)[0]
    with qtbot.waitSignal(entry.changed):
        calendar.clicked.emit(calendar.selectedDate().addDays(2))
    assert entry.value() == date(2026, 9, 3)


def test_money_field_groups_when_left(qtbot: QtBot) -> None:
    entry = MoneyField()
    qtbot.addWidget(entry)
    entry.set_value(3_824_051_620)
    assert entry.text() == "38,240,516.20"
    assert entry.value() == 3_824_051_620
    entry.setText("x")
    assert entry.problem()


def test_field_speaks_every_usual_control(qtbot: QtBot) -> None:
    combo = QComboBox()
    combo.addItem("提醒", "remind")
    combo.addItem("督办", "urge")
    controls = [
        (QLineEdit(), "文字"),
        (QPlainTextEdit(), "两行\n文字"),
        (combo, "urge"),
        (QCheckBox("抄送"), True),
        (QSpinBox(), 7),
        (DateField(), TODAY),
        (MoneyField(), 1234),
    ]
    for control, value in controls:
        field = Field("标签", control)
        qtbot.addWidget(field)
        with qtbot.waitSignal(field.changed):
            field.set_value(value)
        assert field.value() == value
    with pytest.raises(TypeError):
        Field("x", QLabel()).set_value(object())


def test_an_error_is_words_beneath_and_goes_with_the_next_change(qtbot: QtBot) -> None:
    field = Field("案号", QLineEdit(), required=True, hint="全角括号")
    qtbot.addWidget(field)
    field.show()
    field.set_error("案号格式不对。")
    assert field._below.isVisible()
    assert field.control.accessibleDescription() == "案号格式不对。"
    QTest.keyClicks(field.control, "a")
    assert field.error() == ""
    assert field._below.text() == "全角括号"


@pytest.fixture
def form(qtbot: QtBot) -> FormPane:
    pane = FormPane(submit_text="发出")
    qtbot.addWidget(pane)
    pane.add_section("督办单")
    pane.add_field("case", "案号", QLineEdit(), required=True)
    pane.add_field("due", "期限", DateField())
    pane.add_field(
        "days",
        "天数",
        QSpinBox(),
        check=lambda value: "至少 1 天。" if value == 0 else "",
    )
    pane.add_field("text", "事项", QPlainTextEdit())
    pane.resize(400, 500)
    pane.show()
    qtbot.waitExposed(pane)
    pane.activateWindow()
    return pane


def test_enter_goes_on_and_ctrl_enter_saves(form: FormPane, qtbot: QtBot) -> None:
    first = form.field("case").control
    first.setFocus()
    QTest.keyClicks(first, "2026-1")
    QTest.keyClick(first, Qt.Key.Key_Return)
    assert form.focusWidget() is not first
    form.field("days").set_value(3)
    with qtbot.waitSignal(form.submitted) as sent:
        QTest.keyClick(
            form.field("due").control, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier
        )
    assert sent.args == [{"case": "2026-1", "due": None, "days": 3, "text": ""}]


def test_a_field_entered_by_enter_comes_into_sight(form: FormPane, qtbot: QtBot) -> None:
    form.resize(400, 210)
    first, last = form.field("case").control, form.field("days").control
    first.setFocus()
    assert last.visibleRegion().isEmpty()
    QTest.keyClick(first, Qt.Key.Key_Return)
    QTest.keyClick(form.field("due").control, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not last.visibleRegion().isEmpty())


def test_enter_in_a_text_of_lines_is_a_line(form: FormPane) -> None:
    control = form.field("text").control
    control.setFocus()
    QTest.keyClick(control, Qt.Key.Key_Return)
    assert isinstance(control, QPlainTextEdit)
    assert control.toPlainText() == "\n"


def test_wrong_fields_are_named_and_nothing_is_sent(form: FormPane, qtbot: QtBot) -> None:
    form.field("due").set_value(None)
    entry = form.field("due").control
    assert isinstance(entry, QLineEdit)
    entry.setText("32")
    with qtbot.assertNotEmitted(form.submitted):
        form.submit()
    assert "案号" in form.field("case").error()
    assert form.field("due").error()
    assert form.field("days").error() == "至少 1 天。"
    form.set_errors({"case": "没有这个案件。"})
    assert form.field("due").error() == ""


def test_escape_closes_with_the_draft(form: FormPane, qtbot: QtBot) -> None:
    form.set_values({"case": "甲", "nobody": 1})
    with qtbot.waitSignal(form.closed) as closed:
        QTest.keyClick(form.field("case").control, Qt.Key.Key_Escape)
    assert closed.args[0]["case"] == "甲"


def test_changes_are_told_once_after_a_pause(form: FormPane, qtbot: QtBot) -> None:
    drafts: list[dict[str, object]] = []
    form.edited.connect(drafts.append)
    with qtbot.waitSignal(form.edited):
        QTest.keyClicks(form.field("case").control, "abc")
    assert [draft["case"] for draft in drafts] == ["abc"]
    form.set_values({"case": "from a draft"})
    assert not form._autosave.isActive()


def test_a_busy_form_cannot_be_sent_twice(form: FormPane, qtbot: QtBot) -> None:
    form.set_values({"case": "甲", "days": 1})
    form.set_busy(True)
    with qtbot.assertNotEmitted(form.submitted):
        form.submit()
    form.set_busy(False)
    with qtbot.waitSignal(form.submitted):
        form.submit()


def test_a_form_dialog_stays_until_accepted_and_keeps_the_draft(qtbot: QtBot) -> None:
    dialog = FormDialog("督办单")
    dialog.form.add_field("case", "案号", QLineEdit("甲"))
    dialog.show()
    assert not dialog.isModal()
    dialog.form.submit()
    assert dialog.isVisible()
    with qtbot.waitSignals([dialog.form.closed, dialog.rejected]):
        dialog.close()
    qtbot.waitUntil(lambda: not isValid(dialog))


@pytest.fixture
def box(qtbot: QtBot) -> FilterBox:
    made = FilterBox("状态", all_text="全部状态")
    made.set_options(
        [Option(n, f"节点{n}", hint=f"jd{n}", state="overdue" if n == 1 else "") for n in range(10)]
    )
    qtbot.addWidget(made)
    made.show()
    return made


def test_filter_says_what_is_chosen(box: FilterBox, qtbot: QtBot) -> None:
    assert box.text() == "全部状态"
    with qtbot.waitSignal(box.changed):
        box.set_selected((3, 1, 77))
    assert box.selected() == (1, 3)
    assert box.text() == "状态：节点1、节点3"
    with qtbot.assertNotEmitted(box.changed):
        box.set_selected((1, 3))
    with qtbot.waitSignal(box.changed):
        box.set_options([Option(1, "节点1")])
    assert box.selected() == (1,)
    box.set_value(None)
    assert box.value() == ()


def test_filter_searches_by_typing_and_ticks_by_keys(box: FilterBox, qtbot: QtBot) -> None:
    box.open_popup()
    popup = box._popup
    assert popup is not None
    QTest.keyClicks(popup.search, "jd4")
    assert popup.list.count() == 1
    with qtbot.waitSignal(box.changed):
        QTest.keyClick(popup.search, Qt.Key.Key_Return)
    assert box.selected() == (4,)
    popup.search.clear()
    assert popup.list.count() == 10
    QTest.keyClick(popup.search, Qt.Key.Key_Down)
    QTest.keyClick(popup.search, Qt.Key.Key_Return)
    assert box.selected() == (1, 4)
    popup.clear.click()
    assert box.selected() == ()


def test_single_choice_closes_at_once_and_own_matcher_is_asked(qtbot: QtBot) -> None:
    asked: list[str] = []

    def match(option: Option, typed: str) -> bool:
        asked.append(typed)
        return option.key == 9

    box = FilterBox("法院", all_text="全部法院", multiple=False, matcher=match)
    box.set_options([Option(n, f"法院{n}") for n in range(12)])
    qtbot.addWidget(box)
    box.show()
    box.open_popup()
    popup = box._popup
    assert popup is not None
    QTest.keyClicks(popup.search, "q")
    assert set(asked) == {"q"}
    with qtbot.waitSignal(box.changed):
        QTest.keyClick(popup.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not isValid(popup))
    assert box.selected() == (9,)


def test_a_growing_text_is_as_high_as_what_it_holds(qtbot: QtBot) -> None:
    text = GrowingText(3)
    text.setPlaceholderText("为什么这样决定？")
    text.resize(200, text.height())
    qtbot.addWidget(text)
    text.show()
    line = text.fontMetrics().lineSpacing()
    one = text.height()
    assert line <= one < 2 * line
    text.insertPlainText("a\nb")
    assert text.height() == one + line
    text.setPlainText("一个字" * 30)  # wrapped into more lines than three
    assert text.height() == one + 2 * line
    text.clear()
    assert text.height() == one
    text.setStyleSheet("font-size: 40px")
    assert text.height() > one + line


def test_tab_goes_from_the_last_field_to_the_buttons(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    form = FormPane(window)
    first, last = QLineEdit(window), QLineEdit(window)
    for name, control in (("first", first), ("last", last)):
        form.add_field(name, name, control)
    other = QLineEdit(window)  # of another panel, made before and after
    QVBoxLayout(window).addWidget(form)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    first.setFocus()
    for after in (last, form.cancel_button, form.submit_button, other):
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        assert window.focusWidget() is after
