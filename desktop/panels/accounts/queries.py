"""What is asked of the shared database (network lane), and the names of teams (reader lane)."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from desktop.contract.sync import HubCall
from desktop.panels.accounts.rules import Secret
from storage.schema import people


@dataclass(frozen=True, slots=True)
class Register:
    """All users and devices that this administrator may see, as the hub tells them."""

    users: tuple[dict[str, Any], ...]
    devices: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class NewUser:
    """An account to be made."""

    who: str
    title: str
    roles: tuple[str, ...]
    scopes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Rights:
    """What a user may do and see from now on."""

    who: str
    roles: tuple[str, ...]
    scopes: tuple[int, ...]


def team_names(connection: Connection, _none: None) -> dict[int, str]:
    """Number of a team -> its name with its court."""
    team, court = people.team, people.court
    query = select(team.c.number, court.c.short_name, team.c.name).join_from(
        team, court, team.c.court_id == court.c.id
    )
    return {row[0]: f"{row[1] or ''} {row[2]}".strip() for row in connection.execute(query)}


def register(call: HubCall, _none: None) -> Register:
    """Users and devices."""
    return Register(tuple(call("admin_users")), tuple(call("admin_devices")))


def new_user(call: HubCall, user: NewUser) -> Secret:
    """Makes an account; its password is told this once."""
    asked = {
        "who": user.who,
        "title": user.title,
        "roles": list(user.roles),
        "scopes": list(user.scopes),
    }
    return _secret(call("admin_new_user", asked))


def set_rights(call: HubCall, rights: Rights) -> str:
    """Gives the login."""
    call("admin_rights", rights.who, list(rights.roles), list(rights.scopes))
    return rights.who


def lock(call: HubCall, asked: tuple[str, bool]) -> str:
    """(login, locked) -> login."""
    call("admin_lock", *asked)
    return asked[0]


def reset(call: HubCall, who: str) -> Secret:
    """Another password for a login, told this once."""
    return _secret(call("admin_reset", who))


def revoke(call: HubCall, device: str) -> str:
    """The device is refused from now on, and erases itself when it calls."""
    call("admin_revoke", device)
    return device


def change_password(call: HubCall, password: str) -> str:
    """One's own; gives it back for the next login."""
    call("change_password", password)
    return password


def _secret(told: Any) -> Secret:
    return Secret(told["who"], told["password"], told["until"])
