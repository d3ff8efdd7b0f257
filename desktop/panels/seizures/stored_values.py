"""A stored form as the values of its fields. Pure."""

from datetime import datetime
from typing import Any, Final

from desktop.contract.court_zone import COURT_ZONE
from desktop.panels.seizures.queries import Seizure, Thing
from desktop.rules.money import yuan_text

_E7: Final = 10_000_000


def stored_values(seizure: Seizure) -> dict[str, Any]:
    """By the key of the form's field."""
    form = seizure.form
    return {
        "kind": form.kind,
        "subject": form.subject or None,
        "second_id": form.second_id or None,
        "document_no": form.document_no,
        "place": form.place,
        "fix": {
            "lat": _degrees(form.lat_e7),
            "lon": _degrees(form.lon_e7),
            "accuracy_dm": form.accuracy_dm,
        },
        "no_fix": form.no_fix,
        "began": _minute(form.began),
        "ended": _minute(form.ended),
        "present": form.present,
        "keeper": form.keeper,
        "things": [_thing(one) for one in seizure.things],
        "transcript": form.transcript,
    }


def _thing(one: Thing) -> dict[str, Any]:
    return {
        "n": one.n,
        "kind": one.kind,
        "name": one.name,
        "quantity": one.quantity,
        "mark": one.mark,
        "condition": one.condition,
        "value": "" if one.value_fen is None else yuan_text(one.value_fen),
        "owner": one.owner,
        "basis": one.basis,
    }


def _degrees(e7: int | None) -> str:
    return "" if e7 is None else f"{e7 / _E7:.7f}"


def _minute(at: datetime | None) -> str:
    return "" if at is None else f"{at.astimezone(COURT_ZONE):%Y-%m-%d %H:%M}"
