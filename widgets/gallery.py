"""Every part on one board in both looks: `python -m widgets.gallery OUT_DIR`. UI thread.

The data are invented. The pictures are what a reviewer looks at after changing a token.
"""

import os
import sys
import tomllib
from datetime import date, timedelta
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEventLoop, QLocale, QObject, QTranslator
from PySide6.QtWidgets import (
    QApplication,
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

import resources
from widgets.badge import Badge
from widgets.card import Card
from widgets.figure import FigureCard
from widgets.forms import DateField, FilterBox, FormPane, MoneyField, Option
from widgets.navigator import NavGroup, Navigator, NavItem
from widgets.notice import NoticeBar
from widgets.plot import Day, DayBars, HeatMap, Segment, Series, StackedBars, TrendLines
from widgets.progress import ProgressStrip
from widgets.search_box import SearchBox
from widgets.table import Cell, Column, DataTable, PagedTableModel, StaticSource
from widgets.theme import ThemeName, apply_theme, current_theme, load_theme
from widgets.timeline import (
    Band,
    CaseTimeline,
    DayStrip,
    Lane,
    Marker,
    Span,
    Step,
    StepList,
    StripSegment,
)

TODAY = date(2026, 11, 24)
_WORDS = {
    "normal": "正常",
    "due_soon": "临期",
    "overdue": "超期",
    "paused": "暂停",
    "unknown": "未知",
    "done": "按期完成",
    "done_late": "逾期完成",
}
_TEAMS = ("一队", "二队", "三队", "四队", "五队", "六队", "裁决")


class WordsFromToml(QTranslator):
    """The Chinese words straight from their source file, without a compiled catalogue."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        with resources.path("translations/zh/widgets.toml").open("rb") as file:
            self._words = tomllib.load(file)

    def translate(
        self,
        context: str,
        source: str | bytes,
        disambiguation: str | None = None,
        n: int = -1,
    ) -> str:
        text = source.decode() if isinstance(source, bytes) else source
        return str(self._words.get(context, {}).get(text, ""))


def _navigator() -> Navigator:
    navigator = Navigator()
    navigator.set_groups(
        [
            NavGroup(
                "对内",
                [
                    NavItem("remote", "远程指挥", "ri.broadcast-line", 3),
                    NavItem("decision", "决策分析", "ri.line-chart-line"),
                    NavItem("process", "流程管理", "ri.flow-chart", 1284, "overdue"),
                    NavItem("urge", "监督督办", "ri.alarm-warning-line", 17, "due_soon"),
                ],
            ),
            NavGroup(
                "对外",
                [
                    NavItem("filing", "立案审查", "ri.inbox-archive-line", 9),
                    NavItem("query", "案件查询", "ri.search-2-line"),
                    NavItem("petition", "信访接待", "ri.customer-service-2-line", 12, "due_soon"),
                    NavItem("fund", "案款发放", "ri.money-cny-circle-line", 8, "overdue"),
                    NavItem("map", "外网查询", "ri.global-line", enabled=False, tooltip="未接入"),
                ],
            ),
        ]
    )
    navigator.set_current("process")
    navigator.set_footer("交接班 17:50 · 还有 6 项")
    return navigator


def _rows() -> list[dict[str, object]]:
    """Sixty invented rows, every state among them."""
    states = list(_WORDS)
    nodes = ("执行通知书", "线索核实", "财产调查", "网络查控反馈", "评估报告送达", "案款发放")
    people = ("程思齐", "顾长风", "魏云舟", "许南乔", "唐若水", "沈知远")
    rows: list[dict[str, object]] = []
    for n in range(60):
        state = "overdue" if n < 4 else states[n % len(states)]
        start = date(2026, 9, 1) + timedelta(days=n)
        late = 57 - n if state == "overdue" else None
        rows.append(
            {
                "id": n,
                "case": f"（2026）豫03{(n * 7) % 29:02d}执{1855 + n * 37}号",
                "node": nodes[n % len(nodes)],
                "handler": people[n % len(people)],
                "start": start,
                "due": None if n == 6 else start + timedelta(days=10),
                "money": 3824051620 // (n + 1),
                "state": Cell(state, state, _WORDS[state]),
                "late": Cell(late, "overdue", f"+{late}") if late else None,
            }
        )
    return rows


def _table() -> DataTable:
    columns = (
        Column("case", "案号", width=200, kind="mono", stretch=1),
        Column("node", "节点", width=130, stretch=1),
        Column("handler", "承办人", width=90),
        Column("start", "起算日", width=104, kind="date"),
        Column("due", "应止日", width=104, kind="date"),
        Column("money", "标的（元）", width=130, kind="money"),
        Column("state", "状态", width=110, kind="state"),
        Column("late", "逾期（日）", width=92, kind="number"),
    )
    model = PagedTableModel(columns, StaticSource(_rows()))
    table = DataTable(model)
    model.setParent(table)
    model.refresh()
    return table


def _buttons() -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    group = QButtonGroup(holder)
    for number, name in enumerate(("值班", "会商", "打印", "大屏")):
        button = QPushButton(name)
        button.setCheckable(True)
        button.setProperty("kind", "segment")
        button.setChecked(number == 0)
        group.addButton(button)
        row.addWidget(button)

    search = SearchBox(
        lambda _text, done: done([]), placeholder="案号、当事人、拼音或命令", shortcut_text="Ctrl+K"
    )
    row.addWidget(search, 1)
    for key, word in _WORDS.items():
        row.addWidget(Badge(key, word))
    return holder


def _filters() -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    for name in ("法院", "团队", "承办人", "节点"):
        row.addWidget(FilterBox(name, all_text=f"全部{name}"))
    state = FilterBox("状态", all_text="全部状态")
    state.set_options([Option(key, word, state=key) for key, word in _WORDS.items()])
    state.set_selected(("overdue", "due_soon"))
    row.addWidget(state)
    row.addStretch(1)
    for text, kind in (("导出", ""), ("作废", "danger"), ("督办", "primary")):
        button = QPushButton(text)
        button.setProperty("kind", kind)
        row.addWidget(button)
    return holder


def _charts() -> list[QWidget]:
    bars = StackedBars("团队负荷", "在办案件（件）")
    segments = [
        Segment("normal", "正常", "normal"),
        Segment("due_soon", "临期", "due_soon"),
        Segment("overdue", "超期", "overdue"),
        Segment("unknown", "未知", "unknown"),
    ]
    loads = [(183, 30, 44, 12), (167, 18, 52, 9), (155, 24, 18, 0), (150, 12, 30, 4)]
    loads += [(131, 21, 12, 0), (120, 8, 9, 3), (59, 3, 5, 0)]
    bars.set_data(
        _TEAMS, segments, loads, "二队超期 52 件，居首；一队总负荷 269 件，为均值的 1.5 倍。"
    )
    lines = TrendLines("超期节点趋势", "近 26 周（个）")
    weeks = [TODAY - timedelta(weeks=25 - n) for n in range(26)]
    city = [925, 928, 930, 845, 925, 985, 1010, 1040, 1055, 1050, 1090, 1095, 1090, 1080, 1110]
    city += [1120, 1150, 1145, 1160, 1140, 1185, 1205, 1230, 1265, 1245, 1284]
    court = [432, 438, 435, 428, 410, 400, 412, 436, 430, 425, 440, 452, 441, 436, 450, 430]
    court += [436, 405, 380, 340, 335, 330, 310, 318, 312, 316]
    lines.set_data(
        weeks,
        [Series("city", "全市", "overdue", city), Series("court", "本院", "paused", court)],
        "连续三周下降后本周回升 2.1 %，主要来自“启动参考价”节点。",
    )
    heat = HeatMap("节点 × 团队 超期热力", "个")
    nodes = ("约谈", "公告", "调查", "案款", "线索", "通知", "查控", "参考价")
    counts = [[(r * 7 + c * 11) % 19 for c in range(6)] for r in range(8)]
    counts[0][1], counts[3][1], counts[6][1], counts[7][1] = 36, 36, 26, 61
    heat.set_data(nodes, _TEAMS[:6], counts)
    days = DayBars("今后 14 日到期", "节点（个）")
    kinds = {5: "weekend", 6: "weekend", 12: "weekend", 13: "weekend"}
    days.set_data(
        [
            Day(
                date(2026, 9, 21) + timedelta(days=n),
                0 if n in kinds else 20 + n * 13 % 41,
                "weekend" if n in kinds else "holiday" if n in (4,) else "workday",
                "due_soon" if n < 3 else "normal",
                "中秋节" if n == 4 else "",
            )
            for n in range(14)
        ],
        "9 月 24 日最多，59 个。",
    )
    flat = StackedBars("各院超期", "个", horizontal=True)
    flat.set_data(("中级法院", "涧滨区", "瀍东区", "伊川北区"), segments, loads[:4], "中院最多。")
    return [bars, lines, heat, days, flat]


def _derivation() -> QWidget:
    card = Card("为何超期")
    steps = StepList()
    steps.set_steps(
        [
            Step("start", "2026-09-01 移交网络查控组", "起算：次日 9 月 2 日（民诉法第85条）"),
            Step("count", "9 月 2 日 — 9 月 4 日 计 3 日", "移交回执 2026-0912"),
            Step("skip", "9 月 5 日 — 9 月 18 日 扣除 14 日", "公告送达，洛执公〔2026〕88号，待核"),
            Step("roll", "9 月 25 日为中秋节，顺延至 9 月 28 日", "国务院办公厅 2026 年放假通知"),
            Step("due", "应止 2026-09-28", "洛中法〔2017〕57号 四（一）1；规则第 3 版"),
            Step("late", "截至今日逾期 56 日", "承办人 4 · 金融机构反馈 41 · 复核 其余"),
        ]
    )
    card.body.addWidget(steps)
    strip = DayStrip()
    strip.set_segments(
        [
            StripSegment("计入", 3, "normal"),
            StripSegment("暂停", 14, "paused"),
            StripSegment("承办人", 7, "due_soon"),
            StripSegment("金融机构", 41, "overdue"),
            StripSegment("待核", 8, "unknown"),
        ]
    )
    card.body.addWidget(strip)
    note = QLabel("最小改动：若 9 月 26 日前完成反馈，则按期。")
    note.setProperty("role", "muted")
    note.setWordWrap(True)
    card.body.addWidget(note)
    card.body.addStretch(1)
    return card


def _timeline() -> QWidget:
    card = Card("案件时间轴", "（2026）豫0381执2962号")
    line = CaseTimeline()
    day = date
    line.set_data(
        [
            Lane("立案", [Span("a", day(2026, 8, 20), day(2026, 8, 27), "done", "立案审查")]),
            Lane(
                "网络查控",
                [
                    Span("b", day(2026, 9, 2), day(2026, 9, 28), "normal", "查控反馈"),
                    Span("c", day(2026, 9, 29), None, "overdue", "逾期"),
                ],
                [Marker(day(2026, 9, 28), "due_soon", "应止")],
            ),
            Lane("评估", [Span("d", day(2026, 10, 12), day(2026, 11, 10), "unknown", "委托评估")]),
            Lane("案款", [], [Marker(day(2026, 11, 5), "done", "到账 12 万元")]),
        ],
        bands=[Band(day(2026, 9, 5), day(2026, 9, 18), "公告 14 日")],
        today=TODAY,
    )
    card.body.addWidget(line, 1)
    return card


def _form() -> QWidget:
    card = Card("督办单")
    form = FormPane()
    form.add_field("case", "案号", QLineEdit("（2026）豫0381执2962号"), required=True)
    kind = QComboBox()
    for name in ("提醒", "督办", "约谈"):
        kind.addItem(name, name)
    form.add_field("kind", "方式", kind)
    due = form.add_field("due", "反馈期限", DateField(), required=True)
    due.set_error("不是有效日期，请按 2017-09-30 填写。")
    money = form.add_field("money", "涉及金额（元）", MoneyField(), hint="没有金额可以不填")
    money.set_value(3824051620)
    text = QPlainTextEdit("请于三日内反馈网络查控结果。")
    text.setMaximumHeight(70)
    form.add_field("text", "督办事项", text)
    box = QCheckBox("抄送分管院领导")
    box.setChecked(True)
    form.add_field("copy", "抄送", box)
    card.body.addWidget(form)
    return card


def _progress() -> QWidget:
    strip = ProgressStrip(clock=iter((0.0, 12.0)).__next__)
    strip.start("导入历史案件", 10_000)
    strip.advance(6_204)
    return strip


def build_board() -> QWidget:
    """The desk as it will stand, 1920 by 1080."""
    board = QWidget()
    board.setProperty("canvas", True)
    board.setObjectName("gallery_board")
    outer = QVBoxLayout(board)
    outer.setContentsMargins(12, 10, 12, 10)
    outer.setSpacing(10)
    outer.addWidget(_buttons())
    notices = NoticeBar()
    notices.post("备份已完成，校验一致。")
    notices.post("两处改动需要你来决定。", state="due_soon", action_text="去看看", on_action=settle)
    outer.addWidget(notices)
    main = QHBoxLayout()
    main.setSpacing(10)
    outer.addLayout(main, 1)
    side = Card()
    side.body.addWidget(_navigator())
    side.setFixedWidth(current_theme().px(200))
    main.addWidget(side)
    main.addLayout(_middle(), 1)
    right = QVBoxLayout()
    right.setSpacing(10)
    right.addWidget(_derivation(), 5)
    right.addWidget(_form(), 6)
    holder = QWidget()
    holder.setFixedWidth(current_theme().px(390))
    holder.setLayout(right)
    right.setContentsMargins(0, 0, 0, 0)
    main.addWidget(holder)
    return board


def _middle() -> QVBoxLayout:
    middle = QVBoxLayout()
    middle.setSpacing(10)
    figures = QHBoxLayout()
    figures.setSpacing(10)
    for label, value, sub, state in (
        ("超期节点", "1,284", "较上周 −96", "overdue"),
        ("七日内到期", "2,417", "今日 188", "due_soon"),
        ("消极执行", "73", "15 家法院中 6 家", "overdue"),
        ("待发案款", "¥ 38,240,516.20", "最长 26 天", ""),
        ("法定期限内执结率", "91.3 %", "目标 ≥ 90 %", "normal"),
    ):
        card = FigureCard(label)
        card.set_figure(value, sub, state)
        figures.addWidget(card)
    middle.addLayout(figures)
    table_card = Card("流程监控", "60 件")
    table_card.body.addWidget(_filters())
    table = _table()
    table_card.body.addWidget(table, 1)
    table_card.body.addWidget(_progress())
    middle.addWidget(table_card, 5)
    table.select_id(1)
    charts = _charts()
    for row in (charts[:3], [*charts[3:], _timeline()]):
        line = QHBoxLayout()
        line.setSpacing(10)
        for chart in row:
            card_ = chart if isinstance(chart, Card) else _carded(chart)
            line.addWidget(card_, 2 if isinstance(chart, Card) else 1)
        middle.addLayout(line, 4)
    return middle


def _carded(chart: QWidget) -> Card:
    card = Card()
    card.body.addWidget(chart, 1)
    return card


def settle(rounds: int = 30) -> None:
    """Lets layouts, zero timers and first paints happen."""
    for _ in range(rounds):
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)


def render(out: Path, name: ThemeName, *, scale_percent: int = 100) -> Path:
    """Draws the board in one look and gives the picture's path."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    apply_theme(app, load_theme(name, scale_percent=scale_percent))
    board = build_board()
    board.resize(1920, 1080)
    board.show()
    settle()
    suffix = "" if scale_percent == 100 else f"-{scale_percent}"
    path = out / f"gallery-{name}{suffix}.png"
    board.grab().save(str(path))
    board.close()
    board.deleteLater()
    settle(3)
    return path


def main(arguments: list[str]) -> int:
    """Writes the pictures into the folder named on the command line."""
    if len(arguments) != 1:
        print("usage: python -m widgets.gallery OUT_DIR", file=sys.stderr)
        return 2
    out = Path(arguments[0])
    out.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication.instance() or QApplication([])
    words = WordsFromToml(app)
    QCoreApplication.installTranslator(words)
    QLocale.setDefault(QLocale(QLocale.Language.Chinese, QLocale.Country.China))
    for name in ("dark", "light"):
        print(render(out, name))
    print(render(out, "dark", scale_percent=150))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
