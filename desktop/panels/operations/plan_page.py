"""A plan to be read: aim, groups with their people, risks, route, means, police. UI thread."""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop.command.operations.records import Board
from desktop.contract.context import PanelContext
from desktop.panels.operations.route_map import RouteMap
from desktop.panels.operations.rules import mean_said
from desktop.rules.operation_plan import RISK_LEVELS, Plan
from desktop.rules.operations import State
from widgets.badge import Badge
from widgets.card import Card
from widgets.parts import words_label

_LEVEL_STYLES = {"high": "overdue", "middle": "due_soon", "low": "normal"}
_TO_COME = (State.DRAFT, State.SUBMITTED, State.RETURNED, State.APPROVED)


class PlanPage(QScrollArea):
    """Filled anew when the words differ; two columns of cards."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.setObjectName("plan_page")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._shown: tuple[object, ...] = ()
        self._marks: list[tuple[str, tuple[str, ...]]] = []

    def show_plan(self, board: Board, now: datetime) -> None:
        """The plan of an operation; what is against its means only while it has not begun."""
        found = board.operation
        self._marks = [said_of(board, now, one.unit_id) for one in (found.plan or Plan()).vehicles]
        self._marks += [
            said_of(board, now, one.equipment_id) for one in (found.plan or Plan()).gear
        ]
        shown = (found.id, found.content_sha256, tuple(self._marks))
        if self._shown == shown:
            return
        self._shown = shown
        body = QWidget()
        body.setProperty("plain", True)
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 8, 6, 8)
        row.setSpacing(10)
        plan = found.plan or Plan()
        for cards in (self._left(plan), self._right(plan)):
            column = QVBoxLayout()
            column.setSpacing(10)
            for card in cards:
                column.addWidget(card)
            column.addStretch(1)
            row.addLayout(column, 1)
        self.setWidget(body)

    def _left(self, plan: Plan) -> list[QWidget]:
        aim = Card(self.tr("Aim"))
        aim.body.addWidget(_said(aim, plan.aim))
        cards: list[QWidget] = [aim]
        for group in plan.groups:
            staff = [one for one in plan.people if one.group == group.name]
            note = self.tr("every {minutes} min").format(minutes=group.minutes or "—")
            card = Card(group.name, note)
            card.body.addWidget(_said(card, group.task))
            card.body.addLayout(_grid(card, [(one.name, one.role) for one in staff], (1, 3)))
            cards.append(card)
        cards.append(self._route(plan))
        return cards

    def _route(self, plan: Plan) -> Card:
        rows = [(f"{n}", one.place, one.note) for n, one in enumerate(plan.route, 1)]
        card = _table(self.tr("Route"), rows, (0, 2, 2))
        if any(one.lat_e7 is not None for one in plan.route):
            sketch = RouteMap(self._context, card)
            sketch.show_route(plan.route)
            card.body.addWidget(sketch)
        return card

    def _right(self, plan: Plan) -> list[QWidget]:
        risks = Card(self.tr("Risks"), str(len(plan.risks)))
        for risk in plan.risks:
            line = QHBoxLayout()
            line.setSpacing(8)
            level = RISK_LEVELS.get(risk.level, risk.level)
            badge = Badge(_LEVEL_STYLES.get(risk.level, "unknown"), level, risks)
            line.addWidget(badge, 0, Qt.AlignmentFlag.AlignTop)
            words = QVBoxLayout()
            words.setSpacing(0)
            words.addWidget(_said(risks, risk.what))
            words.addWidget(_said(risks, risk.measure, "small"))
            line.addLayout(words, 1)
            risks.body.addLayout(line)
        police = f"{plan.police}人　{plan.police_arms}" if plan.police else self.tr("none")
        vehicles = [(one.plate, one.driver, f"{one.seats or '—'}座") for one in plan.vehicles]
        gear = [(one.name, f"{one.count or '—'}件", one.who) for one in plan.gear]
        cut = len(vehicles)
        return [
            risks,
            _table(
                self.tr("Contingency plan"),
                [(one.event, one.response, one.who) for one in plan.contingencies],
                (3, 4, 1),
            ),
            _table(self.tr("Police"), [(police, plan.police_task)], (2, 3)),
            _means(self.tr("Vehicles"), vehicles, self._marks[:cut]),
            _means(self.tr("Equipment"), gear, self._marks[cut:]),
        ]


def said_of(board: Board, now: datetime, key: str) -> tuple[str, tuple[str, ...]]:
    """What the register says of one thing of a plan, and what is against it before it begins."""
    found = board.operation
    plan = found.plan or Plan()
    people = {one.person_id for one in plan.people} | {found.commander_id}
    words, against = mean_said(board.means, key, found.starts_at, people, now)
    return words, against if found.standing().state in _TO_COME else ()


def _means(
    title: str, rows: Sequence[Sequence[str]], said: Sequence[tuple[str, tuple[str, ...]]]
) -> Card:
    """What is taken along; beneath each what the register says of it."""
    card = Card(title, str(len(rows)) if len(rows) > 1 else "")
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(4)
    for n, share in enumerate((5, 2, 1, 5)):
        grid.setColumnStretch(n, share)
    for y, ((name, *rest), (words, against)) in enumerate(zip(rows, said, strict=True)):
        for x, text in enumerate((name, *rest)):
            label = _said(card, text, "" if x == 0 else "muted")
            grid.addWidget(label, y, x, Qt.AlignmentFlag.AlignTop)
        told = _said(card, "；".join(against) or words, "error" if against else "small")
        told.setObjectName(f"known_{y}")
        grid.addWidget(told, y, 3, Qt.AlignmentFlag.AlignTop)
    card.body.addLayout(grid)
    return card


def _said(parent: QWidget, text: str, role: str = "") -> QLabel:
    label = words_label(parent, role)
    label.setText(text or "—")
    return label


def _grid(parent: QWidget, rows: Sequence[Sequence[str]], shares: Sequence[int]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(4)
    for n, share in enumerate(shares):
        grid.setColumnStretch(n, share)
    for y, row in enumerate(rows):
        for x, text in enumerate(row):
            label = _said(parent, text, "" if x == 0 else "muted")
            grid.addWidget(label, y, x, Qt.AlignmentFlag.AlignTop)
    return grid


def _table(title: str, rows: Sequence[Sequence[str]], shares: Sequence[int]) -> Card:
    card = Card(title, str(len(rows)) if len(rows) > 1 else "")
    card.body.addLayout(_grid(card, rows, shares))
    return card
