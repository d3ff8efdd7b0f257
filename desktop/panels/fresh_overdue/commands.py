"""What a new day tells of overdue nodes: each once within the quiet days (M66). Writer lane."""

import json
from datetime import date, timedelta

from sqlalchemy import Connection

from desktop.contract.panel import DailyArgs
from desktop.evidence.overdue_snapshot import quiet_rule
from desktop.panels.fresh_overdue.queries import fresh, setting, subscribed
from desktop.panels.fresh_overdue.rules import TOLD
from storage.schema import table


def tell_new(connection: Connection, args: DailyArgs) -> int:
    """How many of the nodes subscribed to nobody was told of within the quiet days; from now on
    they count as told."""
    since = (args.today - timedelta(days=quiet_rule().quiet_days)).isoformat()
    told = {key: on for key, on in _told(connection).items() if on > since}
    keys = set(fresh(connection, args.today, subscribed(connection)).values())
    new = keys - told.keys()
    if new:
        _keep(connection, told | dict.fromkeys(sorted(new), args.today.isoformat()))
    return len(new)


def _told(connection: Connection) -> dict[str, str]:
    try:
        found = json.loads(setting(connection, TOLD) or "{}")
    except ValueError:  # a hand has been at it: everything is told once more
        return {}
    return (
        {key: on for key, on in found.items() if isinstance(on, str) and _is_day(on)}
        if isinstance(found, dict)
        else {}
    )


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _keep(connection: Connection, told: dict[str, str]) -> None:
    kept = table("setting")
    connection.execute(kept.delete().where(kept.c.key == TOLD))
    connection.execute(kept.insert().values(key=TOLD, value=json.dumps(told)))
