"""The tables of a plan's form. UI thread; words are translated when asked for."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from desktop.rules.operation_plan import RISK_LEVELS
from desktop.rules.plan_means import Known
from widgets.forms import Offer, RowColumn, RowsEditor


def plan_tables(
    parent: QWidget,
    teams: Sequence[tuple[str, str]],
    vehicles: Sequence[Known] = (),
    gear: Sequence[Known] = (),
) -> dict[str, RowsEditor]:
    """Each list of a plan by its name; columns bear the names of the plan's fields. Vehicles and
    equipment of the register are offered; others may be typed."""
    tr = QCoreApplication.translate
    cars = _offers(vehicles)
    columns = {
        "groups": _groups((("", ""), *teams), cars),
        **_words(),
        **_means(cars, _offers(gear)),
    }
    titles = {
        "groups": tr("PlanForm", "Groups (each reports in its own interval)"),
        "people": tr("PlanForm", "Who does what"),
        "risks": tr("PlanForm", "Risks"),
        "contingencies": tr("PlanForm", "Contingency plan"),
        "route": tr("PlanForm", "Route"),
        "vehicles": tr("PlanForm", "Vehicles"),
        "gear": tr("PlanForm", "Equipment"),
    }
    tables = {}
    for key, title in titles.items():
        tables[key] = RowsEditor(title, columns[key], parent)
        tables[key].setObjectName(f"plan_{key}")
    return tables


def _groups(teams: tuple[tuple[str, str], ...], cars: tuple[Offer, ...]) -> tuple[RowColumn, ...]:
    tr = QCoreApplication.translate
    name = tr("PlanForm", "Name")
    return (
        RowColumn("name", name, width=130),
        RowColumn("team_id", tr("PlanForm", "Team"), "choice", width=150, choices=teams),
        RowColumn("leader_id", tr("PlanForm", "Leader"), width=90),
        RowColumn(
            *("minutes", tr("PlanForm", "Reports every (min)")),
            width=110,
            default="30",
            right=True,
        ),
        RowColumn(*("unit", tr("PlanForm", "Vehicle")), width=120, offers=cars, id_key="unit_id"),
        RowColumn("task", tr("PlanForm", "Task"), width=180, stretch=1),
    )


def _words() -> dict[str, tuple[RowColumn, ...]]:
    tr = QCoreApplication.translate
    levels = tuple(sorted(RISK_LEVELS.items(), key=lambda pair: pair[0] != "middle"))
    return {
        "people": (
            RowColumn("person_id", tr("PlanForm", "Person"), width=120),
            RowColumn("group", tr("PlanForm", "Group"), width=150),
            RowColumn("role", tr("PlanForm", "Role"), width=200, stretch=1),
        ),
        "risks": (
            RowColumn("what", tr("PlanForm", "What may go wrong"), width=220, stretch=1),
            RowColumn("level", tr("PlanForm", "Level"), "choice", width=70, choices=levels),
            RowColumn("measure", tr("PlanForm", "What is done against it"), width=260, stretch=1),
        ),
        "contingencies": (
            RowColumn("event", tr("PlanForm", "If"), width=200, stretch=1),
            RowColumn("response", tr("PlanForm", "Then"), width=280, stretch=2),
            RowColumn("who", tr("PlanForm", "In charge"), width=90),
        ),
        "route": (
            RowColumn("place", tr("PlanForm", "Place"), width=180, stretch=1),
            RowColumn("lon_e7", tr("PlanForm", "Longitude"), width=110, right=True),
            RowColumn("lat_e7", tr("PlanForm", "Latitude"), width=110, right=True),
            RowColumn("note", tr("PlanForm", "Note"), width=180, stretch=1),
        ),
    }


def _means(cars: tuple[Offer, ...], things: tuple[Offer, ...]) -> dict[str, tuple[RowColumn, ...]]:
    tr = QCoreApplication.translate
    register = RowColumn("known", tr("PlanForm", "In the register"), "shown", width=200, stretch=1)
    return {
        "vehicles": (
            RowColumn(
                *("plate", tr("PlanForm", "Plate")), width=150, offers=cars, id_key="unit_id"
            ),
            RowColumn("driver", tr("PlanForm", "Driver"), width=120),
            RowColumn("seats", tr("PlanForm", "Seats"), width=80, right=True),
            register,
        ),
        "gear": (
            RowColumn(
                "name", tr("PlanForm", "Name"), width=220, offers=things, id_key="equipment_id"
            ),
            RowColumn("count", tr("PlanForm", "Count"), width=80, right=True),
            RowColumn("who", tr("PlanForm", "In charge"), width=120),
            register,
        ),
    }


def _offers(known: Sequence[Known]) -> tuple[Offer, ...]:
    return tuple(Offer(one.id, one.words, one.remark) for one in known)
