"""Reads the five figures, each with the list a click opens. Reader lanes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import Connection

from desktop.contract.filters import NodeFilter
from desktop.contract.law import Law
from desktop.panels.figures.rules import (
    RATE_KEY,
    Shown,
    number_words,
    rate_line,
    state_of_count,
    state_of_rate,
)
from desktop.projection import figures
from desktop.projection.cases import CaseFilter
from desktop.rules.indicators import indicator_on, load_indicators

_INDICATOR: Final = "closed_in_time"


@dataclass(frozen=True, slots=True)
class FigureArgs:
    """The day, and the law by whose words evidence is told."""

    today: date
    law: Law


@dataclass(frozen=True, slots=True)
class Card:
    """A figure and the list it opens."""

    shown: Shown
    panel: str
    params: Mapping[str, str]


def _target(figure: figures.Figure, today: date) -> tuple[Shown, CaseFilter | None]:
    rule = indicator_on(load_indicators(), _INDICATOR, today)
    permille = None if rule is None else rule.target_permille
    known = bool(figure.denominator)
    definition = figure.basis
    if rule is not None:
        mark = "（待核）" if rule.confidence == "unconfirmed" else ""
        definition += f"\n{rule.name}：{rule.numerator} ÷ {rule.denominator}，{rule.article}{mark}"
    shown = Shown(
        figure.key,
        figure.title,
        number_words(figure.value, figure.unit) if known else "—",
        rate_line(permille),
        state_of_rate(figure.value, figure.denominator, permille),
        f"{figure.detail}\n{definition}",
    )
    return shown, figure.filter if isinstance(figure.filter, CaseFilter) else None


def _card(figure: figures.Figure, today: date) -> Card:
    if figure.key == RATE_KEY:
        shown, listed = _target(figure, today)
        return Card(shown, "workload_cases", (listed or CaseFilter(open=False)).to_params())
    shown = Shown(
        figure.key,
        figure.title,
        number_words(figure.value, figure.unit),
        figure.detail,
        state_of_count(figure.key, figure.value),
        figure.basis,
    )
    if isinstance(figure.filter, NodeFilter):
        return Card(shown, "process_monitor", figure.filter.to_params())
    if figure.key == "control_expiry":
        last = today + timedelta(days=figures.EXPIRY_DAYS)
        days = {"expires_from": today.isoformat(), "expires_to": last.isoformat()}
        return Card(shown, "control", {**days, "scope": "all"})
    return Card(shown, figure.key, {})


def cards(connection: Connection, args: FigureArgs) -> tuple[Card, ...]:
    """The figures in the order they are shown."""
    found = figures.figures(connection, args.today, args.law)
    return tuple(_card(figure, args.today) for figure in found)
