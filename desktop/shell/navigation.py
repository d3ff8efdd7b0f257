"""The navigator: duties in groups, with live counts of the panels that serve them. UI thread.

Beneath the duty in front stand its other panels, so that each can be found without its name.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

import resources
from desktop.contract.context import PanelContext
from desktop.contract.panel import PanelSpec
from desktop.shell.registry import Registry, load_count
from desktop.shell.translation import panel_title
from storage.records.changes import ChangeSet
from widgets.navigator import NavGroup, Navigator, NavItem

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Duty:
    """One line of the navigator."""

    key: str
    title: str


@dataclass(frozen=True, slots=True)
class DutyGroup:
    """A heading and its duties."""

    title: str
    duties: tuple[Duty, ...]


def load_duties() -> tuple[DutyGroup, ...]:
    """The duties of the centre in their order (resources/duties.toml)."""
    with resources.path("duties.toml").open("rb") as file:
        found = tomllib.load(file)
    return tuple(
        DutyGroup(row["title"], tuple(Duty(one["key"], one["title"]) for one in row["duties"]))
        for row in found["group"]
    )


def _count(connection: Connection, args: tuple[PanelSpec, date, str | None]) -> tuple[int, str]:
    """Reader lane. The panel's queries are imported here, not while the window opens."""
    spec, today, person_id = args
    function = load_count(spec)
    assert function is not None
    return function(connection, today, person_id) if spec.personal else function(connection, today)


_PANEL: Final = "panel:"  # key of a panel's own line, before its id


class Navigation(QObject):
    """Fills a Navigator and keeps its counts true."""

    panel_wanted = Signal(str)  # panel id

    def __init__(self, registry: Registry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.widget = Navigator(parent)
        self.widget.setObjectName("navigator")
        self._registry = registry
        self._context: PanelContext | None = None
        self._counting: PanelSpec | None = None
        self._waiting: dict[str, PanelSpec] = {}
        self._duties = load_duties()
        self._open: str | None = None
        self._known: dict[str, tuple[int | None, str]] = {}
        self._arrange()
        self.widget.item_clicked.connect(self._on_clicked)

    def attach(self, context: PanelContext) -> None:
        """Begins to count."""
        self._context = context
        context.changed.connect(self._on_changed)
        context.day_changed.connect(self._on_day)
        self._on_day(context.today())

    def mark(self, panel_id: str) -> None:
        """Shows which duty the panel in front belongs to."""
        spec = self._registry.find(panel_id)
        if spec is None or spec.area != "center":
            return
        if spec.duty != self._open:
            self._open = spec.duty
            self._arrange()
            self._count_all(one for one in self._counted() if self._key(one) not in self._known)
        self.widget.set_current(self._key(spec))

    def _arrange(self) -> None:
        self.widget.set_groups([self._group(row) for row in self._duties])
        for key, (count, state) in self._known.items():
            self.widget.set_count(key, count, state)

    def _group(self, row: DutyGroup) -> NavGroup:
        items: list[NavItem] = []
        for duty in row.duties:
            items.append(self._item(duty))
            if duty.key == self._open:
                items += [
                    NavItem(key=self._key(spec), label=panel_title(spec.title), child=True)
                    for spec in self._beneath(duty.key)
                ]
        return NavGroup(row.title, tuple(items))

    def _beneath(self, duty: str) -> list[PanelSpec]:
        """The other panels of a duty; its own line opens the first."""
        return [spec for spec in self._registry.of_duty(duty)[1:] if spec.area == "center"]

    def _key(self, spec: PanelSpec) -> str:
        first = next(iter(self._registry.of_duty(spec.duty)), spec)
        return spec.duty if spec.id == first.id else f"{_PANEL}{spec.id}"

    def _item(self, duty: Duty) -> NavItem:
        there = bool(self._registry.of_duty(duty.key))
        why = "" if there else self.tr("This duty is not part of this version yet.")
        return NavItem(key=duty.key, label=duty.title, enabled=there, tooltip=why)

    def _counted(self) -> list[PanelSpec]:
        """Of each duty the first panel that counts, and all of the duty that is open."""
        first: dict[str, PanelSpec] = {}
        for spec in self._registry.specs:
            if spec.count and spec.duty:
                first.setdefault(spec.duty, spec)
        beneath = self._beneath(self._open) if self._open is not None else []
        return [*first.values(), *(one for one in beneath if one.count)]

    def _on_day(self, day: date) -> None:
        self._count_all(self._counted())
        self.widget.set_footer(self._day_words(day))

    def _day_words(self, day: date) -> str:
        """Whether limits run out today or roll on is the first thing a shift asks of a date."""
        assert self._context is not None
        kind = self._context.law.court_calendar.day(day)
        if kind is None:
            words = self.tr("Calendar of this year not entered")
        elif kind.off:
            words = kind.name or self.tr("Day off")
        else:
            words = self.tr("Make-up working day") if kind.make_up else self.tr("Working day")
        return f"{day.isoformat()} · {words}"

    def _on_clicked(self, duty: str) -> None:
        if duty.startswith(_PANEL):
            self.panel_wanted.emit(duty.removeprefix(_PANEL))
            return
        panels = self._registry.of_duty(duty)
        if panels:
            self.panel_wanted.emit(panels[0].id)

    def _on_changed(self, changes: ChangeSet) -> None:
        self._count_all(spec for spec in self._counted() if changes.touches(*spec.tables))

    def _count_all(self, specs: Iterable[PanelSpec]) -> None:
        """One count at a time, so that a reader lane stays free for what the user does.

        A change while a duty is counted counts it once more afterwards.
        """
        for spec in specs:
            self._waiting[spec.id] = spec
        self._next()

    def _next(self) -> None:
        context = self._context
        if context is None or self._counting is not None or not self._waiting:
            return
        spec = self._waiting.pop(next(iter(self._waiting)))
        self._counting = spec
        context.read(
            self,
            "count",
            _count,
            (spec, context.today(), context.who.person_id),
            partial(self._on_counted, spec),
            partial(self._on_failed, spec),
        )

    def _on_counted(self, spec: PanelSpec, answer: tuple[int, str]) -> None:
        number, state = answer
        self._tell(spec, number, state if number else "")
        self._finish()

    def _on_failed(self, spec: PanelSpec, _sentence: str) -> None:
        """A count that cannot be had is left out; the panel itself will say why."""
        self._tell(spec, None, "")
        self._finish()

    def _tell(self, spec: PanelSpec, count: int | None, state: str) -> None:
        """The duty's own line shows the count of its first panel that has one."""
        counted = next((one for one in self._registry.of_duty(spec.duty) if one.count), spec)
        keys = {self._key(spec)} | ({spec.duty} if counted.id == spec.id else set())
        for key in keys:
            self._known[key] = (count, state)
            self.widget.set_count(key, count, state)

    def _finish(self) -> None:
        self._counting = None
        self._next()
